// mado-relay: the relay centre's program. `mado-relay serve CONFIG` and, before the first start,
// `mado-relay import CONFIG FILE`.
#include <fmt/format.h>
#include <signal.h>
#include <stdlib.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <thread>

#include "allocator.hpp"
#include "base/config.hpp"
#include "base/file.hpp"
#include "base/program.hpp"
#include "ending.hpp"
#include "exchange.hpp"
#include "http/completion.hpp"
#include "http/operations.hpp"
#include "http/spawn.hpp"
#include "import.hpp"
#include "key_token.hpp"
#include "public_face.hpp"
#include "publisher.hpp"
#include "routes.hpp"

namespace mado::relay {
namespace {

namespace asio = http::asio;

struct Settings {
    std::string state, anchor, keys, directory, authority, policy, schemes, card_lists;
    std::optional<KeyToken> token;  // has the relay's two keys in its care
    std::string address;
    std::uint16_t port = 0;         // participants, mutual TLS
    std::uint16_t public_port = 0;  // everybody: the log's public face
    std::uint16_t operator_port = 0;
    int threads = 1;
};

Settings read_settings(const std::string& path) {
    auto config = Config::load(path);
    Settings s;
    s.state = config.text("state");
    s.anchor = config.text("anchor");
    s.keys = config.text("keys");
    s.directory = config.text("directory");
    s.authority = config.text("authority");
    s.policy = config.text("policy");
    s.schemes = config.text("schemes");
    s.card_lists = config.text("card_lists");
    s.address = config.text_or("address", "127.0.0.1");
    s.port = static_cast<std::uint16_t>(config.integer("port", 1, 65535));
    s.public_port = static_cast<std::uint16_t>(config.integer("public_port", 1, 65535));
    s.operator_port = static_cast<std::uint16_t>(config.integer("operator_port", 1, 65535));
    s.threads = static_cast<int>(config.integer_or("threads", 2, 1, 64));
    if (config.has("token")) {
        auto token = config.table("token");
        s.token = KeyToken{.module = token.text("module"),
                           .label = token.text("label"),
                           .pin_file = token.text("pin_file")};
        // SoftHSM2 learns from its environment alone where its tokens are.
        if (const auto conf = token.optional_text("softhsm2_conf")) {
            ::setenv("SOFTHSM2_CONF", conf->c_str(), 1);
        }
    }
    config.finish();
    return s;
}

// The log that this relay writes: the one of the directory that our key belongs to.
tlog::NoteVerifier own_log(const wire::Directory& directory, const crypto::PrivateKey& key) {
    for (const auto& log : directory.logs) {
        if (log.key.key().raw_ed25519() == key.public_key().raw_ed25519()) return log.key;
    }
    throw OperatorError("the directory names no log with this relay's log key (log.key)");
}

// What `serve` and `import` have in common: files, keys, store.
struct Foundation {
    explicit Foundation(const std::string& config_path)
        : settings(read_settings(config_path)),
          lock(settings.state + "/relay.lock", "the relay's state folder"),
          directory_file(wire::load_directory_file(settings.directory, settings.authority)),
          rules{.directory = directory_file.jws,
                .policy = wire::read_pinned_file(settings.policy, directory.policy),
                .schemes = wire::read_pinned_file(settings.schemes, directory.schemes)},
          policy(must(wire::Policy::parse(rules.policy), settings.policy)),
          schemes(must(wire::Schemes::parse(rules.schemes), settings.schemes)),
          vault(load_vault(settings.keys, settings.token)),
          log_key(crypto::PrivateKey::load(settings.keys + "/log.key")),
          signing_key(crypto::PrivateKey::load(settings.keys + "/signing.key")),
          sealing_key(crypto::PrivateKey::load(settings.keys + "/sealing.key")),
          kid(base64url(signing_key.public_key().thumbprint())),
          batch_size(metrics.histogram("mado_relay_batch_entries",
                                       "Jobs made durable by one commit.",
                                       {1, 2, 4, 8, 16, 32, 64, 128, 256})),
          commit_s(metrics.histogram("mado_relay_commit_seconds", "Time of one commit.",
                                     {0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5})),
          writer({.store_path = settings.state + "/relay.sqlite",
                  .anchor_path = settings.anchor,
                  .log = own_log(directory, log_key),
                  .log_key = log_key,
                  .vault = vault,
                  .program_log = log,
                  .observe = [this](const WriterObservation& seen) {
                      batch_size.observe(static_cast<double>(seen.batch));
                      commit_s.observe(static_cast<double>(seen.commit_us) / 1e6);
                  }}) {}

