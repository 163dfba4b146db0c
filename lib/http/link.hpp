// Internal to lib/http: one TCP or TLS connection with a deadline and a read buffer. Server,
// Connection and the swapped roles after an upgrade all work on a Link.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "http/http.hpp"
#include "http/tls.hpp"

namespace mado::http {

using asio::ip::tcp;
using Ended = std::expected<void, NetError>;

// Always owned by a shared_ptr: the coroutines that use it, the Connection and the deadline's timer
// end in any order. Belongs to one io thread.
class Link : public std::enable_shared_from_this<Link> {
  public:
    // `socket` need not be open yet (a client's).
    explicit Link(tcp::socket socket);
    ~Link();
    Link(const Link&) = delete;
    Link& operator=(const Link&) = delete;

    // After this long the connection is closed, whatever waits for it. Replaces the last deadline.
    void expires_after(Milliseconds timeout);
    void never_expires();

    Task<Ended> connect(tcp::endpoint to);
    // Sets the options of a socket that is connected.
    void prepare();
    Task<Ended> handshake(const TlsContext* tls, Side side, std::string server_name);
    // Waits for more bytes and appends them to input().
    Task<Ended> fill();
    Task<Ended> write(std::string head, std::string_view body);
    // After an answer to a request that was not read to its end. Closing at once would reset the
    // connection, and the answer could be lost on the way (RFC 9112 section 9.6).
    Task<void> linger();
    void close();

    [[nodiscard]] std::string& input() { return input_; }
    // Gives the read buffer's memory back: most connections are idle most of the time.
    void release_input();
    // False also when the peer has closed, or sent something that nobody asked for.
    [[nodiscard]] bool open_and_quiet() const;
    [[nodiscard]] bool is_open() const { return socket_.is_open(); }
    [[nodiscard]] tcp::socket& socket() { return socket_; }
    [[nodiscard]] const Peer& peer() const { return peer_; }

    // Called once, when the connection is closed.
    void on_close(std::function<void()> call) { on_close_ = std::move(call); }
    // Whoever accepted it has nothing more to do with it, as if it were closed.
    void change_owner();

    bool busy = false;   // a request is under way: a server that stops lets it finish
    std::string host;    // of the requests sent on this connection
    bool known = false;  // to this server

  private:
    [[nodiscard]] NetError why_closed() const;
    Task<bool> ready(tcp::socket::wait_type what);
    // Waits for what `step` says; an error when the attempt was the last one.
    Task<Ended> wait_for(Step step);
    Attempt try_read(std::span<char> into);
    Attempt try_write(std::string_view bytes);
    Task<Ended> write_all(std::string_view bytes);
    void arm();
    void on_timer();

    tcp::socket socket_;
    std::optional<TlsSession> tls_;
    asio::steady_timer timer_;
    std::chrono::steady_clock::time_point deadline_;
    std::chrono::steady_clock::time_point armed_until_;
    bool timed_out_ = false;
    std::string input_;
    Peer peer_;
    std::function<void()> on_close_;
};

}  // namespace mado::http
