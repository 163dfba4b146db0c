// How somebody logs in and out.
#include "site/log_in.hpp"

#include <fmt/format.h>

#include <boost/asio/detached.hpp>
#include <boost/json.hpp>

#include "crypto/jws.hpp"
#include "http/form.hpp"
#include "site/pages.hpp"
#include "site/test_site.hpp"

namespace mado::site {
namespace {

using LogInTest = SiteTest;

TEST_F(LogInTest, WhyALogInCannotBegin) {
    nonce_refused = wire::Code::overloaded;
    EXPECT_EQ(to(post("/login", {{"lang", "en"}})), "/?said=too_many&lang=en");
    nonce_refused = wire::Code::not_ready;
    EXPECT_EQ(to(post("/login", {{"lang", "easy"}})), "/?said=unavailable&lang=easy");
    nonce_refused.reset();
    relay.reset();
    EXPECT_EQ(to(post("/login", {{"lang", "ja"}})), "/?said=unavailable&lang=ja");
    for (int i = 0; i < starts_max; ++i)
        site->sessions.may_begin("127.0.0.1", unix_now());
    EXPECT_EQ(to(post("/login", {{"lang", "en"}})), "/?said=too_many&lang=en");
}

TEST_F(LogInTest, AReturnIsAnsweredWithWhereItGoesOn) {
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

TEST_F(LogInTest, ALogInAsksTheRelayOnceAndReadsNothing) {
    const auto begun = begin("en");
    const auto done = post("/login/finish", returned(begun), begun.cookies);
    EXPECT_EQ(text(done), "/");
    const auto cookies = cookies_of(done);
    EXPECT_TRUE(shows(get("/", "lang=en", {{"Cookie", cookies}}), "Inside"));
    EXPECT_NE(cookies.find("__Host-mado-begin="), std::string::npos) << "only until the return";
    ASSERT_EQ(asked.size(), 1U) << "what it answers was no answer";
    const auto request = wire::valid(parse_json_object(asked.front()));
    const auto head = wire::valid(crypto::parse_jws(text_at(request, "head")));
    const auto said = wire::valid(parse_json_object(as_text(head.payload)));
    EXPECT_EQ(text_at(said, "service"), "standing");
    EXPECT_EQ(text_at(said, "purpose"), "own-view");
    EXPECT_EQ(json::serialize(said.at("parameters")), "{}");
}

// What stands in the address stays in the browser's history: it is for the portal alone, once.
TEST_F(LogInTest, AnAnswerThatIsNotSealedToTheLogInIsNone) {
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
TEST_F(LogInTest, OnlyWhatTheCardSignedComesToTheRelay) {
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
TEST_F(LogInTest, AnotherSiteDoesNotCancelALogIn) {
    const auto begun = begin("en");
    const auto foreign =
        post("/login/finish", {{"error", "access_denied"}, {"state", "x"}}, begun.cookies);
    EXPECT_EQ(text(foreign), "/?said=other_session&lang=ja");
    EXPECT_EQ(cookies_of(foreign), "");
    EXPECT_EQ(text(post("/login/finish", returned(begun), begun.cookies)), "/");
}

TEST_F(LogInTest, WhyTheRelayRefuses) {
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

// Whoever wants to stay longer lets the card sign again; until it has, the first log-in goes on.
TEST_F(LogInTest, ASecondLogInLeavesTheFirstUntilItIsThere) {
    const auto name =
        site->sessions
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
    EXPECT_NE(site->sessions.find(name, unix_now()), nullptr);
}

// Pages that hear of an end look whether the browser is logged in still: it must have the new
// cookie by then.
TEST_F(LogInTest, TheFirstLogInEndsAfterTheSecondOnesCookieIsSet) {
    const auto first = in(1);
    const auto feed = site->sessions.listen(wire::filled(1));
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
    EXPECT_EQ(site->sessions.find(first, unix_now()), nullptr);
    EXPECT_FALSE(feed->push(""));
    EXPECT_TRUE(shows(get("/", "lang=en", {{"Cookie", cookies_of(done)}}), "Inside"));
}

// Whoever follows a link to a page is told what the log-in is for, and comes there after it.
TEST_F(LogInTest, ALogInLeadsWhereThePersonWanted) {
    EXPECT_EQ(to(get("/files", "lang=en")), "/?to=files&lang=en");
    const auto start = get("/", "to=files&lang=en");
    EXPECT_TRUE(shows(start, "Please log in to see “All files”."));
    EXPECT_TRUE(shows(start, R"(<input type="hidden" name="to" value="files">)"));
    EXPECT_TRUE(shows(start, "<title>Please log in to see “All files” – Town Hall</title>"));
    EXPECT_TRUE(shows(start, R"(href="/?to=files&amp;lang=easy")")) << "in the other languages";
    EXPECT_TRUE(shows(start, R"(href="/?to=files&amp;size=large")"));
    for (const auto& [asked_for, comes_to] :
         std::vector<std::pair<std::string, std::string>>{{"files", "/files"},
                                                          {"sessions", "/sessions"},
                                                          {"", "/"},
                                                          {"/files", "/"},
                                                          {"help", "/"},
                                                          {"https://elsewhere.example/", "/"},
                                                          {"/elsewhere.example", "/"},
                                                          {"login", "/"}}) {
        const auto begun = begun_by(post("/login", {{"lang", "en"}, {"to", asked_for}}));
        EXPECT_EQ(text(post("/login/finish", returned(begun), begun.cookies)), comes_to);
    }
    EXPECT_EQ(to(get("/", "to=files", {{"Cookie", cookie_in(1)}})), "/files");
    const auto begun = begun_by(post("/login", {{"lang", "en"}, {"to", "files"}}));
    EXPECT_EQ(text(post("/login/finish", {{"error", "access_denied"}, {"state", begun.state}},
                        begun.cookies)),
              "/?said=cancelled&lang=en&to=files")
        << "cancelled, and begun again";
}

// Of whom is asked what is the site's: of clerks for an office, of citizens for My Page.
TEST_F(LogInTest, ThePurposeIsTheScope) {
    auto another = options();
    another.purpose = wire::code_id("account");
    open(std::move(another), own_routes);
    EXPECT_NE(to(post("/login", {})).find("&scope=elsewhere&"), std::string::npos);
    const auto question = log_in_services(basis, wire::code_id("acting-for"), unix_now());
    EXPECT_TRUE(question.empty()) << "with another kind of mandate";
}

// Browsers send cookies of one port to another one of the same host.
TEST_F(LogInTest, TwoSitesOfOneHostHaveTheirOwnCookies) {
    auto another = options();
    another.cookie = "town";
    open(std::move(another), own_routes);
    const auto begun = begin("en");
    const auto done = post("/login/finish", returned(begun), begun.cookies);
    EXPECT_EQ(text(done), "/");
    EXPECT_TRUE(cookies_of(done).starts_with("__Host-town=")) << cookies_of(done);
    EXPECT_TRUE(cookies_of(done).ends_with("; __Host-town-begin=")) << cookies_of(done);
    const auto both = "__Host-mado=" + in(1) + "; " + cookies_of(done);
    EXPECT_TRUE(shows(get("/", "lang=en", {{"Cookie", both}}), "Inside"));
    EXPECT_TRUE(shows(get("/", "lang=en", {{"Cookie", cookie_in(2)}}), "Log in with your card"));
}

// A good card is not enough where only some may be; the relay does not hear of the others.
TEST_F(LogInTest, WhoMayNotBeHere) {
    bool may = false;
    const auto thumbprint = card.thumbprint();
    auto clerks_only = options();
    clerks_only.may_log_in = [&may, thumbprint](const Hash& of) { return may && of == thumbprint; };
    open(std::move(clerks_only), own_routes);
    const auto stranger = begin("en");
    EXPECT_EQ(text(post("/login/finish", returned(stranger), stranger.cookies)),
              "/?said=not_admitted&lang=en");
    EXPECT_TRUE(asked.empty());
    may = true;
    const auto clerk = begin("en");
    const auto done = post("/login/finish", returned(clerk), clerk.cookies);
    EXPECT_EQ(text(done), "/");
    const std::vector<http::Header> cookies{{"Cookie", cookies_of(done)}};
    EXPECT_TRUE(shows(get("/", "lang=en", cookies), "Inside"));
    may = false;
    EXPECT_TRUE(shows(get("/", "lang=en", cookies), "Log in with your card"))
        << "no clerk any more";
    EXPECT_EQ(to(get("/files", "", cookies)), "/?to=files");
    EXPECT_EQ(to(post("/save", {{"a", "b"}}, cookies_of(done))), "/");
}

TEST_F(LogInTest, OthersOfTheSameCardAreSeenAndEnded) {
    const auto mine = in(1);
    const auto other = in(2);
    const auto strangers = in(3, wire::filled(9));
    const auto cookie = "__Host-mado=" + mine;
    const auto page = get("/sessions", "lang=en", {{"Cookie", cookie}});
    const auto id = site->sessions.find(other, unix_now())->id;
    const auto foreign = site->sessions.find(strangers, unix_now())->id;
    EXPECT_TRUE(shows(page, id));
    EXPECT_FALSE(shows(page, foreign));
    EXPECT_TRUE(shows(page, "This is the one you are looking at."));
    // Two of one kind: what each button ends is in its name.
    EXPECT_TRUE(shows(page, R"(: A browser of unknown kind</span></button>)"));
    EXPECT_TRUE(shows(page, "<strong>2: A browser of unknown kind</strong><br>since "));
    EXPECT_EQ(to(post("/logout/other", {{"id", foreign}}, cookie)), "/sessions");
    EXPECT_NE(site->sessions.find(strangers, unix_now()), nullptr);
    EXPECT_EQ(to(post("/logout/other", {{"id", id}}, cookie)), "/sessions");
    EXPECT_EQ(site->sessions.find(other, unix_now()), nullptr);
    EXPECT_NE(site->sessions.find(mine, unix_now()), nullptr);
    EXPECT_EQ(to(post("/logout/other", {{"id", id}})), "/") << "nobody is logged in";
}

TEST_F(LogInTest, LogOutForgetsTheCookie) {
    const auto name =
        site->sessions
            .log_in(
                {.mandate = "jws", .mandate_hash = wire::filled(1), .expires = unix_now() + 600})
            .value();
    const auto out = post("/logout", {{"lang", "en"}}, "__Host-mado=" + name);
    EXPECT_EQ(to(out), "/?said=log_out&lang=en") << "the relay could not be told; it ends here";
    EXPECT_EQ(cookies_of(out), "__Host-mado=");
    EXPECT_EQ(site->sessions.find(name, unix_now()), nullptr);
}

// One who is logged in does not take all connections to the relay.
TEST_F(LogInTest, OnlySoManyQuestionsOfOneLogInAtOnce) {
    const auto question = [] {
        return Question{.to = {.holder = wire::participant_id("relay"), .kind = {}},
                        .service = wire::service_id("standing"),
                        .parameters = {},
                        .seal_to = crypto::PrivateKey::generate(crypto::KeyType::p256).public_key(),
                        .payload = {}};
    };
    holds_back = true;
    std::size_t passed = 0;
    for (std::size_t i = 0; i < asking_of_mandate_max; ++i) {
        http::asio::co_spawn(
            io,
            [](Askers& askers, Question one, std::size_t& count) -> http::Task<void> {
                if (co_await askers.pass(std::move(one), "jws")) ++count;
            }(site->askers, question(), passed),
            http::asio::detached);
    }
    for (int i = 0; i < 1'000 && asked.size() < asking_of_mandate_max; ++i)
        http::await(io, http::pause(Milliseconds(5)));
    ASSERT_EQ(asked.size(), asking_of_mandate_max);
    const auto more = http::await(io, site->askers.pass(question(), "jws"));
    ASSERT_FALSE(more.has_value());
    EXPECT_EQ(more.error().code, wire::Code::overloaded);
    holds_back = false;
    EXPECT_TRUE(http::await(io, site->askers.pass(question(), "of another")).has_value());
    for (int i = 0; i < 1'000 && passed < asking_of_mandate_max; ++i)
        http::await(io, http::pause(Milliseconds(5)));
    EXPECT_EQ(passed, asking_of_mandate_max);
    EXPECT_TRUE(http::await(io, site->askers.pass(question(), "jws")).has_value());
}

}  // namespace
}  // namespace mado::site
