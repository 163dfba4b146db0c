#include "http/link.hpp"

#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <utility>

#include "base/result.hpp"

namespace mado::http {
namespace {

using boost::system::error_code;
using Clock = std::chrono::steady_clock;

constexpr auto never = Clock::time_point::max();
constexpr std::size_t read_bytes = 16 * 1024;  // a TLS record (RFC 8446 section 5.1)
constexpr std::size_t joined_bytes_max = 16 * 1024;
constexpr Milliseconds linger_time{1'000};
constexpr std::size_t linger_bytes_max = 1024 * 1024;

// A peer that vanished without a word (power, a firewall that forgot us) is noticed in a minute,
// also on an idle connection that waits for orders for days.
constexpr int keepalive_idle_s = 30;
constexpr int keepalive_interval_s = 10;
constexpr int keepalive_count = 3;

constexpr auto as_values = asio::as_tuple(asio::use_awaitable);

void set_option(int socket, int level, int name, int value) {
    if (::setsockopt(socket, level, name, &value, sizeof value) != 0 && errno != EINVAL)
        throw Failure("a socket option cannot be set");
}

Attempt judge_plain(ssize_t count) {
    if (count > 0) return {Step::done, static_cast<std::size_t>(count)};
    if (count < 0 && errno == EAGAIN) return {Step::want_read};
    return {Step::ended};
}

}  // namespace

Link::Link(tcp::socket socket)
    : socket_(std::move(socket)),
      timer_(socket_.get_executor()),
      deadline_(never),
      armed_until_(never) {}

Link::~Link() {
    close();
}

void Link::expires_after(Milliseconds timeout) {
    deadline_ = Clock::now() + timeout;
    if (deadline_ < armed_until_) arm();
}

// The timer stays armed: a deadline that is set for each message and met by nearly every one must
// cost next to nothing.
void Link::never_expires() {
    deadline_ = never;
}

void Link::arm() {
    armed_until_ = deadline_;
    timer_.expires_at(deadline_);
    timer_.async_wait([weak = weak_from_this()](error_code error) {
        if (error) return;
        if (auto self = weak.lock()) self->on_timer();
    });
}

void Link::on_timer() {
    armed_until_ = never;
    if (deadline_ == never || !socket_.is_open()) return;
    if (Clock::now() < deadline_) return arm();
    timed_out_ = true;
    close();
}

NetError Link::why_closed() const {
    return timed_out_ ? NetError::timed_out : NetError::closed;
}

Task<bool> Link::ready(tcp::socket::wait_type what) {
    if (!socket_.is_open()) co_return false;
    auto [error] = co_await socket_.async_wait(what, as_values);
    co_return !error && socket_.is_open();
}

Task<Ended> Link::wait_for(Step step) {
    bool is_ready = false;
    switch (step) {
        case Step::done:
            co_return Ended{};
        case Step::want_read:
            is_ready = co_await ready(tcp::socket::wait_read);
            break;
        case Step::want_write:
            is_ready = co_await ready(tcp::socket::wait_write);
            break;
        case Step::ended:
            break;
        case Step::certificate:
            co_return std::unexpected(NetError::certificate);
        case Step::malformed:
            co_return std::unexpected(NetError::malformed);
    }
    if (!is_ready) co_return std::unexpected(why_closed());
    co_return Ended{};
}

Task<Ended> Link::connect(tcp::endpoint to) {
    auto [error] = co_await socket_.async_connect(to, as_values);
    if (timed_out_) co_return std::unexpected(NetError::timed_out);
    if (error) co_return std::unexpected(NetError::refused);
    prepare();
    co_return Ended{};
}

void Link::prepare() {
    error_code error;
    socket_.native_non_blocking(true, error);
    if (error) throw Failure("a socket cannot be made non-blocking");
    const int socket = socket_.native_handle();
    set_option(socket, IPPROTO_TCP, TCP_NODELAY, 1);
    set_option(socket, SOL_SOCKET, SO_KEEPALIVE, 1);
    set_option(socket, IPPROTO_TCP, TCP_KEEPIDLE, keepalive_idle_s);
    set_option(socket, IPPROTO_TCP, TCP_KEEPINTVL, keepalive_interval_s);
    set_option(socket, IPPROTO_TCP, TCP_KEEPCNT, keepalive_count);
    const auto remote = socket_.remote_endpoint(error);
    if (!error) {
        peer_.address = remote.address().to_string();
        peer_.port = remote.port();
    }
}

Task<Ended> Link::handshake(const TlsContext* tls, Side side, std::string server_name) {
    if (tls == nullptr) co_return Ended{};
    tls_.emplace(*tls, socket_.native_handle(), side, server_name);
    for (;;) {
        if (!socket_.is_open()) co_return std::unexpected(why_closed());
        const Attempt attempt = tls_->handshake();
        if (attempt.step == Step::done) break;
        auto waited = co_await wait_for(attempt.step);
        if (!waited) co_return waited;
    }
    peer_.certificate = tls_->peer_certificate();
    co_return Ended{};
}

Attempt Link::try_read(std::span<char> into) {
    if (!socket_.is_open()) return {Step::ended};
    if (tls_) return tls_->read(into);
    return judge_plain(::recv(socket_.native_handle(), into.data(), into.size(), 0));
}

Attempt Link::try_write(std::string_view bytes) {
    if (!socket_.is_open()) return {Step::ended};
    if (tls_) return tls_->write(bytes);
    auto sent =
        judge_plain(::send(socket_.native_handle(), bytes.data(), bytes.size(), MSG_NOSIGNAL));
    if (sent.step == Step::want_read) sent.step = Step::want_write;
    return sent;
}

Task<Ended> Link::fill() {
    // Waiting first and allocating afterwards keeps an idle connection without a read buffer.
    Step next = tls_ && tls_->has_pending() ? Step::done : Step::want_read;
    for (;;) {
        auto waited = co_await wait_for(next);
        if (!waited) co_return waited;
        const std::size_t held = input_.size();
        Attempt attempt{Step::ended};
        input_.resize_and_overwrite(held + read_bytes, [&](char* bytes, std::size_t size) {
            attempt = try_read({bytes + held, size - held});
            return held + attempt.bytes;
        });
        if (attempt.step == Step::done) co_return Ended{};
        next = attempt.step;
    }
}

Task<Ended> Link::write_all(std::string_view bytes) {
    while (!bytes.empty()) {
        const Attempt attempt = try_write(bytes);
        if (attempt.step == Step::done) {
            bytes.remove_prefix(attempt.bytes);
            continue;
        }
        auto waited = co_await wait_for(attempt.step);
        if (!waited) co_return waited;
    }
    co_return Ended{};
}

Task<Ended> Link::write(std::string head, std::string_view body) {
    // One record and one packet where that is possible.
    if (body.size() <= joined_bytes_max) {
        head.append(body);
        body = {};
    }
    auto written = co_await write_all(head);
    if (!written) co_return written;
    co_return co_await write_all(body);
}

Task<void> Link::linger() {
    if (!socket_.is_open()) co_return;
    expires_after(linger_time);
    if (tls_) tls_->say_goodbye();
    error_code error;
    socket_.shutdown(tcp::socket::shutdown_send, error);
    std::array<char, 4096> waste;
    std::size_t left = error ? 0 : linger_bytes_max;
    while (left > 0) {
        if (!co_await ready(tcp::socket::wait_read)) break;
        const auto count = ::recv(socket_.native_handle(), waste.data(), waste.size(), 0);
        if (count == 0 || (count < 0 && errno != EAGAIN)) break;
        if (count > 0) left -= std::min(left, static_cast<std::size_t>(count));
    }
    close();
}

void Link::close() {
    timer_.cancel();
    deadline_ = never;
    if (socket_.is_open()) {
        if (tls_) tls_->say_goodbye();
        error_code error;  // closing is all that is left to do about an error here
        socket_.shutdown(tcp::socket::shutdown_both, error);
        socket_.close(error);
    }
    change_owner();
}

void Link::change_owner() {
    if (auto call = std::exchange(on_close_, nullptr)) call();
}

void Link::release_input() {
    if (input_.empty()) std::string().swap(input_);
}

bool Link::open_and_quiet() const {
    if (!socket_.is_open() || !input_.empty()) return false;
    if (tls_ && tls_->has_pending()) return false;
    char byte = 0;
    // The socket's own method is not const, though asking for the number changes nothing.
    const int socket = const_cast<tcp::socket&>(socket_).native_handle();
    const auto count = ::recv(socket, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return count < 0 && errno == EAGAIN;
}

}  // namespace mado::http
