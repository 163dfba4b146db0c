#include "pages.hpp"

#include <fmt/format.h>

namespace mado::portal {
namespace {

using page::html_text;
using page::say;
using page::to_text;
using page::Words;

constexpr Words title{"マイページ", "My Page", "マイページ"};
constexpr Words start_text{
    "カードでログインします。記録と、それを見た人を見るページは、まだできていません。",
    "Log in with your card. The pages with your records, and who looked at them, are not built "
    "yet.",
    "カードで はいります。きろくの ページは、まだ ありません。"};
constexpr Words log_in{"カードでログインする", "Log in with your card", "カードで はいる"};
constexpr Words needs_agent{
    "ボタンを押すと、このパソコンの中の「カード窓口」に移ります。開かないときは、カード窓口（mado-"
    "agent）が動いていません（デモでは ./mado up）。",
    "The button leads to the card agent inside this computer. If that page does not open, the "
    "agent (mado-agent) does not run (in the demo: ./mado up).",
    "ボタンを おすと、パソコンの なかの カードの まどぐちに いきます。"};
constexpr Words logged_in{"ログインしています", "You are logged in", "はいって います"};
constexpr Words until{"{}（日本時間）までです。カードを抜くと、すぐにログアウトします。",
                      "Until {} in Japan. Removing the card logs you out at once.",
                      "{}（にほんの じかん）までです。カードを ぬくと、すぐに おわります。"};
constexpr Words not_yet{"記録を見るページは、まだできていません。",
                        "The pages with your records are not built yet.",
                        "きろくの ページは まだ ありません。"};
constexpr Words log_out{"ログアウトする", "Log out", "おわる"};
constexpr Words coming_back{"ログインを確かめています…", "Checking your log-in…",
                            "たしかめて います…"};
constexpr Words needs_script{"この画面にはJavaScriptが必要です。", "This page needs JavaScript.",
                             "JavaScriptが いります。"};

}  // namespace

std::string start_page(Language language, std::optional<Said> said) {
    std::string body;
    if (said) {
        body += fmt::format(R"(<p class="mistake" role="status">{}</p>)",
                            say(language, words_of(*said)));
    }
    body += fmt::format(R"(<p>{}</p><form method="post" action="/login">)"
                        R"(<input type="hidden" name="lang" value="{}">)"
                        R"(<p><button type="submit">{}</button></p></form><p>{}</p>)",
                        say(language, start_text), to_text(language), say(language, log_in),
                        say(language, needs_agent));
    return page::whole({.language = language, .path = "/"}, title, say(language, title), body);
}

std::string home_page(Language language, const HomePage& page) {
    const auto second = (page.until + page.utc_offset_s) % 86'400;
    const auto time = fmt::format("{}:{:02}", second / 3600, second / 60 % 60);
    return page::whole(
        {.language = language, .path = "/", .script = "/home.js"}, title, say(language, logged_in),
        fmt::format(R"(<p>{}</p><p>{}</p><form method="post" action="/logout">)"
                    R"(<input type="hidden" name="lang" value="{}">)"
                    R"(<p><button type="submit">{}</button></p></form>)",
                    html_text(fmt::format(fmt::runtime(until.in(language)), time)),
                    say(language, not_yet), to_text(language), say(language, log_out)));
}

std::string back_page(Language language) {
    return page::whole({.language = language, .path = "/login/back", .script = "/back.js"}, title,
                       say(language, coming_back),
                       fmt::format("<noscript><p>{}</p></noscript>", say(language, needs_script)));
}

}  // namespace mado::portal
