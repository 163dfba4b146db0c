#include "pages.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "site/pages.hpp"

namespace mado::portal {
namespace {

using page::html_text;
using page::say;
using page::Words;
using site::Look;

constexpr Words title{"マイページ", "My Page", "マイページ"};
constexpr Words purpose{
    "年金・医療・介護の記録と、それを見た人を、ここでまとめて見られます。カードでログインします。",
    "Your pension, health and care records, and who looked at them, in one place. Log in with your "
    "card.",
    "[年金|ねんきん]・[病院|びょういん]・[介護|かいご]の [記録|きろく]を [見|み]る "
    "ページです。カードで はいります。"};
constexpr Words help{
    "ボタンを押すと、このパソコンの中の「カード窓口」に移り、そこで暗証番号を入力します。窓口が開か"
    "な"
    "いときは、カード窓口のプログラムが動いていません。市区町村の窓口でも手伝ってもらえます。",
    "The button leads to the card program inside this computer, where you enter your PIN. If that "
    "page does not open, the program is not running. Your municipality's counter can help.",
    "ボタンを おすと、パソコンの なかの カードの まどぐちに いきます。ひらかない ときは、"
    "しやくしょなどに きいて ください。"};
constexpr Words page_needs_script{
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
constexpr Words records_name{"情報の閲覧", "My records", "[記録|きろく]を [見|み]る"};
constexpr Words links_name{"リンク", "Links", "リンク"};
constexpr Words procedures_text{
    "ここから手続をすることは、まだできません。いまは、お住まいの市区町村の窓口でできます。",
    "Procedures cannot be done here yet. For now, please go to your municipality's counter.",
    "ここで [手続|てつづ]きは まだ できません。いまは [市役所|しやくしょ]などで できます。"};

// In the menu's order.
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
        Place::procedures, "/procedures", "", {"各種手続", "Procedures", "[手続|てつづ]き"}, ""},
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

Words name_of(const page::ServiceNames& services, const PlaceInfo& place) {
    return place.service.empty() ? place.own_name : services.page_name(place.service);
}

std::string section(const Look& look, std::string_view id, const Words& name,
                    std::string_view body) {
    return fmt::format(R"(<section id="{0}" aria-labelledby="{0}-name"><h2 id="{0}-name">{1}</h2>)"
                       "{2}</section>",
                       id, say(look.language, name), body);
}

// Behind the log-in, and not about it.
bool shows_records(Place place) {
    return place != Place::home && place != Place::procedures && place != Place::sessions;
}

std::string records_section(const MyPage& my, const Look& look) {
    std::string out;
    for (const auto& one : place_table) {
        if (!shows_records(one.place)) continue;
        out += fmt::format(R"(<li><a href="{}"><span>{}</span></a></li>)", one.path,
                           say(look.language, name_of(my.services, one)));
    }
    return section(look, "records", records_name, site::list("tiles", out));
}

// None can be begun here yet: no links.
std::string life_events(const MyPage& my, const Look& look) {
    std::string out;
    for (const auto& one : my.national.life_events)
        out += fmt::format("<li><span>{}</span></li>", say(look.language, one.name.words()));
    return site::list("tiles", out);
}

std::string procedures_section(const MyPage& my, const Look& look) {
    return section(look, "procedures", info(Place::procedures).own_name,
                   fmt::format(R"(<p class="hint">{}</p>{})", say(look.language, procedures_text),
                               life_events(my, look)));
}

std::string links_section(const MyPage& my, const Look& look) {
    std::string out;
    if (my.national.links.empty()) return out;
    for (const auto& one : my.national.links) {
        out += fmt::format(R"(<li data-holder="{}"><a href="{}" rel="noreferrer">{}</a></li>)",
                           html_text(one.holder), html_text(one.url),
                           say(look.language, one.name.words()));
    }
    return section(look, "links", links_name, site::list("plain", out));
}

std::string filled_by_script(const MyPage& my, const Look& look) {
    return fmt::format(R"(<div id="page">{}</div>)", site::without_script(my.site, look));
}

// In the order of the report's picture; the search's place is filled in by the script.
std::string home_body(const MyPage& my, const Look& look) {
    return fmt::format(R"(<div class="home">{}{}{}{}<div id="search-place"></div></div>)",
                       records_section(my, look), filled_by_script(my, look),
                       procedures_section(my, look), links_section(my, look));
}

std::string body_of(const MyPage& my, const Look& look, Place place, const site::LoggedIn* who) {
    switch (place) {
        case Place::home:
            return home_body(my, look);
        case Place::procedures:
            return fmt::format("<p>{}</p>{}", say(look.language, procedures_text),
                               life_events(my, look));
        case Place::sessions:
            return site::sessions_list(my.site, look, *who) + R"(<div id="page"></div>)";
        case Place::pension:
        case Place::claims:
        case Place::checkups:
        case Place::care:
        case Place::eligibility:
        case Place::looked:
            return filled_by_script(my, look);
    }
    return "";
}

}  // namespace

wire::CodeId own_view() {
    return must(wire::CodeId::parse("own-view"), "own-view");
}

std::span<const PlaceInfo> places() {
    return place_table;
}

site::Options site_options(const site::Basis& basis, const page::ServiceNames& services,
                           const Log& log) {
    site::Options out{.basis = basis,
                      .log = log,
                      .redirect_uri = {},
                      .agent = {},
                      .purpose = own_view(),
                      .texts = {.title = title,
                                .purpose = purpose,
                                .help = help,
                                .log_in_needs_script = log_in_needs_script,
                                .page_needs_script = page_needs_script},
                      .places = {},
                      .style = "portal"};
    for (const auto& one : place_table) {
        out.places.push_back({.path = one.path,
                              .name = name_of(services, one),
                              .heading = one.heading,
                              .open = one.place == Place::procedures});
    }
    return out;
}

std::string place_page(const MyPage& my, const Look& look, Place place, const site::LoggedIn* who) {
    const auto& one = info(place);
    const auto heading = say(look.language, one.heading.value_or(name_of(my.services, one)));
    return site::whole(my.site, look,
                       {.path = std::string(one.path),
                        .here = one.path,
                        .reader = who == nullptr ? site::Reader::anybody : site::Reader::logged_in,
                        .script = one.script,
                        .heading = place == Place::home ? say(look.language, title) : heading,
                        .title = heading,
                        .body = body_of(my, look, place, who)});
}

}  // namespace mado::portal
