#include "client/eligibility.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "client/lines.hpp"

namespace mado::client {
namespace {

wire::ServiceId eligibility_service() {
    return *wire::ServiceId::parse("eligibility");
}

// An insurer that is not responsible on that day sends the question on.
bool not_on_this_date(const Result<Answered>& answered) {
    if (!answered) return false;
    const auto object = parse_json_object(
        answered->answer.data,
        {.text_bytes_max = wire::answer_bytes_max, .depth_max = 32, .values_max = 100'000});
    if (!object) return false;
    const auto* result = object->if_contains("result");
    return result != nullptr && result->is_string() && result->get_string() == "not_on_this_date";
}

// Reads what a holder said into the merged result. False when the document has not its form.
bool read_answer(const wire::Directory& directory, const Answered& answered, Eligibility& out) {
    const auto* holder = directory.find(answered.answer.issuer);
    const auto object = parse_json_object(
        answered.answer.data,
        {.text_bytes_max = wire::answer_bytes_max, .depth_max = 32, .values_max = 100'000});
    if (!object || holder == nullptr) return false;
    Members in(*object);
    in.text("on", 10);
    const auto result = in.text("result", 32);
    auto last_day = in.optional_text("last_day", 10).value_or("");
    auto reason = in.optional_text("end_reason", 300).value_or("");
    for (const auto& value : in.array("payers", 64)) {
        if (!value.is_object()) return false;
        Members payer(value.get_object());
        Payer one{.holder_name = holder->name,
                  .holder = holder->id,
                  .rank = payer.integer("rank", 1, 100),
                  .share_percent = payer.integer("share_percent", 0, 100),
                  .guarantee = payer.boolean("guarantee"),
                  .special_payment = payer.boolean("special_payment"),
                  .symbol = payer.text("symbol"),
                  .number = payer.text("number"),
                  .branch = payer.text("branch"),
                  .coverage = json::serialize(payer.object("coverage")),
                  .as_of = answered.answer.as_of};
        if (!payer.finish()) return false;
        out.payers.push_back(std::move(one));
    }
    if (result == "not_on_this_date") {
        out.ended.push_back({holder->name, std::move(last_day), std::move(reason)});
    }
    return in.finish().has_value();
}

}  // namespace

Task<Result<Eligibility>> check_eligibility(const wire::Directory& directory,
                                            const Identity& identity,
                                            EligibilityQuestion question) {
    const Ask base{.to = {},
                   .service = eligibility_service(),
                   .purpose = question.purpose,
                   .parameters = {{"on", to_text(question.on)}},
                   .subject = std::move(question.subject),
                   .card_seen = question.card_seen,
                   .payload = {},
                   .keep_operator = question.keep_operator,
                   .obtain_sealing = question.obtain_sealing};
    std::vector<Ask> asks;
    if (question.holder) {
        asks.push_back(base);
        asks.back().to.holder = question.holder;
    }
    for (const auto& kind : question.holder ? std::vector<wire::CodeId>{} : question.kinds) {
        asks.push_back(base);
        asks.back().to.kind = kind;
    }
    Eligibility out{
        .on = to_text(question.on), .payers = {}, .ended = {}, .answers = {}, .unanswered = {}};
    for (auto& line : co_await ask_lines(directory, identity, std::move(asks), &not_on_this_date)) {
        for (auto& answered : line) {
            if (!answered) {
                out.unanswered.push_back(std::move(answered.error()));
            } else if (!read_answer(directory, *answered, out)) {
                out.unanswered.push_back({wire::Code::answer_invalid, "document", {}, {}});
            } else {
                out.answers.push_back(std::move(*answered));
            }
        }
    }
    if (out.answers.empty()) {
        if (out.unanswered.empty()) {
            co_return std::unexpected(Problem{wire::Code::no_link, {}, {}, {}});
        }
        // Of several, the one that says most: a kind that the person does not have says little.
        const auto telling = std::ranges::find_if(out.unanswered, [](const Problem& problem) {
            return problem.code != wire::Code::no_link;
        });
        co_return std::unexpected(telling == out.unanswered.end() ? out.unanswered.front()
                                                                  : *telling);
    }
    // Kinds that this person simply does not have, and the end of a line of former insurers, are no
    // failures (by number the relay calls them a miss, like everything that it does not tell).
    std::erase_if(out.unanswered, [](const Problem& problem) {
        return problem.code == wire::Code::no_link || problem.code == wire::Code::no_match;
    });
    std::ranges::sort(out.payers, {}, &Payer::rank);
    co_return out;
}

}  // namespace mado::client
