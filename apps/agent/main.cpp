// mado-agent: on the computer of a person, between sites and the person's card (docs/protocols/
// agent.md). `mado-agent serve CONFIG`. Listens on loopback only.
#include <fmt/format.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <thread>

#include "base/config.hpp"
#include "base/program.hpp"
#include "caller.hpp"
#include "card/pcsc.hpp"
#include "card/pkcs11_readers.hpp"
#include "http/operations.hpp"
#include "http/spawn.hpp"
#include "routes.hpp"
#include "watch.hpp"

namespace mado::agent {
namespace {

namespace asio = http::asio;
using http::Task;

struct Settings {
    std::string directory, authority, policy, services;
    std::optional<std::string> pcscd;   // another pcscd's socket than this computer's
    std::optional<std::string> pkcs11;  // the module that knows the cards, in place of PC/SC
    std::uint16_t port = 0;
    std::uint16_t operator_port = 0;
};

Settings read_settings(const std::string& path) {
    auto config = Config::load(path);
    Settings s;
    s.directory = config.text("directory");
    s.authority = config.text("authority");
    s.policy = config.text("policy");
    s.services = config.text("services");
    s.pcscd = config.optional_text("pcscd");
    s.pkcs11 = config.optional_text("pkcs11");
    s.port = static_cast<std::uint16_t>(config.integer("port", 1, 65535));
    s.operator_port = static_cast<std::uint16_t>(config.integer("operator_port", 1, 65535));
    config.finish();
    return s;
}

// Runs an io_context on a thread of its own until the end.
class Worker {
  public:
    Worker() : thread_([this] { io_.run(); }) {}
    // Whoever writes into a card waits for the other side for minutes: that is broken off, and goes
    // on in another session.
    ~Worker() {
        work_.reset();
        io_.stop();
    }
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;
    [[nodiscard]] asio::io_context& io() { return io_; }

  private:
    asio::io_context io_{1};
    asio::executor_work_guard<asio::io_context::executor_type> work_{io_.get_executor()};
    std::jthread thread_;
};

// A thread has its own connection to pcscd; of a module there is one in a program.
struct Sources {
    std::shared_ptr<card::Readers> used, watched;
};
Sources sources(const Settings& settings) {
    if (settings.pkcs11) {
        const auto module = std::make_shared<card::Pkcs11Readers>(*settings.pkcs11);
        return {.used = module, .watched = module};
    }
    return {.used = std::make_shared<card::Pcsc>(), .watched = std::make_shared<card::Pcsc>()};
}

constexpr http::Milliseconds shutdown_grace{2'000};

Task<void> shut_down(asio::io_context& io, http::Server& server, http::Server& operator_server,
                     OpenLogins& logins, std::unique_ptr<Watch>& watch, const Log& log) {
    asio::signal_set signals(io, SIGTERM, SIGINT);
    co_await signals.async_wait(asio::use_awaitable);
    log.info("stopping");
    co_await server.stop(shutdown_grace);
    co_await logins.stop_all();
    co_await operator_server.stop(shutdown_grace);
    watch.reset();  // it may wait for a card that is in use
    io.stop();      // whatever the relay could not be told ends by itself
}

http::ServerOptions page_options(const Settings& settings, const Log& log) {
    http::ServerOptions options;
    options.port = settings.port;
    options.limits.connections_max = 64;
    options.known = [port = settings.port](const http::Peer& peer) {
        return is_own_user(peer, port);
    };
    http::log_requests(options, log);
    return options;
}

int serve(const std::string& config_path) {
    const Log log("mado-agent");
    const auto settings = read_settings(config_path);
    if (settings.pcscd) ::setenv("PCSCLITE_CSOCK_NAME", settings.pcscd->c_str(), 1);
    const auto directory = wire::load_directory(settings.directory, settings.authority);
    const auto policy = wire::load_policy(settings.policy, directory);
    const auto services = page::load_service_names(settings.services);
    demand_known_callers();
    ::prctl(PR_SET_DUMPABLE, 0);  // a PIN may be in memory
    asio::io_context io{1};
    const auto readers = sources(settings);
    Cards cards(*readers.used);
    OpenLogins logins(io, directory, log);
    Worker card_thread;
    Shared shared{.directory = directory,
                  .policy = policy,
                  .services = services,
                  .address = fmt::format("127.0.0.1:{}", settings.port),
                  .cards_io = card_thread.io(),
                  .cards = cards,
                  .logins = logins};
    http::Server server(io, page_options(settings, log), routes(shared));
    http::Metrics metrics;
    http::ServerOptions operator_options;
    operator_options.port = settings.operator_port;
    http::Server operator_server(
        io, operator_options,
        http::operator_routes([]() -> std::optional<std::string> { return std::nullopt; },
                              metrics));
    auto watch = std::make_unique<Watch>(
        readers.watched, log, [&io, &logins](const std::optional<std::vector<card::Reader>>& now) {
            asio::post(io, [&logins, now] { logins.cards_now(now); });
        });
    http::spawn(io, shut_down(io, server, operator_server, logins, watch, log));
    log.info("serving", {{"port", std::int64_t{settings.port}}});
    http::run_until_stopped(io);
    log.info("stopped");
    return 0;
}

}  // namespace
}  // namespace mado::agent

int main(int argc, char** argv) {
    return mado::run_program("mado-agent", argc, argv, [](const mado::Words& words) {
        if (words.size() == 2 && words[0] == "serve") return mado::agent::serve(words[1]);
        throw mado::OperatorError("usage: mado-agent serve CONFIG");
    });
}
