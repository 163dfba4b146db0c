#include "client/eligibility.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <iterator>

#include "client/lines.hpp"
#include "wire/services/eligibility.hpp"

namespace mado::client {
namespace {

constexpr std::size_t resources_max = 16;  // contained in a Coverage
constexpr std::size_t names_max = 16;
constexpr std::size_t classes_max = 16;
constexpr std::size_t word_bytes_max = 1024;

wire::ServiceId eligibility_service() {
    return *wire::ServiceId::parse("eligibility");
}

// The person as written, then in kana where the register has it.
Parsed<void> read_patient(Members& patient, CoverageWords& out) {
    out.birth_date = patient.text("birthDate", 10);
    const auto& names = patient.array("name", names_max);
    if (names.empty()) return bad("a Coverage's person has no name");
    for (std::size_t i = 0; i < std::min<std::size_t>(names.size(), 2); ++i) {
        if (!names[i].is_object()) return bad("a name is not an object");
        Members name(names[i].get_object());
        (i == 0 ? out.name : out.kana) = name.text("text", word_bytes_max);
        if (!name.good()) return bad("a name has no text");
    }
    if (!patient.good()) return bad("a Coverage's person does not have its form");
    return {};
}

// The rest of a Coverage is passed on unread.
Parsed<CoverageWords> read_coverage(const json::object& coverage) {
    CoverageWords out;
    Members in(coverage);
    if (in.text("resourceType") != "Coverage") return bad("a payer's coverage is no Coverage");
    std::size_t people = 0;
    for (const auto& value : in.array("contained", resources_max)) {
        if (!value.is_object()) return bad("a contained resource is not an object");
        Members one(value.get_object());
        if (one.text("resourceType") != "Patient") continue;
        if (auto ok = read_patient(one, out); !ok) return std::unexpected(ok.error());
        ++people;
    }
    if (people != 1) return bad("a Coverage is not about one person");
    if (in.has("class")) {
        for (const auto& value : in.array("class", classes_max)) {
            if (!value.is_object()) return bad("a class is not an object");
            Members one(value.get_object());
            out.classes.push_back(one.text("value", word_bytes_max));
            if (!one.good()) return bad("a class has no value");
        }
    }
    Members period(in.object("period"));
    out.from = period.text("start", 10);
    out.to = period.optional_text("end", 10).value_or("");
    if (!in.good() || !period.good()) return bad("a Coverage does not have its form");
    return out;
}

// A number that is mistyped is a miss at every holder that is asked, and the third closes the path
// for the day: public expense is asked after an insurer has found the person.
bool by_number(ByteView subject) {
    return as_text(subject).starts_with(R"({"number":)");
}

bool found_somebody(const Line& line) {
    return std::ranges::any_of(line, [](const auto& one) { return one.has_value(); });
}

struct Requests {
    std::vector<Ask> asks;
    std::vector<Ask> afterwards;  // once one of the others has found the person
};

Requests requests_of(const Ask& base, const EligibilityQuestion& question) {
    Requests out;
    if (question.holder) {
        out.asks.push_back(base);
        out.asks.back().to.holder = question.holder;
        return out;
    }
    for (const auto& kind : question.kinds) {
        const bool later = by_number(base.subject) && wire::pays_beside_others(kind);
        auto& list = later ? out.afterwards : out.asks;
        list.push_back(base);
        list.back().to.kind = kind;
    }
    return out;
}

Parsed<Payer> read_payer(const json::value& value, const wire::Participant& holder) {
    if (!value.is_object()) return bad("a payer is not an object");
    Members in(value.get_object());
    Payer out{.holder_name = holder.name,
              .holder = holder.id,
              .rank = in.integer("rank", 1, wire::rank_max),
              .share_percent = in.integer("share_percent", 0, 100),
              .guarantee = in.boolean("guarantee"),
              .special_payment = in.boolean("special_payment"),
              .provisional = in.optional_boolean("provisional").value_or(false),
              .symbol = in.text("symbol"),
              .number = in.text("number"),
              .branch = in.text("branch"),
              .coverage = {},
              .words = {}};
    const auto& coverage = in.object("coverage");
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    auto words = read_coverage(coverage);
    if (!words) return std::unexpected(words.error());
    out.coverage = json::serialize(coverage);
    out.words = std::move(*words);
    return out;
}

}  // namespace

Parsed<HolderEligibility> read_eligibility(const Answered& answered,
                                           const wire::Directory& directory,
                                           const std::string& on) {
    const auto* holder = directory.find(answered.answer.issuer);
    if (holder == nullptr) return bad("the holder is not in the directory");
    Members in(*answered.answer.data);
    if (in.text("on", 10) != on) in.refuse("the answer is about another day than the one asked");
    const auto result = in.text("result", 32);
    HolderEligibility out;
    if (result == "not_on_this_date") {
        out.ended = EndedInsurance{.holder_name = holder->name,
                                   .last_day = in.optional_text("last_day", 10).value_or(""),
                                   .reason = in.optional_text("end_reason", 300).value_or("")};
    } else if (result != "insured") {
        in.refuse("the result is none of those agreed");
    }
    for (const auto& value : in.array("payers", wire::payers_max)) {
        auto payer = read_payer(value, *holder);
        if (!payer) return std::unexpected(payer.error());
        payer->as_of = answered.answer.as_of;
        out.payers.push_back(std::move(*payer));
    }
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    if (out.payers.empty() != out.ended.has_value()) return bad("the payers contradict the result");
    return out;
}

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
    auto [asks, afterwards] = requests_of(base, question);
    Eligibility out{
        .on = to_text(question.on), .payers = {}, .ended = {}, .answers = {}, .unanswered = {}};
    const auto read = [&directory, on = out.on](const Answered& answered) {
        return read_eligibility(answered, directory, on);
    };
    // An insurer that is not responsible on that day sends the question on; public expense pays
    // beside others of its kind.
    const auto go_on = [&directory, &read](const Result<Answered>& answered) {
        if (!answered) return false;
        const auto* holder = directory.find(answered->answer.issuer);
        if (holder != nullptr && wire::pays_beside_others(holder->kind)) return true;
        const auto said = read(*answered);
        return said && said->ended;
    };
    auto lines = co_await ask_lines(directory, identity, std::move(asks), go_on);
    if (!afterwards.empty() && std::ranges::any_of(lines, &found_somebody)) {
        std::ranges::move(co_await ask_lines(directory, identity, std::move(afterwards), go_on),
                          std::back_inserter(lines));
    }
    for (auto& line : lines) {
        for (auto& answered : line) {
            if (!answered) {
                out.unanswered.push_back(std::move(answered.error()));
                continue;
            }
            auto said = read(*answered);
            if (!said) {
                out.unanswered.push_back({wire::Code::answer_invalid, said.error().why, {}, {}});
                continue;
            }
            std::ranges::move(said->payers, std::back_inserter(out.payers));
            if (said->ended) out.ended.push_back(std::move(*said->ended));
            out.answers.push_back(std::move(*answered));
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
