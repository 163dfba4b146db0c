#include "page/page.hpp"

#include <gtest/gtest.h>

namespace mado::page {
namespace {

constexpr Words program{"マド", "Mado", "まど"};

TEST(Page, HasTheOtherLanguagesOfTheSamePage) {
    const auto text = whole({.language = Language::en, .path = "/pin", .query = "use=pin"}, program,
                            "Title", "<p>Body</p>");
    EXPECT_NE(text.find(R"(<html lang="en" data-language="en")"), std::string::npos);
    EXPECT_NE(text.find("<title>Title</title>"), std::string::npos);
    EXPECT_NE(text.find(R"(href="/pin?use=pin&amp;lang=easy")"), std::string::npos);
    EXPECT_NE(text.find(R"(hreflang="en" aria-current="true">English)"), std::string::npos);
    EXPECT_EQ(text.find("<script"), std::string::npos);
}

TEST(Page, SaysFirstThatSomethingIsWrong) {
    EXPECT_NE(whole({.path = "/", .wrong = true}, program, "題", "").find("<title>エラー：題"),
              std::string::npos);
}

TEST(Page, TextStaysText) {
    constexpr Words words{"「{}」", "“{}”", "「{}」"};
    EXPECT_EQ(say(Language::en, words, "<b>&"), "“&lt;b&gt;&amp;”");
}

TEST(Page, ReadingsStandAboveTheirCharacters) {
    constexpr Words words{"年金", "Pension", "[年金|ねんきん]と [介護|かいご] {}"};
    const auto easy = say(Language::easy, words, "[a]");
    EXPECT_EQ(easy,
              "<ruby>年金<rp>（</rp><rt>ねんきん</rt><rp>）</rp></ruby>と "
              "<ruby>介護<rp>（</rp><rt>かいご</rt><rp>）</rp></ruby> [a]");
    EXPECT_EQ(plain(easy), "年金と 介護 [a]");
    EXPECT_EQ(plain("<b>[a|b]</b>"), "<b>[a|b]</b>");
    EXPECT_NE(whole({.language = Language::easy, .path = "/"}, program, easy, "")
                  .find("<title>年金と 介護 [a]</title>"),
              std::string::npos);
}

TEST(Page, UnknownLanguagesAreJapanese) {
    EXPECT_EQ(language_of("xx"), Language::ja);
    EXPECT_EQ(language_of("easy"), Language::easy);
}

TEST(Page, StyleKeepsToItself) {
    EXPECT_EQ(style().find("@import"), std::string_view::npos);
    EXPECT_EQ(style().find("url("), std::string_view::npos);
}

}  // namespace
}  // namespace mado::page