    Log log{"mado-relay"};
    Settings settings;
    FileLock lock;
    wire::DirectoryFile directory_file;
    const wire::Directory& directory = directory_file.directory;
    Rules rules;
    wire::Policy policy;
    wire::Schemes schemes;
    Vault vault;
    crypto::PrivateKey log_key;
    crypto::PrivateKey signing_key;
    crypto::PrivateKey sealing_key;
    std::string kid;
    http::Metrics metrics;
    http::Histogram& batch_size;
    http::Histogram& commit_s;
    LogWriter writer;
};

http::ServerOptions server_options(const Settings& settings, std::uint16_t port,
                                   const http::TlsContext& tls, const Log& log) {
    http::ServerOptions options;
    options.address = settings.address;
    options.port = port;
    options.tls = &tls;
    options.reuse_port = true;
    http::log_requests(options, log);
    return options;
}

constexpr std::size_t strangers_per_address_max = 64;

// Whoever has no certificate of the directory gives way to whoever may have one.
http::ServerOptions participant_options(const wire::Directory& directory, const Settings& settings,
                                        const http::TlsContext& tls, const Log& log) {
    auto options = server_options(settings, settings.port, tls, log);
    options.known = [&directory](const http::Peer& peer) {
        return peer.certificate && directory.knows_certificate(*peer.certificate);
    };
    options.limits.connections_per_address_max = strangers_per_address_max;
    return options;
}

// One io thread: its own io_context, reader and listening socket.
struct Lane {
    Lane(Shared& shared, const Settings& settings, const http::TlsContext& tls, const Log& log)
        : reader(settings.state + "/relay.sqlite", shared.vault),
          exchange(io, shared, reader),
          participants(io, participant_options(shared.directory, settings, tls, log),
                       participant_routes(io, shared, reader, exchange)) {}

    asio::io_context io{1};
    // Another lane's request may still go over a connection of this one.
    asio::executor_work_guard<asio::io_context::executor_type> work{io.get_executor()};
    Reader reader;
    Exchange exchange;
    http::Server participants;
};

// Nobody is known there: one address may not take what all share.
http::ServerOptions public_options(const Settings& settings, const http::TlsContext& tls,
                                   const Log& log) {
    auto options = server_options(settings, settings.public_port, tls, log);
    options.limits.connections_per_address_max = strangers_per_address_max;
    return options;
}

// What everybody may read, on a thread of its own: no crowd there holds up an order.
struct PublicLane {
    PublicLane(Shared& shared, const Settings& settings, const http::TlsContext& tls,
               const Rules& rules, const Log& log)
        : reader(settings.state + "/relay.sqlite", shared.vault),
          everybody(io, public_options(settings, tls, log), public_routes(shared, reader, rules)) {}

