#include "pages.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace mado::portal {
namespace {

using page::html_text;
using page::plain;
using page::say;
using page::to_text;
using page::Words;

constexpr Words title{"マイページ", "My Page", "マイページ"};
constexpr Words start_text{
    "年金・医療・介護の記録と、それを見た人を、ここでまとめて見られます。カードでログインします。",
    "Your pension, health and care records, and who looked at them, in one place. Log in with your "
    "card.",
    "[年金|ねんきん]・[病院|びょういん]・[介護|かいご]の [記録|きろく]を [見|み]る "
    "ページです。カードで はいります。"};
constexpr Words log_in{"カードでログインする", "Log in with your card", "カードで はいる"};
constexpr Words needs_agent{
    "ボタンを押すと、このパソコンの中の「カード窓口」に移り、そこで暗証番号を入力します。窓口が開か"
    "な"
    "いときは、カード窓口のプログラムが動いていません。市区町村の窓口でも手伝ってもらえます。",
    "The button leads to the card program inside this computer, where you enter your PIN. If that "
    "page does not open, the program is not running. Your municipality's counter can help.",
    "ボタンを おすと、パソコンの なかの カードの まどぐちに いきます。ひらかない ときは、"
    "しやくしょなどに きいて ください。"};
constexpr Words without_card{"カードがなくても見られます", "Without a card", "カードが なくても"};
constexpr Words log_out{"ログアウト", "Log out", "おわる"};
constexpr Words coming_back{"ログインを確かめています…", "Checking your log-in…",
                            "たしかめて います…"};
constexpr Words needs_script{
    "記録は、ご自分のブラウザの中で開きます。この画面にはJavaScriptが必要です。",
    "Your records are opened inside your own browser. This page needs JavaScript.",
    "この ページには JavaScriptが いります。"};
constexpr Words menu_name{"メニュー", "Menu", "メニュー"};
constexpr Words records_name{"情報の閲覧", "My records", "[記録|きろく]を [見|み]る"};
constexpr Words procedures_name{"各種手続", "Procedures", "[手続|てつづ]き"};
constexpr Words links_name{"リンク", "Links", "リンク"};
constexpr Words larger{"文字を大きくする", "Larger text", "[文字|もじ]を [大|おお]きくする"};
constexpr Words normal{"文字を普通の大きさにする", "Normal text", "[文字|もじ]を ふつうに する"};
constexpr Words not_built{"このページは、まだできていません。", "This page is not built yet.",
                          "この ページは まだ ありません。"};
constexpr Words procedures_text{
    "ここから手続をすることは、まだできません。いまは、お住まいの市区町村の窓口でできます。",
    "You cannot file from here yet. For now, your municipality's counter does it.",
    "ここで [手続|てつづ]きは まだ できません。いまは [市役所|しやくしょ]などで できます。"};
constexpr Words sessions_text{
    "あなたのカードで、いまログインしている画面です。おぼえのないものがあれば、ログアウトさせて、"
    "カードを抜いてください。",
    "Where your card is logged in now. If you do not know one of them, log it out and remove your "
    "card.",
    "あなたの カードで はいって いる [画面|がめん]です。しらない ものは おわらせて ください。"};
constexpr Words this_one{"いま見ている画面", "The one you are looking at",
                         "いま [見|み]て いる [画面|がめん]"};
constexpr Words since_words{"{}から", "since {}", "{}から"};
constexpr Words until_words{"{}まで", "until {}", "{}まで"};
constexpr Words unknown_browser{"ほかのブラウザ", "another browser", "ほかの ブラウザ"};
constexpr Words log_out_there{"ログアウトさせる", "Log it out", "おわらせる"};

constexpr std::array place_table{
    PlaceInfo{Place::home, "/", "", {"ホーム", "Home", "ホーム"}, "home"},
    PlaceInfo{Place::pension,
              "/pension",
              "pension",
              {},
              "pension",
              Words{"年金情報の閲覧", "Your pension records",
                    "[年金|ねんきん]の[情報|じょうほう]を [見|み]る"}},
    PlaceInfo{Place::claims, "/claims", "claims", {}, "claims"},
    PlaceInfo{Place::checkups, "/checkups", "checkups", {}, "checkups"},
    PlaceInfo{Place::care, "/care", "", {"介護情報", "Care", "[介護|かいご]"}, "care"},
    PlaceInfo{Place::eligibility, "/eligibility", "eligibility", {}, "eligibility"},
    PlaceInfo{
        Place::looked,
        "/looked",
        "",
        {"あなたの記録を見た人", "Who looked at my records", "[記録|きろく]を [見|み]た [人|ひと]"},
        "looked"},
    PlaceInfo{Place::sessions,
              "/sessions",
              "",
              {"ログイン中の画面", "Where I am logged in", "はいって いる [画面|がめん]"},
              "sessions"},
};

const PlaceInfo& info(Place place) {
    return *std::ranges::find(place_table, place, &PlaceInfo::place);
}

Words name_of(const Site& site, const PlaceInfo& place) {
    return place.service.empty() ? place.own_name : site.services.page_name(place.service);
}

std::string head_of(const Site& site, std::string_view script) {
    auto out = fmt::format(R"(<link rel="stylesheet" href="{}style.css">)", site.assets);
    if (!script.empty()) {
        out += fmt::format(R"(<script type="module" src="{}{}.js"></script>)", site.assets, script);
    }
    return out;
}

std::string size_link(const Look& look, std::string_view path) {
    return fmt::format(R"(<p class="size"><a href="{}?size={}">{}</a></p>)", path,
                       look.large ? "normal" : "large",
                       say(look.language, look.large ? normal : larger));
}

page::Frame frame_of(const Site& site, const Look& look, std::string_view path,
                     std::string_view script) {
    return {.language = look.language,
            .path = std::string(path),
            .head = head_of(site, script),
            .header = size_link(look, path),
            .classes = look.large ? "portal large" : "portal"};
}

std::string log_out_form(const Look& look) {
    return fmt::format(R"(<form method="post" action="/logout"><button type="submit" )"
                       R"(class="quiet">{}</button></form>)",
                       say(look.language, log_out));
}

std::string menu(const Site& site, const Look& look, Place here) {
    std::string out;
    for (const auto& one : place_table) {
        out += fmt::format(R"(<li><a href="{}"{}>{}</a></li>)", one.path,
                           one.place == here ? R"( aria-current="page")" : "",
                           say(look.language, name_of(site, one)));
    }
    return fmt::format(R"(<nav class="menu" aria-label="{}"><ul>{}</ul></nav>)",
                       plain(say(look.language, menu_name)), out);
}

page::Frame frame_inside(const Site& site, const Look& look, const PlaceInfo& one) {
    auto frame = frame_of(site, look, one.path, one.script);
    frame.header += log_out_form(look);
    frame.navigation = menu(site, look, one.place);
    return frame;
}

std::string section(const Look& look, std::string_view id, const Words& name,
                    std::string_view body) {
    return fmt::format(R"(<section id="{0}" aria-labelledby="{0}-name"><h2 id="{0}-name">{1}</h2>)"
                       "{2}</section>",
                       id, say(look.language, name), body);
}

std::string records_section(const Site& site, const Look& look) {
    std::string out;
    for (const auto& one : place_table) {
        if (one.place == Place::home || one.place == Place::sessions) continue;
        out += fmt::format(R"(<li><a href="{}"><span>{}</span></a></li>)", one.path,
                           say(look.language, name_of(site, one)));
    }
    return section(look, "records", records_name, "<ul class=\"tiles\">" + out + "</ul>");
}

// None can be begun here yet: no links.
std::string life_events(const Site& site, const Look& look) {
    std::string out;
    for (const auto& one : site.national.life_events)
        out += fmt::format("<li><span>{}</span></li>", say(look.language, one.name.words()));
    return fmt::format(R"(<ul class="tiles">{}</ul>)", out);
}

std::string procedures_section(const Site& site, const Look& look) {
    return section(look, "procedures", procedures_name,
                   fmt::format(R"(<p class="hint">{}</p>{})", say(look.language, procedures_text),
                               life_events(site, look)));
}

std::string links_section(const Site& site, const Look& look) {
    std::string out;
    for (const auto& one : site.national.links) {
        out += fmt::format(R"(<li data-holder="{}"><a href="{}" rel="noreferrer">{}</a></li>)",
                           html_text(one.holder), html_text(one.url),
                           say(look.language, one.name.words()));
    }
    return section(look, "links", links_name, "<ul>" + out + "</ul>");
}

std::string filled_by_script(const Look& look) {
    return fmt::format(R"(<div id="page"><noscript><p>{}</p></noscript></div>)",
                       say(look.language, needs_script));
}

std::string time_text(UnixTime time, std::int32_t utc_offset_s) {
    const auto second = (time + utc_offset_s) % 86'400;
    return fmt::format("{}:{:02}", second / 3600, second / 60 % 60);
}

}  // namespace

