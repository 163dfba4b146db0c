#include "dialer.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json.hpp>
#include <chrono>
#include <list>
#include <optional>

#include "crypto/digest.hpp"
#include "http/spawn.hpp"
#include "wire/exchange.hpp"

namespace mado::gateway {

namespace asio = http::asio;

namespace {

constexpr std::size_t connections_min = 8;
constexpr std::size_t connections_max = 64;
constexpr std::size_t idle_wanted = 2;
constexpr http::Milliseconds connect_timeout{3'000};

// Up to a quarter more, so that gateways do not come back all at once.
http::Milliseconds with_jitter(http::Milliseconds wait) {
    const auto random = crypto::random_bytes(1)[0];
    return wait + wait * random / 1024;
}

}  // namespace

http::Milliseconds pause_after(http::Milliseconds last, http::Milliseconds held) {
    return held >= held_min ? dial_pause_first : std::min(last * 2, dial_pause_most);
}

struct Dialer::State : std::enable_shared_from_this<Dialer::State> {
    State(asio::io_context& on, Options given) : io(on), options(std::move(given)) {
        boost::json::object body;
        boost::json::array names;
        for (const auto& holder : options.holders)
            names.emplace_back(holder);
        body["holders"] = std::move(names);
        greeting = boost::json::serialize(body);
    }

    // All of one relay address; only the io thread touches it.
    struct Line {
        http::Endpoint endpoint;
        std::size_t dialling_or_up = 0;
        std::size_t busy = 0;
    };

    struct Place;
    struct Busy;

    void spawn(Line& line) {
        ++line.dialling_or_up;
        http::spawn(io, hold(shared_from_this(), line));
    }
    static http::Task<void> hold(std::shared_ptr<State> self, Line& line);
    static http::Task<http::Milliseconds> serve_once(std::shared_ptr<State> self, Line& line);
    static http::Task<http::Response> handle(std::shared_ptr<State> self, Line& line,
                                             http::Request request);

    asio::io_context& io;
    Options options;
    std::string greeting;
    std::list<Line> lines;
    std::list<http::Connection> connections;
    std::size_t connected = 0;
    std::size_t busy = 0;
    bool stopping = false;
};

// A connection's place in the lists, and an order's in the counts: given up however it ends.
struct Dialer::State::Place {
    using Clock = std::chrono::steady_clock;
    Place(State& of, http::Connection made)
        : state(of), connection(of.connections.insert(of.connections.end(), std::move(made))) {}
    ~Place() {
        if (accepted_at) --state.connected;
        state.connections.erase(connection);
    }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

    State& state;
    std::list<http::Connection>::iterator connection;
    std::optional<Clock::time_point> accepted_at;  // by the relay
};

struct Dialer::State::Busy {
    Busy(State& of, Line& on) : state(of), line(on) {
        ++state.busy;
        ++line.busy;
    }
    ~Busy() {
        --state.busy;
        --line.busy;
    }
    Busy(const Busy&) = delete;
    Busy& operator=(const Busy&) = delete;

    State& state;
    Line& line;
};

// Keeps one connection up: dials, serves, dials again after a pause that grows while it fails.
http::Task<void> Dialer::State::hold(std::shared_ptr<State> self, Line& line) {
    auto wait = dial_pause_first;
    while (!self->stopping) {
        http::Milliseconds held{0};
        try {
            held = co_await serve_once(self, line);
        } catch (const std::exception& error) {
            self->options.log.error("connection_failed", {{"why", std::string_view(error.what())}});
        }
        if (self->stopping) break;
        wait = pause_after(wait, held);
        asio::steady_timer timer(self->io, with_jitter(wait));
        boost::system::error_code ignored;
        co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
    --line.dialling_or_up;
}

// How long the relay kept the connection that it accepted; 0 when it did not.
http::Task<http::Milliseconds> Dialer::State::serve_once(std::shared_ptr<State> self, Line& line) {
    constexpr http::Milliseconds not_at_all{0};
    auto made =
        co_await http::Connection::connect(line.endpoint, &self->options.tls, connect_timeout);
    if (!made) {
        self->options.log.info("relay_not_reached", {{"why", http::to_text(made.error())}});
        co_return not_at_all;
    }
    if (self->stopping) co_return not_at_all;
    Place place(*self, std::move(*made));
    http::Request request;
    request.method = "POST";
    request.path = "/v1/holder";
    request.headers.push_back({"Upgrade", std::string(wire::upgrade_protocol)});
    request.content_type = "application/json";
    request.body = self->greeting;
    const auto status = co_await place.connection->upgrade_and_serve(
        std::move(request),
        [self, &line](http::Request order) { return handle(self, line, std::move(order)); },
        wire::delivery_bytes_max,
        [self, &place] {
            place.accepted_at = Place::Clock::now();
            ++self->connected;
        },
        [self](std::string_view request_id, std::string_view what) {
            self->options.log.error("order_failed", {{"request_id", request_id}, {"why", what}});
        });
    if (place.accepted_at) {
        co_return std::chrono::duration_cast<http::Milliseconds>(Place::Clock::now() -
                                                                 *place.accepted_at);
    }
    if (status) self->options.log.error("relay_refused_us", {{"status", std::int64_t{*status}}});
    co_return not_at_all;
}

http::Task<http::Response> Dialer::State::handle(std::shared_ptr<State> self, Line& line,
                                                 http::Request request) {
    const Busy busy(*self, line);
    const bool wanted = line.busy + idle_wanted > line.dialling_or_up;
    if (wanted && line.dialling_or_up < connections_max && !self->stopping) self->spawn(line);
    co_return co_await self->options.handler(std::move(request));
}

Dialer::Dialer(asio::io_context& io, Options options)
    : state_(std::make_shared<State>(io, std::move(options))) {}

Dialer::~Dialer() = default;

void Dialer::start() {
    for (const auto& address : state_->options.relay) {
        state_->lines.push_back({.endpoint = {address.host, address.port}});
        for (std::size_t i = 0; i < connections_min; ++i)
            state_->spawn(state_->lines.back());
    }
}

http::Task<void> Dialer::stop(http::Milliseconds grace) {
    const auto self = state_;
    self->stopping = true;
    const auto until = std::chrono::steady_clock::now() + grace;
    while (self->busy > 0 && std::chrono::steady_clock::now() < until) {
        asio::steady_timer timer(self->io, http::Milliseconds(20));
        boost::system::error_code ignored;
        co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
    for (auto& connection : self->connections)
        connection.close();
}

std::size_t Dialer::connected() const {
    return state_->connected;
}

}  // namespace mado::gateway
