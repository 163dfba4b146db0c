// HTTP/1.1 over TLS 1.3 or plain TCP: server, client, and a connection whose roles are swapped
// after an upgrade (docs/protocols/gateway.md). The only library that includes Beast and OpenSSL's
// TLS.
//
// Threads: everything here belongs to the io_context it was made on, which one thread runs. Several
// servers may listen on one port (SO_REUSEPORT), one for each thread. Servers and connections are
// destroyed before their io_context.
// Limits are strictest before authentication: see Limits.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <expected>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/secret.hpp"

namespace mado::http {

namespace asio = boost::asio;
template <class T>
using Task = asio::awaitable<T>;
using Milliseconds = std::chrono::milliseconds;

struct Header {
    std::string name;  // compared without case
    std::string value;
};

struct Request {
    std::string method = "GET";
    std::string path = "/";  // percent-decoding is refused, not done: no path of ours needs it
    std::string query;       // after '?', undecoded
    std::vector<Header> headers;
    std::string content_type;
    std::string body;
    // Filled in by the server:
    std::string request_id;           // random, made here, also sent back as X-Request-Id
    std::optional<Hash> certificate;  // SHA-256 of the client's certificate (mutual TLS)
    std::string remote_address;
    bool known = false;  // this connection: by ServerOptions::known or an answer before

    [[nodiscard]] std::string_view header(std::string_view name) const;  // "" when absent
};

// A connection after the upgrade, or a client's: sends requests, one at a time.
class Connection;

// What an answer goes on to send for as long as its reader stays (server-sent events): what is
// pushed, then what `more` gives. Any thread may push or wake; the server's own thread sends.
class Feed {
  public:
    struct Options {
        std::size_t waiting_bytes_max = 64 * 1024;  // a reader that lets more wait is dropped
        std::string heartbeat = {};                 // sent when nothing else was for as long
        Milliseconds heartbeat_every{10'000};
        // Asked for the next piece whenever the reader has taken the last one, by the server's
        // thread; "": nothing yet, until wake(). So nothing waits that a slow reader did not take.
        std::function<std::string()> more = nullptr;
    };
    explicit Feed(Options options);
    // False: the reader has gone, or was dropped.
    bool push(std::string_view bytes);
    // `more` has something again.
    void wake();
    // What waits is still sent.
    void close();
    // The reader let too much wait.
    [[nodiscard]] bool overrun() const;

  private:
    friend class FeedReader;
    const Options options_;
    mutable std::mutex mutex_;  // guards all below: who has news is on another thread
    std::string waiting_;
    bool ended_ = false;
    bool overrun_ = false;        // too much waited
    bool woken_ = false;          // by wake(), and nobody has looked since
    std::function<void()> wake_;  // of the one who sends
};

struct Response {
    int status = 200;
    std::string content_type;
    std::string body;
    std::vector<Header> headers;
    // With status 101: called with the connection once the answer is sent; the server forgets it.
    std::function<Task<void>(Connection)> upgraded = nullptr;
    // After the body comes what the feed brings. Such an answer has no length and ends with its
    // connection (RFC 9112 section 6.3); a server that stops ends it.
    std::shared_ptr<Feed> feed = nullptr;
    // Instead of `body`: a text that outlives the server, and is not copied for each answer.
    std::string_view lasting = {};
    // Whoever asked is known on this connection from now on, as if ServerOptions::known had said
    // so; but it still counts for its network.
    bool known = false;

