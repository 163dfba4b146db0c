#include "pages.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "http/form.hpp"

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
constexpr Words log_in_title{"ログイン", "Log in", "はいる"};
constexpr Words any_text{"{}", "{}", "{}"};
constexpr std::string_view procedures_path = "/procedures";
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
    "記録は、ご自分のブラウザの中で開くので、この画面にはJavaScriptが必要です。次のページは、JavaSc"
    "ript"
    "がなくても見られます。",
    "Your records are opened inside your own browser, so this page needs JavaScript. These pages "
    "work without it:",
    "この ページには JavaScriptが いります。つぎの ページは、JavaScriptが なくても "
    "[見|み]られます。"};
constexpr Words log_in_needs_script{
    "ログインして記録を見るには、JavaScriptが必要です。「カードがなくても見られます」のページは、"
    "JavaScriptがなくても見られます。",
    "To log in and see your records, you need JavaScript. The pages under “Without a card” work "
    "without it.",
    "はいるには JavaScriptが いります。「カードが なくても」の ページは、JavaScriptが なくても "
    "[見|み]られます。"};
constexpr Words to_see{
    "「{}」を見るには、ログインしてください。ログインすると、その画面に進みます。",
    "Please log in to see “{}”. You will then go on to that page.",
    "「{}」を [見|み]る ときは、カードで はいって ください。"};
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
    "Procedures cannot be done here yet. For now, please go to your municipality's counter.",
    "ここで [手続|てつづ]きは まだ できません。いまは [市役所|しやくしょ]などで できます。"};
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
    {"マイページの画面から送られたものではないか、古くなった画面から送られました。何も変わっていま"
     "せ"
     "ん。マイページから始め直してください。",
     "It was not sent by a page of My Page, or by one that is too old. Nothing was changed. Please "
     "begin again at My Page.",
     "マイページから きた ものでは ありません。はじめから やりなおして ください。"}};
constexpr RefusalWords not_understood{
    {"受け取れませんでした", "This could not be read", "うけとれませんでした"},
    {"送られたものが長すぎるか、正しい形ではありません。マイページから始め直してください。",
     "What was sent is too long or not in its right form. Please begin again at My Page.",
     "おくった ものが おかしいです。はじめから やりなおして ください。"}};
constexpr RefusalWords not_now{
    {"いまは表示できません", "This cannot be shown just now", "いまは [見|み]せられません"},
    {"マイページの側で何かがうまくいきませんでした。1分ほどしてから、もう一度お願いします。",
     "Something went wrong at My Page. Please try again in a minute.",
     "マイページが うごいて いません。すこし まって、もういちど して ください。"}};

const RefusalWords& refusal_words(int status) {
    if (status == 404) return not_found;
    if (status == 405) return not_so;
    if (status == 401 || status == 403) return not_ours;
    return status >= 500 ? not_now : not_understood;
}

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

// `query`: of the address, what stays in it.
std::string size_link(const Look& look, std::string_view path, std::string_view query) {
    return fmt::format(R"(<p class="size"><a href="{}?{}{}size={}">{}</a></p>)", path,
                       html_text(query), query.empty() ? "" : "&amp;",
                       look.large ? "normal" : "large",
                       say(look.language, look.large ? normal : larger));
}

page::Frame frame_of(const Site& site, const Look& look, std::string_view path,
                     std::string_view script, std::string_view query = {}) {
    return {.language = look.language,
            .path = std::string(path),
            .query = std::string(query),
            .head = head_of(site, script),
            .header = size_link(look, path, query),
            .classes = look.large ? "portal large" : "portal"};
}

std::string log_out_form(const Look& look) {
    return fmt::format(R"(<form method="post" action="/logout"><button type="submit" )"
                       R"(class="quiet">{}</button></form>)",
                       say(look.language, log_out));
}

struct MenuItem {
    std::string_view path;
    Words name;
};

std::string menu(const Look& look, std::span<const MenuItem> items, std::string_view here) {
    std::string out;
    for (const auto& [path, name] : items) {
        out += fmt::format(R"(<li><a href="{}"{}>{}</a></li>)", path,
                           path == here ? R"( aria-current="page")" : "", say(look.language, name));
    }
    return fmt::format(R"(<nav class="menu" aria-label="{}"><ul>{}</ul></nav>)",
                       plain(say(look.language, menu_name)), out);
}

