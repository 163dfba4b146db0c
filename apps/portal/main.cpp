// mado-portal: My Page, run by the portal operator. `mado-portal serve CONFIG`.
#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/config.hpp"
#include "base/file.hpp"
#include "base/program.hpp"
#include "client/endings.hpp"
#include "http/operations.hpp"
#include "http/spawn.hpp"
#include "log_in.hpp"
#include "routes.hpp"
#include "wire/address.hpp"

namespace mado::portal {
namespace {

namespace asio = http::asio;
using http::Task;

struct Settings {
    std::string id, keys, directory, authority, policy;
    std::string redirect_uri, agent;
    std::string web, country, services;
    std::string address;
    std::uint16_t port = 0;
    std::uint16_t operator_port = 0;
};

Settings read_settings(const std::string& path) {
    auto config = Config::load(path);
    Settings s;
    s.id = config.text("id");
    s.keys = config.text("keys");
    s.directory = config.text("directory");
    s.authority = config.text("authority");
    s.policy = config.text("policy");
    s.web = config.text("web");
    s.country = config.text("country");
    s.services = config.text("services");
    s.redirect_uri = config.text("redirect_uri");
    s.agent = config.text("agent");
    s.address = config.text_or("address", "127.0.0.1");
    s.port = static_cast<std::uint16_t>(config.integer("port", 1, 65535));
    s.operator_port = static_cast<std::uint16_t>(config.integer("operator_port", 1, 65535));
    config.finish();
    return s;
}

// An agent returns only to what the directory lists.
void demand_listed(const wire::Directory& directory, const client::Identity& identity,
                   const std::string& redirect_uri) {
    const auto& listed = directory.find(identity.id)->redirect_uris;
    if (std::ranges::find(listed, redirect_uri) != listed.end()) return;
    throw OperatorError("the directory does not list " + redirect_uri + " for " +
                        identity.id.text());
}

// An agent asks a card for what the policy allows, and for nothing it asks nobody.
void demand_log_in(const wire::Policy& policy, const wire::Directory& directory,
                   const client::Identity& identity) {
    const auto& kind = directory.find(identity.id)->kind;
    if (!log_in_scope(policy, kind, policy.day_of(unix_now())).empty()) return;
    throw OperatorError("the policy lets nobody log in at a " + kind.text());
}

std::string text_of(const std::string& path) {
    auto text = read_file(path);
    if (!text) throw OperatorError("the file is missing: " + path);
    return std::move(*text);
}

// Whoever builds the same sources finds the hash in the directory, and so in the log.
wire::WebBuild load_listed_web(const std::string& folder, const wire::Directory& directory,
                               const client::Identity& identity) {
    auto out = wire::load_web_build(folder);
    if (directory.find(identity.id)->web_build == out.hash) return out;
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

int serve(const std::string& config_path) {
    const Log log("mado-portal");
    const auto settings = read_settings(config_path);
    auto file = wire::load_directory_file(settings.directory, settings.authority);
    const auto& directory = file.directory;
    const auto policy = wire::load_policy(settings.policy, directory);
    const auto identity = client::load_identity(settings.id, settings.keys, directory);
    demand_listed(directory, identity, settings.redirect_uri);
    demand_log_in(policy, directory, identity);
    const Signed texts{.directory = std::move(file.jws),
                       .authority = text_of(settings.authority),
                       .policy = text_of(settings.policy)};
    const auto web = load_listed_web(settings.web, directory, identity);
    const auto national = must(parse_national(text_of(settings.country)), settings.country);
    const auto services = page::load_service_names(settings.services);

    const auto tls =
        http::TlsContext::load_server(settings.keys, /*client_certificate_required=*/false);
    asio::io_context io{1};
    // After the io_context: its askers have connections there.
    Shared shared{.directory = directory,
                  .policy = policy,
                  .identity = identity,
                  .texts = texts,
                  .web = web,
                  .national = national,
                  .services = services,
                  .origin = must(wire::origin_of(settings.redirect_uri), "redirect_uri"),
                  .redirect_uri = settings.redirect_uri,
                  .agent = settings.agent,
                  .log = log};
    client::EndingFollower follower(io, directory, identity, log,
                                    [&shared](const wire::EndedMandate& ended) {
                                        shared.sessions.end(ended.mandate, said_of(ended.ending));
                                    });
    auto options = server_options(shared);
    options.address = settings.address;
    options.port = settings.port;
    options.tls = &tls;
    http::log_requests(options, log);
    http::Server server(io, options, routes(shared));
    http::Metrics metrics;
    http::ServerOptions operator_options;
    operator_options.port = settings.operator_port;
    http::Server operator_server(
        io, operator_options,
        http::operator_routes(
            [&follower]() -> std::optional<std::string> {
                if (follower.connected()) return std::nullopt;
                return "the relay's event stream is not connected: log-ins that end there are not "
                       "heard of";
            },
            metrics));
    http::spawn(io, shut_down(io, server, operator_server, log));
    http::spawn(io, drop_old_sessions(io, shared.sessions));
    http::spawn(io, follower.run());
    log.info("serving", {{"port", std::int64_t{settings.port}}});
    http::run_until_stopped(io);
    log.info("stopped");
    return 0;
}

}  // namespace
}  // namespace mado::portal

int main(int argc, char** argv) {
    return mado::run_program("mado-portal", argc, argv, [](const mado::Words& words) {
        if (words.size() == 2 && words[0] == "serve") return mado::portal::serve(words[1]);
        throw mado::OperatorError("usage: mado-portal serve CONFIG");
    });
}