    [[nodiscard]] std::string_view header(std::string_view name) const;
};

// RFC 9457, application/problem+json, with our stable `code` and the request id as members.
// `title` is a plain sentence for people; it never carries input or internals. `reason`: one of a
// closed set of texts.
Response problem(int status, std::string_view code, std::string_view title,
                 std::string_view request_id, const char* reason = nullptr);

using Handler = std::function<Task<Response>(Request)>;

// That a route takes many requests on one connection too: application/x-ndjson, each line a body
// for the handler (docs/protocols/request.md). The answer goes out while lines still come in.
struct Lines {
    std::size_t count_max = 100'000;             // of one stream
    std::size_t in_flight_max = 64;              // of one stream: further lines are not read
    std::size_t waiting_bytes_max = 256 * 1024;  // of answers: while more wait, none is begun
    std::size_t streams_max = 64;                // of one server
    std::size_t streams_per_peer_max = 16;       // by its certificate
    // Before a line is read, from the header: a refusal, or none.
    std::function<std::optional<Response>(const Request& head)> refuse = nullptr;
};

struct Route {
    std::string_view method;
    // Exact, or "/tile/*": everything below "/tile/". The first route that fits is taken.
    std::string_view path;
    std::size_t body_bytes_max;  // or of a line
    Handler handler;
    std::optional<Lines> lines = std::nullopt;
};

struct Limits {
    std::size_t connections_max = 4096;
    std::size_t connections_per_address_max = 4096;  // or network; `known` peers do not count
    std::size_t header_bytes_max = 16 * 1024;
    Milliseconds handshake{5'000};
    Milliseconds undisturbed{1'000};  // a handshake, when places are taken: ServerOptions::known
    Milliseconds header{10'000};      // first byte to end of header
    Milliseconds body{10'000};
    Milliseconds idle{60'000};  // between requests
    Milliseconds write{10'000};
};

// Certificate and key of this side, and whom it accepts. Certificates are compared by their
// SHA-256 with what the directory lists; no certificate authority is involved.
struct TlsIdentity {
    std::string certificate_pem;
    const Secret* key_pem = nullptr;  // read while the context is made
};
// Called with the peer certificate's SHA-256. For a server, accepting everybody here and deciding
// by Request::certificate gives better error messages.
using AcceptPeer = std::function<bool(const Hash&)>;

class TlsContext {
  public:
    static TlsContext server(const TlsIdentity& identity, bool client_certificate_required);
    static TlsContext client(const TlsIdentity& identity, AcceptPeer accept);
    // For reading public pages (checkpoint, directory): no certificate of our own.
    static TlsContext client(AcceptPeer accept);
    // The same with `folder`/tls.crt and tls.key; OperatorError when one of them is missing.
    static TlsContext load_server(const std::string& folder, bool client_certificate_required);
    static TlsContext load_client(const std::string& folder, AcceptPeer accept);
    TlsContext(TlsContext&&) noexcept;
    TlsContext& operator=(TlsContext&&) noexcept;
    ~TlsContext();

    struct State;
    [[nodiscard]] State& state() const { return *state_; }

  private:
    explicit TlsContext(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

// What a request met, reported once for each (for metrics and the access line of the log).
struct Observation {
    std::string_view method;
    std::string_view path;  // the route's path; "" when none matched
    int status;
    std::int64_t duration_us;
    std::string_view request_id;
};

// Who is at the other end of a connection.
struct Peer {
    std::optional<Hash> certificate;  // its SHA-256 (mutual TLS)
    std::string address;
    std::uint16_t port = 0;
};

struct ServerOptions {
    std::string address = "127.0.0.1";
    std::uint16_t port = 0;           // 0: the system chooses; see Server::port()
    const TlsContext* tls = nullptr;  // null: plain HTTP (health and metrics on loopback)
    bool reuse_port = false;
    Limits limits;
    // Who is known here, asked once for each connection, after its handshake. When every place is
    // taken, a new connection gets that of a stranger, the one that was served longest ago, or of a
    // handshake that takes longer than `undisturbed`. Null: nobody gives way.
    std::function<bool(const Peer&)> known = nullptr;
    // Of every answer that has none of that name, also of those that no handler has made.
    std::vector<Header> headers = {};
    // Of every answer of 400 and above, a handler's or the server's own: may put it into another
    // form. `asked`: the request without its body; one that is no HTTP has no method.
    std::function<void(const Request& asked, Response& refusal)> refused = nullptr;
    std::function<void(const Observation&)> observe = nullptr;
    // Called with the text of an exception that a handler let through (the caller got a 500).
    std::function<void(std::string_view request_id, std::string_view what)> report = nullptr;
};

// Whom an address counts for: an IPv6 address for its /64, which a single subscriber has (RFC
// 6177).
std::string network_of(std::string_view address);

class Server {
  public:
    // Binds and listens. Throws OperatorError ("port 8443 is in use by another program: …").
    Server(asio::io_context& io, ServerOptions options, std::vector<Route> routes);
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    [[nodiscard]] std::uint16_t port() const;
    [[nodiscard]] std::size_t connections() const;
    // Accepts no more, closes idle connections, lets what is under way finish (at most `grace`).
    // Upgraded connections are their new owner's. A handler that takes longer runs on, but its
    // answer is not sent.
    Task<void> stop(Milliseconds grace);

  private:
    struct State;
    std::shared_ptr<State> state_;
};

enum class NetError {
    refused,  // nobody listens there
    timed_out,
    closed,       // the peer ended the connection
    certificate,  // one side does not accept the other's certificate
    malformed,    // the peer does not speak HTTP, or its answer is over the limit
};
std::string_view to_text(NetError error);

struct Endpoint {
    std::string address;  // an IP address or a name
    std::uint16_t port = 0;
    auto operator<=>(const Endpoint&) const = default;
};

class Connection {
  public:
    // `tls` null: plain. The context must outlive the connection.
    static Task<std::expected<Connection, NetError>> connect(Endpoint to, const TlsContext* tls,
                                                             Milliseconds timeout);
    Connection(Connection&&) noexcept;
    Connection& operator=(Connection&&) noexcept;
    ~Connection();

    // One request, one answer, one at a time (else Failure). After an error or a time-out the
    // connection is closed.
    Task<std::expected<Response, NetError>> exchange(Request request, std::size_t body_bytes_max,
                                                     Milliseconds timeout);
    // The same for an answer that goes on (Feed): once its header is here with status 200,
    // read_more() gives what comes.
    Task<std::expected<Response, NetError>> open_feed(Request request, std::size_t body_bytes_max,
                                                      Milliseconds timeout);
    // At least one byte.
    Task<std::expected<std::string, NetError>> read_more(Milliseconds timeout);
    // A request whose body goes on too: open_feed without a body, whose answer comes at once; then
    // send_more() sends what is given, "" its end. It waits for as long as the peer reads nothing,
    // while another coroutine waits in read_more(), whose time-out ends both.
    Task<std::expected<Response, NetError>> open_stream(Request request, std::size_t body_bytes_max,
                                                        Milliseconds timeout);
    Task<std::expected<void, NetError>> send_more(std::string bytes);
    // Sends an upgrade request; when the answer is 101, this side becomes the server: `handler` is
    // called for every request that comes in, until the peer closes. Returns the status of the
    // first answer (101 when it served). The limits are those of a server, except that the peer
    // may stay idle for as long as it likes.
    // `accepted` is called once the peer said 101; `report` as in ServerOptions.
    Task<std::expected<int, NetError>> upgrade_and_serve(
        Request request, Handler handler, std::size_t body_bytes_max,
        std::function<void()> accepted,
        std::function<void(std::string_view request_id, std::string_view what)> report = nullptr);
    // Asks the system, without waiting: false once the peer has closed, so that a pool does not
    // hand out a dead connection. Only between exchanges.
    [[nodiscard]] bool open() const;
    // Ends at once what waits on this connection.
    void close();
    [[nodiscard]] const std::optional<Hash>& peer_certificate() const;

    struct State;
    explicit Connection(std::unique_ptr<State> state);

  private:
    std::unique_ptr<State> state_;
};

}  // namespace mado::http