// Of whoever is logged in.
std::string menu_inside(const Site& site, const Look& look, std::string_view here) {
    std::vector<MenuItem> items;
    for (const auto& one : place_table) {
        if (one.place == Place::looked) items.push_back({procedures_path, procedures_name});
        items.push_back({one.path, name_of(site, one)});
    }
    return menu(look, items, here);
}

void put_inside(page::Frame& frame, const Site& site, const Look& look) {
    frame.header += log_out_form(look);
    frame.navigation = menu_inside(site, look, frame.path);
}

page::Frame frame_inside(const Site& site, const Look& look, const PlaceInfo& one) {
    auto frame = frame_of(site, look, one.path, one.script);
    put_inside(frame, site, look);
    return frame;
}

std::string list(std::string_view css_class, const std::string& items) {
    if (items.empty()) return "";
    return fmt::format(R"(<ul class="{}">{}</ul>)", css_class, items);
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
    return section(look, "records", records_name, list("tiles", out));
}

// None can be begun here yet: no links.
std::string life_events(const Site& site, const Look& look) {
    std::string out;
    for (const auto& one : site.national.life_events)
        out += fmt::format("<li><span>{}</span></li>", say(look.language, one.name.words()));
    return list("tiles", out);
}

std::string procedures_section(const Site& site, const Look& look) {
    return section(look, "procedures", procedures_name,
                   fmt::format(R"(<p class="hint">{}</p>{})", say(look.language, procedures_text),
                               life_events(site, look)));
}

std::string links_section(const Site& site, const Look& look) {
    std::string out;
    if (site.national.links.empty()) return out;
    for (const auto& one : site.national.links) {
        out += fmt::format(R"(<li data-holder="{}"><a href="{}" rel="noreferrer">{}</a></li>)",
                           html_text(one.holder), html_text(one.url),
                           say(look.language, one.name.words()));
    }
    return section(look, "links", links_name, list("plain", out));
}

// Pages for everybody, which work without JavaScript.
std::string open_pages(const Look& look, bool with_start) {
    std::string out;
    if (with_start) {
        out +=
            fmt::format(R"(<li><a class="alone" href="/">{}</a></li>)", say(look.language, title));
    }
    out += fmt::format(R"(<li><a class="alone" href="{}">{}</a></li>)", procedures_path,
                       say(look.language, procedures_name));
    return list("plain", out);
}

std::string without_script(const Look& look) {
    return fmt::format("<noscript><p>{}</p>{}</noscript>", say(look.language, needs_script),
                       open_pages(look, false));
}

std::string filled_by_script(const Look& look) {
    return fmt::format(R"(<div id="page">{}</div>)", without_script(look));
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

// Read first: it has the focus.
std::string said_box(const Look& look, Said said) {
    return fmt::format(R"(<p class="{}" role="status" tabindex="-1" autofocus>{}</p>)",
                       is_mistake(said) ? "mistake" : "said", say(look.language, words_of(said)));
}

}  // namespace

std::span<const PlaceInfo> places() {
    return place_table;
}

std::optional<Place> parse_place(std::string_view text) {
    const auto* found = std::ranges::find_if(place_table, [text](const PlaceInfo& one) {
        return one.place != Place::home && one.path.substr(1) == text;
    });
    return found == place_table.end() ? std::nullopt : std::optional(found->place);
}

std::string_view path_of(Place place) {
    return info(place).path;
}

std::string start_page(const Site& site, const Look& look, const Start& start) {
    const auto language = look.language;
    http::Form query;
    std::string body, to_field, window = say(language, log_in_title);
    if (start.to) {
        const auto& one = info(*start.to);
        query.set("to", std::string(one.path.substr(1)));
        to_field = fmt::format(R"(<input type="hidden" name="to" value="{}">)", one.path.substr(1));
        const auto text =
            say(language, to_see, one.heading.value_or(name_of(site, one)).in(language));
        body = fmt::format(R"(<p class="said" role="status" tabindex="-1"{}>{}</p>)",
                           start.said ? "" : " autofocus", text);
        window = first_sentence(plain(text));
    }
    if (start.said) {
        query.set("said", std::string(to_text(*start.said)));
        body = said_box(look, *start.said) + body;
        window = first_sentence(plain(say(language, words_of(*start.said))));
    }
    body += fmt::format(R"(<p>{}</p><form method="post" action="/login">{}<p><button )"
                        R"(type="submit">{}</button></p></form><noscript><p class="mistake">{}</p>)"
                        R"(</noscript><p class="hint">{}</p><h2>{}</h2>{})",
                        say(language, start_text), to_field, say(language, log_in),
                        say(language, log_in_needs_script), say(language, needs_agent),
                        say(language, without_card), open_pages(look, false));
    auto frame = frame_of(site, look, "/", "", http::form_text(query));
    frame.title = window;
    return page::whole(frame, title, say(language, title), body);
}

