// A person logs in: portal, agent, card, relay, and back, in a browser.
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <chrono>
#include <cstdlib>
#include <thread>

#include "base/file.hpp"
#include "browser.hpp"
#include "cli/organisations.hpp"
#include "cli/programs.hpp"
#include "country_fixture.hpp"
#include "crypto/jwe.hpp"
#include "http/form.hpp"

namespace mado::tests {
namespace {

class LoginTest : public OneCountry {
  protected:
    static void SetUpTestSuite() {
        OneCountry::SetUpTestSuite();
        browser = std::make_unique<Browser>(country().path("run/chromedriver.log"));
    }
    static void TearDownTestSuite() {
        browser.reset();
        OneCountry::TearDownTestSuite();
    }
    void SetUp() override { insert("hanako"); }
    void TearDown() override { static_cast<void>(country().cli({"card", "remove"})); }

    static void insert(const std::string& card) {
        const auto done = country().cli({"card", "insert", card});
        ASSERT_EQ(done.status, 0) << done.output;
    }
    static std::string portal() { return country().portal(); }
    static std::string agent() { return country().agent(); }
    // A picture for whoever looks at them: MADO_PICTURES names the folder.
    static void picture(const std::string& name) {
        const char* folder = std::getenv("MADO_PICTURES");
        if (folder != nullptr) browser->screenshot(std::string(folder) + "/" + name + ".png");
    }
    static void to_the_agent() {
        browser->go(portal() + "?lang=ja");
        browser->submit("form[action='/login'] button");
        ASSERT_TRUE(browser->shows("暗証番号")) << browser->url() << browser->text("body");
    }
    static void log_in() {
        to_the_agent();
        browser->type("#pin", "1234");
        browser->submit("button");
        ASSERT_TRUE(browser->shows("ログイン中の画面")) << browser->text("body");
    }

    static std::unique_ptr<Browser> browser;
};
std::unique_ptr<Browser> LoginTest::browser;

TEST_F(LoginTest, SiteAgentPinAndBack) {
    browser->go(portal());
    picture("portal");
    to_the_agent();
    EXPECT_TRUE(browser->title().starts_with("「マイページ」へのログイン"));
    EXPECT_TRUE(browser->shows("カードをカードリーダに挿し、暗証番号を入力してください。"));
    EXPECT_TRUE(browser->shows("あと3回"));
    EXPECT_EQ(browser->focused(), "") << "nothing is scrolled past: who asks for what comes first";
    picture("agent");
    browser->type("#pin", "1234");
    browser->submit("button");
    ASSERT_TRUE(browser->shows("ログイン中の画面")) << browser->url();
    EXPECT_EQ(browser->url(), portal()) << "the mandate stands in no address";
    picture("home");
    browser->submit("form[action='/logout'] button");
    EXPECT_TRUE(browser->shows("ログアウトしました。"));
    browser->go(portal());
    EXPECT_FALSE(browser->shows("ログイン中の画面", 0));
}

// The terminal rule: seen by agent, relay and portal within two seconds.
TEST_F(LoginTest, PullingTheCardLogsOut) {
    log_in();
    picture("logged-in");
    const auto start = std::chrono::steady_clock::now();
    ASSERT_EQ(country().cli({"card", "remove"}).status, 0);
    EXPECT_TRUE(browser->shows("カードが抜かれたので、ログアウトしました。"));
    const auto took = std::chrono::steady_clock::now() - start;
    EXPECT_LT(took, std::chrono::seconds(2));
    RecordProperty("milliseconds", static_cast<int>(took / std::chrono::milliseconds(1)));
    picture("pulled");
    browser->back();
    EXPECT_FALSE(browser->shows("ログイン中の画面", 300)) << "nor from the browser's memory";
    browser->go(agent());
    EXPECT_TRUE(browser->shows("カードリーダにカードがありません"));
}

// At the window: a clerk decides on the page, reads and signs at the agent, and is back at the
// case.
class WindowLoginTest : public LoginTest {
  protected:
    void SetUp() override { insert("taro"); }