std::span<const PlaceInfo> places() {
    return place_table;
}

std::string start_page(const Site& site, const Look& look, std::optional<Said> said) {
    const auto language = look.language;
    std::string body;
    if (said) {
        body += fmt::format(R"(<p class="mistake" role="status">{}</p>)",
                            say(language, words_of(*said)));
    }
    body +=
        fmt::format(R"(<p>{}</p><form method="post" action="/login">)"
                    R"(<p><button type="submit">{}</button></p></form><p class="hint">{}</p>)"
                    R"(<h2>{}</h2><ul><li><a href="/procedures">{}</a></li></ul>)",
                    say(language, start_text), say(language, log_in), say(language, needs_agent),
                    say(language, without_card), say(language, procedures_name));
    return page::whole(frame_of(site, look, "/", ""), title, say(language, title), body);
}

std::string back_page(const Site& site, const Look& look) {
    return page::whole(
        frame_of(site, look, "/login/back", "back"), title, say(look.language, coming_back),
        fmt::format("<noscript><p>{}</p></noscript>", say(look.language, needs_script)));
}

std::string procedures_page(const Site& site, const Look& look, bool logged_in) {
    const auto body =
        fmt::format("<p>{}</p>{}", say(look.language, procedures_text), life_events(site, look));
    auto frame = frame_of(site, look, "/procedures", "");
    if (logged_in) frame.header += log_out_form(look);
    frame.navigation = fmt::format(
        R"(<nav class="menu" aria-label="{}"><ul><li><a href="/">{}</a></li></ul></nav>)",
        plain(say(look.language, menu_name)), say(look.language, title));
    return page::whole(frame, title, say(look.language, procedures_name), body);
}

