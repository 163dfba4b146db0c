// mado-gateway: stands beside the databases of one or more holders. `mado-gateway serve CONFIG`.
#include <signal.h>

#include <boost/asio/signal_set.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "answering.hpp"
#include "base/config.hpp"
#include "base/file.hpp"
#include "base/program.hpp"
#include "crypto/aead.hpp"
#include "dialer.hpp"
#include "http/operations.hpp"
#include "http/spawn.hpp"
#include "matching/tables.hpp"
#include "revising.hpp"
#include "saying.hpp"

namespace mado::gateway {
namespace {

namespace asio = http::asio;

struct HolderSettings {
    std::string mapping, database, signing_key, sealing_key;
};

struct Settings {
    std::string evidence, keys, directory, authority, policy, schemes;
    std::optional<std::string> tables;
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
    if (auto matching = config.optional_table("matching")) s.tables = matching->text("tables");
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

// A holder that is asked for existence compares names, and needs the country's tables for it.
std::optional<matching::Tables> load_tables(
    const Settings& settings, const std::map<std::string, Holder, std::less<>>& holders) {
    if (!settings.tables) {
        const auto service = wire::ServiceId::parse("existence").value();
        for (const auto& [id, holder] : holders) {
            if (!holder.records.offers(service)) continue;
            throw OperatorError("the mapping of " + id + " has the service existence, and the " +
                                "configuration no tables of names: [matching] tables = \"…\"");
        }
        return std::nullopt;
    }
    const auto text = read_file(*settings.tables);
    if (!text) throw OperatorError("the tables of names are missing: " + *settings.tables);
    return must(matching::Tables::parse(*text), *settings.tables);
}

// As each of the holders, with this gateway's certificate.
std::map<std::string, client::Identity, std::less<>> load_identities(
    const Settings& settings, const std::map<std::string, Holder, std::less<>>& holders,
    const wire::Directory& directory) {
    std::map<std::string, client::Identity, std::less<>> out;
    auto file = settings.holders.begin();
    const auto& relay = directory.relay();
    for (; file != settings.holders.end(); ++file) {
        auto key = crypto::PrivateKey::load(file->signing_key);
        auto kid = base64url(key.public_key().thumbprint());
        const auto of = std::ranges::find_if(
            holders, [&kid](const auto& holder) { return holder.second.kid == kid; });
        if (of == holders.end()) throw Failure("a signing key is no holder's");
        auto tls = http::TlsContext::load_client(
            settings.keys, [&relay](const Hash& peer) { return relay.has_certificate(peer); });
        out.emplace(of->first, client::Identity{.id = of->second.records.holder().id,
                                                .kid = std::move(kid),
                                                .signing_key = std::move(key),
                                                .tls = std::move(tls)});
    }
    return out;
}

// A connection of its own: it is rare.
Task<client::Result<client::Answered>> send_once(const wire::Directory& directory,
                                                 const client::Identity& self,
                                                 client::Prepared request) {
    client::Asker asker(directory, self);
    co_return co_await asker.send(std::move(request));
}

// Of tells that wait for the relay.
Secret load_outbox_key(const Settings& settings) {
    const auto path = settings.keys + "/outbox.key";
    auto key = read_secret_file(path);
    if (key.size() != crypto::aead_key_bytes) {
        throw OperatorError("the key file must have exactly 32 bytes: " + path);
    }
    return key;
}

std::optional<std::string> why_not_ready(const Dialer& dialer, Evidence& evidence) {
    if (const auto why = evidence.unwell()) return std::string(*why);
    if (dialer.connected() == 0) return "no relay is connected";
    return std::nullopt;
}

std::vector<std::string> names_of(const std::map<std::string, Holder, std::less<>>& holders) {
    std::vector<std::string> out;
    for (const auto& [id, holder] : holders)
        out.push_back(id);
    return out;
}

struct Meters {
    explicit Meters(http::Metrics& metrics)
        : rounds(metrics.counters("mado_gateway_settling_rounds_total",
                                  "Rounds of settling by log and result.", {"log", "result"})),
          orders(metrics.counters("mado_gateway_orders_total", "Orders by service and outcome.",
                                  {"service", "outcome"})),
          tells(metrics.counters("mado_gateway_tells_total",
                                 "What holders told by themselves, by service and result.",
                                 {"service", "result"})),
          gone_back(metrics.counters("mado_gateway_lists_gone_back_total",
                                     "Hours in which a holder's list of what has changed did not "
                                     "have the row that was told last.",
                                     {"holder", "service"})),
          latency_s(metrics.histogram("mado_gateway_order_seconds",
                                      "Time from an order to its answer.",
                                      {0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1.5})) {}
    http::CounterFamily& rounds;
    http::CounterFamily& orders;
    http::CounterFamily& tells;
    http::CounterFamily& gone_back;
    http::Histogram& latency_s;
};

// What holders tell by themselves: of answers that hold no longer, and of what has changed.
struct Speaking {
    struct Facts {
        const std::string& store;
        const Secret& outbox_key;
        const wire::Directory& directory;
        const wire::Policy& policy;
        std::map<std::string, Holder, std::less<>>& holders;
        const std::map<std::string, client::Identity, std::less<>>& identities;
        Evidence& evidence;
        const Log& log;
        http::CounterFamily& results;
        http::CounterFamily& gone_back;
    };
    Speaking(asio::io_context& io, const Facts& facts)
        : tells(facts.store, facts.evidence, facts.outbox_key),
          telling(io, {.directory = facts.directory,
                       .holders = facts.holders,
                       .identities = facts.identities,
                       .tells = tells,
                       .log = facts.log,
                       .results = facts.results,
                       .send =
                           [&directory = facts.directory](const client::Identity& self,
                                                          client::Prepared request) {
                               return send_once(directory, self, std::move(request));
                           }}),
          answers(facts.store, tells),
          revising({.directory = facts.directory,
                    .policy = facts.policy,
                    .holders = facts.holders,
                    .answers = answers,
                    .telling = telling,
                    .log = facts.log}),
          saying({.directory = facts.directory,
                  .policy = facts.policy,
                  .holders = facts.holders,
                  .tells = tells,
                  .telling = telling,
                  .log = facts.log,
                  .gone_back = facts.gone_back,
                  .store = facts.store},
                 unix_now()) {}
    void start() {
        telling.start({[this](UnixTime now) { return revising.round(now); },
                       [this](UnixTime now) { return saying.round(now); }});
    }

