// mado-ca: the certificate authority of people's cards. `mado-ca init CONFIG` makes its keys in the
// token and its certificate, once; `mado-ca take-on CONFIG FILE OUT` issues what a file orders;
// `mado-ca serve CONFIG` decides what is ordered, answers OCSP and writes the revocation list. It
// never speaks with the relay.
#include <fmt/format.h>
#include <signal.h>
#include <stdlib.h>

#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <filesystem>

#include "base/config.hpp"
#include "base/file.hpp"
#include "base/program.hpp"
#include "crypto/der.hpp"
#include "http/operations.hpp"
#include "http/spawn.hpp"
#include "routes.hpp"
#include "take_on.hpp"

namespace mado::ca {
namespace {

namespace asio = http::asio;
using http::Task;

struct Settings {
    std::string state, module, token, pin_file, certificate, lists, key_type;
    std::int64_t lifetime_days = 0;
    Names names;
    Site site;
    std::int32_t utc_offset_s = 0;
    std::string address;
    std::uint16_t port = 0;
    std::uint16_t operator_port = 0;
    // Whose word it takes for what a signing certificate says of a person.
    std::string directory, directory_key, registers;

    [[nodiscard]] std::string store() const { return state + "/ca.sqlite"; }
};

Settings read_settings(const std::string& path) {
    auto config = Config::load(path);
    Settings s;
    s.state = config.text("state");
    s.certificate = config.text("certificate");
    s.lists = config.text("lists");
    s.site.url = config.text("url");
    s.site.oid_arc = config.text("oid_arc");
    if (!crypto::der::is_oid(s.site.oid_arc + ".1.1")) {
        config.refuse("oid_arc", "not an object identifier");
    }
    if (!s.site.url.starts_with("http://") || s.site.url.ends_with('/')) {
        config.refuse("url", "begins with http:// and does not end in a slash");
    }
    s.utc_offset_s = static_cast<std::int32_t>(config.integer("utc_offset_s", -43'200, 50'400));
    auto token = config.table("token");
    s.module = token.text("module");
    s.token = token.text("label");
    s.pin_file = token.text("pin_file");
    // SoftHSM2 learns from its environment alone where its tokens are.
    if (const auto conf = token.optional_text("softhsm2_conf")) {
        if (::setenv("SOFTHSM2_CONF", conf->c_str(), 1) != 0) throw Failure("setenv");
    }
    auto authority = config.table("authority");
    s.names = {.country = authority.text("country"),
               .organisation = authority.text("organisation"),
               .common_name = authority.text("name")};
    if (s.names.country.size() != 2) authority.refuse("country", "two letters");
    s.site.country = s.names.country;
    s.key_type = authority.text("key");
    s.lifetime_days = authority.integer_or("lifetime_days", 3'650, 1, 3'650);
    auto registers = config.table("registers");
    s.directory = registers.text("directory");
    s.directory_key = registers.text("authority");
    s.registers = registers.text("kind");
    s.address = config.text_or("address", "127.0.0.1");
    s.port = static_cast<std::uint16_t>(config.integer("port", 1, 65535));
    s.operator_port = static_cast<std::uint16_t>(config.integer("operator_port", 1, 65535));
    config.finish();
    return s;
}

card::TokenKeyType key_type(const std::string& text) {
    if (text == "p256") return card::TokenKeyType::p256;
    if (text == "p384") return card::TokenKeyType::p384;
    if (text == "rsa3072") return card::TokenKeyType::rsa3072;
    throw OperatorError("the authority's key is p256, p384 or rsa3072");
}

int init(const std::string& config_path) {
    const auto settings = read_settings(config_path);
    const FileLock lock(settings.state + "/ca.lock", "the authority's state folder");
    if (std::filesystem::exists(settings.certificate)) {
        throw OperatorError("there is an authority already: " + settings.certificate);
    }
    card::TokenKeys token(settings.module, settings.token, read_secret_file(settings.pin_file));
    const auto certificate = make_authority(token,
                                            {.names = settings.names,
                                             .key_type = key_type(settings.key_type),
                                             .lifetime_s = settings.lifetime_days * day_s},
                                            unix_now());
    const Store store(settings.store());  // the gateway opens it, and makes none
    replace_file(settings.certificate, certificate.pem());
    fmt::print("{}\n", base64url(certificate.thumbprint()));
    return 0;
}

crypto::Certificate load_certificate(const Settings& settings) {
    const auto pem = read_file(settings.certificate).value_or("");
    return must(crypto::Certificate::from_pem(as_bytes(pem)), settings.certificate);
}

http::CounterFamily& decided_in(http::Metrics& metrics) {
    return metrics.counters("mado_ca_orders_total", "Orders by outcome.", {"outcome"});
}
http::CounterFamily& asked_in(http::Metrics& metrics) {
    return metrics.counters("mado_ca_ocsp_total", "Certificates asked about by OCSP, by status.",
                            {"status"});
}

int take_on_file(const std::string& config_path, const std::string& file, const std::string& out) {
    const Log log("mado-ca");
    const auto settings = read_settings(config_path);
    const FileLock lock(settings.state + "/ca.lock", "the authority's state folder");
    const auto text = read_file(file, take_on_bytes_max);
    if (!text) throw OperatorError("the file is missing: " + file);
    const card::TokenKeys token(settings.module, settings.token,
                                read_secret_file(settings.pin_file));
    const Authority authority(token, load_certificate(settings), settings.site);
    Store store(settings.store());
    http::Metrics metrics;
    Office office({.authority = authority,
                   .store = store,
                   .log = log,
                   .decided = decided_in(metrics),
                   .asked = asked_in(metrics),
                   .list_folder = settings.lists,
                   .utc_offset_s = settings.utc_offset_s,
                   .registers = nullptr});
    const auto taken = take_on(store, office, *text, unix_now());
    replace_file(out, as_bytes(taken.lines));
    fmt::print("{} certificates, {} orders refused\n", taken.issued, taken.refused);
    return 0;
}

constexpr http::Milliseconds shutdown_grace{5'000};
constexpr http::Milliseconds look_every{50};
constexpr http::Milliseconds again_after{1'000};

// Until the signal. A disk that is full and a token that went are tried again; what is ordered
// waits, and OCSP goes on.
Task<void> work(asio::io_context& io, Office& office, bool& failing, const bool& stopping,
                const Log& log) {
    asio::steady_timer timer(io);
    while (!stopping) {
        auto pause = look_every;
        try {
            if (office.work(unix_now())) pause = http::Milliseconds{0};
            failing = false;
        } catch (const Failure& failure) {
            if (!failing) log.error("cannot_work", {{"why", std::string_view(failure.what())}});
            failing = true;
            pause = again_after;
        }
        timer.expires_after(pause);
        co_await timer.async_wait(asio::use_awaitable);
    }
}

Task<void> shut_down(asio::io_context& io, http::Server& server, http::Server& operator_server,
                     bool& stopping, const Log& log) {
    asio::signal_set signals(io, SIGTERM, SIGINT);
    co_await signals.async_wait(asio::use_awaitable);
    log.info("stopping");
    stopping = true;
    co_await server.stop(shutdown_grace);
    co_await operator_server.stop(shutdown_grace);
}

int serve(const std::string& config_path) {
    const Log log("mado-ca");
    const auto settings = read_settings(config_path);
    const FileLock lock(settings.state + "/ca.lock", "the authority's state folder");
    const card::TokenKeys token(settings.module, settings.token,
                                read_secret_file(settings.pin_file));
    const Authority authority(token, load_certificate(settings), settings.site);
    Store store(settings.store());
    const auto directory = wire::load_directory(settings.directory, settings.directory_key);
    const Registers registers{.directory = directory,
                              .kind = must(wire::CodeId::parse(settings.registers), "kind")};

    http::Metrics metrics;
    Office office({.authority = authority,
                   .store = store,
                   .log = log,
                   .decided = decided_in(metrics),
                   .asked = asked_in(metrics),
                   .list_folder = settings.lists,
                   .utc_offset_s = settings.utc_offset_s,
                   .registers = &registers});
    Shared shared{.office = office, .certificate = authority.certificate(), .log = log};

    bool failing = false;
    bool stopping = false;
    asio::io_context io{1};
    http::ServerOptions options;
    options.address = settings.address;
    options.port = settings.port;
    options.limits = public_limits();
    http::log_requests(options, log);
    http::Server server(io, options, public_routes(shared));
    http::ServerOptions operator_options;
    operator_options.port = settings.operator_port;
    http::Server operator_server(io, operator_options,
                                 http::operator_routes(
                                     [&failing, &office]() -> std::optional<std::string> {
                                         if (failing)
                                             return "orders are not decided: the log says why";
                                         if (office.list().empty())
                                             return "the list is not made yet";
                                         return std::nullopt;
                                     },
                                     metrics));
    http::spawn(io, shut_down(io, server, operator_server, stopping, log));
    http::spawn(io, work(io, office, failing, stopping, log));
    log.info("serving", {{"port", std::int64_t{settings.port}}});
    http::run_until_stopped(io);
    log.info("stopped");
    return 0;
}

}  // namespace
}  // namespace mado::ca

int main(int argc, char** argv) {
    return mado::run_program("mado-ca", argc, argv, [](const mado::Words& words) {
        if (words.size() == 2 && words[0] == "init") return mado::ca::init(words[1]);
        if (words.size() == 2 && words[0] == "serve") return mado::ca::serve(words[1]);
        if (words.size() == 4 && words[0] == "take-on") {
            return mado::ca::take_on_file(words[1], words[2], words[3]);
        }
        throw mado::OperatorError(
            "usage: mado-ca init CONFIG, mado-ca take-on CONFIG FILE OUT, or mado-ca serve CONFIG");
    });
}