std::string back_page(const Site& site, const Look& look) {
    return page::whole(frame_of(site, look, "/login/back", "back"), title,
                       say(look.language, coming_back), without_script(look));
}

std::string refusal_page(const Site& site, const Look& look, int status, bool logged_in) {
    const auto& words = refusal_words(status);
    // At an address that there is: the one that was asked for may not be shown again.
    auto frame = frame_of(site, look, "/", "");
    if (logged_in) {
        put_inside(frame, site, look);
        frame.navigation = menu_inside(site, look, "");
    }
    return page::whole(frame, title, say(look.language, words.title),
                       fmt::format("<p>{}</p><h2>{}</h2>{}", say(look.language, words.text),
                                   say(look.language, ways_on), open_pages(look, true)));
}

std::string procedures_page(const Site& site, const Look& look, bool logged_in) {
    const auto body =
        fmt::format("<p>{}</p>{}", say(look.language, procedures_text), life_events(site, look));
    auto frame = frame_of(site, look, procedures_path, "");
    const std::array outside{MenuItem{"/", title}, MenuItem{procedures_path, procedures_name}};
    if (logged_in)
        put_inside(frame, site, look);
    else
        frame.navigation = menu(look, outside, procedures_path);
    return page::whole(frame, title, say(look.language, procedures_name), body);
}

std::string place_page(const Site& site, const Look& look, Place place) {
    const auto& one = info(place);
    auto body = one.script.empty() ? fmt::format("<p>{}</p>", say(look.language, not_built))
                                   : filled_by_script(look);
    const bool home = place == Place::home;
    if (home) {
        // In the order of the report's picture; the search's place is filled in by the script.
        body = fmt::format(R"(<div class="home">{}{}{}{}<div id="search-place"></div></div>)",
                           records_section(site, look), body, procedures_section(site, look),
                           links_section(site, look));
    }
    const auto heading = one.heading.value_or(name_of(site, one));
    auto frame = frame_inside(site, look, one);
    frame.title = say(look.language, heading);
    return page::whole(frame, title, say(look.language, home ? title : heading), body);
}

std::string sessions_page(const Site& site, const Look& look, const std::vector<LoggedIn>& sessions,
                          std::string_view own) {
    const auto language = look.language;
    const auto time = [&](UnixTime at) { return page::time_text(language, at, site.utc_offset_s); };
    std::string rows;
    int number = 0;
    for (const auto& one : sessions) {
        // Numbered: two of one kind may have begun in the same minute.
        const auto name = fmt::format(fmt::runtime(numbered.in(language)), ++number,
                                      browser_text(language, one.browser));
        const auto times =
            fmt::format(fmt::runtime(from_until.in(language)), time(one.since), time(one.expires));
        rows += fmt::format("<li><p><strong>{}</strong><br>{}</p>", say(language, any_text, name),
                            say(language, any_text, times));
        if (one.id == own) {
            rows += fmt::format("<p>{}</p></li>", say(language, this_one));
            continue;
        }
        rows += fmt::format(R"(<form method="post" action="/logout/other"><input type="hidden" )"
                            R"(name="id" value="{}"><button type="submit">{} )"
                            R"(<span class="visually-hidden">{}</span></button></form></li>)",
                            html_text(one.id), say(language, log_out_there),
                            say(language, any_text, name));
    }
    const auto& place = info(Place::sessions);
    return page::whole(frame_inside(site, look, place), title, say(language, name_of(site, place)),
                       fmt::format(R"(<p>{}</p>{}<div id="page"></div>)",
                                   say(language, sessions_text), list("sessions", rows)));
}

}  // namespace mado::portal
