#include "site/routes.hpp"

#include <fmt/format.h>

#include "http/event_stream.hpp"
#include "site/pages.hpp"
#include "site/test_site.hpp"

namespace mado::site {
namespace {

using SiteRoutesTest = SiteTest;

TEST_F(SiteRoutesTest, ThePagesOfEverySite) {
    EXPECT_TRUE(shows(get("/"), "カードでログインする"));
    EXPECT_TRUE(shows(get("/", "lang=ja"), "カードでログインする"));
    EXPECT_TRUE(shows(get("/", "lang=easy"), "カードで はいる"));
    EXPECT_TRUE(shows(get("/", "lang=en", {{"Cookie", "__Host-mado-lang=easy"}}), "Log in"));
    EXPECT_TRUE(shows(get("/", "said=failed",
                          {{"Cookie", "__Host-mado-lang=en"}, {"Sec-Fetch-Site", "same-origin"}}),
                      "did not get through to Town Hall"));
    const auto back = get("/login/back", "", {{"Cookie", "a=b; __Host-mado-lang=en"}});
    EXPECT_TRUE(shows(back, "Checking your log-in"));
    EXPECT_TRUE(shows(back, site->assets + "back.js\"></script>"));
    EXPECT_EQ(back.header("Cache-Control"), "no-store");
    for (const auto* path : {"/style.css", "/directory", "/authority", "/policy"})
        EXPECT_EQ(get(path).status, 200) << path;
    EXPECT_EQ(get("/nothing").status, 404);
}

TEST_F(SiteRoutesTest, TheMenuIsForWhoIsInside) {
    EXPECT_FALSE(shows(get("/"), R"(class="menu")"));
    const auto page = get("/files", "lang=en", {{"Cookie", cookie_in(1)}});
    EXPECT_TRUE(shows(page, R"(<a href="/">First</a></li><li><a href="/files" )"
                            R"(aria-current="page">Files</a></li><li><a href="/help">)"));
    EXPECT_TRUE(shows(page, R"(action="/logout")"));
}

// What the form's handler gets, and who comes to it.
TEST_F(SiteRoutesTest, AFormIsForWhoIsInside) {
    EXPECT_EQ(to(post("/save", {{"a", "b"}})), "/");
    EXPECT_EQ(text(post("/save", {{"a", "b"}}, cookie_in(1))), base64url(wire::filled(1)));
}

// Whatever may be said has words, and an address says nothing else.
TEST_F(SiteRoutesTest, OneTextForEachReason) {
    for (int i = 0; i <= static_cast<int>(Said::failed); ++i) {
        const auto said = static_cast<Said>(i);
        EXPECT_EQ(parse_said(to_text(said)), said);
        const auto& words = words_of(said);
        for (const auto language : {page::Language::ja, page::Language::en, page::Language::easy}) {
            const auto query =
                fmt::format("said={}&lang={}", to_text(said), page::to_text(language));
            const auto answer = get("/", query, {{"Sec-Fetch-Site", "same-origin"}});
            const auto title = options().texts.title.in(language);
            EXPECT_TRUE(shows(answer, page::say(language, words, title))) << query;
        }
    }
    EXPECT_FALSE(
        shows(get("/", "said=<b>", {{"Sec-Fetch-Site", "same-origin"}}), "role=\"status\""));
}

// A link in a letter or of another site says nothing in this one's name.
TEST_F(SiteRoutesTest, OnlyItsOwnPagesSayWhatHappened) {
    EXPECT_FALSE(shows(get("/", "said=card_stopped"), "role=\"status\""));
    for (const auto* from : {"cross-site", "same-site", "none"}) {
        const auto page = get("/", "said=card_stopped", {{"Sec-Fetch-Site", from}});
        EXPECT_FALSE(shows(page, "role=\"status\"")) << from;
    }
}

// Also of those that no handler has made.
TEST_F(SiteRoutesTest, EveryAnswerIsGuarded) {
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
TEST_F(SiteRoutesTest, WhatABrowserHasIsNotSentAgain) {
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

TEST_F(SiteRoutesTest, OnlyItsOwnPagesPost) {
    for (const auto* path : {"/login", "/login/finish", "/logout", "/logout/other", "/save"}) {
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

TEST_F(SiteRoutesTest, PagesHearTheEndOfTheirLogIn) {
    const auto cookie = "__Host-mado=" + site->sessions
                                             .log_in({.mandate = "jws",
                                                      .mandate_hash = wire::filled(1),
                                                      .expires = unix_now() + 600})
                                             .value();
    EXPECT_TRUE(shows(get("/", "lang=en", {{"Cookie", cookie}}), "Inside"));
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
    site->sessions.end(wire::filled(1), Said::card_removed);
    const auto bytes = http::await(io, connection->read_more(Milliseconds(2'000)));
    EXPECT_EQ(wire::valid(reader.add(bytes.value())),
              (std::vector<http::ServerEvent>{{"ended", "card_removed"}}));
    EXPECT_TRUE(shows(get("/", "lang=en", {{"Cookie", cookie}}), "Log in with your card"));
}

// One page more is no error, of which a page would think that its log-in has ended.
TEST_F(SiteRoutesTest, APageTooManyAsksAgain) {
    const auto cookie = "__Host-mado=" + site->sessions
                                             .log_in({.mandate = "jws",
                                                      .mandate_hash = wire::filled(1),
                                                      .expires = unix_now() + 600})
                                             .value();
    std::vector<std::shared_ptr<http::Feed>> others;
    for (std::size_t i = 0; i < pages_max; ++i)
        others.push_back(site->sessions.listen(wire::filled(1)));
    const auto answer =
        get("/session/events", "", {{"Cookie", cookie}, {"Sec-Fetch-Site", "same-origin"}});
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.content_type, http::event_stream_type);
    const auto id = base64url(wire::filled(1));
    EXPECT_EQ(answer.body, "event: session\ndata: " + id + "\n\nretry: 5000\n\n");
}

// When every place is taken, who is logged in keeps theirs.
TEST_F(SiteRoutesTest, StrangersGiveWay) {
    auto options = server_options(*site);
    options.limits.connections_max = 2;
    const http::Server small(io, options, own_routes(*site));
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
    EXPECT_TRUE(answers(known, {{"Cookie", cookie_in(1)}}));
    for (int i = 0; i < 3; ++i) {
        auto stranger = connect();
        EXPECT_TRUE(answers(stranger, {})) << i;
        auto next = connect();
        EXPECT_TRUE(answers(next, {{"Cookie", "__Host-mado=invented"}})) << i;
        EXPECT_FALSE(answers(stranger, {})) << i;
    }
    EXPECT_TRUE(answers(known, {}));
}

TEST_F(SiteRoutesTest, WhatAPageChoosesIsKept) {
    const auto chosen = get("/", "lang=en&size=large");
    EXPECT_EQ(cookies_of(chosen), "__Host-mado-lang=en; __Host-mado-size=large");
    EXPECT_TRUE(shows(chosen, "class=\"town large\""));
    EXPECT_EQ(cookies_of(get("/")), "");
    EXPECT_TRUE(shows(get("/", "", {{"Cookie", "__Host-mado-size=large"}}), "town large"));
}

TEST_F(SiteRoutesTest, TheWebBuildStandsUnderItsHash) {
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

TEST_F(SiteRoutesTest, WhatIsSaidIsReadFirst) {
    const auto ended = get("/", "said=log_out&lang=en", {{"Sec-Fetch-Site", "same-origin"}});
    EXPECT_TRUE(shows(ended, "<title>You are logged out – Town Hall</title>"));
    EXPECT_TRUE(shows(ended, R"(<p class="said" role="status" tabindex="-1" autofocus>)"));
    EXPECT_TRUE(shows(ended, R"(href="/?said=log_out&amp;lang=ja")")) << "in other languages too";
    const auto failed = get("/", "said=card_stopped&lang=ja", {{"Sec-Fetch-Site", "same-origin"}});
    EXPECT_TRUE(shows(failed, R"(<p class="mistake" role="status" tabindex="-1" autofocus>)"));
    EXPECT_TRUE(shows(
        failed, "<title>このカードは停止されているので、ログインしていません – 役場</title>"));
    EXPECT_TRUE(shows(get("/", "lang=easy"), "<title>はいる – 役場</title>"));
}

// A browser shows what it gets: people get a page, programs a code.
TEST_F(SiteRoutesTest, RefusalsArePagesForBrowsers) {
    const std::vector<http::Header> browser{{"Accept", "text/html,application/xhtml+xml,*/*;q=0.8"},
                                            {"Cookie", "__Host-mado-lang=en"}};
    const auto missing = get("/nothing", "", browser);
    EXPECT_EQ(missing.status, 404);
    EXPECT_EQ(missing.content_type, "text/html; charset=utf-8");
    EXPECT_TRUE(shows(missing, "<title>There is no such page – Town Hall</title>"));
    EXPECT_TRUE(shows(missing, R"(href="/help")"));
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

TEST_F(SiteRoutesTest, SessionForItsOwnPageOnly) {
    const auto cookie = cookie_in(1);
    const auto own = get("/session", "", {{"Cookie", cookie}, {"Sec-Fetch-Site", "same-origin"}});
    EXPECT_TRUE(shows(own, R"("mandate":"jws")")) << own.body;
    EXPECT_TRUE(shows(own, R"("organisation":"portal")"));
    EXPECT_TRUE(shows(get("/session", "", {{"Cookie", cookie}}), "mandate_ended"));
    EXPECT_EQ(text(get("/session/id", "", {{"Cookie", cookie}, {"Sec-Fetch-Site", "same-origin"}})),
              base64url(wire::filled(1)));
    EXPECT_TRUE(shows(get("/session/id", "", {{"Cookie", cookie}}), "mandate_ended"));
    EXPECT_TRUE(shows(get("/session", "", {{"Sec-Fetch-Site", "same-origin"}}), "mandate_ended"));
}

}  // namespace
}  // namespace mado::site
