// For tests: the agent's pages over HTTP, with a virtual card in a reader.
#pragma once

#include <gtest/gtest.h>

#include <boost/asio/executor_work_guard.hpp>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "agent/caller.hpp"
#include "agent/routes.hpp"
#include "chip/test_chip.hpp"
#include "chip/test_readers.hpp"
#include "http/form.hpp"
#include "http/test_net.hpp"
#include "wire/test_wire.hpp"

namespace mado::agent {

constexpr const char* test_reader = "Reader 0";
constexpr const char* test_back = "https://portal.example:8450/login/back";

constexpr std::string_view test_policy = R"({"utc_offset_s": 32400, "policies": [
 {"id": "claims.portal", "service": "claims", "requester_kind": "portal", "purpose": "own-view",
  "presence": "card-pin", "mandate": "login", "holder_kinds": ["medical-insurer"],
  "legal_basis": "…", "keep_days": 1, "tell_at_once": false, "from": "2020-01-01"},
 {"id": "entries.portal", "service": "entries", "requester_kind": "portal", "purpose": "own-view",
  "presence": "card-pin", "mandate": "login", "holder_kinds": ["relay"],
  "legal_basis": "…", "keep_days": 1, "tell_at_once": false, "from": "2020-01-01"},
 {"id": "eligibility.clinic", "service": "eligibility", "requester_kind": "clinic",
  "purpose": "treatment", "presence": "card-pin", "mandate": "check",
  "holder_kinds": ["medical-insurer"], "legal_basis": "…", "keep_days": 1, "tell_at_once": false,
  "from": "2020-01-01"},
 {"id": "claims.consent", "service": "claims", "requester_kind": "portal", "purpose": "treatment",
  "presence": "card-pin", "mandate": "consent", "holder_kinds": ["medical-insurer"],
  "legal_basis": "…", "keep_days": 1, "tell_at_once": false, "from": "2020-01-01"},
 {"id": "claims.acting-for", "service": "claims", "requester_kind": "portal",
  "purpose": "acting-for", "presence": "card-pin", "mandate": "delegate",
  "holder_kinds": ["medical-insurer"], "legal_basis": "…", "keep_days": 1, "tell_at_once": false,
  "from": "2020-01-01"},
 {"id": "filing.portal", "service": "filing", "requester_kind": "portal", "purpose": "filing",
  "presence": "card-pin", "mandate": "application", "holder_kinds": ["portal"],
  "legal_basis": "…", "keep_days": 1, "tell_at_once": false, "from": "2020-01-01"}]})";

// The site's own: documents go to it in these tests.
inline const crypto::PrivateKey& test_sealing_key() {
    static const auto key = crypto::PrivateKey::generate(crypto::KeyType::p256);
    return key;
}

// The small country of lib/wire's tests, with a site.
inline wire::Directory test_directory() {
    const wire::TestCountry country;
    // The relay's log shows the relay's certificate.
    const auto site =
        fmt::format(R"({{"id":"portal","name":"マイページ","kind":"portal","certificates":["{}"],)"
                    R"("signing_keys":[],"services":[],"addresses":[],"redirect_uris":["{}"],)"
                    R"("sealing_keys":[{{"kid":"{}","jwk":{}}}]}},)"
                    R"({{"id":"relay","name")",
                    base64url(wire::filled(9)), test_back, wire::kid_of(test_sealing_key()),
                    test_sealing_key().public_key().jwk());
    auto json = wire::replaced(country.directory_json(), R"({"id":"relay","name")", site);
    json = wire::replaced(json, base64url(wire::filled(6)), base64url(wire::filled(5)));
    return wire::valid(
        wire::open_directory(country.sign_directory(json), country.authority.public_key()));
}

// What came back.
struct Page {
    int status = 0;
    std::string body;
    http::Response response;
    [[nodiscard]] bool shows(std::string_view text) const {
        return body.find(text) != std::string::npos;
    }
    [[nodiscard]] std::string field(const std::string& name) const {
        const auto mark = "name=\"" + name + "\" value=\"";
        const auto at = body.find(mark);
        if (at == std::string::npos) return "";
        const auto from = at + mark.size();
        return body.substr(from, body.find('"', from) - from);
    }
};

// The mandate in the address that the browser is sent to.
inline wire::SignedMandate mandate_in(const Page& page) {
    const std::string location(page.response.header("location"));
    const auto fragment = location.substr(location.find('#') + 1);
    const auto form = http::parse_form(fragment);
    return wire::valid(wire::parse_mandate(form.value().text("mandate")));
}

class TestAgent : public ::testing::Test {
  protected:
    TestAgent() : cards_thread_([this] { cards_io_.run(); }) {
        readers_.insert(test_reader, card_.path());
        start_relay();
        http::ServerOptions options;
        options.known = [this](const http::Peer& peer) {
            return is_own_user(peer, server_->port());
        };
        server_ = std::make_unique<http::Server>(io_, options, routes(*shared_));
        shared_->address = "127.0.0.1:" + std::to_string(server_->port());
    }
    ~TestAgent() override {
        work_.reset();
        cards_thread_.join();
    }

