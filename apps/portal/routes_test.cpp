// My Page's own pages over HTTP. What every site has is tested in lib/site.
#include "routes.hpp"

#include <boost/json.hpp>

#include "crypto/jws.hpp"
#include "site/test_site.hpp"

namespace mado::portal {
namespace {

class PortalRoutesTest : public site::SiteFixture {
  protected:
    PortalRoutesTest() {
        open(site_options(basis, services, log), [this](site::Site& opened) {
            my = std::make_unique<MyPage>(opened, national, services);
            return routes(*my);
        });
    }

    // Of a page of the log-in `mandate`.
    static http::Request question(std::uint8_t mandate, const std::string& cookie) {
        const auto key = crypto::PrivateKey::generate(crypto::KeyType::p256).public_key();
        auto out = form("/ask", {}, cookie);
        out.content_type = "application/json";
        out.body = R"({"mandate":")" + base64url(wire::filled(mandate)) +
                   R"(","to":{"kind":"medical-insurer","position":1},"service":"claims",)" +
                   R"("parameters":{},"seal_to":)" + key.jwk() + "}";
        return out;
    }

    page::ServiceNames services = wire::valid(page::ServiceNames::parse(
        R"({"services":[{"id":"pension","ja":"年金の記録","en":"p","easy":"ね",
        "page":{"ja":"年金情報","en":"Pension","easy":"[年金|ねんきん]"}},
        {"id":"claims","ja":"診療の明細","en":"c","easy":"き",
        "page":{"ja":"レセプト情報","en":"Health claims","easy":"きろく"}}]})"));
    National national{
        .life_events = {{.id = "work", .name = {"仕事", "Work", "[仕事|しごと]"}}},
        .links = {
            {.url = "https://city.example/", .holder = "", .name = {"A市", "A City", "A[市|し]"}}}};
    std::unique_ptr<MyPage> my;
};

TEST_F(PortalRoutesTest, PagesInThreeLanguages) {
    EXPECT_TRUE(shows(get("/"), "カードでログインする"));
    EXPECT_TRUE(shows(get("/", "lang=ja"), "カードでログインする"));
    EXPECT_TRUE(shows(get("/", "lang=en"), "Log in with your card"));
    EXPECT_TRUE(shows(get("/", "lang=easy"), "カードで はいる"));
    EXPECT_TRUE(shows(get("/procedures", "lang=easy"), "<ruby>仕事<rp>（</rp><rt>しごと</rt>"));
    EXPECT_TRUE(shows(get("/"), "年金・医療・介護の記録"));
    const auto home = get("/", "lang=en", {{"Cookie", cookie_in(1)}});
    EXPECT_TRUE(shows(home, "<title>Home – My Page</title>"));
    EXPECT_TRUE(shows(home, "Where I am logged in"));
    EXPECT_TRUE(shows(home, "class=\"portal\""));
}

