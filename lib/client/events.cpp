#include "client/events.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "http/event_stream.hpp"

namespace mado::client {
namespace {

constexpr http::Milliseconds connect_timeout{3'000};
constexpr http::Milliseconds answer_timeout{10'000};
// Three heartbeats of the relay that did not come.
constexpr http::Milliseconds silence_max{30'000};
constexpr http::Milliseconds first_pause{100};
constexpr http::Milliseconds longest_pause{2'000};
constexpr std::size_t problem_bytes_max = 64 * 1024;

}  // namespace

EventFollower::EventFollower(http::asio::io_context& io, const wire::Directory& directory,
                             const Identity& identity, const Log& log, Told told)
    : directory_(directory), identity_(identity), log_(log), told_(std::move(told)), pause_(io) {}

Task<void> EventFollower::run() {
    auto pause = first_pause;
    while (!stopped_) {
        co_await follow();
        if (stopped_) break;
        if (std::exchange(connected_, false)) pause = first_pause;
        pause_.expires_after(pause);
        co_await pause_.async_wait(http::asio::as_tuple(http::asio::use_awaitable));
        pause = std::min(pause * 2, longest_pause);
    }
}

void EventFollower::stop() {
    stopped_ = true;
    pause_.cancel();
    if (connection_) connection_->close();
}

// One connection, from its beginning to its end.
Task<void> EventFollower::follow() {
    const auto& address = directory_.relay().addresses.front();
    auto made = co_await http::Connection::connect({address.host, address.port}, &identity_.tls,
                                                   connect_timeout);
    if (!made || stopped_) co_return;
    connection_ = std::move(*made);
    http::Request request;
    request.path = "/v1/events";
    request.query = "for=" + identity_.id.text();
    const auto answer =
        co_await connection_->open_feed(std::move(request), problem_bytes_max, answer_timeout);
    connected_ = answer && answer->status == 200 && !stopped_;
    http::EventReader reader;
    while (connected_ && !stopped_) {
        const auto bytes = co_await connection_->read_more(silence_max);
        if (!bytes) break;
        const auto events = reader.add(*bytes);
        if (!events) break;
        for (const auto& event : *events) {
            tell(event.name, event.data);
        }
    }
    connection_.reset();
}

// One that cannot be read does not hide those behind it: the relay would say it again first. Nor
// does one of a newer relay's.
void EventFollower::tell(std::string_view name, std::string_view data) {
    const auto unread = [this](std::string_view event, const Bad& bad) {
        log_.warning(event, {{"why", std::string_view(bad.why)}});
    };
    if (name == wire::ended_event && told_.ended) {
        const auto ended = wire::read_ended_event(data);
        if (!ended) return unread("ending_not_read", ended.error());
        told_.ended(*ended);
    } else if (name == wire::changed_event && told_.changed) {
        const auto changed = wire::read_changed_event(data);
        if (!changed) return unread("changed_answer_not_read", changed.error());
        told_.changed(*changed);
    } else if (name == wire::all_told_event && told_.all) {
        told_.all();
    }
}

}  // namespace mado::client
