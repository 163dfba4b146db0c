#include "open_logins.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json.hpp>

namespace mado::agent {
namespace {

constexpr http::Milliseconds call_timeout{2'000};
constexpr http::Milliseconds again{200};        // between two tries, and longer each time …
constexpr http::Milliseconds again_max{1'500};  // … up to this: a log-in ends within 2 seconds
constexpr http::Milliseconds farewell{3'000};
constexpr std::size_t answer_bytes_max = 4096;

http::Task<void> pause(http::asio::io_context& io, http::Milliseconds time) {
    http::asio::steady_timer timer(io, time);
    co_await timer.async_wait(http::asio::use_awaitable);
}

}  // namespace

OpenLogins::OpenLogins(http::asio::io_context& io, const wire::Directory& directory, const Log& log)
    : io_(io),
      relay_(directory.logs.front()),
      log_(log),
      tls_(http::TlsContext::client(
          [wanted = relay_.certificate](const Hash& shown) { return shown == wanted; })) {}

void OpenLogins::add(Secret secret, card::Reader reader, UnixTime expires) {
    drop_ended();
    open_.push_back({.secret = std::move(secret), .reader = std::move(reader), .expires = expires});
}

void OpenLogins::cards_now(const std::optional<std::vector<card::Reader>>& readers) {
    drop_ended();
    for (auto one = open_.begin(); one != open_.end(); ++one) {
        // Another card, or the same one put back, is another count of changes.
        const bool there = readers && std::ranges::find(*readers, one->reader) != readers->end();
        if (!there) stop(one);
    }
}

http::Task<void> OpenLogins::stop_all() {
    for (auto one = open_.begin(); one != open_.end(); ++one)
        stop(one);
    for (auto waited = http::Milliseconds(0); !open_.empty() && waited < farewell; waited += again)
        co_await pause(io_, again);
}

std::size_t OpenLogins::count(const card::Reader& reader) const {
    const auto now = unix_now();
    return static_cast<std::size_t>(std::ranges::count_if(open_, [&](const One& one) {
        return one.reader == reader && !one.stopping && one.expires > now;
    }));
}

void OpenLogins::drop_ended() {
    const auto now = unix_now();
    open_.remove_if([now](const One& one) { return !one.stopping && one.expires <= now; });
}

void OpenLogins::stop(std::list<One>::iterator one) {
    if (std::exchange(one->stopping, true)) return;
    log_.info("card_removed");
    http::asio::co_spawn(io_, tell(one), http::asio::detached);
}

// Until the relay has heard it. A log-in that was not used yet the relay does not know: it may
// still be used, so it is told again until the mandate's own end.
http::Task<void> OpenLogins::tell(std::list<One>::iterator one) {
    for (auto wait = again; one->expires > unix_now(); wait = std::min(2 * wait, again_max)) {
        if (co_await tell_once(*one)) {
            log_.info("log_in_ended");
            break;
        }
        co_await pause(io_, wait);
    }
    open_.erase(one);
}

http::Task<bool> OpenLogins::tell_once(const One& one) {
    const auto& address = relay_.url.address;
    auto connection =
        co_await http::Connection::connect({address.host, address.port}, &tls_, call_timeout);
    if (!connection) co_return false;
    http::Request request;
    request.method = "POST";
    request.path = relay_.url.path + "v1/stop";
    request.content_type = "application/json";
    request.body =
        boost::json::serialize(boost::json::object{{"secret", base64url(one.secret.view())}});
    const auto response =
        co_await connection->exchange(std::move(request), answer_bytes_max, call_timeout);
    co_return response && response->status == 204;
}

}  // namespace mado::agent
