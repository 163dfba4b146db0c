#include <boost/json.hpp>

#include "client/checkups.hpp"
#include "client/claims.hpp"
#include "client/cross_check.hpp"
#include "client/eligibility.hpp"
#include "client/notices.hpp"
#include "client/questions.hpp"
#include "fuzz.hpp"
#include "relay/test_country.hpp"

namespace mado::fuzz {
namespace {

bool eligibility(const client::Answered& answered) {
    const auto read = client::read_eligibility(answered, country_directory(), "2026-11-22");
    if (!read) return false;
    require(read->payers.empty() == read->ended.has_value(), "insured or not, not both");
    for (const auto& payer : read->payers) {
        require(payer.rank >= 1 && payer.share_percent <= 100, "a payer has its bounds");
        require(json::parse(payer.coverage).is_object(), "a Coverage is passed on as it is");
    }
    return true;
}

bool claims(const client::Answered& answered) {
    const auto read = client::read_claims(answered, {{"from", "2026-01"}, {"to", "2026-10"}});
    if (!read) return false;
    require(read->from == "2026-01" && read->to == "2026-10", "claims are of the months asked");
    for (const auto& claim : read->claims)
        require(json::parse(claim.explanation).is_object(), "a claim is passed on as it is");
    return true;
}

bool checkups(const client::Answered& answered) {
    const auto read = client::read_checkups(answered, {{"from", "2021-12"}, {"to", "2026-11"}});
    if (!read) return false;
    for (const auto& checkup : read->checkups) {
        require(parse_date(checkup.day).has_value(), "a check-up has its day");
        require(json::parse(checkup.report).is_object(), "a check-up is passed on as it is");
    }
    return true;
}

bool notices(const client::Answered& answered) {
    const auto one = client::read_notice(answered, "T-1");
    require(!one || (one->notice.id == "T-1" && !one->body.empty()), "it is the one asked for");
    const auto list = client::read_notices(answered, {{"from", "2024-12"}, {"to", "2026-11"}});
    if (!list) return one.has_value();
    for (std::size_t i = 1; i < list->notices.size(); ++i) {
        require(list->notices[i - 1].received >= list->notices[i].received,
                "notices are newest first");
    }
    return true;
}

bool evidence(const client::Answered& answered) {
    // As if it had been asked from where the answer begins.
    const auto* said = answered.answer.data->if_contains("after");
    const bool is_index = said != nullptr && said->is_int64() && said->get_int64() >= 0;
    const auto after = is_index ? static_cast<std::uint64_t>(said->get_int64()) : 0U;
    bool more = false;
    const auto rows = client::read_evidence(answered, after, more);
    if (!rows) return false;
    require(is_index, "evidence says where it begins");
    for (std::size_t i = 1; i < rows->size(); ++i)
        require((*rows)[i - 1].index < (*rows)[i].index, "evidence is in order");
    require(!more || !rows->empty(), "whoever has more has gone on");
    return true;
}

}  // namespace

// What a holder, or the relay, has signed and sealed, as its requester reads it; and what the relay
// says when there is no answer.
bool answer_data(ByteView in) {
    const auto problem = client::read_problem(as_text(in));
    require(std::ranges::all_of(problem.detail, [](char c) { return c >= ' ' && c <= '~'; }),
            "a reason can be shown");
    bool accepted = problem.detail != "no_problem_document";
    accepted = client::read_nonce(as_text(in)).has_value() || accepted;
    auto object = parse_json_object(as_text(in), {.depth_max = 31});
    if (!object) return accepted;
    const client::Answered answered{.answer = {.issuer = wire::participant_id("06990014"),
                                               .service = wire::service_id("eligibility"),
                                               .data = std::move(*object)},
                                    .receipt = {},
                                    .order = country().order()};
    const auto& data = *answered.answer.data;
    accepted = eligibility(answered) || accepted;
    accepted = claims(answered) || accepted;
    accepted = checkups(answered) || accepted;
    accepted = evidence(answered) || accepted;
    accepted = notices(answered) || accepted;
    accepted = client::read_questions_page(data, 0).has_value() || accepted;
    accepted = client::read_bells_page(data, 0).has_value() || accepted;
    accepted = client::read_question_state(data).has_value() || accepted;
    return accepted;
}

}  // namespace mado::fuzz
