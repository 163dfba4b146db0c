#include "site/pages.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "http/form.hpp"

namespace mado::site {
namespace {

using page::html_text;
using page::Language;
using page::plain;
using page::say;
using page::Words;

constexpr Words log_in_title{"ログイン", "Log in", "はいる"};
constexpr Words any_text{"{}", "{}", "{}"};
constexpr Words log_in{"カードでログインする", "Log in with your card", "カードで はいる"};
constexpr Words without_card{"カードがなくても見られます", "Without a card", "カードが なくても"};
constexpr Words log_out{"ログアウト", "Log out", "おわる"};
constexpr Words coming_back{"ログインを確かめています…", "Checking your log-in…",
                            "たしかめて います…"};
constexpr Words to_see{
    "「{}」を見るには、ログインしてください。ログインすると、その画面に進みます。",
    "Please log in to see “{}”. You will then go on to that page.",
    "「{}」を [見|み]る ときは、カードで はいって ください。"};
constexpr Words menu_name{"メニュー", "Menu", "メニュー"};
constexpr Words larger{"文字を大きくする", "Larger text", "[文字|もじ]を [大|おお]きくする"};
constexpr Words normal{"文字を普通の大きさにする", "Normal text", "[文字|もじ]を ふつうに する"};
constexpr Words sessions_text{
    "あなたのカードで、いまログインしている画面です。おぼえのないものがあれば、ログアウトさせて、"
    "カードを抜いてください。",
    "Where your card is logged in now. If there is one that you do not know, log it out and remove "
    "your card.",
    "あなたの カードで はいって いる [画面|がめん]です。しらない ものは おわらせて ください。"};
constexpr Words this_one{"いま見ている画面です。", "This is the one you are looking at.",
                         "いま [見|み]て いる [画面|がめん]です。"};
constexpr Words from_until{"{}から（おそくとも{}まで）", "since {} (until {} at the latest)",
                           "{}から（{}に おわります）"};
constexpr Words on_system{"{}（{}）", "{} on {}", "{}（{}）"};
constexpr Words unknown_browser{"種類のわからないブラウザ", "A browser of unknown kind",
                                "わからない ブラウザ"};
constexpr Words log_out_there{"ログアウトさせる", "Log it out", "おわらせる"};
constexpr Words numbered{"{}：{}", "{}: {}", "{}：{}"};
constexpr Words ways_on{"ここから進めます", "Where to go from here", "ここから すすめます"};

// What a browser gets instead of a code.
struct RefusalWords {
    Words title, text;
};
constexpr RefusalWords not_found{
    {"このページはありません", "There is no such page", "この ページは ありません"},
    {"アドレスが変わったか、打ちまちがいかもしれません。",
     "The address may have changed, or it may be mistyped.", "アドレスが ちがうかも しれません。"}};
constexpr RefusalWords not_so{
    {"この画面は、このようには開けません", "This page cannot be opened like this",
     "この ページは ひらけません"},
    {"前の画面に戻り、そこにあるボタンを使ってください。",
     "Please go back to the page before, and use the button there.",
     "まえの ページに もどって、ボタンを おして ください。"}};
constexpr RefusalWords not_ours{
    {"受け付けませんでした", "This was not accepted", "うけつけませんでした"},
    {"{0}の画面から送られたものではないか、古くなった画面から送られました。何も変わっていません。"
     "{0}から始め直してください。",
     "It was not sent by a page of {0}, or by one that is too old. Nothing was changed. Please "
     "begin again at {0}.",
     "{0}から きた ものでは ありません。はじめから やりなおして ください。"}};
constexpr RefusalWords not_understood{
    {"受け取れませんでした", "This could not be read", "うけとれませんでした"},
    {"送られたものが長すぎるか、正しい形ではありません。{}から始め直してください。",
     "What was sent is too long or not in its right form. Please begin again at {}.",
     "おくった ものが おかしいです。はじめから やりなおして ください。"}};
constexpr RefusalWords not_now{
    {"いまは表示できません", "This cannot be shown just now", "いまは [見|み]せられません"},
    {"{}の側で何かがうまくいきませんでした。1分ほどしてから、もう一度お願いします。",
     "Something went wrong at {}. Please try again in a minute.",
     "{}が うごいて いません。すこし まって、もういちど して ください。"}};

const RefusalWords& refusal_words(int status) {
    if (status == 404) return not_found;
    if (status == 405) return not_so;
    if (status == 401 || status == 403) return not_ours;
    return status >= 500 ? not_now : not_understood;
}

constexpr std::string_view name_of(std::string_view path) {
    return path.substr(1);
}

std::string head_of(const Site& site, std::string_view script) {
    auto out = fmt::format(R"(<link rel="stylesheet" href="{}style.css">)", site.assets);
    if (!script.empty()) {
        out += fmt::format(R"(<script type="module" src="{}{}.js"></script>)", site.assets, script);
    }
    return out;
}

// `query`: of the address, what stays in it.
std::string size_link(const Look& look, std::string_view path, std::string_view query) {
    return fmt::format(R"(<p class="size"><a href="{}?{}{}size={}">{}</a></p>)", path,
                       html_text(query), query.empty() ? "" : "&amp;",
                       look.large ? "normal" : "large",
                       say(look.language, look.large ? normal : larger));
}

std::string log_out_form(const Look& look) {
    return fmt::format(R"(<form method="post" action="/logout"><button type="submit" )"
                       R"(class="quiet">{}</button></form>)",
                       say(look.language, log_out));
}

std::string menu(const Site& site, const Look& look, const Content& content) {
    if (content.reader == Reader::nobody_yet) return "";
    std::string items;
    const auto add = [&](std::string_view path, const Words& name) {
        items += fmt::format(R"(<li><a href="{}"{}>{}</a></li>)", path,
                             path == content.here ? R"( aria-current="page")" : "",
                             say(look.language, name));
    };
    const bool inside = content.reader == Reader::logged_in;
    if (!inside) add("/", site.options.texts.title);
    for (const auto& place : site.options.places) {
        const auto& without = content.without;
        const bool is_theirs = std::ranges::find(without, place.path) == without.end();
        if (is_theirs && (inside || place.open)) add(place.path, place.name);
    }
    return fmt::format(R"(<nav class="menu" aria-label="{}"><ul>{}</ul></nav>)",
                       plain(say(look.language, menu_name)), items);
}

// Pages for everybody, which work without JavaScript.
std::string open_pages(const Site& site, const Look& look, bool with_start) {
    std::string out;
    const auto add = [&](std::string_view path, const Words& name) {
        out += fmt::format(R"(<li><a class="alone" href="{}">{}</a></li>)", path,
                           say(look.language, name));
    };
    if (with_start) add("/", site.options.texts.title);
    for (const auto& place : site.options.places) {
        if (place.open) add(place.path, place.name);
    }
    return list("plain", out);
}

// What else there is to see.
std::string open_section(const Site& site, const Look& look) {
    const auto pages = open_pages(site, look, false);
    return pages.empty() ? ""
                         : fmt::format("<h2>{}</h2>{}", say(look.language, without_card), pages);
}

std::string browser_text(Language language, const Browser& browser) {
    if (browser.program.empty() && browser.system.empty())
        return std::string(unknown_browser.in(language));
    if (browser.program.empty() || browser.system.empty())
        return fmt::format("{}{}", browser.program, browser.system);
    return fmt::format(fmt::runtime(on_system.in(language)), browser.program, browser.system);
}

// "…。…" and "… . …": what fits into a title.
std::string first_sentence(std::string text) {
    for (const std::string_view end : {"。", ". "})
        text.resize(std::min(text.find(end), text.size()));
    if (text.ends_with('.')) text.pop_back();
    return text;
}

std::string words_here(const Site& site, const Look& look, Said said) {
    return say(look.language, words_of(said), site.options.texts.title.in(look.language));
}

// Read first: it has the focus.
std::string said_box(const Site& site, const Look& look, Said said) {
    return fmt::format(R"(<p class="{}" role="status" tabindex="-1" autofocus>{}</p>)",
                       is_mistake(said) ? "mistake" : "said", words_here(site, look, said));
}

}  // namespace

const Place* find_place(const Site& site, std::string_view name) {
    const auto& places = site.options.places;
    const auto found = std::ranges::find_if(places, [name](const Place& one) {
        return !one.open && one.path != "/" && name_of(one.path) == name;
    });
    return found == places.end() ? nullptr : &*found;
}

std::string whole(const Site& site, const Look& look, const Content& content) {
    const bool inside = content.reader == Reader::logged_in;
    page::Frame frame{.language = look.language,
                      .path = content.path,
                      .query = content.query,
                      .title = content.title,
                      .head = head_of(site, content.script),
                      .header = size_link(look, content.path, content.query),
                      .navigation = menu(site, look, content),
                      .classes = std::string(site.options.style) + (look.large ? " large" : "")};
    if (inside) frame.header += log_out_form(look);
    return page::whole(frame, site.options.texts.title, content.heading, content.body);
}

std::string start_page(const Site& site, const Look& look, const Start& start) {
    const auto language = look.language;
    const auto& texts = site.options.texts;
    http::Form query;
    std::string body, to_field, window = say(language, log_in_title);
    if (start.to != nullptr) {
        const std::string to(name_of(start.to->path));
        query.set("to", to);
        to_field = fmt::format(R"(<input type="hidden" name="to" value="{}">)", to);
        const auto text =
            say(language, to_see, start.to->heading.value_or(start.to->name).in(language));
        body = fmt::format(R"(<p class="said" role="status" tabindex="-1"{}>{}</p>)",
                           start.said ? "" : " autofocus", text);
        window = first_sentence(plain(text));
    }
    if (start.said) {
        query.set("said", std::string(to_text(*start.said)));
        body = said_box(site, look, *start.said) + body;
        window = first_sentence(plain(words_here(site, look, *start.said)));
    }
    body += fmt::format(R"(<p>{}</p><form method="post" action="/login">{}<p><button )"
                        R"(type="submit">{}</button></p></form><noscript><p class="mistake">{}</p>)"
                        R"(</noscript><p class="hint">{}</p>{})",
                        say(language, texts.purpose), to_field, say(language, log_in),
                        say(language, texts.log_in_needs_script), say(language, texts.help),
                        open_section(site, look));
    return whole(site, look,
                 {.path = "/",
                  .query = http::form_text(query),
                  .heading = say(language, texts.title),
                  .title = window,
                  .body = body});
}

std::string back_page(const Site& site, const Look& look) {
    return whole(site, look,
                 {.path = "/login/back",
                  .script = "back",
                  .heading = say(look.language, coming_back),
                  .body = without_script(site, look)});
}

std::string refusal_page(const Site& site, const Look& look, int status, bool logged_in) {
    const auto& words = refusal_words(status);
    const auto text = say(look.language, words.text, site.options.texts.title.in(look.language));
    // At an address that there is: the one that was asked for may not be shown again.
    return whole(site, look,
                 {.path = "/",
                  .reader = logged_in ? Reader::logged_in : Reader::nobody_yet,
                  .heading = say(look.language, words.title),
                  .body = fmt::format("<p>{}</p><h2>{}</h2>{}", text, say(look.language, ways_on),
                                      open_pages(site, look, true))});
}

std::string sessions_list(const Site& site, const Look& look, const LoggedIn& who) {
    const auto language = look.language;
    const auto utc_offset_s = site.options.basis.policy.utc_offset_s();
    const auto time = [&](UnixTime at) { return page::time_text(language, at, utc_offset_s); };
    std::string rows;
    int number = 0;
    for (const auto& one : site.sessions.of_card(who.card, unix_now())) {
        // Numbered: two of one kind may have begun in the same minute.
        const auto name = fmt::format(fmt::runtime(numbered.in(language)), ++number,
                                      browser_text(language, one.browser));
        const auto times =
            fmt::format(fmt::runtime(from_until.in(language)), time(one.since), time(one.expires));
        rows += fmt::format("<li><p><strong>{}</strong><br>{}</p>", say(language, any_text, name),
                            say(language, any_text, times));
        if (one.id == who.id) {
            rows += fmt::format("<p>{}</p></li>", say(language, this_one));
            continue;
        }
        rows += fmt::format(R"(<form method="post" action="/logout/other"><input type="hidden" )"
                            R"(name="id" value="{}"><button type="submit">{} )"
                            R"(<span class="visually-hidden">{}</span></button></form></li>)",
                            html_text(one.id), say(language, log_out_there),
                            say(language, any_text, name));
    }
    return fmt::format("<p>{}</p>{}", say(language, sessions_text), list("sessions", rows));
}

std::string without_script(const Site& site, const Look& look) {
    return fmt::format("<noscript><p>{}</p>{}</noscript>",
                       say(look.language, site.options.texts.page_needs_script),
                       open_pages(site, look, false));
}

std::string list(std::string_view css_class, const std::string& items) {
    if (items.empty()) return "";
    return fmt::format(R"(<ul class="{}">{}</ul>)", css_class, items);
}

}  // namespace mado::site