    static std::string window() {
        return cli::window_url(cli::Ports(country().port(), cli::read_organisations()));
    }
    static json::object issue(std::vector<std::string> words) {
        words.insert(words.begin(), {"issue", "--pin", "1234", "--json"});
        const auto done = country().cli(words);
        EXPECT_EQ(done.status, 0) << done.output;
        return parse_json_object(done.output, {.values_max = 10'000}).value_or(json::object());
    }
    static std::string step_of(const json::object& one) {
        const auto& todo = one.at("todo").as_array();
        return todo.empty() ? "" : text_at(todo.front().as_object(), "step");
    }
    // Whom every register writes without the selector.
    static std::string case_to_settle() {
        auto application = *parse_json_object(
            read_file(country().path("state/country/applications/jiro.json")).value_or(""));
        application.at("person").as_object()["name"] = "厚労\U000E0100 次郎";
        const auto file = country().path("application.json");
        replace_file(file, as_bytes(json::serialize(application)));
        const auto number = text_at(issue({"open"}), "number");
        issue({"apply", number, file});
        for (int i = 0; i < 100 && step_of(issue({"show", number})) != "settle"; ++i)
            pause_ms(100);
        return number;
    }
    static void to_the_decision() {
        ASSERT_TRUE(browser->shows("次郎")) << browser->text("body");  // the list is there
        browser->click("tbody tr button");
        ASSERT_TRUE(browser->shows("同じ人")) << browser->text("body");
        browser->click(".compare .choices button");
        ASSERT_TRUE(browser->shows("決定: 同じ人である")) << browser->text("body");
        picture("decision-window");
        browser->submit("dialog button[type='submit']");
        ASSERT_TRUE(browser->shows("署名用パスワード")) << browser->url() << browser->text("body");
    }
};

TEST_F(WindowLoginTest, ADecisionIsSignedAtTheAgentAndComesBackToItsCase) {
    const auto number = case_to_settle();
    browser->go(window() + "?lang=ja");
    browser->submit("form[action='/login'] button");
    ASSERT_TRUE(browser->shows("暗証番号")) << browser->text("body");
    browser->type("#pin", "1234");
    browser->submit("button");
    ASSERT_TRUE(browser->shows("今日の一覧")) << browser->text("body");
    to_the_decision();
    EXPECT_TRUE(browser->shows("氏名、申請: 厚労[U+E0100] 次郎"));
    EXPECT_EQ(browser->url().find(number), std::string::npos);
    picture("decision-agent");
    browser->type("#pin", "ABC123");
    browser->submit("form button");
    ASSERT_TRUE(browser->shows("決定を記録しました")) << browser->url() << browser->text("body");
    picture("decision-back");
    EXPECT_EQ(browser->url(), window()) << "what was signed stands in no address";
    const auto one = issue({"show", number});
    EXPECT_NE(text_at(one.at("claims").at(0).as_object(), "finding"), "otherwise");
}

// Of another person's browser, or of an earlier log-in: the nonce is not this session's.
TEST_F(LoginTest, AMandateOfAnotherSessionIsRefused) {
    auto mandate = country().mandate("portal");
    mandate.kind = wire::MandateKind::login;
    mandate.scope = {service("bells")};
    const auto foreign = country().sign(mandate, "taro");
    to_the_agent();
    const auto at = browser->url();
    const auto query = http::parse_form(at.substr(at.find('?') + 1)).value();
    // As his own agent would seal it for this log-in.
    const auto jwk = valid(parse_base64url(query.text("seal_to")));
    const auto key = valid(crypto::PublicKey::from_jwk(valid(parse_json_object(as_text(jwk)))));
    http::Form inside;
    inside.set("mandate", foreign);
    inside.set("certificate", base64url(country().certificate_of("taro").der()));
    http::Form answer;
    answer.set("response", crypto::encrypt_jwe(as_bytes(http::form_text(inside)), key));
    answer.set("state", std::string(query.text("state")));
    browser->go(portal() + "login/back#" + http::form_text(answer));
    EXPECT_TRUE(browser->shows("この画面から始めたものではありません"));
    browser->go(portal());
    EXPECT_FALSE(browser->shows("ログイン中の画面", 0));
    // And without having begun one at all.
    browser->go(portal() + "login/back#mandate=" + foreign);
    EXPECT_TRUE(browser->shows("この画面から始めたものではありません"));
}

// A portal that has asked for somebody (at the log-in, and for the first page) keeps connections to
// the relay, and to the browser. It stops in order all the same.
TEST_F(LoginTest, AUsedPortalStops) {
    log_in();
    EXPECT_EQ(country().stop("portal"), 0);
    const auto log = read_file(country().path("run/portal.log")).value();
    EXPECT_NE(log.find("stopped"), std::string::npos);
    EXPECT_EQ(country().complaints(), "");
    country().start("portal");
}

TEST_F(LoginTest, ThePinIsInNoLog) {
    to_the_agent();
    browser->type("#pin", "9753");
    browser->submit("button");
    browser->type("#pin", "1234");
    browser->submit("button");
    EXPECT_TRUE(browser->shows("ログイン中の画面"));
    EXPECT_NE(read_file(country().path("run/agent.log")).value().find("/authorize"),
              std::string::npos);
    for (const auto* program : {"agent", "portal", "relay", "readers"}) {
        const auto log = read_file(country().path("run/" + std::string(program) + ".log"));
        ASSERT_TRUE(log.has_value()) << program;
        EXPECT_EQ(log->find("pin="), std::string::npos) << program;
        EXPECT_EQ(log->find("9753"), std::string::npos) << program;
        EXPECT_EQ(log->find("mandate="), std::string::npos) << program;
    }
}

TEST_F(LoginTest, TwoAgentsDoNotShareAPort) {
    const auto second = country().serve("mado-agent", country().path("run/agent.toml"));
    EXPECT_EQ(second.status, 2);
    EXPECT_NE(second.output.find("in use by another program"), std::string::npos) << second.output;
}

TEST_F(LoginTest, ByKeyboardAlone) {
    browser->go(portal() + "?lang=ja");
    constexpr auto tab = "\uE004";  // WebDriver section 17.4.2
    constexpr auto enter = "\uE007";
    // The way to the content, three languages, the size of the text, then the button.
    for (int i = 0; i < 6; ++i)
        browser->press(tab);
    browser->press(enter);
    ASSERT_TRUE(browser->shows("暗証番号"));
    browser->press(tab);  // from the title
    browser->press("1234");
    browser->press(enter);
    EXPECT_TRUE(browser->shows("ログイン中の画面"));
}

TEST_F(LoginTest, InEnglishFromBeginningToEnd) {
    browser->go(portal() + "?lang=en");
    browser->submit("form[action='/login'] button");
    ASSERT_TRUE(browser->shows("Put your card into the reader and enter your PIN."));
    browser->type("#pin", "1234");
    browser->submit("button");
    EXPECT_TRUE(browser->shows("Where I am logged in"));
    browser->submit("form[action='/logout'] button");
    EXPECT_TRUE(browser->shows("You are logged out."));
}

// What went wrong is said in the language that the person chose, too.
TEST_F(LoginTest, CancelledInEnglish) {
    browser->go(portal() + "?lang=en");
    browser->submit("form[action='/login'] button");
    ASSERT_TRUE(browser->shows("Put your card into the reader and enter your PIN."));
    browser->click("a[href*='access_denied']");
    EXPECT_TRUE(browser->shows("The log-in was cancelled.")) << browser->text("body");
    EXPECT_EQ(browser->url(), portal() + "?said=cancelled&lang=en");
    // An answer that nobody can read is no end of the way.
    browser->submit("form[action='/login'] button");
    ASSERT_TRUE(browser->shows("Put your card into the reader and enter your PIN."));
    browser->go(portal() + "login/back#%zz");
    EXPECT_TRUE(browser->shows("The log-in did not get through to My Page."));
}

// What a screen reader has: roles and names, no picture.
TEST_F(LoginTest, ByAccessibilityTreeAlone) {
    to_the_agent();
    EXPECT_EQ(browser->label("#pin"), "暗証番号（数字4けた）");
    EXPECT_EQ(browser->role("button"), "button");
    EXPECT_EQ(browser->label("button"), "ログインする");
    EXPECT_EQ(browser->role("h1"), "heading");
    EXPECT_EQ(browser->role("main"), "main");
    EXPECT_EQ(browser->role("nav"), "navigation");
    EXPECT_EQ(browser->label("nav"), "言語");
    browser->submit("nav li:nth-child(2) a");
    EXPECT_EQ(browser->label("#pin"), "PIN (4 digits)");
    EXPECT_EQ(browser->label("button"), "Log in");
    picture("agent-en");
    browser->submit("nav li:nth-child(3) a");
    EXPECT_EQ(browser->label("#pin"), "４つの すうじ");
    EXPECT_EQ(browser->label("button"), "はいる");
    picture("agent-easy");
}

// WCAG 2.2, 1.4.10: no sideways scrolling at 320 px, in any language.
TEST_F(LoginTest, FitsANarrowScreen) {
    const auto fits = [] {
        return browser->run("return document.documentElement.scrollWidth <= window.innerWidth");
    };
    browser->resize(320, 640);
    to_the_agent();
    EXPECT_EQ(fits(), true);
    picture("narrow");
    for (const auto* page : {"?lang=ja", "?lang=en", "?lang=easy"}) {
        browser->go(agent() + page);
        EXPECT_EQ(fits(), true) << page;
        browser->go(portal() + page);
        EXPECT_EQ(fits(), true) << page;
    }
    browser->resize(1000, 800);
}

// Every page of a person's hears it, and a log-out in one is one in all.
TEST_F(LoginTest, LogOutInOneTabIsLogOutInAll) {
    log_in();
    const auto reply = browser->run(
        "return fetch('/logout', {method: 'POST', headers: {'Content-Type': "
        "'application/x-www-form-urlencoded'}, body: 'lang=ja'}).then(r => r.status)");
    EXPECT_EQ(reply, 200);
    EXPECT_TRUE(browser->shows("ログアウトしました。"));
}

TEST_F(LoginTest, WrongPinShowsTheTriesAndTheLastNeedsATick) {
    to_the_agent();
    browser->type("#pin", "0000");
    browser->submit("button");
    EXPECT_TRUE(browser->shows("暗証番号がちがいます。あと2回です。"));
    EXPECT_EQ(browser->role("#mistake"), "alert");
    EXPECT_EQ(browser->focused(), "pin");
    picture("wrong");
    browser->type("#pin", "0000");
    browser->submit("button");
    EXPECT_TRUE(browser->shows("あと1回"));
    picture("last");
    // Without the tick the card is not asked, also with the right PIN.
    browser->type("#pin", "1234");
    browser->submit("button");
    EXPECT_TRUE(browser->shows("最後の1回です"));
    EXPECT_TRUE(browser->shows("あと1回"));
    browser->click("input[name=last]");
    browser->type("#pin", "1234");
    browser->submit("button");
    EXPECT_TRUE(browser->shows("ログイン中の画面"));
}

}  // namespace
}  // namespace mado::tests