    // The relay's public listener: keeps what it is told, and answers what `relay_says_` has next.
    void start_relay() {
        http::ServerOptions options;
        options.tls = &relay_tls_;
        relay_ = std::make_unique<http::Server>(
            io_, options,
            std::vector<http::Route>{{"POST", "/v1/stop", 1024,
                                      [this](http::Request request) -> http::Task<http::Response> {
                                          told_.push_back(std::move(request.body));
                                          http::Response response;
                                          response.status =
                                              relay_says_.empty() ? 204 : relay_says_.front();
                                          if (!relay_says_.empty()) relay_says_.pop_front();
                                          co_return response;
                                      }}});
        auto& log = directory_.logs.front();
        log.certificate = relay_identity_.hash;
        log.url.address = {.host = "127.0.0.1", .port = relay_->port()};
        auto& relay = *std::ranges::find(directory_.participants, std::string("relay"),
                                         [](const auto& one) { return one.id.text(); });
        relay.certificates = {relay_identity_.hash};
        logins_ = std::make_unique<OpenLogins>(io_, directory_, log_);
        shared_.emplace(Shared{.directory = directory_,
                               .policy = policy_,
                               .services = services_,
                               .address = {},
                               .cards_io = cards_io_,
                               .cards = cards_,
                               .logins = *logins_});
    }
    // Until it holds, 5 s at most.
    bool becomes(const std::function<bool()>& holds) {
        const auto end = monotonic_us() + 5'000'000;
        while (!holds() && monotonic_us() < end)
            http::await(io_, http::pause(http::Milliseconds(5)));
        return holds();
    }

    [[nodiscard]] std::string origin() const { return "http://" + shared_->address; }
    // What the portal sends a browser with; `other` fields replace its own, "" leaves one out.
    [[nodiscard]] static std::string query(std::map<std::string, std::string> other = {}) {
        std::map<std::string, std::string> fields{{"client_id", "portal"},
                                                  {"redirect_uri", test_back},
                                                  {"response_mode", "fragment"},
                                                  {"kind", "login"},
                                                  {"scope", "claims entries"},
                                                  {"nonce", "a-nonce"},
                                                  {"state", "a-state"},
                                                  {"aud", "relay"},
                                                  {"exp", std::to_string(unix_now() + 200)}};
        for (auto& [name, text] : other)
            fields[name] = text;
        http::Form form;
        for (auto& [name, text] : fields) {
            if (!text.empty()) form.set(name, text);
        }
        return http::form_text(form);
    }
    Page get(std::string path, std::string query, std::vector<http::Header> headers = {}) {
        http::Request request;
        request.path = std::move(path);
        request.query = std::move(query);
        request.headers = std::move(headers);
        return send(std::move(request));
    }
    // As a form of one of its pages.
    Page post(std::string path, std::map<std::string, std::string> fields) {
        return post(std::move(path), std::move(fields), own_headers());
    }
    Page post(std::string path, std::map<std::string, std::string> fields,
              std::vector<http::Header> headers) {
        return send(form(std::move(path), std::move(fields), std::move(headers)));
    }
    http::Task<Page> posting(std::string path, std::map<std::string, std::string> fields) {
        return sending(form(std::move(path), std::move(fields), own_headers()));
    }
    static http::Request form(std::string path, std::map<std::string, std::string> fields,
                              std::vector<http::Header> headers) {
        http::Form form;
        for (auto& [name, text] : fields)
            form.set(name, text);
        http::Request request;
        request.method = "POST";
        request.path = std::move(path);
        request.headers = std::move(headers);
        request.content_type = "application/x-www-form-urlencoded";
        request.body = http::form_text(form);
        return request;
    }
    [[nodiscard]] std::vector<http::Header> own_headers() const {
        return {{"Origin", origin()}, {"Sec-Fetch-Site", "same-origin"}};
    }
    Page authorize() { return get("/authorize", query()); }
    Page enter(const Page& page, const std::string& pin) {
        return post("/authorize",
                    {{"token", page.field("token")}, {"reader", test_reader}, {"pin", pin}});
    }
    [[nodiscard]] int tries_left() {
        const auto card =
            readers_.open(test_reader).value()->tries_left(card::KeyUse::authentication);
        return card.value();
    }

    Page send(http::Request request) { return http::await(io_, sending(std::move(request))); }
    http::Task<Page> sending(http::Request request) {
        const bool named = !request.header("host").empty();
        if (!named) request.headers.push_back({"Host", shared_->address});
        auto response = co_await exchange(server_->port(), std::move(request));
        if (!response) throw Failure("the agent does not answer");
        co_return Page{.status = response->status, .body = response->body, .response = *response};
    }

    chip::TestCard card_;
    chip::TestReaders readers_;
    Cards cards_{readers_};
    wire::Directory directory_ = test_directory();
    page::ServiceNames services_ = page::load_service_names("country/jp/services.json");
    wire::Policy policy_ = wire::valid(wire::Policy::parse(test_policy));
    Log log_{"test"};
    http::asio::io_context io_{1};
    http::asio::io_context cards_io_{1};
    http::asio::executor_work_guard<http::asio::io_context::executor_type> work_{
        cards_io_.get_executor()};
    http::Identity relay_identity_{"relay"};
    http::TlsContext relay_tls_ = http::TlsContext::server(relay_identity_.tls(), false);
    std::unique_ptr<http::Server> relay_;
    std::vector<std::string> told_;
    std::deque<int> relay_says_;
    std::unique_ptr<OpenLogins> logins_;
    std::optional<Shared> shared_;
    std::unique_ptr<http::Server> server_;
    std::thread cards_thread_;

  private:
    static http::Task<std::expected<http::Response, http::NetError>> exchange(
        std::uint16_t port, http::Request request) {
        auto connection = co_await http::Connection::connect({"127.0.0.1", port}, nullptr,
                                                             http::Milliseconds(5000));
        if (!connection) co_return std::unexpected(connection.error());
        co_return co_await connection->exchange(std::move(request), 1 << 20,
                                                http::Milliseconds(10'000));
    }
};

}  // namespace mado::agent