    asio::io_context io{1};
    // Until it is closed, also when nobody listens any more after a fault.
    asio::executor_work_guard<asio::io_context::executor_type> work{io.get_executor()};
    Reader reader;
    http::Server everybody;
};

constexpr http::Milliseconds shutdown_grace{5'000};

// All that listens, with its threads.
class Doors {
  public:
    Doors(asio::io_context& main, Shared& shared, const Settings& settings, const Rules& rules,
          const Log& log)
        : main_(main),
          mutual_(http::TlsContext::load_server(settings.keys, true)),
          plain_(http::TlsContext::load_server(settings.keys, false)),
          everybody_(shared, settings, plain_, rules, log) {
        for (int i = 0; i < settings.threads; ++i)
            lanes_.push_back(std::make_unique<Lane>(shared, settings, mutual_, log));
    }
    void open() {
        for (auto& lane : lanes_)
            threads_.emplace_back([this, &lane] { run(lane->io); });
        threads_.emplace_back([this] { run(everybody_.io); });
    }
    // Take no more, finish what was accepted.
    Task<void> close(Holders& holders) {
        for (auto& lane : lanes_)
            co_await http::run_on(lane->io, lane->participants.stop(shutdown_grace));
        co_await http::run_on(everybody_.io, everybody_.everybody.stop(shutdown_grace));
        holders.close();
        for (auto& lane : lanes_)
            lane->work.reset();
        everybody_.work.reset();
    }
    void join() {
        for (auto& thread : threads_)
            thread.join();
    }

  private:
    // A fault there is the program's: main's run() throws it. Until it stops all others are served.
    void run(asio::io_context& io) {
        for (bool ended = false; !ended;) {
            try {
                io.run();
                ended = true;
            } catch (...) {
                asio::post(main_,
                           [fault = std::current_exception()] { std::rethrow_exception(fault); });
            }
        }
    }

    asio::io_context& main_;
    http::TlsContext mutual_;  // participants
    http::TlsContext plain_;   // everybody
    std::vector<std::unique_ptr<Lane>> lanes_;
    PublicLane everybody_;
    std::vector<std::thread> threads_;
};

// The first SIGTERM or SIGINT.
Task<void> shut_down(asio::io_context& main, Doors& doors, Shared& shared, Publisher& publisher,
                     http::Server& operator_server) {
    asio::signal_set signals(main, SIGTERM, SIGINT);
    co_await signals.async_wait(asio::use_awaitable);
    shared.log.info("stopping");
    co_await doors.close(shared.holders);
    publisher.stop();
    co_await operator_server.stop(shutdown_grace);
    main.stop();
}

constexpr std::chrono::minutes upkeep_pause{1};

// What becomes due by the clock alone.
Task<void> keep_up(asio::io_context& main, LogWriter& writer,
                   const std::atomic<bool>& contradicted) {
    asio::steady_timer timer(main);
    while (!contradicted) {                            // what it appends would make the log grow
        static_cast<void>(writer.upkeep(unix_now()));  // a full queue: in a minute again
        timer.expires_after(upkeep_pause);
        co_await timer.async_wait(asio::use_awaitable);
    }
}

constexpr std::chrono::seconds list_pause{1};

// A card that comes on its authority's list is refused from now on; its log-ins end.
Task<void> follow_card_lists(asio::io_context& main, Shared& shared, CardLists& lists,
                             std::vector<Hash> listed) {
    asio::steady_timer timer(main);
    for (;;) {
        co_await end_mandates_of(shared, std::move(listed));
        timer.expires_after(list_pause);
        co_await timer.async_wait(asio::use_awaitable);
        listed = lists.refresh(unix_now());
    }
}

std::optional<std::string> why_not_ready(LogWriter& writer, const Publisher& publisher) {
    if (publisher.contradicted()) return "a witness has seen another history of this log";
    if (const auto why = writer.unwell()) return std::string(*why);
    return std::nullopt;
}

// Before anything is appended: a tree that the witnesses know better must not grow.
void compare_with_witnesses(asio::io_context& main, Publisher& publisher) {
    std::exception_ptr failed;
    asio::co_spawn(main, publisher.compare_with_witnesses(),
                   [&failed, &main](std::exception_ptr error) {
                       failed = error;
                       main.stop();  // not when the connections' timers have run down as well
                   });
    main.run();
    main.restart();
    if (failed) std::rethrow_exception(failed);
}

int serve(const std::string& config_path) {
    Foundation base(config_path);
    const auto& settings = base.settings;
    asio::io_context main{1};
    Reader reader(settings.state + "/relay.sqlite", base.vault);
    const auto log = own_log(base.directory, base.log_key);
    Publisher publisher(
        main, {.directory = base.directory,
               .log = log,
               .reader = reader,
               .writer = base.writer,
               .program_log = base.log,
               .witness_answers = base.metrics.counters("mado_relay_witness_answers_total",
                                                        "Answers of witnesses to a checkpoint.",
                                                        {"witness", "answer"})});
    compare_with_witnesses(main, publisher);
    base.writer.append_public_entry(base.directory.entry);
    const auto live_mandates = stored_mandates(reader.connection(), base.vault);
    Mandates mandates(live_mandates);
    EventFeeds event_feeds(live_mandates, stored_changes(reader.connection(), base.vault));
    CardLists card_lists(base.directory, settings.card_lists, base.log);
    const auto listed = card_lists.refresh(unix_now());
    Holders holders;
    Shared shared{
        .directory = base.directory,
        .policy = base.policy,
        .schemes = base.schemes,
        .vault = base.vault,
        .log = base.log,
        .signing_key = base.signing_key,
        .kid = base.kid,
        .sealing_key = base.sealing_key,
        .mandates = mandates,
        .event_feeds = event_feeds,
        .card_lists = card_lists,
        .writer = base.writer,
        .log_contradicted = publisher.contradicted(),
        .holders = holders,
        .requests = base.metrics.counters("mado_relay_requests_total",
                                          "Requests by service and code.", {"service", "code"}),
        .latency_s = base.metrics.histogram(
            "mado_relay_request_seconds", "Time from a request to its answer.",
            {0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1.5})};

    Doors doors(main, shared, settings, base.rules, base.log);
    http::ServerOptions operator_options;
    operator_options.port = settings.operator_port;
    http::Server operator_server(
        main, operator_options,
        http::operator_routes([&base, &publisher] { return why_not_ready(base.writer, publisher); },
                              base.metrics));

    doors.open();
    http::spawn(main, shut_down(main, doors, shared, publisher, operator_server));
    http::spawn(main, keep_up(main, base.writer, publisher.contradicted()));
    http::spawn(main, follow_card_lists(main, shared, card_lists, listed));
    publisher.start();
    base.log.info("serving", {{"port", std::int64_t{settings.port}}});
    std::exception_ptr fault;
    try {
        http::run_until_stopped(main);
    } catch (...) {
        fault = std::current_exception();
    }
    doors.join();
    base.writer.stop();
    if (fault) std::rethrow_exception(fault);
    base.log.info("stopped");
    return 0;
}

int import(const std::string& config_path, const std::string& file) {
    Foundation base(config_path);
    const auto persons = import_file(file, base.directory, base.schemes, base.vault, base.writer);
    fmt::print("mado-relay: {} persons taken on\n", persons);
    return 0;
}

// Once, while the relay is stopped: its two keys into the care of the token.
int wrap(const std::string& config_path) {
    const auto settings = read_settings(config_path);
    if (!settings.token) {
        throw OperatorError("the configuration names no [token] that could take the keys: " +
                            config_path);
    }
    const FileLock lock(settings.state + "/relay.lock", "the relay's state folder");
    wrap_keys(settings.keys, *settings.token);
    fmt::print("mado-relay: the token {} has the keys in its care\n", settings.token->label);
    return 0;
}

}  // namespace
}  // namespace mado::relay

int main(int argc, char** argv) {
    return mado::run_program("mado-relay", argc, argv, [](const mado::Words& words) {
        if (words.size() == 2 && words[0] == "serve") return mado::relay::serve(words[1]);
        if (words.size() == 2 && words[0] == "wrap-keys") return mado::relay::wrap(words[1]);
        if (words.size() == 3 && words[0] == "import") {
            return mado::relay::import(words[1], words[2]);
        }
        throw mado::OperatorError(
            "usage: mado-relay serve CONFIG, mado-relay import CONFIG FILE, or "
            "mado-relay wrap-keys CONFIG");
    });
}
