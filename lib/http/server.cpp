#include <fmt/format.h>
#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <exception>
#include <list>
#include <map>
#include <unordered_map>
#include <utility>

#include "base/result.hpp"
#include "http/link.hpp"
#include "http/message.hpp"
#include "http/serve.hpp"
#include "http/spawn.hpp"

namespace mado::http {
namespace {

using boost::system::error_code;
using Clock = std::chrono::steady_clock;

constexpr auto as_values = asio::as_tuple(asio::use_awaitable);
// Without descriptors or memory accepting fails at once and again: wait until some are given back.
constexpr Milliseconds accept_pause{100};
constexpr Milliseconds stop_check_interval{20};

[[noreturn]] void refuse_to_listen(const ServerOptions& options, const error_code& error) {
    if (error == asio::error::address_in_use)
        throw OperatorError(
            fmt::format("port {} on {} is in use by another program; stop it or set another port "
                        "in the configuration",
                        options.port, options.address));
    if (error == asio::error::access_denied)
        throw OperatorError(
            fmt::format("port {} on {} may not be opened by this user; set a port above 1023 in "
                        "the configuration",
                        options.port, options.address));
    throw OperatorError(
        fmt::format("port {} on {} cannot be opened: {}; set an address of this computer in the "
                    "configuration",
                    options.port, options.address, error.message()));
}

tcp::acceptor listen(asio::io_context& io, const ServerOptions& options) {
    error_code error;
    const auto address = asio::ip::make_address(options.address, error);
    if (error)
        throw OperatorError(fmt::format(
            "\"{}\" is not an IP address; set the address to listen on in the configuration",
            options.address));
    const tcp::endpoint endpoint(address, options.port);
    tcp::acceptor acceptor(io);
    acceptor.open(endpoint.protocol(), error);
    // Connections of the last run that still wait to be forgotten do not keep the port.
    if (!error) acceptor.set_option(asio::socket_base::reuse_address(true), error);
    if (!error && options.reuse_port) {
        const int on = 1;
        if (::setsockopt(acceptor.native_handle(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) != 0)
            error = error_code(errno, boost::system::system_category());
    }
    if (!error) acceptor.bind(endpoint, error);
    if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
    if (error) refuse_to_listen(options, error);
    return acceptor;
}

asio::ip::address network_of(const asio::ip::address& address) {
    if (!address.is_v6()) return address;
    const auto whole = address.to_v6();
    if (whole.is_v4_mapped()) return asio::ip::make_address_v4(asio::ip::v4_mapped, whole);
    auto bytes = whole.to_bytes();
    std::fill(bytes.begin() + 8, bytes.end(), 0);
    return asio::ip::make_address_v6(bytes);
}

void check_routes(const std::vector<Route>& routes) {
    for (const auto& route : routes) {
        auto path = route.path;
        if (path.ends_with(foreign_path_end)) path.remove_suffix(foreign_path_end.size() - 1);
        if (!is_canonical_path(path) || !route.handler)
            throw Failure(fmt::format("the route \"{}\" can never be reached", route.path));
    }
}

}  // namespace

std::string network_of(std::string_view address) {
    error_code error;
    const auto parsed = asio::ip::make_address(address, error);
    return error ? std::string(address) : network_of(parsed).to_string();
}

// Shared by the server and its connections, which may end after it.
struct Server::State : std::enable_shared_from_this<Server::State> {
    State(asio::io_context& io, ServerOptions with, std::vector<Route> routes)
        : options(std::move(with)),
          service(std::make_shared<Service>()),
          acceptor(listen(io, options)),
          all_closed(io) {
        check_routes(routes);
        service->routes = std::move(routes);
        service->limits = options.limits;
        service->observe = options.observe;
        service->report = options.report;
        service->headers = options.headers;
        service->refused = options.refused;
    }

    struct Peer;
    using Peers = std::list<Peer>;
    struct Peer {
        std::weak_ptr<Link> link;
        asio::ip::address network;
        Clock::time_point came;
        Peers* group;
        bool counted = true;  // in not_known
    };

    static Task<void> accept_all(std::shared_ptr<State> self);
    static Task<void> attend(std::shared_ptr<State> self, std::shared_ptr<Link> link);
    void admit(tcp::socket socket);
    bool make_room();
    void recognise(Link* link);
    void was_served(Link& link, bool is_known);
    void forget(const Link* link);
    void move_to(Peers& group, Peers::iterator peer);
    void discount(Peer& peer);
    [[nodiscard]] std::vector<std::shared_ptr<Link>> all_open() const;
    void close_idle();
    void close_all();
    void report(std::string_view what) const {
        if (options.report) options.report("", what);
    }

