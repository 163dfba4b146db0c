// mado-witness: an auditor's program, which watches that logs only grow. `mado-witness serve
// CONFIG`, and `mado-witness forks CONFIG`: prints the contradictions that it was shown, one a
// line, each as a file for `./mado log check`.
#include <fmt/format.h>
#include <signal.h>

#include <boost/asio/signal_set.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/config.hpp"
#include "base/file.hpp"
#include "base/program.hpp"
#include "crypto/x509.hpp"
#include "http/operations.hpp"
#include "http/spawn.hpp"
#include "routes.hpp"

namespace mado::witness {
namespace {

namespace asio = http::asio;
using http::Task;

struct Settings {
    std::string state, keys, directory, authority;
    std::string address;
    std::uint16_t port = 0;
    std::uint16_t operator_port = 0;

    [[nodiscard]] std::string store() const { return state + "/witness.sqlite"; }
};

Settings read_settings(const std::string& path) {
    auto config = Config::load(path);
    Settings s;
    s.state = config.text("state");
    s.keys = config.text("keys");
    s.directory = config.text("directory");
    s.authority = config.text("authority");
    s.address = config.text_or("address", "127.0.0.1");
    s.port = static_cast<std::uint16_t>(config.integer("port", 1, 65535));
    s.operator_port = static_cast<std::uint16_t>(config.integer("operator_port", 1, 65535));
    config.finish();
    return s;
}

// Ourselves in the directory: logs dial what it says, and accept the certificate that it lists.
const wire::Witness& own_entry(const wire::Directory& directory, const crypto::PrivateKey& key,
                               const std::string& keys) {
    for (const auto& witness : directory.witnesses) {
        if (witness.key.key().raw_ed25519() != key.public_key().raw_ed25519()) continue;
        const auto path = keys + "/tls.crt";
        const auto pem = read_file(path).value_or("");
        if (must(crypto::Certificate::from_pem(as_bytes(pem)), path).thumbprint() !=
            witness.certificate) {
            throw OperatorError("the directory lists another certificate for this witness than " +
                                path);
        }
        return witness;
    }
    throw OperatorError("the directory names no witness with this key (" + keys + "/witness.key)");
}

// What was kept must be what the logs signed: a store of another country, or one that was changed.
void check_store(Store& store, const wire::Directory& directory, const std::string& path) {
    for (const auto& log : directory.logs) {
        const auto newest = store.newest(log.key.name());
        if (!newest) continue;
        if (const auto good = check_seen(*newest, log.key); !good) {
            throw OperatorError(path + " does not fit the directory's log " + log.key.name() +
                                ": " + good.error().why);
        }
    }
}

http::ServerOptions public_options(const Settings& settings, const http::TlsContext& tls,
                                   const Log& log) {
    http::ServerOptions options;
    options.address = settings.address;
    options.port = settings.port;
    options.tls = &tls;
    options.limits = public_limits();
    http::log_requests(options, log);
    return options;
}

constexpr http::Milliseconds shutdown_grace{5'000};

Task<void> shut_down(asio::io_context& io, http::Server& server, http::Server& operator_server,
                     const Log& log) {
    asio::signal_set signals(io, SIGTERM, SIGINT);
    co_await signals.async_wait(asio::use_awaitable);
    log.info("stopping");
    co_await server.stop(shutdown_grace);
    co_await operator_server.stop(shutdown_grace);
}

int serve(const std::string& config_path) {
    const Log log("mado-witness");
    const auto settings = read_settings(config_path);
    const FileLock lock(settings.state + "/witness.lock", "the witness's state folder");
    const auto directory = wire::load_directory(settings.directory, settings.authority);
    const auto key = crypto::PrivateKey::load(settings.keys + "/witness.key");
    const auto& entry = own_entry(directory, key, settings.keys);
    Store store(settings.store());
    check_store(store, directory, settings.store());

    http::Metrics metrics;
    Shared shared{
        .directory = directory,
        .name = entry.key,
        .key = key,
        .log = log,
        .store = store,
        .submissions = metrics.counters("mado_witness_submissions_total",
                                        "Submitted checkpoints by result.", {"result"}),
        .contradictions = metrics.counter("mado_witness_forks_total",
                                          "Contradictions kept: mado-witness forks prints them."),
        .contradictions_dropped = metrics.counter("mado_witness_forks_dropped_total",
                                                  "Contradictions of a log that had enough.")};
    shared.contradictions.add(store.contradiction_count());

    const auto tls =
        http::TlsContext::load_server(settings.keys, /*client_certificate_required=*/false);
    const auto paths = checkpoint_paths(directory);
    asio::io_context io{1};
    http::Server server(io, public_options(settings, tls, log), public_routes(shared, paths));
    http::ServerOptions operator_options;
    operator_options.port = settings.operator_port;
    http::Server operator_server(io, operator_options,
                                 http::operator_routes(
                                     [&store]() -> std::optional<std::string> {
                                         if (store.healthy()) return std::nullopt;
                                         return "the store cannot be written";
                                     },
                                     metrics));
    http::spawn(io, shut_down(io, server, operator_server, log));
    log.info("serving", {{"port", std::int64_t{settings.port}},
                         {"logs", static_cast<std::int64_t>(directory.logs.size())}});
    http::run_until_stopped(io);
    log.info("stopped");
    return 0;
}

int print_forks(const std::string& config_path) {
    const auto kept = read_contradictions(read_settings(config_path).store());
    for (const auto& found : kept.found)
        fmt::print("{}\n", tlog::to_json(found.contradiction));
    if (kept.unreadable == 0) return 0;
    std::fflush(stdout);
    throw OperatorError(fmt::format(
        "{} more in the store are not as this witness kept them: it was altered", kept.unreadable));
}

}  // namespace
}  // namespace mado::witness

int main(int argc, char** argv) {
    return mado::run_program("mado-witness", argc, argv, [](const mado::Words& words) {
        if (words.size() == 2 && words[0] == "serve") return mado::witness::serve(words[1]);
        if (words.size() == 2 && words[0] == "forks") return mado::witness::print_forks(words[1]);
        throw mado::OperatorError("usage: mado-witness serve CONFIG, or mado-witness forks CONFIG");
    });
}