TEST_F(PortalRoutesTest, PagesWithRecordsAreForWhoIsLoggedIn) {
    const auto cookie = cookie_in(1);
    for (const auto& place : places()) {
        if (place.place == Place::home || place.place == Place::procedures) continue;
        EXPECT_EQ(to(get(std::string(place.path))), "/?to=" + std::string(place.path.substr(1)));
        const auto page = get(std::string(place.path), "", {{"Cookie", cookie}});
        EXPECT_TRUE(shows(page, "ログアウト")) << place.path;
        EXPECT_NE(page.header("Content-Security-Policy").find("trusted-types 'none'"),
                  std::string_view::npos);
        EXPECT_EQ(page.header("Cache-Control"), "no-store");
    }
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
    const auto cookie = cookie_in(1);
    for (const auto* path : {"/", "/procedures", "/sessions"})
        EXPECT_FALSE(shows(get(path, "", {{"Cookie", cookie}}), R"("></ul>)")) << path;
}

TEST_F(PortalRoutesTest, ProceduresAreInTheMenu) {
    const auto cookie = cookie_in(1);
    EXPECT_TRUE(shows(get("/pension", "lang=en", {{"Cookie", cookie}}),
                      R"(<a href="/procedures">Procedures</a>)"));
    const auto page = get("/procedures", "lang=en", {{"Cookie", cookie}});
    EXPECT_TRUE(shows(page, R"(<a href="/procedures" aria-current="page">Procedures</a>)"));
    EXPECT_TRUE(shows(page, R"(<a href="/pension">)"));
    const auto outside = get("/procedures", "lang=en");
    EXPECT_TRUE(shows(outside, R"(<li><a href="/">My Page</a></li><li><a href="/procedures" )"));
    EXPECT_FALSE(shows(outside, R"(<a href="/pension">)"));
}

// A link to a page whose heading is not its name in the menu; the refusals' way on.
TEST_F(PortalRoutesTest, WhatTheFrameSaysOfMyPage) {
    EXPECT_EQ(to(get("/pension", "lang=en")), "/?to=pension&lang=en");
    EXPECT_TRUE(shows(get("/", "to=pension&lang=en"), "Please log in to see “Your pension"));
    EXPECT_TRUE(shows(get("/", "to=claims&lang=en"), "Please log in to see “Health claims”."));
    EXPECT_FALSE(shows(get("/", "to=procedures&lang=en"), "Please log in to see"));
    const auto missing = get("/nothing", "lang=ja", {{"Accept", "text/html"}});
    EXPECT_TRUE(shows(missing, "<title>このページはありません – マイページ</title>"));
    EXPECT_TRUE(shows(missing, R"(href="/procedures")"));
    EXPECT_TRUE(shows(get("/", "lang=easy"), "<title>はいる – マイページ</title>"));
}

// ---- /ask ----

TEST_F(PortalRoutesTest, AQuestionIsPassedOnForWhoIsLoggedIn) {
    const auto reply = send(question(1, cookie_in(1)));
    EXPECT_EQ(reply.content_type, "application/json");
    const auto body = wire::valid(parse_json_object(reply.body));
    EXPECT_TRUE(body.at("reply").is_object()) << "what came, unread";
    ASSERT_EQ(asked.size(), 1U);
    const auto head = wire::valid(crypto::parse_jws(text_at(body, "head")));
    const auto said = wire::valid(parse_json_object(as_text(head.payload)));
    EXPECT_EQ(text_at(said, "service"), "claims");
    EXPECT_EQ(text_at(said, "purpose"), "own-view");
    refused = wire::Code::no_link;
    EXPECT_TRUE(shows(send(question(2, cookie_in(2))), R"({"problem":{"code":"no_link")"));
}

TEST_F(PortalRoutesTest, AQuestionOfAnybodyElseIsRefused) {
    const auto cookie = cookie_in(1);
    EXPECT_TRUE(shows(send(question(1, "")), "mandate_ended"));
    EXPECT_TRUE(shows(send(question(2, cookie)), "mandate_ended")) << "of a page that stayed";
    for (const std::size_t header : {0U, 1U}) {
        auto foreign = question(1, cookie);
        foreign.headers[header].value = "https://elsewhere.example";
        EXPECT_EQ(send(foreign).status, 403);
    }
    auto form = question(1, cookie);
    form.content_type = "application/x-www-form-urlencoded";
    EXPECT_EQ(send(form).status, 403);
    auto malformed = question(1, cookie);
    malformed.body = "{}";
    EXPECT_TRUE(shows(send(malformed), "malformed"));
    malformed.body.resize(30'000, ' ');
    EXPECT_EQ(send(malformed).status, 413);
    EXPECT_EQ(get("/ask").status, 405);
    EXPECT_TRUE(asked.empty());
    for (int i = 0; i < site::asks_max; ++i)
        site->sessions.may_ask(wire::filled(1), unix_now());
    EXPECT_TRUE(shows(send(question(1, cookie)), "overloaded"));
}

// The report's order, which is the order on the screen too.
TEST_F(PortalRoutesTest, TheFirstPagesOrder) {
    const auto page = get("/", "", {{"Cookie", cookie_in(1)}});
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

}  // namespace
}  // namespace mado::portal
