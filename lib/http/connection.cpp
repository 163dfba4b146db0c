#include "http/connection.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/this_coro.hpp>
#include <string>
#include <utility>

#include "base/result.hpp"
#include "http/completion.hpp"
#include "http/message.hpp"
#include "http/serve.hpp"

namespace mado::http {
namespace {

using boost::system::error_code;
using Addresses = std::expected<std::vector<tcp::endpoint>, NetError>;

constexpr std::size_t addresses_max = 8;
constexpr std::size_t interim_answers_max = 8;

std::string host_header(const Endpoint& to) {
    const bool is_ipv6 = to.address.find(':') != std::string::npos;
    return (is_ipv6 ? '[' + to.address + ']' : to.address) + ':' + std::to_string(to.port);
}

bool is_ip_address(const std::string& text) {
    error_code error;
    asio::ip::make_address(text, error);
    return !error;
}

// The resolver cannot be interrupted, so the answer and the deadline race for the callback.
Task<Addresses> resolve(Endpoint to, Milliseconds timeout) {
    error_code error;
    const auto address = asio::ip::make_address(to.address, error);
    if (!error) co_return std::vector{tcp::endpoint(address, to.port)};
    auto io = co_await asio::this_coro::executor;
    auto resolver = std::make_shared<tcp::resolver>(io);
    auto timer = std::make_shared<asio::steady_timer>(io, timeout);
    auto found = co_await completed<Addresses>([resolver, timer, to](Done<Addresses> done) {
        timer->async_wait([done, resolver](error_code stopped) {
            if (stopped) return;
            resolver->cancel();
            done(std::unexpected(NetError::timed_out));
        });
        resolver->async_resolve(
            to.address, std::to_string(to.port),
            [done, timer](error_code failed, const tcp::resolver::results_type& results) {
                timer->cancel();
                if (failed) return done(std::unexpected(NetError::refused));
                std::vector<tcp::endpoint> endpoints;
                for (const auto& result : results)
                    if (endpoints.size() < addresses_max) endpoints.push_back(result.endpoint());
                done(std::move(endpoints));
            });
    });
    co_return found;
}

Milliseconds until(std::chrono::steady_clock::time_point deadline) {
    return std::chrono::ceil<Milliseconds>(deadline - std::chrono::steady_clock::now());
}

// Sets Link::busy for as long as an exchange is under way, also when its coroutine is destroyed.
class Busy {
  public:
    explicit Busy(Link& link) : link_(link) {
        if (link.busy) throw Failure("a connection carries one exchange at a time");
        link.busy = true;
    }
    ~Busy() { link_.busy = false; }
    Busy(const Busy&) = delete;
    Busy& operator=(const Busy&) = delete;

