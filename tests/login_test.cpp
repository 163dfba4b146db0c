// A person logs in: portal, agent, card, relay, and back, in a browser.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <thread>

#include "browser.hpp"
#include "country_fixture.hpp"

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
    static std::string portal() {
        return "https://127.0.0.1:" + std::to_string(country().port() + 12) + "/";
    }
    static std::string agent() {
        return "http://127.0.0.1:" + std::to_string(country().port() + 10) + "/";
    }
    // A picture for whoever looks at them: MADO_PICTURES names the folder.
    static void picture(const std::string& name) {
        const char* folder = std::getenv("MADO_PICTURES");
        if (folder != nullptr) browser->screenshot(std::string(folder) + "/" + name + ".png");
    }
    static void to_the_agent() {
        browser->go(portal());
        browser->submit("form[action='/login'] button");
        ASSERT_TRUE(browser->shows("暗証番号")) << browser->url() << browser->text("body");
    }
    static void log_in() {
        to_the_agent();
        browser->type("#pin", "1234");
        browser->submit("button");
        ASSERT_TRUE(browser->shows("ログインしています")) << browser->text("body");
    }

    static std::unique_ptr<Browser> browser;
};
std::unique_ptr<Browser> LoginTest::browser;

TEST_F(LoginTest, SiteAgentPinAndBack) {
    browser->go(portal());
    picture("portal");
    to_the_agent();
    EXPECT_EQ(browser->title(), "「マイページ」へのログイン");
    EXPECT_TRUE(browser->shows("カードをカードリーダに挿し、暗証番号を入力してください。"));
    EXPECT_TRUE(browser->shows("あと3回"));
    EXPECT_EQ(browser->focused(), "pin");
    picture("agent");
    browser->type("#pin", "1234");
    browser->submit("button");
    ASSERT_TRUE(browser->shows("ログインしています")) << browser->url();
    EXPECT_EQ(browser->url(), portal()) << "the mandate stands in no address";
    picture("home");
    browser->submit("form[action='/logout'] button");
    EXPECT_TRUE(browser->shows("ログアウトしました。"));
    browser->go(portal());
    EXPECT_FALSE(browser->shows("ログインしています", 0));
}

TEST_F(LoginTest, WrongPinShowsTheTriesAndTheLastNeedsATick) {
    to_the_agent();
    browser->type("#pin", "0000");
    browser->submit("button");
    EXPECT_TRUE(browser->shows("暗証番号がちがいます。あと2回です。"));
    EXPECT_EQ(browser->role("#mistake"), "alert");
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
    EXPECT_TRUE(browser->shows("ログインしています"));
}

}  // namespace
}  // namespace mado::tests