std::string place_page(const Site& site, const Look& look, Place place) {
    const auto& one = info(place);
    auto body = one.script.empty() ? fmt::format("<p>{}</p>", say(look.language, not_built))
                                   : filled_by_script(look);
    const bool home = place == Place::home;
    if (home) {
        body = fmt::format(R"(<div class="home">{}{}{}{}</div>)", body, records_section(site, look),
                           procedures_section(site, look), links_section(site, look));
    }
    return page::whole(frame_inside(site, look, one), title,
                       say(look.language, home ? title : one.heading.value_or(name_of(site, one))),
                       body);
}

std::string sessions_page(const Site& site, const Look& look, const std::vector<LoggedIn>& sessions,
                          std::string_view own) {
    const auto language = look.language;
    std::string rows;
    for (const auto& one : sessions) {
        const auto browser = fmt::format("{} {}", one.browser.program, one.browser.system);
        const auto until = html_text(fmt::format(fmt::runtime(until_words.in(language)),
                                                 time_text(one.expires, site.utc_offset_s)));
        rows +=
            fmt::format("<li><p><strong>{}</strong><br>{} {}</p>",
                        browser == " " ? say(language, unknown_browser) : html_text(browser),
                        say(language, since_words, time_text(one.since, site.utc_offset_s)), until);
        if (one.id == own) {
            rows += fmt::format("<p>{}</p></li>", say(language, this_one));
            continue;
        }
        rows += fmt::format(R"(<form method="post" action="/logout/other"><input type="hidden" )"
                            R"(name="id" value="{}"><button type="submit">{}</button></form></li>)",
                            html_text(one.id), say(language, log_out_there));
    }
    const auto& place = info(Place::sessions);
    return page::whole(frame_inside(site, look, place), title, say(language, name_of(site, place)),
                       fmt::format(R"(<p>{}</p><ul class="sessions">{}</ul><div id="page"></div>)",
                                   say(language, sessions_text), rows));
}

}  // namespace mado::portal
