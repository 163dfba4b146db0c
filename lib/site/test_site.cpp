#include "site/test_site.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "crypto/digest.hpp"
#include "crypto/jwe.hpp"
#include "http/form.hpp"
#include "site/answers.hpp"
#include "site/pages.hpp"

namespace mado::site {
namespace {

std::string policy_row(std::string_view id, std::string_view service, std::string_view kind,
                       std::string_view purpose, std::string_view mandate,
                       std::string_view more = R"("from": "2020-01-01")") {
    return fmt::format(R"({{"id": "{}", "service": "{}", "requester_kind": "{}", "purpose": "{}",)"
                       R"("presence": "card-pin", "mandate": "{}", "holder_kinds": ["relay"],)"
                       R"("legal_basis": "…", "keep_days": 1, "tell_at_once": false, {}}})",
                       id, service, kind, purpose, mandate, more);
}

}  // namespace

const std::string test_policy =
    R"({"utc_offset_s": 32400, "policies": [)" +
    policy_row("1", "claims", "portal", "own-view", "login") + "," +
    policy_row("2", "new-one", "portal", "own-view", "login") + "," +
    policy_row("3", "standing", "portal", "own-view", "login") + "," +
    policy_row("4", "claims", "portal", "own-view", "login") + "," +
    policy_row("5", "of-clinics", "clinic", "own-view", "login") + "," +
    policy_row("6", "acting", "portal", "acting-for", "delegate") + "," +
    policy_row("7", "consented", "portal", "own-view", "consent") + "," +
    policy_row("8", "elsewhere", "portal", "account", "login") + "," +
    policy_row("9", "to-come", "portal", "own-view", "login", R"("from": "2999-01-01")") + "," +
    policy_row("10", "over", "portal", "own-view", "login",
               R"("from": "2020-01-01", "to": "2020-12-31")") +
    "]}";

SiteFixture::SiteFixture() {
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
    auto& participants = basis.directory.participants;
    const auto id = [](const auto& one) -> std::string_view { return one.id.text(); };
    auto& listed = *std::ranges::find(participants, "relay", id);
    listed.certificates = {relay_identity.hash};
    listed.addresses = {{.host = "127.0.0.1", .port = relay->port()}};
    auto own = participants.front();
    own.id = wire::participant_id("portal");
    own.kind = wire::code_id("portal");
    participants.insert(std::ranges::lower_bound(participants, "portal", {}, id), own);
}

void SiteFixture::open(Options options,
                       const std::function<std::vector<http::Route>(Site&)>& routes) {
    options.redirect_uri = std::string(test_origin) + "/login/back";
    options.agent = test_agent;
    site = std::make_unique<Site>(std::move(options));
    server = std::make_unique<http::Server>(io, server_options(*site), routes(*site));
}

namespace {

Response answer_of(wire::Code code, const Request& request) {
    const auto& info = wire::info(code);
    return http::problem(info.status, info.name, info.title, request.request_id);
}

http::Task<std::expected<Response, http::NetError>> exchange(std::uint16_t port, Request request) {
    auto connection =
        co_await http::Connection::connect({"127.0.0.1", port}, nullptr, Milliseconds(5'000));
    if (!connection) co_return std::unexpected(connection.error());
    co_return co_await connection->exchange(std::move(request), 1 << 20, Milliseconds(10'000));
}

}  // namespace

http::Task<Response> SiteFixture::nonce(Request request) {
    if (nonce_refused) co_return answer_of(*nonce_refused, request);
    Response out;
    out.content_type = "application/json";
    out.body = R"({"nonce":"the-nonce"})";
    co_return out;
}

http::Task<Response> SiteFixture::answer(Request request) {
    asked.push_back(request.body);
    while (holds_back)
        co_await http::pause(Milliseconds(2));
    if (refused) co_return answer_of(*refused, request);
    Response out;
    out.content_type = "application/json";
    out.body = "{}";
    co_return out;
}

http::Task<Response> SiteFixture::end(Request request) {
    ended.push_back(std::move(request.body));
    Response out;
    out.status = 204;
    co_return out;
}

Response SiteFixture::send(Request request) {
    auto out = http::await(io, exchange(server->port(), std::move(request)));
    if (!out) throw Failure("the site does not answer");
    return std::move(*out);
}

Response SiteFixture::get(std::string path, std::string query, std::vector<http::Header> headers) {
    Request request;
    request.path = std::move(path);
    request.query = std::move(query);
    request.headers = std::move(headers);
    return send(std::move(request));
}

Request SiteFixture::form(std::string path, const Fields& fields, std::string cookies) {
    http::Form texts;
    for (const auto& [name, text] : fields)
        texts.set(name, text);
    Request request;
    request.method = "POST";
    request.path = std::move(path);
    request.content_type = "application/x-www-form-urlencoded";
    request.body = http::form_text(texts);
    request.headers = {{"Origin", test_origin}, {"Sec-Fetch-Site", "same-origin"}};
    if (!cookies.empty()) request.headers.push_back({"Cookie", std::move(cookies)});
    return request;
}

Response SiteFixture::post(std::string path, const Fields& fields, std::string cookies) {
    return send(form(std::move(path), fields, std::move(cookies)));
}

std::string SiteFixture::to(const Response& response) {
    EXPECT_EQ(response.status, 303);
    return std::string(response.header("Location"));
}

std::string SiteFixture::text(const Response& response) {
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.content_type, "text/plain; charset=utf-8");
    return response.body;
}

std::string SiteFixture::cookies_of(const Response& response) {
    std::string out;
    for (const auto& [name, value] : response.headers) {
        if (name != "Set-Cookie") continue;
        EXPECT_NE(value.find("; Path=/; Secure; HttpOnly; SameSite="), std::string::npos);
        out += (out.empty() ? "" : "; ") + value.substr(0, value.find(';'));
    }
    return out;
}

bool SiteFixture::shows(const Response& response, std::string_view words) {
    return response.body.find(words) != std::string::npos;
}

SiteFixture::Begun SiteFixture::begun_by(const Response& response) {
    const auto address = to(response);
    EXPECT_TRUE(address.starts_with(std::string(test_agent) + "/authorize?")) << address;
    const auto query = wire::valid(http::parse_form(address.substr(address.find('?') + 1)));
    EXPECT_EQ(query.text("nonce"), "the-nonce");
    EXPECT_EQ(query.text("client_id"), "portal");
    EXPECT_EQ(query.text("scope"), "claims new-one standing");
    return {cookies_of(response), std::string(query.text("state")),
            std::string(query.text("seal_to"))};
}

SiteFixture::Begun SiteFixture::begin(const std::string& lang, const std::string& cookies) {
    const auto response = post("/login", {{"lang", lang}}, cookies);
    EXPECT_NE(to(response).find("&lang=" + lang), std::string::npos);
    return begun_by(response);
}

Fields SiteFixture::sealed(const Begun& begun, const Fields& fields) {
    const auto jwk = wire::valid(parse_base64url(begun.seal_to));
    const auto key =
        wire::valid(crypto::PublicKey::from_jwk(wire::valid(parse_json_object(as_text(jwk)))));
    http::Form form;
    for (const auto& [name, value] : fields)
        form.set(name, value);
    return {{"response", crypto::encrypt_jwe(as_bytes(http::form_text(form)), key)},
            {"state", begun.state}};
}

Fields SiteFixture::returned(const Begun& begun) const {
    return sealed(begun, {{"mandate", mandate()}, {"certificate", certificate()}});
}

std::string SiteFixture::in(std::uint8_t mandate, const Hash& of) {
    return site->sessions
        .log_in({.mandate = "jws",
                 .mandate_hash = wire::filled(mandate),
                 .expires = unix_now() + 600,
                 .card = of})
        .value();
}

std::string SiteFixture::mandate(std::string of_nonce) const {
    const auto now = unix_now();
    const wire::Mandate mandate{.audience = wire::participant_id("relay"),
                                .organisation = wire::participant_id("portal"),
                                .kind = wire::MandateKind::login,
                                .scope = {wire::service_id("standing")},
                                .nonce = std::move(of_nonce),
                                .issued_at = now,
                                .expires = now + 600,
                                .stop = wire::filled(1)};
    return crypto::sign_jws(wire::mandate_type, {.key_id = {}, .certificate = card.thumbprint()},
                            as_bytes(wire::mandate_payload(mandate)), card_key);
}

Options SiteTest::options() {
    return {.basis = basis,
            .log = log,
            .redirect_uri = {},
            .agent = {},
            .purpose = wire::code_id("own-view"),
            .texts = {.title = {"役場", "Town Hall", "[役場|やくば]"},
                      .purpose = {"何のため", "What for", "なんの ため"},
                      .help = {"手伝い", "Who helps", "てつだい"},
                      .log_in_needs_script = {"…", "To log in", "…"},
                      .page_needs_script = {"…", "To see this", "…"}},
            .places = {{.path = "/", .name = {"はじめ", "First", "はじめ"}},
                       {.path = "/files",
                        .name = {"書類", "Files", "[書類|しょるい]"},
                        .heading = page::Words{"書類の一覧", "All files", "しょるい"}},
                       {.path = "/help", .name = {"案内", "Help", "あんない"}, .open = true},
                       {.path = sessions_path, .name = {"画面", "Windows", "がめん"}}},
            .style = "town"};
}

std::vector<http::Route> SiteTest::own_routes(Site& site) {
    const auto page = [&site](Request request, LoggedIn who) -> http::Task<Response> {
        const auto look = look_of(request);
        const Content content{
            .path = request.path,
            .here = request.path,
            .reader = Reader::logged_in,
            .heading = "Inside",
            .body = request.path == sessions_path ? sessions_list(site, look, who) : ""};
        co_return shown(request, whole(site, look, content), site.options.agent);
    };
    const auto save = [](Request request, LoggedIn who) -> http::Task<Response> {
        co_return refuse(200, request.body == "a=b" ? base64url(who.mandate_hash) : "");
    };
    return routes(site, {inside(site, "/", page),
                         inside(site, "/files", page),
                         inside(site, sessions_path, page),
                         own_form(site, "/save", 100, save),
                         {"GET", "/help", 0,
                          [](Request) -> http::Task<Response> { co_return reply("help"); }}});
}

}  // namespace mado::site