  private:
    Link& link_;
};

struct Answer {
    Response response;
    bool keep_alive = false;
    bool is_feed = false;
};

enum class Expecting { answer, answer_to_head, feed, stream };

Task<std::expected<Answer, NetError>> read_answer(Link& link, std::size_t body_bytes_max,
                                                  Expecting expecting) {
    for (std::size_t answers = 0; answers < interim_answers_max; ++answers) {
        ResponseParser parser(Limits{}.header_bytes_max, body_bytes_max,
                              expecting == Expecting::answer_to_head);
        if (expecting == Expecting::feed || expecting == Expecting::stream) parser.allow_feed();
        Progress progress = parser.advance(link.input());
        while (progress == Progress::need_more || progress == Progress::header_done) {
            if (progress == Progress::need_more) {
                auto more = co_await link.fill();
                if (!more) co_return std::unexpected(more.error());
            }
            progress = parser.advance(link.input());
        }
        if (progress != Progress::complete) co_return std::unexpected(NetError::malformed);
        // RFC 9110 section 15.2: any number of interim answers may come before the answer.
        if (parser.status() / 100 == 1 && parser.status() != 101) continue;
        const bool keep_alive = parser.keep_alive();
        const bool is_feed = parser.is_feed();
        co_return Answer{parser.take(), keep_alive, is_feed};
    }
    co_return std::unexpected(NetError::malformed);
}

Task<std::expected<Answer, NetError>> converse(Link& link, const Request& request,
                                               std::size_t body_bytes_max, Expecting expecting) {
    // A peer that refuses a request before it has read all of it answers and closes, which a write
    // notices first: so the answer is looked for whatever became of the write.
    const auto form = expecting == Expecting::stream ? BodyForm::chunked : BodyForm::whole;
    auto written = co_await link.write(request_head(request, link.host, form), request.body);
    auto answer = co_await read_answer(link, body_bytes_max, expecting);
    if (!written && !answer) co_return std::unexpected(written.error());
    co_return answer;
}

Task<std::expected<Response, NetError>> exchange_on(std::shared_ptr<Link> link, Request request,
                                                    std::size_t body_bytes_max,
                                                    Milliseconds timeout) {
    if (!link->is_open()) co_return std::unexpected(NetError::closed);
    const Busy busy(*link);
    link->expires_after(timeout);
    const auto expecting = request.method == "HEAD" ? Expecting::answer_to_head : Expecting::answer;
    auto answer = co_await converse(*link, request, body_bytes_max, expecting);
    link->never_expires();
    if (!answer) {
        link->close();
        co_return std::unexpected(answer.error());
    }
    // 101 is for upgrade_and_serve; bytes after an answer belong to no request of ours.
    const bool unasked = answer->response.status == 101 || !link->input().empty();
    if (unasked || !answer->keep_alive) link->close();
    if (answer->response.status == 101) co_return std::unexpected(NetError::malformed);
    link->release_input();
    co_return std::move(answer->response);
}

Task<std::expected<Response, NetError>> open_feed_on(std::shared_ptr<Link> link, Request request,
                                                     std::size_t body_bytes_max,
                                                     Milliseconds timeout, Expecting expecting) {
    if (!link->is_open()) co_return std::unexpected(NetError::closed);
    const Busy busy(*link);
    link->expires_after(timeout);
    auto answer = co_await converse(*link, request, body_bytes_max, expecting);
    link->never_expires();
    if (answer && answer->response.status == 200 && !answer->is_feed) {
        answer = std::unexpected(NetError::malformed);  // an answer that is over
    }
    if (!answer) {
        link->close();
        co_return std::unexpected(answer.error());
    }
    if (!answer->is_feed) link->close();
    co_return std::move(answer->response);
}

Task<std::expected<std::string, NetError>> read_more_on(std::shared_ptr<Link> link,
                                                        Milliseconds timeout) {
    if (!link->is_open()) co_return std::unexpected(NetError::closed);
    const Busy busy(*link);
    if (link->input().empty()) {
        link->expires_after(timeout);
        auto more = co_await link->fill();
        link->never_expires();
        if (!more) {
            link->close();
            co_return std::unexpected(more.error());
        }
    }
    co_return std::exchange(link->input(), {});
}

Task<std::expected<int, NetError>> swap_roles(std::shared_ptr<Link> link, Request request,
                                              std::shared_ptr<Service> service,
                                              std::function<void()> accepted) {
    if (!link->is_open()) co_return std::unexpected(NetError::closed);
    {
        const Busy busy(*link);
        link->expires_after(service->limits.header);
        auto answer = co_await converse(*link, request, service->routes.front().body_bytes_max,
                                        Expecting::answer);
        link->never_expires();
        if (!answer) {
            link->close();
            co_return std::unexpected(answer.error());
        }
        if (answer->response.status != 101) {
            if (!answer->keep_alive) link->close();
            co_return answer->response.status;
        }
    }
    if (accepted) accepted();
    co_await serve(link, service);
    co_return 101;
}

}  // namespace

Connection make_connection(std::shared_ptr<Link> link) {
    if (link->host.empty()) link->host = "upgraded";  // the peer that dialled has no name
    return Connection(std::make_unique<Connection::State>(std::move(link)));
}

Connection::Connection(std::unique_ptr<State> state) : state_(std::move(state)) {}
Connection::Connection(Connection&&) noexcept = default;

Connection& Connection::operator=(Connection&& other) noexcept {
    if (this == &other) return *this;
    close();
    state_ = std::move(other.state_);
    return *this;
}

Connection::~Connection() {
    close();
}

Task<std::expected<Connection, NetError>> Connection::connect(Endpoint to, const TlsContext* tls,
                                                              Milliseconds timeout) {
    const auto deadline = std::chrono::steady_clock::now() + timeout;
    const auto addresses = co_await resolve(to, timeout);
    if (!addresses) co_return std::unexpected(addresses.error());
    auto io = co_await asio::this_coro::executor;
    NetError last = NetError::refused;
    for (const auto& address : *addresses) {
        auto link = std::make_shared<Link>(tcp::socket(io));
        link->expires_after(until(deadline));
        auto reached = co_await link->connect(address);
        if (!reached) {
            last = reached.error();
            continue;
        }
        auto agreed = co_await link->handshake(tls, Side::client,
                                               is_ip_address(to.address) ? "" : to.address);
        if (!agreed) co_return std::unexpected(agreed.error());
        link->never_expires();
        link->host = host_header(to);
        co_return make_connection(std::move(link));
    }
    co_return std::unexpected(last);
}

Task<std::expected<Response, NetError>> Connection::exchange(Request request,
                                                             std::size_t body_bytes_max,
                                                             Milliseconds timeout) {
    return exchange_on(state_->link, std::move(request), body_bytes_max, timeout);
}

Task<std::expected<Response, NetError>> Connection::open_feed(Request request,
                                                              std::size_t body_bytes_max,
                                                              Milliseconds timeout) {
    return open_feed_on(state_->link, std::move(request), body_bytes_max, timeout, Expecting::feed);
}

Task<std::expected<Response, NetError>> Connection::open_stream(Request request,
                                                                std::size_t body_bytes_max,
                                                                Milliseconds timeout) {
    if (!request.body.empty()) throw Failure("the body of a stream comes in pieces");
    return open_feed_on(state_->link, std::move(request), body_bytes_max, timeout,
                        Expecting::stream);
}

Task<std::expected<void, NetError>> Connection::send_more(std::string bytes) {
    if (state_->sending) throw Failure("a connection carries one piece at a time");
    if (!state_->link->is_open()) co_return std::unexpected(NetError::closed);
    const auto link = state_->link;
    state_->sending = true;
    auto written = co_await link->write(chunk_text(bytes), {});
    state_->sending = false;
    co_return written;
}

Task<std::expected<std::string, NetError>> Connection::read_more(Milliseconds timeout) {
    return read_more_on(state_->link, timeout);
}

Task<std::expected<int, NetError>> Connection::upgrade_and_serve(
    Request request, Handler handler, std::size_t body_bytes_max, std::function<void()> accepted,
    std::function<void(std::string_view request_id, std::string_view what)> report) {
    auto service = std::make_shared<Service>();
    service->routes.push_back({"", "", body_bytes_max, std::move(handler)});
    service->any_path = true;
    service->report = std::move(report);
    return swap_roles(state_->link, std::move(request), std::move(service), std::move(accepted));
}

bool Connection::open() const {
    return state_ && state_->link->open_and_quiet();
}

void Connection::close() {
    if (state_) state_->link->close();
}

const std::optional<Hash>& Connection::peer_certificate() const {
    return state_->link->peer().certificate;
}

std::string_view to_text(NetError error) {
    switch (error) {
        case NetError::refused:
            return "refused";
        case NetError::timed_out:
            return "timed_out";
        case NetError::closed:
            return "closed";
        case NetError::certificate:
            return "certificate";
        case NetError::malformed:
            return "malformed";
    }
    return "unknown";
}

}  // namespace mado::http
