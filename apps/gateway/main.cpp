// mado-gateway: stands beside the databases of one or more holders. `mado-gateway serve CONFIG`.
#include <signal.h>

#include <boost/asio/signal_set.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "answering.hpp"
#include "base/config.hpp"
#include "base/file.hpp"
#include "base/program.hpp"
#include "dialer.hpp"
#include "http/operations.hpp"
#include "http/spawn.hpp"

namespace mado::gateway {
namespace {

namespace asio = http::asio;

struct HolderSettings {
    std::string mapping, database, signing_key, sealing_key;
};

struct Settings {
    std::string evidence, keys, directory, authority, policy, schemes;
    std::uint16_t operator_port = 0;
    AllowedPolicies allow;
    std::vector<HolderSettings> holders;
};

Settings read_settings(const std::string& path) {
    auto config = Config::load(path);
    Settings s;
    s.evidence = config.text("evidence");
    s.keys = config.text("keys");
    s.directory = config.text("directory");
    s.authority = config.text("authority");
    s.policy = config.text("policy");
    s.schemes = config.text("schemes");
    s.operator_port = static_cast<std::uint16_t>(config.integer("operator_port", 1, 65535));
    for (auto& id : config.texts("allow"))
        s.allow.insert(std::move(id));
    for (auto& holder : config.tables("holder")) {
        s.holders.push_back({.mapping = holder.text("mapping"),
                             .database = holder.text("database"),
                             .signing_key = holder.text("signing_key"),
                             .sealing_key = holder.text("sealing_key")});
    }
    if (s.holders.empty()) config.refuse("holder", "a gateway needs at least one holder");
    config.finish();
    return s;
}

std::map<std::string, Holder, std::less<>> open_holders(const Settings& settings,
                                                        const wire::Directory& directory,
                                                        const wire::Schemes& schemes) {
    std::map<std::string, Holder, std::less<>> out;
    for (const auto& one : settings.holders) {
        Records records(one.mapping, one.database, directory, schemes);
        auto key = crypto::PrivateKey::load(one.signing_key);
        auto kid = base64url(key.public_key().thumbprint());
        const auto id = records.holder().id.text();
        if (records.holder().signing_key(kid) == nullptr) {
            throw OperatorError("the directory does not list the signing key of " + id + " (" +
                                one.signing_key + ")");
        }
        auto sealing_key = crypto::PrivateKey::load(one.sealing_key);
        if (!records.holder().sealing_keys.contains(
                base64url(sealing_key.public_key().thumbprint()))) {
            throw OperatorError("the directory does not list the sealing key of " + id + " (" +
                                one.sealing_key + ")");
        }
        out.emplace(
            id, Holder{std::move(records), std::move(key), std::move(kid), std::move(sealing_key)});
    }
    return out;
}

std::optional<std::string> why_not_ready(const Dialer& dialer, Evidence& evidence) {
    if (const auto why = evidence.unwell()) return std::string(*why);
    if (dialer.connected() == 0) return "no relay is connected";
    return std::nullopt;
}

constexpr http::Milliseconds shutdown_grace{5'000};

Task<void> shut_down(asio::io_context& io, Dialer& dialer, Settling& settling, http::Server& server,
                     const Log& log) {
    asio::signal_set signals(io, SIGTERM, SIGINT);
    co_await signals.async_wait(asio::use_awaitable);
    log.info("stopping");
    settling.stop();
    co_await dialer.stop(shutdown_grace);
    co_await server.stop(shutdown_grace);
    io.stop();
}

int serve(const std::string& config_path) {
    const Log log("mado-gateway");
    const auto settings = read_settings(config_path);
    const auto directory = wire::load_directory(settings.directory, settings.authority);
    const auto policy = wire::load_policy(settings.policy, directory);
    const auto schemes = wire::load_schemes(settings.schemes, directory);
    auto holders = open_holders(settings, directory, schemes);
    asio::io_context io{1};  // before the evidence, whose thread resumes what waits on it
    Evidence evidence(settings.evidence, log);
    http::Metrics metrics;
    const auto& relay = directory.relay();
    const auto tls = http::TlsContext::load_client(
        settings.keys, [&relay](const Hash& peer) { return relay.has_certificate(peer); });
    Settling settling(
        io,
        {.directory = directory,
         .tls = tls,
         .evidence = evidence,
         .log = log,
         .rounds = metrics.counters("mado_gateway_settling_rounds_total",
                                    "Rounds of settling by log and result.", {"log", "result"})},
        unix_now());
    Answering answering(
        {.directory = directory,
         .policy = policy,
         .allowed = settings.allow,
         .log = log,
         .evidence = evidence,
         .settling = settling,
         .holders = holders,
         .orders = metrics.counters("mado_gateway_orders_total", "Orders by service and outcome.",
                                    {"service", "outcome"}),
         .latency_s =
             metrics.histogram("mado_gateway_order_seconds", "Time from an order to its answer.",
                               {0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1.5})});

    std::vector<std::string> names;
    for (const auto& [id, holder] : holders)
        names.push_back(id);
    Dialer dialer(io, {.relay = relay.addresses,
                       .holders = names,
                       .tls = tls,
                       .log = log,
                       .handler = [&answering](http::Request request) {
                           return answering.run(std::move(request));
                       }});
    http::ServerOptions options;
    options.port = settings.operator_port;
    http::Server server(
        io, options,
        http::operator_routes([&dialer, &evidence] { return why_not_ready(dialer, evidence); },
                              metrics));
    dialer.start();
    settling.start();
    http::spawn(io, shut_down(io, dialer, settling, server, log));
    log.info("serving", {{"holders", static_cast<std::int64_t>(names.size())}});
    http::run_until_stopped(io);
    evidence.stop();
    log.info("stopped");
    return 0;
}

}  // namespace
}  // namespace mado::gateway

int main(int argc, char** argv) {
    return mado::run_program("mado-gateway", argc, argv, [](const mado::Words& words) {
        if (words.size() == 2 && words[0] == "serve") return mado::gateway::serve(words[1]);
        throw mado::OperatorError("usage: mado-gateway serve CONFIG");
    });
}
