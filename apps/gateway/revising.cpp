#include "revising.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json.hpp>

#include "http/spawn.hpp"
#include "wire/services/eligibility.hpp"
#include "wire/subject.hpp"

namespace mado::gateway {

namespace asio = http::asio;

namespace {

constexpr std::chrono::seconds pause{2};
constexpr std::int64_t looks_max = 20;  // in one round: orders are answered in between
constexpr std::size_t tells_max = 8;
constexpr std::int64_t look_after_failure_s = 60;

// The relay will not take it, whenever it is sent.
bool is_final(wire::Code code) {
    return code == wire::Code::answer_unknown || code == wire::Code::no_link ||
           code == wire::Code::several_match || code == wire::Code::not_allowed ||
           code == wire::Code::malformed;
}

}  // namespace

void Revising::start() {
    http::spawn(io_, run(stopping_, *this));
}

void Revising::stop() {
    *stopping_ = true;
}

Task<void> Revising::run(std::shared_ptr<bool> stopping, Revising& self) {
    asio::steady_timer timer(self.io_);
    while (!*stopping) {
        try {
            co_await self.round(unix_now());
        } catch (const Failure& failure) {
            self.parts_.log.error("revising_failed", {{"why", std::string_view(failure.what())}});
        }
        if (*stopping) break;
        timer.expires_after(pause);
        boost::system::error_code ignored;
        co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
}

Task<void> Revising::round(UnixTime now) {
    const auto stopping = stopping_;
    for (auto& answer : parts_.answers.due(now, looks_max)) {
        if (*stopping) co_return;
        co_await revise(std::move(answer), now);
    }
    for (const auto& entry : parts_.answers.to_send(now, tells_max)) {
        if (*stopping) co_return;
        co_await send(entry, now);
    }
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
    auto request = prepare(answer);
    co_await answers.tell(answer.entry, std::move(request), now);
}

client::Prepared Revising::prepare(const OpenAnswer& answer) const {
    const auto& holder = parts_.holders.find(answer.holder)->second;
    const auto& self = holder.records.holder();
    const auto own = wire::read_number_for_holder(answer.number, holder.records.scheme(), self.id);
    if (!own) throw Failure("an open answer has no number of its holder's");
    const client::Ask ask{.to = {.holder = parts_.directory.relay().id, .kind = {}, .position = 1},
                          .service = must(wire::ServiceId::parse("answer-changed"), "a service"),
                          .purpose = must(wire::CodeId::parse("membership"), "a purpose"),
                          .parameters = {{"index", std::to_string(answer.log_index)},
                                         {"order", base64url(answer.entry)}},
                          .subject = to_bytes(wire::own_subject(*own))};
    return client::Asker(parts_.directory, parts_.identities.find(answer.holder)->second)
        .prepare(ask);
}

Task<void> Revising::send(Hash entry, UnixTime now) {
    auto& answers = parts_.answers;
    const auto answer = answers.find(entry);
    auto request = answers.request(entry);
    if (!request) co_return;
    const bool known = answer && parts_.identities.contains(answer->holder);
    // Its holder is not behind this gateway any more, or it is too old.
    if (!known || answer->time < now - open_answer_s_max) {
        co_await answers.close(entry);
        co_return;
    }
    if (request->expires <= now) {
        auto another = prepare(*answer);
        co_await answers.renew(entry, std::move(another));
        co_return;
    }
    const auto& identity = parts_.identities.find(answer->holder)->second;
    const auto told = co_await parts_.send(identity, std::move(*request));
    const std::string result(told ? "told" : wire::info(told.error().code).name);
    parts_.tells.with({result}).add();
    if (told) {
        co_await answers.close(entry);
        co_return;
    }
    if (!is_final(told.error().code)) {
        co_await answers.send_later(entry, now);
        co_return;
    }
    parts_.log.warning("answer_not_told", {{"holder", std::string_view(answer->holder)},
                                           {"code", std::string_view(result)}});
    co_await answers.close(entry);
}

}  // namespace mado::gateway
