#include "open_logins.hpp"

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json.hpp>
#include <exception>
#include <utility>

#include "http/spawn.hpp"
#include "wire/head.hpp"
#include "wire/mandate.hpp"

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

// The same card, and it was not out meanwhile: another insertion is another count of changes.
bool is_there(const std::optional<std::vector<card::Reader>>& readers, const card::Reader& reader) {
    return readers && std::ranges::find(*readers, reader) != readers->end();
}

// Where the relay listens to everybody: beside its log.
const wire::AccessLog& relays_log(const wire::Directory& directory) {
    const auto found = std::ranges::find_if(directory.logs, [&directory](const auto& log) {
        return directory.relay().has_certificate(log.certificate);
    });
    if (found == directory.logs.end()) {
        throw OperatorError("the directory names no log with the relay's certificate");
    }
    return *found;
}

}  // namespace

OpenLogins::OpenLogins(http::asio::io_context& io, const wire::Directory& directory, const Log& log)
    : io_(io),
      relay_(relays_log(directory)),
      log_(log),
      tls_(http::TlsContext::client(
          [wanted = relay_.certificate](const Hash& shown) { return shown == wanted; })) {}

void OpenLogins::add(Secret secret, card::Reader reader, UnixTime expires) {
    drop_ended();
    auto one = std::make_shared<One>();
    one->secret = std::move(secret);
    one->reader = std::move(reader);
    one->signed_at = unix_now();
    one->expires = expires;
    open_.push_back(one);
    if (heard_ && !is_there(readers_, one->reader)) stop(one);
}

void OpenLogins::cards_now(const std::optional<std::vector<card::Reader>>& readers) {
    heard_ = true;
    readers_ = readers;
    drop_ended();
    for (const auto& one : std::vector(open_)) {
        if (!is_there(readers, one->reader)) stop(one);
    }
}

http::Task<void> OpenLogins::stop_all() {
    // Also of what is being signed.
    heard_ = true;
    readers_ = std::nullopt;
    drop_ended();
    for (const auto& one : std::vector(open_))
        stop(one);
    for (auto waited = http::Milliseconds(0); !open_.empty() && waited < farewell; waited += again)
        co_await pause(io_, again);
}

std::size_t OpenLogins::count(const card::Reader& reader) const {
    const auto now = unix_now();
    return static_cast<std::size_t>(std::ranges::count_if(open_, [&](const Entry& one) {
        return one->reader == reader && !one->stopping && one->expires > now;
    }));
}

void OpenLogins::drop_ended() {
    const auto now = unix_now();
    std::erase_if(open_, [now](const Entry& one) { return !one->stopping && one->expires <= now; });
}

void OpenLogins::stop(const Entry& one) {
    if (std::exchange(one->stopping, true)) return;
    log_.info("card_removed");
    http::spawn(io_, tell(one));
}

// Until the relay has heard it. A log-in that was not used yet the relay does not know: it may
// still be used, so it is told again.
http::Task<void> OpenLogins::tell(Entry one) {
    for (auto wait = again; one->expires > unix_now(); wait = std::min(2 * wait, again_max)) {
        try {
            if (co_await tell_once(*one)) {
                log_.info("log_in_ended");
                break;
            }
        } catch (const std::exception& error) {
            log_.warning("relay_not_told", {{"why", std::string_view(error.what())}});
        }
        co_await pause(io_, wait);
    }
    std::erase(open_, one);
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
    if (!response) co_return false;
    // One that the relay has not seen cannot be used any more when its nonce is over.
    const bool over = unix_now() > one.signed_at + wire::nonce_lifetime_s + wire::clock_skew_s;
    co_return response->status == 204 || (response->status == 404 && over);
}

}  // namespace mado::agent
