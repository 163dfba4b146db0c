// A site for tests, over HTTP, with a relay's end that gives nonces and refuses. What the relay
// answers when all is well is in tests/login_test.cpp.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "crypto/x509.hpp"
#include "http/test_net.hpp"
#include "site/routes.hpp"
#include "wire/test_wire.hpp"

namespace mado::site {

using http::Milliseconds;
using http::Request;
using http::Response;
using Fields = std::map<std::string, std::string>;

constexpr const char* test_origin = "https://portal.example:7455";
constexpr const char* test_agent = "http://127.0.0.1:7450";
// It may ask for `claims`, `new-one` and `standing` with a log-in for an own view, and for nothing
// else.
extern const std::string test_policy;

class SiteFixture : public testing::Test {
  protected:
    SiteFixture();
    // `routes` are all of the site's.
    void open(Options options, const std::function<std::vector<http::Route>(Site&)>& routes);

    Response send(Request request);
    Response get(std::string path, std::string query = {}, std::vector<http::Header> headers = {});
    static Request form(std::string path, const Fields& fields, std::string cookies = {});
    Response post(std::string path, const Fields& fields, std::string cookies = {});
    // Where a person goes on; where the page's script goes on.
    static std::string to(const Response& response);
    static std::string text(const Response& response);
    // What the browser sends from now on.
    static std::string cookies_of(const Response& response);
    static bool shows(const Response& response, std::string_view words);

    // A log-in at the agent.
    struct Begun {
        std::string cookies, state, seal_to;
    };
    Begun begin(const std::string& lang, const std::string& cookies = {});
    static Begun begun_by(const Response& response);
    // What comes back with the browser, as the agent seals it.
    static Fields sealed(const Begun& begun, const Fields& fields);
    [[nodiscard]] std::string certificate() const { return base64url(card.der()); }
    [[nodiscard]] std::string mandate(std::string of_nonce = "the-nonce") const;
    [[nodiscard]] Fields returned(const Begun& begun) const;
    // The cookie's value of one that is done; the cookie as the browser sends it.
    std::string in(std::uint8_t mandate, const Hash& of = wire::filled(2));
    std::string cookie_in(std::uint8_t mandate) { return "__Host-mado=" + in(mandate); }

    http::asio::io_context io{1};
    http::Identity relay_identity{"relay"};
    http::Identity own_identity{"portal"};
    http::TlsContext relay_tls = http::TlsContext::server(relay_identity.tls(), true);
    std::optional<wire::Code> nonce_refused;
    std::optional<wire::Code> refused;
    bool holds_back = false;
    std::vector<std::string> asked, ended;  // what it was told
    crypto::PrivateKey card_key = crypto::PrivateKey::generate(crypto::KeyType::p256);
    crypto::Certificate card = crypto::self_signed({.use = crypto::CertificateUse::authentication,
                                                    .common_name = "1",
                                                    .not_before = unix_now() - 60,
                                                    .not_after = unix_now() + 3'600},
                                                   card_key);
    wire::TestCountry country;
    Basis basis{
        .directory = country.directory(),
        .policy = wire::valid(wire::Policy::parse(test_policy)),
        .identity = {.id = wire::participant_id("portal"),
                     .kid = "kid",
                     .signing_key = crypto::PrivateKey::generate(crypto::KeyType::p256),
                     .tls = http::TlsContext::client(own_identity.tls(),
                                                     http::accept_only(relay_identity.hash))},
        .texts = {.directory = "a.b.c", .authority = "{}", .policy = R"({"policies": []})"},
        .web = {.files = {{"home.js", "1;"}, {"style.css", "p{}"}}, .hash = wire::filled(7)}};
    Log log{"test"};
    std::unique_ptr<Site> site;  // after the io_context: its askers have connections there
    std::unique_ptr<http::Server> relay, server;

  private:
    http::Task<Response> nonce(Request request);
    // What is no answer at all, for whoever would read it.
    http::Task<Response> answer(Request request);
    http::Task<Response> end(Request request);
};

// A site with nothing of its own but what shows how it is made: pages "/", "/files" and
// "/sessions", "/help" for everybody, and a form for "/save".
class SiteTest : public SiteFixture {
  protected:
    SiteTest() { open(options(), own_routes); }
    Options options();
    static std::vector<http::Route> own_routes(Site& site);
};

}  // namespace mado::site
