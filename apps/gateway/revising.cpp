#include "revising.hpp"

#include <boost/json.hpp>

#include "wire/services/eligibility.hpp"

namespace mado::gateway {

namespace {

constexpr std::int64_t looks_max = 20;  // in one round: orders are answered in between
constexpr std::int64_t look_after_failure_s = 60;

}  // namespace

Task<void> Revising::round(UnixTime now) {
    for (auto& answer : parts_.answers.due(now, looks_max))
        co_await revise(std::move(answer), now);
}

// As it was asked then, of what the holder has now.
Revising::Finding Revising::look_at(const OpenAnswer& answer) {
    const auto holder = parts_.holders.find(answer.holder);
    const auto service = must(wire::ServiceId::parse(answer.service), "an open answer");
    if (holder == parts_.holders.end() || !holder->second.records.offers(service)) {
        return Finding::unknown;
    }
    auto& records = holder->second.records;
    const wire::ServiceQuestion question{.holder = records.holder(),
                                         .number = wire::number_fields(answer.number),
                                         .birth_date = answer.birth_date,
                                         .parameters = answer.parameters,
                                         .now = answer.time,
                                         .today = parts_.policy.day_of(answer.time)};
    try {
        const auto found = records.answer(service, question);
        switch (found.outcome) {
            case wire::Outcome::answered:
                break;
            case wire::Outcome::no_match:
            case wire::Outcome::several_match:
                return Finding::changed;
            case wire::Outcome::refused:
            case wire::Outcome::failed:
                return Finding::unknown;
        }
        if (wire::lasting_hash(*found.data) != answer.said) return Finding::changed;
        return wire::is_provisional(*found.data) ? Finding::open : Finding::holds;
    } catch (const Failure& failure) {
        parts_.log.error("records_failed", {{"holder", std::string_view(answer.holder)},
                                            {"why", std::string_view(failure.what())}});
        return Finding::unknown;
    }
}

Task<void> Revising::revise(OpenAnswer answer, UnixTime now) {
    auto& answers = parts_.answers;
    auto finding = look_at(answer);
    // Nobody could be told any more; what was asked for good has its own evidence.
    if (answer.time < now - open_answer_s_max) finding = Finding::holds;
    switch (finding) {
        case Finding::open:
            co_await answers.look_later(answer.entry, now + look_again_s);
            co_return;
        case Finding::unknown:
            co_await answers.look_later(answer.entry, now + look_after_failure_s);
            co_return;
        case Finding::holds:
            co_await answers.close(answer.entry);
            co_return;
        case Finding::changed:
            break;
    }
    auto tell = tell_of(answer);
    auto request = parts_.telling.prepare(tell);
    co_await answers.tell(answer.entry, std::move(tell), std::move(request), now);
}

Tell Revising::tell_of(const OpenAnswer& answer) const {
    return {.holder = answer.holder,
            .number = answer.number,
            .to = parts_.directory.relay().id.text(),
            .service = "answer-changed",
            .purpose = "membership",
            .parameters = {{"index", std::to_string(answer.log_index)},
                           {"order", base64url(answer.entry)}},
            .until = answer.time + open_answer_s_max};
}

}  // namespace mado::gateway