    ServerOptions options;
    std::shared_ptr<Service> service;
    tcp::acceptor acceptor;
    // Whoever accepts has no time to search among thousands: each group has the one first that came
    // or was served longest ago.
    Peers unfinished;  // their handshakes
    Peers strangers;
    Peers known;
    std::unordered_map<const Link*, Peers::iterator> links;
    std::map<asio::ip::address, std::size_t> not_known;  // how many of each network
    asio::steady_timer all_closed;  // cancelled when the last connection is gone
};

Task<void> Server::State::accept_all(std::shared_ptr<State> self) {
    while (self->acceptor.is_open()) {
        auto [error, socket] = co_await self->acceptor.async_accept(as_values);
        if (!self->acceptor.is_open()) break;
        if (!error) {
            self->admit(std::move(socket));
            continue;
        }
        if (error == asio::error::connection_aborted) continue;
        self->report("a connection cannot be accepted: " + error.message());
        asio::steady_timer pause(self->acceptor.get_executor(), accept_pause);
        co_await pause.async_wait(as_values);
    }
}

void Server::State::admit(tcp::socket socket) {
    error_code error;
    const auto network = network_of(socket.remote_endpoint(error).address());
    if (error) return;  // closes it
    const auto same = not_known.find(network);
    const auto& limits = options.limits;
    if (same != not_known.end() && same->second >= limits.connections_per_address_max) return;
    try {
        if (links.size() >= limits.connections_max && !make_room()) return;
        auto link = std::make_shared<Link>(std::move(socket));
        link->prepare();
        link->on_close([weak = weak_from_this(), raw = link.get()] {
            if (auto self = weak.lock()) self->forget(raw);
        });
        // What may fail comes first: one that is lost here leaves nothing behind.
        auto& same_network = not_known[network];
        Peers made;
        made.push_back({link, network, Clock::now(), &unfinished});
        links.emplace(link.get(), made.begin());
        unfinished.splice(unfinished.end(), made);
        ++same_network;
        auto io = acceptor.get_executor();
        asio::co_spawn(io, attend(shared_from_this(), std::move(link)), asio::detached);
    } catch (const std::exception& exception) {  // this connection is lost, the server goes on
        report(exception.what());
    }
}

// Strangers cannot keep out whom this server is for. Among those in their handshake may be some of
// them, and the oldest is the nearest to its end: such a one goes only when it has had its time.
bool Server::State::make_room() {
    if (!options.known) return false;
    Peers* from = strangers.empty() ? &unfinished : &strangers;
    if (from->empty()) return false;
    const auto& oldest = from->front();
    if (from == &unfinished && Clock::now() < oldest.came + options.limits.undisturbed)
        return false;
    if (auto link = oldest.link.lock()) link->close();  // and it is forgotten
    return links.size() < options.limits.connections_max;
}

// After the handshake, also one that failed.
void Server::State::recognise(Link* link) {
    const auto found = links.find(link);
    if (found == links.end()) return;
    const auto peer = found->second;
    link->known = options.known && options.known(link->peer());
    if (link->known) discount(*peer);
    move_to(link->known ? known : strangers, peer);
}

void Server::State::was_served(Link& link, bool is_known) {
    const auto found = links.find(&link);
    if (found == links.end()) return;
    link.known = link.known || is_known;
    move_to(link.known ? known : strangers, found->second);
}

void Server::State::move_to(Peers& group, Peers::iterator peer) {
    group.splice(group.end(), *peer->group, peer);
    peer->group = &group;
}

Task<void> Server::State::attend(std::shared_ptr<State> self, std::shared_ptr<Link> link) {
    std::string what;
    try {
        link->expires_after(self->options.limits.handshake);
        auto agreed = co_await link->handshake(self->options.tls, Side::server, {});
        self->recognise(link.get());
        if (agreed) {
            co_await serve(link, self->service);
        } else {
            co_await link->linger();  // the alert that says why should arrive
        }
        co_return;
    } catch (const std::exception& exception) {
        what = exception.what();
    }
    link->close();
    self->report(what);
}

void Server::State::forget(const Link* link) {
    const auto found = links.find(link);
    if (found == links.end()) return;
    const auto peer = found->second;
    discount(*peer);
    peer->group->erase(peer);
    links.erase(found);
    if (links.empty()) all_closed.cancel();
}

void Server::State::discount(Peer& peer) {
    if (!std::exchange(peer.counted, false)) return;
    const auto count = not_known.find(peer.network);
    if (--count->second == 0) not_known.erase(count);
}

// Whoever is closed is forgotten: not while the lists are walked.
std::vector<std::shared_ptr<Link>> Server::State::all_open() const {
    std::vector<std::shared_ptr<Link>> out;
    for (const auto& [raw, peer] : links)
        if (auto link = peer->link.lock()) out.push_back(std::move(link));
    return out;
}

void Server::State::close_idle() {
    for (const auto& link : all_open())
        if (!link->busy) link->close();
}

void Server::State::close_all() {
    for (const auto& link : all_open())
        link->close();
}

Server::Server(asio::io_context& io, ServerOptions options, std::vector<Route> routes)
    : state_(std::make_shared<State>(io, std::move(options), std::move(routes))) {
    state_->service->served = [weak = std::weak_ptr(state_)](Link& link, bool is_known) {
        if (auto state = weak.lock()) state->was_served(link, is_known);
    };
    spawn(io, State::accept_all(state_));
}

Server::~Server() {
    state_->service->stopping = true;
    error_code error;
    state_->acceptor.close(error);
    state_->close_all();
}

std::uint16_t Server::port() const {
    error_code error;
    return state_->acceptor.local_endpoint(error).port();
}

std::size_t Server::connections() const {
    return state_->links.size();
}

Task<void> Server::stop(Milliseconds grace) {
    auto state = state_;
    state->service->stopping = true;
    error_code error;
    state->acceptor.close(error);
    const auto end = Clock::now() + grace;
    while (Clock::now() < end) {
        // Again and again: what was busy may be idle by now.
        state->close_idle();
        if (state->links.empty()) co_return;
        state->all_closed.expires_at(std::min(end, Clock::now() + stop_check_interval));
        co_await state->all_closed.async_wait(as_values);
    }
    state->close_all();
}

}  // namespace mado::http
