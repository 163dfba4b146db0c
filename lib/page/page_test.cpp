#include "page/page.hpp"

#include <gtest/gtest.h>

namespace mado::page {
namespace {

constexpr Words program{"マド", "Mado", "まど"};

TEST(Page, HasTheOtherLanguagesOfTheSamePage) {
    const auto text = whole({.language = Language::en, .path = "/pin", .query = "use=pin"}, program,
                            "Title", "<p>Body</p>");
    EXPECT_NE(text.find(R"(<html lang="en" data-language="en")"), std::string::npos);
    EXPECT_NE(text.find("<title>Title – Mado</title>"), std::string::npos);
    EXPECT_NE(text.find(R"(href="/pin?use=pin&amp;lang=easy")"), std::string::npos);
    EXPECT_NE(text.find(R"(hreflang="en" aria-current="true">English)"), std::string::npos);
    EXPECT_EQ(text.find("<script"), std::string::npos);
}

TEST(Page, SaysFirstThatSomethingIsWrong) {
    EXPECT_NE(whole({.path = "/", .wrong = true}, program, "題", "").find("<title>エラー：題"),
              std::string::npos);
}

TEST(Page, TheWindowIsNamedByThePageAndThenTheProgram) {
    const auto names = [](const Frame& frame, std::string_view title, std::string_view window) {
        return whole(frame, program, title, "").find(fmt::format("<title>{}</title>", window)) !=
               std::string::npos;
    };
    EXPECT_TRUE(names({.path = "/"}, "題", "題 – マド"));
    EXPECT_TRUE(names({.path = "/"}, "マド", "マド"));
    EXPECT_TRUE(names({.path = "/", .title = "入口"}, "題", "入口 – マド"));
    EXPECT_TRUE(names({.language = Language::en, .path = "/"}, R"(At <span lang="ja">市</span>)",
                      "At 市 – Mado"));
}

// As web/shared/dates.ts writes them.
TEST(Page, DaysAndTimes) {
    using namespace std::chrono;
    constexpr Date day{year{2026}, month{4}, std::chrono::day{1}};
    EXPECT_EQ(day_text(Language::ja, day), "2026年4月1日");
    EXPECT_EQ(day_text(Language::en, day), "1 April 2026");
    EXPECT_EQ(day_text(Language::easy, day), "2026[年|ねん]4[月|がつ]1[日|にち]");
    // 2026-03-31T15:05:00Z
    EXPECT_EQ(time_text(Language::en, 1'774'969'500, 9 * 3600), "1 April 2026 00:05");
    EXPECT_EQ(time_text(Language::ja, 1'774'969'500, 0), "2026年3月31日 15:05");
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
                  .find("<title>年金と 介護 [a] – まど</title>"),
              std::string::npos);
}

TEST(Page, JapaneseIsMarkedOnEnglishPagesOnly) {
    constexpr Words words{"{}から", "From {}", "{}から"};
    const auto english = say(Language::en, words, in_japanese("A市<税>"));
    EXPECT_EQ(english, R"(From <span lang="ja">A市&lt;税&gt;</span>)");
    EXPECT_EQ(plain(english), "From A市&lt;税&gt;");
    EXPECT_EQ(say(Language::ja, words, in_japanese("A市")), "A市から");
    EXPECT_EQ(say(Language::easy, words, in_japanese("A市")), "A市から");
    // A name in Latin letters is no Japanese; full-width punctuation alone neither.
    EXPECT_EQ(say(Language::en, words, in_japanese("NGUYEN VAN A")), "From NGUYEN VAN A");
    EXPECT_EQ(say_japanese(Language::en, "みどり"), R"(<span lang="ja">みどり</span>)");
    EXPECT_EQ(lang_of(Language::en, "令和"), R"( lang="ja")");
    EXPECT_EQ(lang_of(Language::ja, "令和"), "");
    // Marks of the text's own mark nothing.
    EXPECT_EQ(say_japanese(Language::en, "\xEF\xB7\x94市\xEF\xB7\x93"),
              R"(<span lang="ja">市</span>)");
    EXPECT_EQ(with_languages(Language::en, "\xEF\xB7\x93市"), "\xEF\xB7\x93市");
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