    Tells tells;
    Telling telling;
    OpenAnswers answers;
    Revising revising;
    Saying saying;
};

http::ServerOptions on_port(std::uint16_t port) {
    http::ServerOptions out;
    out.port = port;
    return out;
}

constexpr http::Milliseconds shutdown_grace{5'000};

struct Parts {
    Dialer& dialer;
    Settling& settling;
    Telling& telling;
    http::Server& server;
};
Task<void> shut_down(asio::io_context& io, Parts parts, const Log& log) {
    asio::signal_set signals(io, SIGTERM, SIGINT);
    co_await signals.async_wait(asio::use_awaitable);
    log.info("stopping");
    parts.settling.stop();
    parts.telling.stop();
    co_await parts.dialer.stop(shutdown_grace);
    co_await parts.server.stop(shutdown_grace);
    io.stop();
}

int serve(const std::string& config_path) {
    const Log log("mado-gateway");
    const auto settings = read_settings(config_path);
    const auto directory = wire::load_directory(settings.directory, settings.authority);
    const auto policy = wire::load_policy(settings.policy, directory);
    const auto schemes = wire::load_schemes(settings.schemes, directory);
    auto holders = open_holders(settings, directory, schemes);
    const auto tables = load_tables(settings, holders);
    const auto identities = load_identities(settings, holders, directory);
    const auto outbox_key = load_outbox_key(settings);
    asio::io_context io{1};  // before the evidence, whose thread resumes what waits on it
    Evidence evidence(settings.evidence, log);
    http::Metrics metrics;
    const auto& relay = directory.relay();
    const auto tls = http::TlsContext::load_client(
        settings.keys, [&relay](const Hash& peer) { return relay.has_certificate(peer); });
    const Meters meters(metrics);
    Settling settling(io,
                      {.directory = directory,
                       .tls = tls,
                       .evidence = evidence,
                       .log = log,
                       .rounds = meters.rounds},
                      unix_now());
    Answering answering({.directory = directory,
                         .policy = policy,
                         .allowed = settings.allow,
                         .log = log,
                         .evidence = evidence,
                         .settling = settling,
                         .holders = holders,
                         .orders = meters.orders,
                         .latency_s = meters.latency_s,
                         .tables = tables ? &*tables : nullptr});
    Speaking speaking(io, {.store = settings.evidence,
                           .outbox_key = outbox_key,
                           .directory = directory,
                           .policy = policy,
                           .holders = holders,
                           .identities = identities,
                           .evidence = evidence,
                           .log = log,
                           .results = meters.tells,
                           .gone_back = meters.gone_back});
    const auto names = names_of(holders);
    Dialer dialer(io, {.relay = relay.addresses,
                       .holders = names,
                       .tls = tls,
                       .log = log,
                       .handler = [&answering](http::Request request) {
                           return answering.run(std::move(request));
                       }});
    http::Server server(
        io, on_port(settings.operator_port),
        http::operator_routes([&dialer, &evidence] { return why_not_ready(dialer, evidence); },
                              metrics));
    dialer.start();
    settling.start();
    speaking.start();
    http::spawn(
        io,
        shut_down(
            io,
            {.dialer = dialer, .settling = settling, .telling = speaking.telling, .server = server},
            log));
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
