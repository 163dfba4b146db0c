#include "client/endings.hpp"

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

EndingFollower::EndingFollower(http::asio::io_context& io, const wire::Directory& directory,
                               const Identity& identity, const Log& log, Told told)
    : directory_(directory), identity_(identity), log_(log), told_(std::move(told)), pause_(io) {}

Task<void> EndingFollower::run() {
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

void EndingFollower::stop() {
    stopped_ = true;
    pause_.cancel();
    if (connection_) connection_->close();
}

// One connection, from its beginning to its end.
Task<void> EndingFollower::follow() {
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
            if (event.name != wire::ended_event) continue;  // of a newer relay
            tell(event.data);
        }
    }
    connection_.reset();
}

// One that cannot be read does not hide those behind it: the relay would say it again first.
void EndingFollower::tell(std::string_view data) {
    const auto ended = wire::read_ended_event(data);
    if (ended) {
        told_(*ended);
    } else {
        log_.warning("ending_not_read", {{"why", std::string_view(ended.error().why)}});
    }
}

}  // namespace mado::client
