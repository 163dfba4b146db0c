#include "site/program.hpp"

#include <algorithm>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <csignal>

#include "base/file.hpp"
#include "client/events.hpp"
#include "http/operations.hpp"
#include "http/spawn.hpp"
#include "site/routes.hpp"

namespace mado::site {
namespace {

namespace asio = http::asio;
using http::Task;

// An agent returns only to what the directory lists.
void demand_listed(const wire::Participant& self, const std::string& redirect_uri) {
    const auto& listed = self.redirect_uris;
    if (std::ranges::find(listed, redirect_uri) != listed.end()) return;
    throw OperatorError("the directory does not list " + redirect_uri + " for " + self.id.text());
}

// An agent asks a card for what the policy allows, and the relay says for `standing` only whether
// the card is good.
void demand_log_in(const Basis& basis, const wire::CodeId& purpose) {
    const auto services = log_in_services(basis, purpose, unix_now());
    if (std::ranges::find(services, standing_service, &wire::ServiceId::text) != services.end())
        return;
    throw OperatorError("the policy lets nobody log in at a " +
                        basis.directory.find(basis.identity.id)->kind.text());
}

// Whoever builds the same sources finds the hash in the directory, and so in the log.
wire::WebBuild load_listed_web(const std::string& folder, const wire::Participant& self) {
    auto out = wire::load_web_build(folder);
    if (self.web_build == out.hash) return out;
    throw OperatorError("the web build in " + folder + " is not the one that the directory lists");
}

constexpr http::Milliseconds shutdown_grace{5'000};

Task<void> shut_down(asio::io_context& io, http::Server& server, http::Server& operator_server,
                     const Log& log) {
    asio::signal_set signals(io, SIGTERM, SIGINT);
    co_await signals.async_wait(asio::use_awaitable);
    log.info("stopping");
    co_await server.stop(shutdown_grace);
    co_await operator_server.stop(shutdown_grace);
    io.stop();
}

constexpr std::chrono::seconds look_every{1};

// Log-ins whose time is over.
Task<void> drop_old_sessions(asio::io_context& io, Sessions& sessions) {
    for (asio::steady_timer timer(io);;) {
        timer.expires_after(look_every);
        co_await timer.async_wait(asio::use_awaitable);
        sessions.drop_old(unix_now());
    }
}

}  // namespace

Settings read_settings(Config& config) {
    Settings s;
    s.id = config.text("id");
    s.keys = config.text("keys");
    s.directory = config.text("directory");
    s.authority = config.text("authority");
    s.policy = config.text("policy");
    s.web = config.text("web");
    s.redirect_uri = config.text("redirect_uri");
    s.agent = config.text("agent");
    s.address = config.text_or("address", "127.0.0.1");
    s.port = static_cast<std::uint16_t>(config.integer("port", 1, 65535));
    s.operator_port = static_cast<std::uint16_t>(config.integer("operator_port", 1, 65535));
    return s;
}

std::string text_of(const std::string& path) {
    auto text = read_file(path);
    if (!text) throw OperatorError("the file is missing: " + path);
    return std::move(*text);
}

Basis load_basis(const Settings& settings, const wire::CodeId& purpose) {
    auto file = wire::load_directory_file(settings.directory, settings.authority);
    auto policy = wire::load_policy(settings.policy, file.directory);
    // Keeps a reference to the relay's entry, which stays where it is when its vector is moved.
    auto identity =
        client::load_identity(settings.id, settings.keys, settings.keys, file.directory);
    const auto& self = *file.directory.find(identity.id);
    demand_listed(self, settings.redirect_uri);
    auto web = load_listed_web(settings.web, self);
    Basis out{.directory = std::move(file.directory),
              .policy = std::move(policy),
              .identity = std::move(identity),
              .texts = {.directory = std::move(file.jws),
                        .authority = text_of(settings.authority),
                        .policy = text_of(settings.policy)},
              .web = std::move(web)};
    demand_log_in(out, purpose);
    return out;
}

void serve(asio::io_context& io, Site& site, const Settings& settings,
           std::vector<http::Route> routes, NotReady not_ready) {
    const auto& basis = site.options.basis;
    const auto& log = site.options.log;
    const auto tls =
        http::TlsContext::load_server(settings.keys, /*client_certificate_required=*/false);
    client::EventFollower follower(io, basis.directory, basis.identity, log,
                                   {.ended = [&site](const wire::EndedMandate& ended) {
                                       site.sessions.end(ended.mandate, said_of(ended.ending));
                                   }});
    auto options = server_options(site);
    options.address = settings.address;
    options.port = settings.port;
    options.tls = &tls;
    http::log_requests(options, log);
    http::Server server(io, options, std::move(routes));
    http::Metrics metrics;
    http::ServerOptions operator_options;
    operator_options.port = settings.operator_port;
    http::Server operator_server(
        io, operator_options,
        http::operator_routes(
            [&follower, &not_ready]() -> std::optional<std::string> {
                if (follower.connected()) return not_ready ? not_ready() : std::nullopt;
                return "the relay's event stream is not connected: log-ins that end there are not "
                       "heard of";
            },
            metrics));
    http::spawn(io, shut_down(io, server, operator_server, log));
    http::spawn(io, drop_old_sessions(io, site.sessions));
    http::spawn(io, follower.run());
    log.info("serving", {{"port", std::int64_t{settings.port}}});
    http::run_until_stopped(io);
    log.info("stopped");
}

}  // namespace mado::site
