// The portal's handlers over HTTP, with a relay's end that gives nonces and refuses. What it
// answers when all is well is in tests/login_test.cpp.
#include "routes.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/detached.hpp>
#include <boost/json.hpp>
#include <map>

#include "crypto/digest.hpp"
#include "crypto/jwe.hpp"
#include "crypto/x509.hpp"
#include "http/event_stream.hpp"
#include "http/form.hpp"
#include "http/test_net.hpp"
#include "pages.hpp"
#include "wire/test_wire.hpp"

namespace mado::portal {
namespace {

using http::Milliseconds;
using http::Request;
using http::Response;
using Fields = std::map<std::string, std::string>;

constexpr const char* origin = "https://portal.example";
constexpr const char* agent = "http://127.0.0.1:7450";

std::string policy_row(std::string_view id, std::string_view service, std::string_view kind,
                       std::string_view purpose, std::string_view mandate,
                       std::string_view more = R"("from": "2020-01-01")") {
    return fmt::format(R"({{"id": "{}", "service": "{}", "requester_kind": "{}", "purpose": "{}",)"
                       R"("presence": "card-pin", "mandate": "{}", "holder_kinds": ["relay"],)"
                       R"("legal_basis": "…", "keep_days": 1, "tell_at_once": false, {}}})",
                       id, service, kind, purpose, mandate, more);
}

// A portal may ask for `claims`, `new-one` and `entries` with a log-in, and for nothing else.
const std::string test_policy =
    R"({"utc_offset_s": 32400, "policies": [)" +
    policy_row("1", "claims", "portal", "own-view", "login") + "," +
    policy_row("2", "new-one", "portal", "own-view", "login") + "," +
    policy_row("3", "entries", "portal", "own-view", "login") + "," +
    policy_row("4", "claims", "portal", "own-view", "login") + "," +
    policy_row("5", "of-clinics", "clinic", "own-view", "login") + "," +
    policy_row("6", "acting", "portal", "acting-for", "delegate") + "," +
    policy_row("7", "consented", "portal", "own-view", "consent") + "," +
    policy_row("8", "elsewhere", "portal", "account", "login") + "," +
    policy_row("9", "to-come", "portal", "own-view", "login", R"("from": "2999-01-01")") + "," +
    policy_row("10", "over", "portal", "own-view", "login",
               R"("from": "2020-01-01", "to": "2020-12-31")") +
    "]}";

class PortalRoutesTest : public testing::Test {
  protected:
    PortalRoutesTest() {
        http::ServerOptions options;
        options.tls = &relay_tls;
        relay = std::make_unique<http::Server>(
            io, options,
            std::vector<http::Route>{
                {"POST", "/v1/nonce", 1'000, [this](Request request) { return nonce(request); }},
                {"POST", "/v1/requests", 100'000,
                 [this](Request request) { return answer(std::move(request)); }},
                {"POST", "/v1/mandates/end", 1'000,
                 [this](Request request) { return end(std::move(request)); }}});
        auto& listed = *std::ranges::find(directory.participants, std::string("relay"),
                                          [](const auto& one) { return one.id.text(); });
        listed.certificates = {relay_identity.hash};
        listed.addresses = {{.host = "127.0.0.1", .port = relay->port()}};
        auto own = directory.participants.front();
        own.id = wire::participant_id("portal");
        own.kind = wire::code_id("portal");
        const auto place = std::ranges::lower_bound(
            directory.participants, "portal", {},
            [](const auto& one) -> std::string_view { return one.id.text(); });
        directory.participants.insert(place, own);
        server = std::make_unique<http::Server>(io, server_options(shared), routes(shared));
    }
    http::Task<Response> nonce(Request request) {
        if (nonce_refused) co_return answer_of(*nonce_refused, request);
        Response out;
        out.content_type = "application/json";
        out.body = R"({"nonce":"the-nonce"})";
        co_return out;
    }
    // What is no answer at all, for whoever would read it.
    http::Task<Response> answer(Request request) {
        asked.push_back(request.body);
        while (holds_back)
            co_await http::pause(Milliseconds(2));
        if (refused) co_return answer_of(*refused, request);
        Response out;
        out.content_type = "application/json";
        out.body = "{}";
        co_return out;
    }
    http::Task<Response> end(Request request) {
        ended.push_back(std::move(request.body));
        Response out;
        out.status = 204;
        co_return out;
    }
    static Response answer_of(wire::Code code, const Request& request) {
        const auto& info = wire::info(code);
        return http::problem(info.status, info.name, info.title, request.request_id);
    }

    Response send(Request request) {
        auto out = http::await(io, exchange(server->port(), std::move(request)));
        if (!out) throw Failure("the portal does not answer");
        return std::move(*out);
    }
    static http::Task<std::expected<Response, http::NetError>> exchange(std::uint16_t port,
                                                                        Request request) {
        auto connection =
            co_await http::Connection::connect({"127.0.0.1", port}, nullptr, Milliseconds(5'000));
        if (!connection) co_return std::unexpected(connection.error());
        co_return co_await connection->exchange(std::move(request), 1 << 20, Milliseconds(10'000));
    }
    Response get(std::string path, std::string query = {}, std::vector<http::Header> headers = {}) {
        Request request;
        request.path = std::move(path);
        request.query = std::move(query);
        request.headers = std::move(headers);
        return send(std::move(request));
    }
    static Request form(std::string path, const Fields& fields, std::string cookies = {}) {
        http::Form texts;
        for (const auto& [name, text] : fields)
            texts.set(name, text);
        Request request;
        request.method = "POST";
        request.path = std::move(path);
        request.content_type = "application/x-www-form-urlencoded";
        request.body = http::form_text(texts);
        request.headers = {{"Origin", origin}, {"Sec-Fetch-Site", "same-origin"}};
        if (!cookies.empty()) request.headers.push_back({"Cookie", std::move(cookies)});
        return request;
    }
    Response post(std::string path, const Fields& fields, std::string cookies = {}) {
        return send(form(std::move(path), fields, std::move(cookies)));
    }
    // Where a person goes on; where the page's script goes on.
    static std::string to(const Response& response) {
        EXPECT_EQ(response.status, 303);
        return std::string(response.header("Location"));
    }
    static std::string text(const Response& response) {
        EXPECT_EQ(response.status, 200);
        EXPECT_EQ(response.content_type, "text/plain; charset=utf-8");
        return response.body;
    }
    // What the browser sends from now on.
    static std::string cookies_of(const Response& response) {
        std::string out;
        for (const auto& [name, value] : response.headers) {
            if (name != "Set-Cookie") continue;
            EXPECT_NE(value.find("; Path=/; Secure; HttpOnly; SameSite="), std::string::npos);
            out += (out.empty() ? "" : "; ") + value.substr(0, value.find(';'));
        }
        return out;
    }
    struct Begun {
        std::string cookies, state, seal_to;
    };
    Begun begin(const std::string& lang, const std::string& cookies = {}) {
        const auto response = post("/login", {{"lang", lang}}, cookies);
        const auto address = to(response);
        EXPECT_TRUE(address.starts_with(std::string(agent) + "/authorize?")) << address;
        const auto query = wire::valid(http::parse_form(address.substr(address.find('?') + 1)));
        EXPECT_EQ(query.text("nonce"), "the-nonce");
        EXPECT_EQ(query.text("lang"), lang);
        EXPECT_EQ(query.text("client_id"), "portal");
        EXPECT_EQ(query.text("scope"), "claims new-one entries");
        return {cookies_of(response), std::string(query.text("state")),
                std::string(query.text("seal_to"))};
    }
    // What comes back with the browser, as the agent seals it.
    static Fields sealed(const Begun& begun, const Fields& fields) {
        const auto jwk = wire::valid(parse_base64url(begun.seal_to));
        const auto key =
            wire::valid(crypto::PublicKey::from_jwk(wire::valid(parse_json_object(as_text(jwk)))));
        http::Form form;
        for (const auto& [name, value] : fields)
            form.set(name, value);
        return {{"response", crypto::encrypt_jwe(as_bytes(http::form_text(form)), key)},
                {"state", begun.state}};
    }
    [[nodiscard]] std::string certificate() const { return base64url(card.der()); }
    [[nodiscard]] Fields returned(const Begun& begun) const {
        return sealed(begun, {{"mandate", mandate()}, {"certificate", certificate()}});
    }
    // The cookie's value of a log-in.
    std::string in(std::uint8_t mandate, const Hash& of = wire::filled(2)) {
        return shared.sessions
            .log_in({.mandate = "jws",
                     .mandate_hash = wire::filled(mandate),
                     .expires = unix_now() + 600,
                     .card = of})
            .value();
    }
    [[nodiscard]] std::string mandate(std::string of_nonce = "the-nonce") const {
        const auto now = unix_now();
        const wire::Mandate mandate{.audience = wire::participant_id("relay"),
                                    .organisation = wire::participant_id("portal"),
                                    .kind = wire::MandateKind::login,
                                    .scope = {wire::service_id("bells")},
                                    .nonce = std::move(of_nonce),
                                    .issued_at = now,
                                    .expires = now + 600,
                                    .stop = wire::filled(1)};
        return crypto::sign_jws(wire::mandate_type,
                                {.key_id = {}, .certificate = card.thumbprint()},
                                as_bytes(wire::mandate_payload(mandate)), card_key);
    }
    static bool shows(const Response& response, std::string_view words) {
        return response.body.find(words) != std::string::npos;
    }

    http::asio::io_context io{1};
    http::Identity relay_identity{"relay"};
    http::Identity portal_identity{"portal"};
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
    wire::Directory directory = country.directory();
    wire::Policy policy = wire::valid(wire::Policy::parse(test_policy));
    page::ServiceNames services = wire::valid(page::ServiceNames::parse(
        R"({"services":[{"id":"pension","ja":"年金の記録","en":"p","easy":"ね",
        "page":{"ja":"年金情報","en":"Pension","easy":"[年金|ねんきん]"}},
        {"id":"claims","ja":"診療の明細","en":"c","easy":"き",
        "page":{"ja":"レセプト情報","en":"Health claims","easy":"きろく"}}]})"));
    client::Identity identity{.id = wire::participant_id("portal"),
                              .kid = "kid",
                              .signing_key = crypto::PrivateKey::generate(crypto::KeyType::p256),
                              .tls = http::TlsContext::client(
                                  portal_identity.tls(), http::accept_only(relay_identity.hash))};
    Signed texts{.directory = "a.b.c", .authority = "{}", .policy = R"({"policies": []})"};
    wire::WebBuild web{.files = {{"home.js", "1;"}, {"style.css", "p{}"}}, .hash = wire::filled(7)};
    National national{
        .life_events = {{.id = "work", .name = {"仕事", "Work", "[仕事|しごと]"}}},
        .links = {
            {.url = "https://city.example/", .holder = "", .name = {"A市", "A City", "A[市|し]"}}}};
    Log log{"test"};
    Shared shared{.directory = directory,
                  .policy = policy,
                  .identity = identity,
                  .texts = texts,
                  .web = web,
                  .national = national,
                  .services = services,
                  .origin = origin,
                  .redirect_uri = std::string(origin) + "/login/back",
                  .agent = agent,
                  .log = log};
    std::unique_ptr<http::Server> relay, server;
};

TEST_F(PortalRoutesTest, PagesInThreeLanguages) {
    EXPECT_TRUE(shows(get("/"), "カードでログインする"));
    EXPECT_TRUE(shows(get("/", "lang=ja"), "カードでログインする"));
    EXPECT_TRUE(shows(get("/", "lang=en"), "Log in with your card"));
    EXPECT_TRUE(shows(get("/", "lang=easy"), "カードで はいる"));
    EXPECT_TRUE(shows(get("/procedures", "lang=easy"), "<ruby>仕事<rp>（</rp><rt>しごと</rt>"));
    EXPECT_TRUE(shows(get("/", "lang=en", {{"Cookie", "__Host-mado-lang=easy"}}), "Log in"));
    EXPECT_TRUE(shows(get("/", "said=failed",
                          {{"Cookie", "__Host-mado-lang=en"}, {"Sec-Fetch-Site", "same-origin"}}),
                      "did not get through"));
    const auto back = get("/login/back", "", {{"Cookie", "a=b; __Host-mado-lang=en"}});
    EXPECT_TRUE(shows(back, "Checking your log-in"));
    EXPECT_TRUE(shows(back, "/back.js\"></script>"));
    EXPECT_TRUE(back.header("Content-Security-Policy").find("default-src 'none'") !=
                std::string_view::npos);
    EXPECT_EQ(back.header("Cache-Control"), "no-store");
    for (const auto* path : {"/style.css", "/directory", "/authority", "/policy", "/procedures"})
        EXPECT_EQ(get(path).status, 200) << path;
    EXPECT_EQ(get("/nothing").status, 404);
}

// Whatever may be said has words, and an address says nothing else.
TEST_F(PortalRoutesTest, OneTextForEachReason) {
    for (int i = 0; i <= static_cast<int>(Said::failed); ++i) {
        const auto said = static_cast<Said>(i);
        EXPECT_EQ(parse_said(to_text(said)), said);
        const auto& words = words_of(said);
        for (const auto language : {page::Language::ja, page::Language::en, page::Language::easy}) {
            const auto query =
                fmt::format("said={}&lang={}", to_text(said), page::to_text(language));
            const auto page = get("/", query, {{"Sec-Fetch-Site", "same-origin"}});
            EXPECT_TRUE(shows(page, http::html_text(words.in(language)))) << query;
        }
    }
    EXPECT_FALSE(
        shows(get("/", "said=<b>", {{"Sec-Fetch-Site", "same-origin"}}), "role=\"status\""));
}

// A link in a letter or of another site says nothing in this one's name.
TEST_F(PortalRoutesTest, OnlyItsOwnPagesSayWhatHappened) {
    EXPECT_FALSE(shows(get("/", "said=card_stopped"), "role=\"status\""));
    for (const auto* from : {"cross-site", "same-site", "none"}) {
        const auto page = get("/", "said=card_stopped", {{"Sec-Fetch-Site", from}});
        EXPECT_FALSE(shows(page, "role=\"status\"")) << from;
    }
}

// Also of those that no handler has made.
TEST_F(PortalRoutesTest, EveryAnswerIsGuarded) {
    auto large = form("/login", {{"lang", std::string(9'000, 'x')}});
    auto foreign = form("/login", {});
    foreign.headers.clear();
    for (const auto& answer : {get("/"), get("/nothing"), get("/login"), get("/session"),
                               send(std::move(large)), send(std::move(foreign))}) {
        EXPECT_TRUE(answer.header("Strict-Transport-Security").starts_with("max-age="))
            << answer.status;
        EXPECT_TRUE(answer.header("Content-Security-Policy").starts_with("default-src 'none'"))
            << answer.status;
        EXPECT_EQ(answer.header("X-Frame-Options"), "DENY") << answer.status;
        EXPECT_EQ(answer.header("Cache-Control"), "no-store") << answer.status;
    }
}

// Directory and policy are large, and every page reads them.
TEST_F(PortalRoutesTest, WhatABrowserHasIsNotSentAgain) {
    const auto first = get("/directory");
    EXPECT_EQ(first.body, "a.b.c");
    EXPECT_EQ(first.header("Cache-Control"), "no-cache");
    const std::string tag(first.header("ETag"));
    const auto again = get("/directory", "", {{"If-None-Match", "\"another\", " + tag}});
    EXPECT_EQ(again.status, 304);
    EXPECT_EQ(again.header("ETag"), tag);
    EXPECT_EQ(again.body, "");
    const auto other = get("/authority", "", {{"If-None-Match", tag}});
    EXPECT_EQ(other.status, 200) << "another text";
    EXPECT_EQ(other.body, "{}");
}

TEST_F(PortalRoutesTest, OnlyItsOwnPagesPost) {
    for (const auto* path : {"/login", "/login/finish", "/logout", "/logout/other"}) {
        auto other = form(path, {{"lang", "en"}});
        other.headers[0].value = "https://elsewhere.example";
        EXPECT_EQ(send(other).status, 403) << path;
        auto cross = form(path, {{"lang", "en"}});
        cross.headers[1].value = "cross-site";
        EXPECT_EQ(send(cross).status, 403) << path;
        auto plain = form(path, {{"lang", "en"}});
        plain.content_type = "text/plain";
        EXPECT_EQ(send(plain).status, 403) << path;
        auto large = form(path, {{"lang", std::string(9'000, 'x')}});
        EXPECT_EQ(send(large).status, 413) << path;
        EXPECT_EQ(get(path).status, 405) << path;
    }
}

TEST_F(PortalRoutesTest, WhyALogInCannotBegin) {
    nonce_refused = wire::Code::overloaded;
    EXPECT_EQ(to(post("/login", {{"lang", "en"}})), "/?said=too_many&lang=en");
    nonce_refused = wire::Code::not_ready;
    EXPECT_EQ(to(post("/login", {{"lang", "easy"}})), "/?said=unavailable&lang=easy");
    nonce_refused.reset();
    relay.reset();
    EXPECT_EQ(to(post("/login", {{"lang", "ja"}})), "/?said=unavailable&lang=ja");
    for (int i = 0; i < starts_max; ++i)
        shared.sessions.may_begin("127.0.0.1", unix_now());
    EXPECT_EQ(to(post("/login", {{"lang", "en"}})), "/?said=too_many&lang=en");
}

TEST_F(PortalRoutesTest, AReturnIsAnsweredWithWhereItGoesOn) {
    const auto cancelled = begin("en");
    EXPECT_EQ(text(post("/login/finish", {{"error", "access_denied"}, {"state", cancelled.state}},
                        cancelled.cookies)),
              "/?said=cancelled&lang=en");
    EXPECT_EQ(text(post("/login/finish", {{"error", "access_denied"}, {"state", cancelled.state}},
                        cancelled.cookies + "; __Host-mado-lang=en")),
              "/?said=other_session&lang=en")
        << "the second time";
    EXPECT_EQ(text(post("/login/finish", {{"response", "a.b.c.d.e"}}, "__Host-mado-lang=easy")),
              "/?said=other_session&lang=easy");
    EXPECT_EQ(text(post("/login/finish", {})), "/?said=other_session&lang=ja");
    auto malformed = form("/login/finish", {}, "__Host-mado-lang=en");
    malformed.body = "state=%zz";
    EXPECT_EQ(text(send(malformed)), "/?said=failed&lang=en");
    const auto foreign = begin("easy");
    const auto of_another =
        sealed(foreign, {{"mandate", mandate("another-nonce")}, {"certificate", certificate()}});
    EXPECT_EQ(text(post("/login/finish", of_another, foreign.cookies)),
              "/?said=other_session&lang=easy");
    EXPECT_TRUE(asked.empty());
}

TEST_F(PortalRoutesTest, ALogInAsksTheRelayOnceAndReadsNothing) {
    const auto begun = begin("en");
    const auto done = post("/login/finish", returned(begun), begun.cookies);
    EXPECT_EQ(text(done), "/");
    const auto cookies = cookies_of(done);
    EXPECT_TRUE(shows(get("/", "lang=en", {{"Cookie", cookies}}), "Where I am logged in"));
    EXPECT_NE(cookies.find("__Host-mado-begin="), std::string::npos) << "only until the return";
    ASSERT_EQ(asked.size(), 1U) << "what it answers was no answer";
    const auto request = wire::valid(parse_json_object(asked.front()));
    const auto head = wire::valid(crypto::parse_jws(text_at(request, "head")));
    const auto said = wire::valid(parse_json_object(as_text(head.payload)));
    EXPECT_EQ(text_at(said, "service"), "bells");
    EXPECT_EQ(json::serialize(said.at("parameters")), R"({"limit":"1"})");
}

// What stands in the address stays in the browser's history: it is for the portal alone, once.
TEST_F(PortalRoutesTest, AnAnswerThatIsNotSealedToTheLogInIsNone) {
    const auto begun = begin("en");
    EXPECT_NE(begin("en").seal_to, begun.seal_to);
    const Fields plain{
        {"mandate", mandate()}, {"certificate", certificate()}, {"state", begun.state}};
    EXPECT_EQ(text(post("/login/finish", plain, begun.cookies)), "/?said=other_session&lang=en");
    const auto next = begin("en");
    auto fields = returned(begin("en"));
    fields["state"] = next.state;
    EXPECT_EQ(text(post("/login/finish", fields, next.cookies)), "/?said=other_session&lang=en");
    EXPECT_TRUE(asked.empty());
}

// Else whoever has a certificate's hash could ask by the portal whether the card is registered.
TEST_F(PortalRoutesTest, OnlyWhatTheCardSignedComesToTheRelay) {
    const auto other_key = crypto::PrivateKey::generate(crypto::KeyType::p256);
    const auto other = crypto::self_signed({.use = crypto::CertificateUse::authentication,
                                            .common_name = "2",
                                            .not_before = unix_now() - 60,
                                            .not_after = unix_now() + 3'600},
                                           other_key);
    auto forged = mandate();
    forged.resize(forged.rfind('.') + 1);
    forged += base64url(Bytes(64, 1));
    for (const auto& fields :
         {Fields{{"mandate", mandate()}}, Fields{{"mandate", mandate()}, {"certificate", "AAAA"}},
          Fields{{"mandate", mandate()}, {"certificate", base64url(other.der())}},
          Fields{{"mandate", forged}, {"certificate", certificate()}}}) {
        const auto begun = begin("en");
        EXPECT_EQ(text(post("/login/finish", sealed(begun, fields), begun.cookies)),
                  "/?said=refused&lang=en");
    }
    EXPECT_TRUE(asked.empty());
}

// A page of another site can lead a browser to /login/back with whatever it likes.
TEST_F(PortalRoutesTest, AnotherSiteDoesNotCancelALogIn) {
    const auto begun = begin("en");
    const auto foreign =
        post("/login/finish", {{"error", "access_denied"}, {"state", "x"}}, begun.cookies);
    EXPECT_EQ(text(foreign), "/?said=other_session&lang=ja");
    EXPECT_EQ(cookies_of(foreign), "");
    EXPECT_EQ(text(post("/login/finish", returned(begun), begun.cookies)), "/");
}

TEST_F(PortalRoutesTest, WhyTheRelayRefuses) {
    const std::vector<std::pair<wire::Code, Said>> reasons{
        {wire::Code::card_revoked, Said::card_stopped},
        {wire::Code::card_expired, Said::card_expired},
        {wire::Code::card_unknown, Said::card_unknown},
        {wire::Code::card_list_old, Said::card_list_old},
        {wire::Code::not_ready, Said::unavailable},
        {wire::Code::overloaded, Said::too_many},
        {wire::Code::mandate_signature, Said::refused}};
    for (const auto& [code, said] : reasons) {
        refused = code;
        const auto begun = begin("en");
        EXPECT_EQ(text(post("/login/finish", returned(begun), begun.cookies)),
                  fmt::format("/?said={}&lang=en", to_text(said)));
    }
    EXPECT_EQ(said_of(wire::Ending::stop), Said::card_removed);
    EXPECT_EQ(said_of(wire::Ending::organisation), Said::log_out);
    EXPECT_EQ(said_of(wire::Ending::revoked), Said::card_stopped);
}

TEST_F(PortalRoutesTest, PagesHearTheEndOfTheirLogIn) {
    const auto cookie = "__Host-mado=" + shared.sessions
                                             .log_in({.mandate = "jws",
                                                      .mandate_hash = wire::filled(1),
                                                      .expires = unix_now() + 600})
                                             .value();
    EXPECT_TRUE(shows(get("/", "lang=en", {{"Cookie", cookie}}), "Where I am logged in"));
    EXPECT_EQ(get("/session/events", "", {{"Cookie", cookie}}).status, 403) << "of another site";
    EXPECT_EQ(get("/session/events", "", {{"Sec-Fetch-Site", "same-origin"}}).status, 403);
    auto connection = http::await(
        io, http::Connection::connect({"127.0.0.1", server->port()}, nullptr, Milliseconds(2'000)));
    Request request;
    request.path = "/session/events";
    request.headers = {{"Cookie", cookie}, {"Sec-Fetch-Site", "same-origin"}};
    const auto answer =
        http::await(io, connection->open_feed(std::move(request), 1'000, Milliseconds(2'000)));
    ASSERT_EQ(answer->status, 200);
    http::EventReader reader;
    const auto first = http::await(io, connection->read_more(Milliseconds(2'000)));
    EXPECT_EQ(wire::valid(reader.add(first.value())),
              (std::vector<http::ServerEvent>{{"session", base64url(wire::filled(1))}}));
    shared.sessions.end(wire::filled(1), Said::card_removed);
    const auto bytes = http::await(io, connection->read_more(Milliseconds(2'000)));
    EXPECT_EQ(wire::valid(reader.add(bytes.value())),
              (std::vector<http::ServerEvent>{{"ended", "card_removed"}}));
    EXPECT_TRUE(shows(get("/", "lang=en", {{"Cookie", cookie}}), "Log in with your card"));
}

// Whoever wants to stay longer lets the card sign again; until it has, the first log-in goes on.
TEST_F(PortalRoutesTest, ASecondLogInLeavesTheFirstUntilItIsThere) {
    const auto name =
        shared.sessions
            .log_in(
                {.mandate = "jws", .mandate_hash = wire::filled(1), .expires = unix_now() + 600})
            .value();
    const auto cookie = "__Host-mado=" + name;
    const auto begun = begin("en", cookie);
    EXPECT_NE(begun.cookies.find("__Host-mado-begin="), std::string::npos);
    EXPECT_EQ(begun.cookies.find("__Host-mado="), std::string::npos);
    EXPECT_EQ(text(post("/login/finish", {{"error", "access_denied"}, {"state", begun.state}},
                        begun.cookies + "; " + cookie)),
              "/");
    EXPECT_NE(shared.sessions.find(name, unix_now()), nullptr);
}

// Pages that hear of an end look whether the browser is logged in still: it must have the new
// cookie by then.
TEST_F(PortalRoutesTest, TheFirstLogInEndsAfterTheSecondOnesCookieIsSet) {
    const auto first = in(1);
    const auto feed = shared.sessions.listen(wire::filled(1));
    const auto begun = begin("en", "__Host-mado=" + first);
    const auto done =
        post("/login/finish", returned(begun), begun.cookies + "; __Host-mado=" + first);
    EXPECT_EQ(text(done), "/");
    EXPECT_NE(cookies_of(done).find("__Host-mado="), std::string::npos);
    EXPECT_TRUE(feed->push("")) << "its pages have heard nothing yet";
    EXPECT_TRUE(ended.empty());
    for (int i = 0; i < 1'000 && ended.empty(); ++i)
        http::await(io, http::pause(Milliseconds(5)));
    ASSERT_EQ(ended.size(), 1U);
    EXPECT_NE(ended.front().find(base64url(wire::filled(1))), std::string::npos);
    EXPECT_EQ(shared.sessions.find(first, unix_now()), nullptr);
    EXPECT_FALSE(feed->push(""));
    EXPECT_TRUE(shows(get("/", "lang=en", {{"Cookie", cookies_of(done)}}), "Where I am logged in"));
}

// One who is logged in does not take all connections to the relay.
TEST_F(PortalRoutesTest, OnlySoManyQuestionsOfOneLogInAtOnce) {
    const auto question = [] {
        return PageQuestion{
            .to = {.holder = wire::participant_id("relay"), .kind = {}},
            .service = wire::service_id("bells"),
            .parameters = {},
            .seal_to = crypto::PrivateKey::generate(crypto::KeyType::p256).public_key(),
            .payload = {}};
    };
    holds_back = true;
    std::size_t passed = 0;
    for (std::size_t i = 0; i < asking_of_mandate_max; ++i) {
        http::asio::co_spawn(
            io,
            [](Askers& askers, PageQuestion one, std::size_t& count) -> http::Task<void> {
                if (co_await askers.pass(std::move(one), "jws")) ++count;
            }(shared.askers, question(), passed),
            http::asio::detached);
    }
    for (int i = 0; i < 1'000 && asked.size() < asking_of_mandate_max; ++i)
        http::await(io, http::pause(Milliseconds(5)));
    ASSERT_EQ(asked.size(), asking_of_mandate_max);
    const auto more = http::await(io, shared.askers.pass(question(), "jws"));
    ASSERT_FALSE(more.has_value());
    EXPECT_EQ(more.error().code, wire::Code::overloaded);
    holds_back = false;
    EXPECT_TRUE(http::await(io, shared.askers.pass(question(), "of another")).has_value());
    for (int i = 0; i < 1'000 && passed < asking_of_mandate_max; ++i)
        http::await(io, http::pause(Milliseconds(5)));
    EXPECT_EQ(passed, asking_of_mandate_max);
    EXPECT_TRUE(http::await(io, shared.askers.pass(question(), "jws")).has_value());
}

// When every place is taken, who is logged in keeps theirs.
TEST_F(PortalRoutesTest, StrangersGiveWay) {
    auto options = server_options(shared);
    options.limits.connections_max = 2;
    const http::Server small(io, options, routes(shared));
    const auto connect = [&] {
        return std::move(*http::await(io, http::Connection::connect({"127.0.0.1", small.port()},
                                                                    nullptr, Milliseconds(2'000))));
    };
    const auto answers = [&](http::Connection& connection, std::vector<http::Header> headers) {
        Request request;
        request.path = "/authority";
        request.headers = std::move(headers);
        return http::await(io, connection.exchange(std::move(request), 1'000, Milliseconds(2'000)))
            .has_value();
    };
    auto known = connect();
    EXPECT_TRUE(answers(known, {{"Cookie", "__Host-mado=" + in(1)}}));
    for (int i = 0; i < 3; ++i) {
        auto stranger = connect();
        EXPECT_TRUE(answers(stranger, {})) << i;
        auto next = connect();
        EXPECT_TRUE(answers(next, {{"Cookie", "__Host-mado=invented"}})) << i;
        EXPECT_FALSE(answers(stranger, {})) << i;
    }
    EXPECT_TRUE(answers(known, {}));
}

TEST_F(PortalRoutesTest, WhatAPageChoosesIsKept) {
    const auto chosen = get("/", "lang=en&size=large");
    EXPECT_EQ(cookies_of(chosen), "__Host-mado-lang=en; __Host-mado-size=large");
    EXPECT_TRUE(shows(chosen, "class=\"portal large\""));
    EXPECT_EQ(cookies_of(get("/")), "");
    EXPECT_TRUE(shows(get("/", "", {{"Cookie", "__Host-mado-size=large"}}), "portal large"));
}

TEST_F(PortalRoutesTest, TheWebBuildStandsUnderItsHash) {
    const auto folder = "/assets/" + base64url(wire::filled(7)) + "/";
    const auto script = get(folder + "home.js");
    EXPECT_EQ(script.body, "1;");
    EXPECT_EQ(script.content_type, "text/javascript; charset=utf-8");
    EXPECT_EQ(script.header("Cache-Control"), "public, max-age=31536000, immutable");
    EXPECT_EQ(get(folder + "style.css").content_type, "text/css; charset=utf-8");
    EXPECT_EQ(get(folder + "other.js").status, 404);
    EXPECT_EQ(get(folder).status, 404);
    EXPECT_EQ(get("/assets/" + base64url(wire::filled(8)) + "/home.js").status, 404);
    EXPECT_EQ(get("/assets/").status, 404);
}

TEST_F(PortalRoutesTest, PagesWithRecordsAreForWhoIsLoggedIn) {
    const auto cookie = "__Host-mado=" + in(1);
    for (const auto& place : places()) {
        if (place.place == Place::home) continue;
        EXPECT_EQ(to(get(std::string(place.path))), "/?to=" + std::string(place.path.substr(1)));
        const auto page = get(std::string(place.path), "", {{"Cookie", cookie}});
        EXPECT_TRUE(shows(page, "ログアウト")) << place.path;
        EXPECT_NE(page.header("Content-Security-Policy").find("trusted-types 'none'"),
                  std::string_view::npos);
        EXPECT_EQ(page.header("Cache-Control"), "no-store");
    }
}

// Whoever follows a link to a page is told what the log-in is for, and comes there after it.
TEST_F(PortalRoutesTest, ALogInLeadsWhereThePersonWanted) {
    EXPECT_EQ(to(get("/claims", "lang=en")), "/?to=claims&lang=en");
    const auto start = get("/", "to=claims&lang=en");
    EXPECT_TRUE(shows(start, "Please log in to see “Health claims”."));
    EXPECT_TRUE(shows(start, R"(<input type="hidden" name="to" value="claims">)"));
    EXPECT_TRUE(shows(start, "<title>Please log in to see “Health claims” – My Page</title>"));
    EXPECT_TRUE(shows(start, R"(href="/?to=claims&amp;lang=easy")")) << "in the other languages";
    EXPECT_TRUE(shows(start, R"(href="/?to=claims&amp;size=large")"));
    for (const auto& [asked_for, comes_to] :
         std::vector<std::pair<std::string, std::string>>{{"claims", "/claims"},
                                                          {"sessions", "/sessions"},
                                                          {"", "/"},
                                                          {"/claims", "/"},
                                                          {"https://elsewhere.example/", "/"},
                                                          {"/elsewhere.example", "/"},
                                                          {"ask", "/"}}) {
        const auto response = post("/login", {{"lang", "en"}, {"to", asked_for}});
        const auto address = to(response);
        const auto query = wire::valid(http::parse_form(address.substr(address.find('?') + 1)));
        const Begun begun{cookies_of(response), std::string(query.text("state")),
                          std::string(query.text("seal_to"))};
        EXPECT_EQ(text(post("/login/finish", returned(begun), begun.cookies)), comes_to);
    }
    const auto cookie = "__Host-mado=" + in(1);
    EXPECT_EQ(to(get("/", "to=claims", {{"Cookie", cookie}})), "/claims");
    const auto response = post("/login", {{"lang", "en"}, {"to", "claims"}});
    const auto address = to(response);
    const auto query = wire::valid(http::parse_form(address.substr(address.find('?') + 1)));
    EXPECT_EQ(text(post("/login/finish",
                        {{"error", "access_denied"}, {"state", std::string(query.text("state"))}},
                        cookies_of(response))),
              "/?said=cancelled&lang=en&to=claims")
        << "cancelled, and begun again";
}

TEST_F(PortalRoutesTest, WhatIsSaidIsReadFirst) {
    const auto ended = get("/", "said=log_out&lang=en", {{"Sec-Fetch-Site", "same-origin"}});
    EXPECT_TRUE(shows(ended, "<title>You are logged out – My Page</title>"));
    EXPECT_TRUE(shows(ended, R"(<p class="said" role="status" tabindex="-1" autofocus>)"));
    EXPECT_TRUE(shows(ended, R"(href="/?said=log_out&amp;lang=ja")")) << "in other languages too";
    const auto failed = get("/", "said=card_stopped&lang=ja", {{"Sec-Fetch-Site", "same-origin"}});
    EXPECT_TRUE(shows(failed, R"(<p class="mistake" role="status" tabindex="-1" autofocus>)"));
    EXPECT_TRUE(
        shows(failed,
              "<title>このカードは停止されているので、ログインしていません – マイページ</title>"));
    EXPECT_TRUE(shows(get("/", "lang=easy"), "<title>はいる – マイページ</title>"));
}

// A browser shows what it gets: people get a page, programs a code.
TEST_F(PortalRoutesTest, RefusalsArePagesForBrowsers) {
    const std::vector<http::Header> browser{{"Accept", "text/html,application/xhtml+xml,*/*;q=0.8"},
                                            {"Cookie", "__Host-mado-lang=en"}};
    const auto missing = get("/nothing", "", browser);
    EXPECT_EQ(missing.status, 404);
    EXPECT_EQ(missing.content_type, "text/html; charset=utf-8");
    EXPECT_TRUE(shows(missing, "<title>There is no such page – My Page</title>"));
    EXPECT_TRUE(shows(missing, R"(href="/procedures")"));
    EXPECT_TRUE(missing.header("Content-Security-Policy").starts_with("default-src 'none'"));
    EXPECT_TRUE(shows(get("/nothing", "lang=easy", browser), "この ページは ありません"));
    EXPECT_TRUE(shows(get("/nothing", "lang=ja", browser), "このページはありません"));
    const auto method = get("/login", "", browser);
    EXPECT_EQ(method.status, 405);
    EXPECT_EQ(method.header("Allow"), "POST");
    EXPECT_TRUE(shows(method, "cannot be opened like this"));
    auto foreign = form("/logout", {});
    foreign.headers = browser;
    const auto forbidden = send(foreign);
    EXPECT_EQ(forbidden.status, 403);
    EXPECT_TRUE(shows(forbidden, "Nothing was changed."));
    EXPECT_FALSE(shows(forbidden, "Log out"));
    auto large = form("/login", {{"lang", std::string(9'000, 'x')}});
    large.headers.insert(large.headers.end(), browser.begin(), browser.end());
    EXPECT_TRUE(shows(send(large), "too long"));
    auto known = browser;
    known.back().value += "; __Host-mado=" + in(1);
    EXPECT_TRUE(shows(get("/nothing", "", known), "Log out")) << "the menu is there";
    EXPECT_EQ(get("/nothing").content_type, "application/problem+json");
    EXPECT_EQ(get("/nothing", "", {{"Accept", "*/*"}}).content_type, "application/problem+json");
}

TEST_F(PortalRoutesTest, WithoutScriptsThereAreWaysOn) {
    for (const auto& page : {get("/"), get("/login/back")}) {
        const auto noscript = page.body.find("<noscript>");
        ASSERT_NE(noscript, std::string::npos);
        EXPECT_NE(page.body.find("JavaScriptがなくても見られます", noscript), std::string::npos);
        EXPECT_NE(page.body.find(R"(href="/procedures")", noscript), std::string::npos);
    }
}

TEST_F(PortalRoutesTest, NoEmptyLists) {
    national = {};
    const auto cookie = "__Host-mado=" + in(1);
    for (const auto* path : {"/", "/procedures", "/sessions"})
        EXPECT_FALSE(shows(get(path, "", {{"Cookie", cookie}}), R"("></ul>)")) << path;
}

TEST_F(PortalRoutesTest, ProceduresAreInTheMenu) {
    const auto cookie = "__Host-mado=" + in(1);
    EXPECT_TRUE(shows(get("/pension", "lang=en", {{"Cookie", cookie}}),
                      R"(<a href="/procedures">Procedures</a>)"));
    const auto page = get("/procedures", "lang=en", {{"Cookie", cookie}});
    EXPECT_TRUE(shows(page, R"(<a href="/procedures" aria-current="page">Procedures</a>)"));
    EXPECT_TRUE(shows(page, R"(<a href="/pension">)"));
}

// The report's order, which is the order on the screen too.
TEST_F(PortalRoutesTest, TheFirstPagesOrder) {
    const auto page = get("/", "", {{"Cookie", "__Host-mado=" + in(1)}});
    std::size_t last = 0;
    for (const auto* part : {"id=\"records\"", "id=\"page\"", "id=\"procedures\"", "id=\"links\"",
                             "id=\"search-place\""}) {
        const auto at = page.body.find(part);
        ASSERT_NE(at, std::string::npos) << part;
        EXPECT_GT(at, last) << part;
        last = at;
    }
    EXPECT_TRUE(shows(page, "<title>ホーム – マイページ</title>"));
}

TEST_F(PortalRoutesTest, SessionForItsOwnPageOnly) {
    const auto cookie = "__Host-mado=" + in(1);
    const auto own = get("/session", "", {{"Cookie", cookie}, {"Sec-Fetch-Site", "same-origin"}});
    EXPECT_TRUE(shows(own, R"("mandate":"jws")")) << own.body;
    EXPECT_TRUE(shows(own, R"("organisation":"portal")"));
    EXPECT_TRUE(shows(get("/session", "", {{"Cookie", cookie}}), "mandate_ended"));
    EXPECT_EQ(text(get("/session/id", "", {{"Cookie", cookie}, {"Sec-Fetch-Site", "same-origin"}})),
              base64url(wire::filled(1)));
    EXPECT_TRUE(shows(get("/session/id", "", {{"Cookie", cookie}}), "mandate_ended"));
    EXPECT_TRUE(shows(get("/session", "", {{"Sec-Fetch-Site", "same-origin"}}), "mandate_ended"));
}

TEST_F(PortalRoutesTest, OthersOfTheSameCardAreSeenAndEnded) {
    const auto mine = in(1);
    const auto other = in(2);
    const auto strangers = in(3, wire::filled(9));
    const auto cookie = "__Host-mado=" + mine;
    const auto page = get("/sessions", "lang=en", {{"Cookie", cookie}});
    const auto id = shared.sessions.find(other, unix_now())->id;
    const auto foreign = shared.sessions.find(strangers, unix_now())->id;
    EXPECT_TRUE(shows(page, id));
    EXPECT_FALSE(shows(page, foreign));
    EXPECT_TRUE(shows(page, "This is the one you are looking at."));
    // Two of one kind: what each button ends is in its name.
    EXPECT_TRUE(shows(page, R"(: A browser of unknown kind</span></button>)"));
    EXPECT_TRUE(shows(page, "<strong>2: A browser of unknown kind</strong><br>since "));
    EXPECT_EQ(to(post("/logout/other", {{"id", foreign}}, cookie)), "/sessions");
    EXPECT_NE(shared.sessions.find(strangers, unix_now()), nullptr);
    EXPECT_EQ(to(post("/logout/other", {{"id", id}}, cookie)), "/sessions");
    EXPECT_EQ(shared.sessions.find(other, unix_now()), nullptr);
    EXPECT_NE(shared.sessions.find(mine, unix_now()), nullptr);
    EXPECT_EQ(to(post("/logout/other", {{"id", id}})), "/") << "nobody is logged in";
}

// One page more is no error, of which a page would think that its log-in has ended.
TEST_F(PortalRoutesTest, APageTooManyAsksAgain) {
    const auto cookie = "__Host-mado=" + shared.sessions
                                             .log_in({.mandate = "jws",
                                                      .mandate_hash = wire::filled(1),
                                                      .expires = unix_now() + 600})
                                             .value();
    std::vector<std::shared_ptr<http::Feed>> others;
    for (std::size_t i = 0; i < pages_max; ++i)
        others.push_back(shared.sessions.listen(wire::filled(1)));
    const auto answer =
        get("/session/events", "", {{"Cookie", cookie}, {"Sec-Fetch-Site", "same-origin"}});
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.content_type, http::event_stream_type);
    const auto id = base64url(wire::filled(1));
    EXPECT_EQ(answer.body, "event: session\ndata: " + id + "\n\nretry: 5000\n\n");
}

TEST_F(PortalRoutesTest, LogOutForgetsTheCookie) {
    const auto name =
        shared.sessions
            .log_in(
                {.mandate = "jws", .mandate_hash = wire::filled(1), .expires = unix_now() + 600})
            .value();
    const auto out = post("/logout", {{"lang", "en"}}, "__Host-mado=" + name);
    EXPECT_EQ(to(out), "/?said=log_out&lang=en") << "the relay could not be told; it ends here";
    EXPECT_EQ(cookies_of(out), "__Host-mado=");
    EXPECT_EQ(shared.sessions.find(name, unix_now()), nullptr);
}

}  // namespace
}  // namespace mado::portal
