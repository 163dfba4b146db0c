#include "pages.hpp"

#include <fmt/format.h>

#include <array>

#include "http/form.hpp"

namespace mado::portal {
namespace {

using http::html_text;

struct Words {
    std::string_view ja, en, easy;
    [[nodiscard]] std::string_view in(Language language) const {
        switch (language) {
            case Language::ja:
                return ja;
            case Language::en:
                return en;
            case Language::easy:
                return easy;
        }
        return ja;
    }
};

constexpr std::array languages = {Language::ja, Language::en, Language::easy};
constexpr Words language_names{"日本語", "English", "やさしい日本語"};
constexpr Words title{"マイページ", "My Page", "マイページ"};
constexpr Words start_text{"カードでログインすると、あなたの記録と、それを見た人が分かります。",
                           "Log in with your card to see your records, and who looked at them.",
                           "カードで はいると、あなたの きろくと、だれが みたかが わかります。"};
constexpr Words log_in{"カードでログインする", "Log in with your card", "カードで はいる"};
constexpr Words needs_agent{
    "ボタンを押すと、このパソコンの中の「カード窓口」に移ります。開かないときは、カード窓口（mado-"
    "agent）が動いていません。",
    "The button leads to the card agent inside this computer. If that page does not open, the "
    "agent "
    "(mado-agent) does not run.",
    "ボタンを おすと、パソコンの なかの カードの まどぐちに いきます。"};
constexpr Words logged_in{"ログインしています", "You are logged in", "はいって います"};
constexpr Words until{"{}までです。カードを抜くと、すぐにログアウトします。",
                      "Until {}. Removing the card logs you out at once.",
                      "{}までです。カードを ぬくと、すぐに おわります。"};
constexpr Words not_yet{"記録を見るページは、まだできていません。",
                        "The pages with your records are not built yet.",
                        "きろくの ページは まだ ありません。"};
constexpr Words log_out{"ログアウトする", "Log out", "おわる"};
constexpr Words coming_back{"ログインを確かめています…", "Checking your log-in…",
                            "たしかめて います…"};
constexpr Words needs_script{"この画面にはJavaScriptが必要です。", "This page needs JavaScript.",
                             "JavaScriptが いります。"};

struct Said {
    std::string_view name;
    Words words;
};
constexpr std::array<Said, 8> said_words = {{
    {"card",
     {"カードが抜かれたので、ログアウトしました。",
      "You are logged out, because the card was removed.", "カードを ぬいたので、おわりました。"}},
    {"revoked",
     {"カードが使えなくなったので、ログアウトしました。",
      "You are logged out, because the card was stopped.",
      "カードが つかえなく なったので、おわりました。"}},
    {"log_out", {"ログアウトしました。", "You are logged out.", "おわりました。"}},
    {"time",
     {"時間が来たので、ログアウトしました。", "You are logged out, because the time is over.",
      "じかんが きたので、おわりました。"}},
    {"cancelled", {"ログインを取り消しました。", "The log-in was cancelled.", "やめました。"}},
    {"other_session",
     {"このログインは、この画面から始めたものではありません。もう一度始めてください。",
      "This log-in was not begun on this page. Please begin again.",
      "もういちど はじめから して ください。"}},
    {"refused",
     {"中継センターがログインを受け付けませんでした。もう一度始めてください。",
      "The relay did not accept the log-in. Please begin again.",
      "はいれませんでした。もういちど して ください。"}},
    {"unavailable",
     {"中継センターから応答がありません。1分ほどしてからもう一度お願いします。",
      "The relay does not answer. Please try again in a minute.",
      "いまは できません。すこし まって、もういちど して ください。"}},
}};

std::string_view html_language(Language language) {
    return language == Language::en ? "en" : "ja";
}

std::string say(Language language, const Words& words) {
    return html_text(words.in(language));
}

std::string whole(Language language, const std::string& heading, const std::string& body,
                  std::string_view script = {}) {
    std::string links;
    for (const auto other : languages) {
        links += fmt::format(R"(<li><a href="?lang={}" lang="{}" hreflang="{}"{}>{}</a></li>)",
                             to_text(other), html_language(other), html_language(other),
                             other == language ? R"( aria-current="true")" : "",
                             language_names.in(other));
    }
    return fmt::format(
        R"(<!doctype html>
<html lang="{0}"><head><meta charset="utf-8"><title>{1} - {2}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="/style.css">{3}</head>
<body><header><p>{2}</p><nav aria-label="Language"><ul class="languages">{4}</ul></nav></header>
<main><h1>{1}</h1>{5}</main></body></html>
)",
        html_language(language), heading, say(language, title),
        script.empty() ? "" : fmt::format(R"(<script src="{}" defer></script>)", script), links,
        body);
}

}  // namespace

Language language_of(std::string_view text) {
    for (const auto language : languages) {
        if (to_text(language) == text) return language;
    }
    return Language::ja;
}

std::string_view to_text(Language language) {
    switch (language) {
        case Language::ja:
            return "ja";
        case Language::en:
            return "en";
        case Language::easy:
            return "easy";
    }
    return "";
}

std::string start_page(Language language, std::string_view said) {
    std::string body;
    for (const auto& [name, words] : said_words) {
        if (name == said) {
            body += fmt::format(R"(<p class="mistake" role="status">{}</p>)", say(language, words));
        }
    }
    body += fmt::format(R"(<p>{}</p><form method="post" action="/login">)"
                        R"(<input type="hidden" name="lang" value="{}">)"
                        R"(<p><button type="submit">{}</button></p></form><p>{}</p>)",
                        say(language, start_text), to_text(language), say(language, log_in),
                        say(language, needs_agent));
    return whole(language, say(language, title), body);
}

std::string home_page(Language language, const HomePage& page) {
    const auto second = (page.until + page.utc_offset_s) % 86'400;
    const auto time = fmt::format("{}:{:02}", second / 3600, second / 60 % 60);
    return whole(language, say(language, logged_in),
                 fmt::format(R"(<p>{}</p><p>{}</p><form method="post" action="/logout">)"
                             R"(<input type="hidden" name="lang" value="{}">)"
                             R"(<p><button type="submit">{}</button></p></form>)",
                             html_text(fmt::format(fmt::runtime(until.in(language)), time)),
                             say(language, not_yet), to_text(language), say(language, log_out)),
                 "/home.js");
}

std::string back_page(Language language) {
    return whole(language, say(language, coming_back),
                 fmt::format("<noscript><p>{}</p></noscript>", say(language, needs_script)),
                 "/back.js");
}

}  // namespace mado::portal
