#include "status_page.hpp"

#include <algorithm>
#include <set>

#include "page/answer.hpp"
#include "renewing.hpp"
#include "site/answers.hpp"
#include "site/pages.hpp"
#include "status_words.hpp"
#include "stop_page.hpp"

namespace mado::issuer {
namespace {

using http::Request;
using http::Response;
using http::Task;
using page::say;
using page::Words;
using status::Need;

constexpr std::size_t form_bytes_max = 4 * 1024;
constexpr std::string_view steps_class = R"(class="steps")";

constexpr Words heading{"手続の進みぐあい", "Application status", "てつづきは どこまで"};
constexpr Words text{
    "カードの手続がどこまで進み、いまだれを待っているかを見られます。受け取った紙にある番号（12桁）"
    "と"
    "生年月日を入れてください。このページに、名前や番号は出ません。",
    "See how far your application is, and for whom it waits. Enter a number (12 digits) from your "
    "slip, and your birth date. No name and no number is shown.",
    "てつづきが どこまで すすんだか、[見|み]る ことが できます。かみに ある ばんごうと、うまれた "
    "[日|ひ]を [入|い]れて ください。"};
const SlipCode number_asked{
    .label = {"受付番号か停止コード（12桁）", "Number of the application, or stop code (12 digits)",
              "うけつけ ばんごうか、カードを とめる ばんごう（12けた）"},
    .hint = {"受付番号では、その手続だけが出ます。停止コードでは、あなたの手続がすべて出ます。"
             "保健医療番号ではありません。",
             "The number of an application shows that one. The stop code shows all that are yours. "
             "It is not the health-care number.",
             "うけつけ ばんごうでは、その てつづきだけです。「ほけん いりょう ばんごう」では "
             "ありません。"}};
constexpr Words look_button{"見る", "Show", "[見|み]る"};
constexpr Words each_own{
    "家族の手続は、その人の紙の番号と、その人の生年月日で見られます。",
    "Somebody else in your family has a slip of their own: use its number and their birth date.",
    "かぞくの てつづきは、その [人|ひと]の かみの ばんごうと、その [人|ひと]の うまれた [日|ひ]で "
    "[見|み]る ことが できます。"};
constexpr Words no_slip{"紙がないときは、窓口か、発行センターに電話してください（{}）。",
                        "Without a slip, ask at a window, or call the issuing centre on {}.",
                        "かみが ない ときは、まどぐちか、{} に きいて ください。"};
constexpr Words to_stop{"カードをなくしたとき：カードを止める", "Lost your card? Stop it here",
                        "カードを なくしたら：とめる"};
constexpr Words to_renew{"「カードの更新」へ", "To “Renew your card”",
                         "「カードを [新|あたら]しく する」へ"};
constexpr Words look_again{"番号を入れ直す", "Enter a number again",
                           "もういちど ばんごうを [入|い]れる"};

constexpr Words wrong_number{
    "受付番号も停止コードも12桁の数字です。打ちまちがいがないか、確かめてください。",
    "Both numbers have 12 digits, and this is neither. Please look at it again.",
    "その ばんごうでは ありません。もういちど [見|み]て ください。"};
constexpr Words nobody{"この番号と生年月日の手続はありません。どちらも確かめてください。",
                       "There is nothing with this number and birth date. Please look at both.",
                       "ばんごうか、うまれた [日|ひ]が ちがいます。"};
constexpr Words too_often{
    "何度も試されたため、いまは見られません。1時間ほど待つか、発行センターに電話してください（{}"
    "）。",
    "This was tried too often. Please wait for an hour, or call the issuing centre on {}.",
    "いまは できません。{} に でんわして ください。"};

constexpr Words as_of{"{}のようすです。", "As of {}.", "{}の ようすです。"};
constexpr Words nothing_here{
    "ここに出る手続はありません。いま進んでいるものも、この90日に終わったものもありません。",
    "There is nothing to show: nothing is under way, and nothing has ended in the last 90 days.",
    "いま てつづきは ありません。"};
constexpr Words taken_in{"{}に受け付けました。", "Taken in on {}.", "{}に うけつけました。"};
constexpr Words for_you{"あなたがすること", "What you need to do", "する こと"};
constexpr Words now_heading{"いま", "Now", "いま"};
constexpr Words steps_heading{"手順", "Steps", "じゅんばん"};
constexpr Words legend{
    "①〜⑪は、カードを作る手順の番号です。「オンライン」は役所や保険者がネットワークで進め、だれも出"
    "向き"
    "ません。「窓口・紙」は、人が窓口か書類でします。",
    "①–⑪ are the numbers of the steps by which cards are made. “Online” is done between offices "
    "over the network, and nobody goes anywhere. “In person” is done by people, at a window or on "
    "paper.",
    "①〜⑪は じゅんばんです。「オンライン」は だれも でかけません。"};
constexpr Words waits_words{"{}を待っています（{}）。", "Waiting for {} ({}).",
                            "{}を まって います（{}）。"};
constexpr Words since_today{"{}（今日）から。", "Since {} (today).", "{}（きょう）から。"};
constexpr Words since{"{}から（{}日目）。", "Since {} (day {}).", "{}から（{}にちめ）。"};
constexpr Words until{"{}までに済ませる約束です。", "Promised until {}.", "{}までに します。"};
constexpr Words until_late{"約束の{}を過ぎています。発行センターに電話してください（{}）。",
                           "The promised {} is over. Please call the issuing centre on {}.",
                           "{}を すぎました。{} に でんわして ください。"};
constexpr Words until_yours{"{}までにお願いします。", "Please by {}.", "{}までに して ください。"};
constexpr Words until_yours_late{
    "期日の{}を過ぎています。窓口に来るか、発行センターに電話してください（{}）。",
    "It was to be done by {}. Please come to the window, or call the issuing centre on {}.",
    "{}を すぎました。まどぐちに きて ください。でんわ：{}"};
constexpr Words has_it{"カードはお渡し済みです。残りは保険者への通知だけです。",
                       "You have the card. What is left is that your insurers are told.",
                       "カードは もう わたしました。"};
constexpr Words ends_anyway{"取り消すものが残っていて、センターが続けています。",
                            "Something is left to be undone; the centre sees to that.",
                            "のこりは センターが します。"};
constexpr Words one_unreadable{
    "いま見られない手続が1件あります。発行センターに電話してください（{}）。",
    "One more cannot be shown now. Please call the issuing centre on {}.",
    "いま [見|み]られない ものが 1つ あります。でんわして ください：{}"};
constexpr Words who_label{"担当：{}", "Who: {}", "する [人|ひと]：{}"};
constexpr Words done_on{"済み（{}）", "done ({})", "おわり（{}）"};
constexpr Words between{"、", ", ", "、"};

// ---- what is shown ----

// The number of an application shows that case alone: whoever has found an old slip learns nothing
// of later ones. The stop code that counts is the person's.
struct Found {
    CaseId id = 0;
    bool all = false;
};

// Of a newborn whose form is not there yet, the parent's who came.
std::optional<Date> birth_date_of(const Case& one) {
    if (const auto& who = who_of(one)) return who->birth_date;
    if (one.invited) return one.invited->person.birth_date;
    if (!one.parents.empty()) return one.parents.front().attributes.birth_date;
    return std::nullopt;
}

std::optional<Found> find_by_slip(Office& office, const StopAsked& asked) {
    if (const auto of = find_slip(office, asked)) return Found{.id = *of, .all = true};
    const auto of = office.store.find(asked.code);
    const auto born = of ? birth_date_of(office.store.find(*of).one) : std::nullopt;
    return born == asked.birth_date ? std::optional(Found{.id = *of}) : std::nullopt;
}

struct Reader {
    Office& office;
    page::Language language = page::Language::ja;
    UnixTime now = 0;

    [[nodiscard]] Date day_of(UnixTime at) const {
        return office.site.options.basis.policy.day_of(at);
    }
    [[nodiscard]] std::string day(UnixTime at) const {
        return page::day_text(language, day_of(at));
    }
    [[nodiscard]] const std::string& hotline() const { return office.telephones.hotline; }
    // Words within words: their readings are made with those around them.
    [[nodiscard]] std::string_view in(const Words& words) const { return words.in(language); }
};

// ---- one case ----

// What is the same to whoever reads it: of two certificates, say, of one authority.
struct Waits {
    Words who, step;
    Need need = Need::nothing;
    UnixTime since = 0, until = 0;

    [[nodiscard]] bool is_like(const Waits& other) const {
        return who.ja == other.who.ja && step.ja == other.step.ja && need == other.need;
    }
};

std::vector<Waits> waits_of(const Case& one) {
    std::vector<Waits> out;
    for (const auto& what : todo(one)) {
        const Waits next{.who = status::waits_for(one, what),
                         .step = status::words_of(what.step),
                         .need = status::need_of(one, what),
                         .since = what.since,
                         .until = what.until};
        const auto known =
            std::ranges::find_if(out, [&next](const Waits& other) { return next.is_like(other); });
        if (known == out.end()) {
            out.push_back(next);
        } else {
            known->since = std::min(known->since, next.since);
            known->until = std::min(known->until, next.until);
        }
    }
    return out;
}

std::string since_text(const Reader& reader, UnixTime at) {
    using std::chrono::sys_days;
    const auto days = (sys_days(reader.day_of(reader.now)) - sys_days(reader.day_of(at))).count();
    if (days <= 0) return say(reader.language, since_today, reader.day(at));
    return say(reader.language, since, reader.day(at), days + 1);
}

// What is promised until a day is so until that day is over.
std::string until_text(const Reader& reader, const Waits& what) {
    const bool is_late = std::chrono::sys_days(reader.day_of(what.until)) <
                         std::chrono::sys_days(reader.day_of(reader.now));
    const bool is_yours = what.need != Need::nothing;
    if (!is_late)
        return say(reader.language, is_yours ? until_yours : until, reader.day(what.until));
    return fmt::format(R"(<strong class="late">{}</strong>)",
                       say(reader.language, is_yours ? until_yours_late : until_late,
                           reader.day(what.until), reader.hotline()));
}

std::string waiting(const Reader& reader, const Waits& what) {
    return fmt::format(R"(<li>{} <span class="when">{}</span> <span class="when">{}</span></li>)",
                       say(reader.language, waits_words, reader.in(what.who), reader.in(what.step)),
                       since_text(reader, what.since), until_text(reader, what));
}

// "": nothing. `renew_at`: where a renewal goes on.
std::string needs(const Reader& reader, const std::vector<Waits>& all, std::string_view renew_at) {
    std::string items;
    std::vector<Need> said;
    for (const auto& what : all) {
        const bool is_new = std::ranges::find(said, what.need) == said.end();
        if (what.need == Need::nothing || !is_new) continue;
        said.push_back(what.need);
        items += fmt::format("<p>{}</p>", say(reader.language, status::words_of(what.need)));
        if (what.need == Need::renew_at_home) {
            items += fmt::format(R"(<p><a class="alone" href="{}">{}</a></p>)", renew_at,
                                 say(reader.language, to_renew));
        }
    }
    return items;
}

// First of all, what the person has to do.
std::string box(const Reader& reader, bool is_yours, const std::string& body) {
    return fmt::format(R"(<div class="stands{}"><h3>{}</h3>{}</div>)", is_yours ? " yours" : "",
                       say(reader.language, is_yours ? for_you : now_heading), body);
}

std::string row(const Reader& reader, const Case& one, const Progress& of) {
    const auto step = status::words_of(of.step);
    const auto& report = info(of.step).report;
    std::string who;
    for (const auto& each : status::all_who(one, of))
        who += (who.empty() ? "" : std::string(reader.in(between))) + std::string(reader.in(each));
    const auto state = of.state == StepState::done
                           ? say(reader.language, done_on, reader.day(of.at.value_or(0)))
                           : say(reader.language, status::words_of(of.state));
    return fmt::format(
        R"(<li class="{}"{}><p><span class="step">{}{}{}</span> <span class="place">{}</span> )"
        R"(<span class="acts">{}</span> <span class="state">{}</span></p></li>)",
        to_text(of.state), of.state == StepState::waits ? R"( aria-current="step")" : "", report,
        report.empty() ? "" : " ", say(reader.language, step),
        say(reader.language, status::words_of(of.where)), say(reader.language, who_label, who),
        state);
}

std::string steps(const Reader& reader, const Case& one, const std::vector<Line>& lines) {
    std::string items;
    for (const auto& of : progress_of(one, lines))
        items += row(reader, one, of);
    const auto list = fmt::format(R"(<ol {}>{}</ol>)", steps_class, items);
    if (!has_ended(one)) {
        return fmt::format("<h3>{}</h3>{}", say(reader.language, steps_heading), list);
    }
    return fmt::format("<details><summary>{}</summary>{}</details>",
                       say(reader.language, steps_heading), list);
}

std::string now_text(const Reader& reader, const Case& one) {
    const auto paragraph = [&reader](const Words& words) {
        return fmt::format("<p>{}</p>", say(reader.language, words, reader.hotline()));
    };
    const auto all = waits_of(one);
    std::string items;
    for (const auto& what : all)
        items += waiting(reader, what);
    const auto list = site::list("waiting", items);
    // Who has new keys in the chip cannot log in any more.
    const auto yours = needs(reader, all, one.keys.empty() ? renew_path : renew_on_path);
    if (one.cancelled) {
        const auto more = has_ended(one) ? "" : yours.empty() ? paragraph(ends_anyway) : yours;
        return box(reader, true, paragraph(status::given_up(one.kind)) + more + list);
    }
    if (has_ended(one)) return box(reader, false, paragraph(status::ended(one)));
    const bool is_in_hand = one.has_done(activate_order) && only_tells(one);
    const auto first = yours.empty() ? paragraph(status::words_of(Need::nothing)) : yours;
    return box(reader, !yours.empty(), first + (is_in_hand ? paragraph(has_it) : "") + list);
}

// Another slip is drawn for a case at any time, and begins nothing anew.
bool ended_before(const Case& one, const std::vector<Line>& lines, UnixTime time) {
    const auto last = std::find_if(lines.rbegin(), lines.rend(), [](const Line& line) {
        return !std::holds_alternative<NewSlip>(line.what);
    });
    return has_ended(one) && last != lines.rend() && last->at < time;
}

// "": nothing of it is shown. Of a card that was stopped the page says what the one says that
// stops it.
std::string section(const Reader& reader, const CaseFile& file) {
    const auto& one = file.one;
    const auto lines = reader.office.store.lines(file.id);
    if (one.taken_on || ended_before(one, lines, reader.now - status_ended_s)) return {};
    std::string body;
    if (one.kind == Kind::stop) {
        body = stop_text(reader.office, reader.language, file.id);
        if (body.empty() && has_ended(one)) return {};
        if (body.empty()) body = now_text(reader, one);  // it is being lifted, or made an end of
    } else {
        body = fmt::format(R"(<p class="hint">{}</p>)",
                           say(reader.language, taken_in, reader.day(file.opened_at))) +
               now_text(reader, one) + steps(reader, one, lines);
    }
    return fmt::format(R"(<section class="case"><h2>{}</h2>{}</section>)",
                       say(reader.language, status::words_of(one.kind)), body);
}

// The newest first. What was given up says nothing more once it was begun again.
std::string all_sections(const Reader& reader, const Found& found) {
    auto ids = found.all ? reader.office.store.of_person(found.id) : std::vector{found.id};
    std::ranges::reverse(ids);
    std::string out;
    std::set<Kind> begun;
    for (const auto id : ids) {
        try {
            const auto file = reader.office.store.find(id);
            const bool is_new = begun.insert(file.one.kind).second;
            const bool is_over = file.one.cancelled && has_ended(file.one);
            if (is_new || !is_over) out += section(reader, file);
        } catch (const Failure&) {  // the worker says so (case_unreadable)
            out += fmt::format("<p>{}</p>", say(reader.language, one_unreadable, reader.hotline()));
        }
    }
    return out;
}

// ---- the page ----

struct Shown {
    std::string title, body;  // HTML
};

Response show(Office& office, const Request& request, Shown what) {
    const auto look = site::look_of(request);
    what.body += fmt::format(R"(<p><a class="alone" href="{}">{}</a></p>)", stop_path,
                             say(look.language, to_stop));
    return site::shown(request, site::whole(office.site, look,
                                            {.path = std::string(status_path),
                                             .here = status_path,
                                             .reader = site::Reader::anybody,
                                             .heading = say(look.language, heading),
                                             .title = what.title,
                                             .body = what.body}));
}

struct Mistake {
    Words words;  // in a place: the hotline
    SlipWrong wrong = {};
};

Response form_page(Office& office, const Request& request,
                   const std::optional<Mistake>& mistake = {}, const http::Form& typed = {}) {
    const auto language = site::look_of(request).language;
    Shown out;
    if (mistake) {
        out.title = mistake_title(language, heading);
        out.body = mistake_text(language, say(language, mistake->words, office.telephones.hotline));
    }
    out.body += fmt::format(
        R"(<p>{}</p>{}<p class="hint">{}</p><p class="hint">{}</p>)", say(language, text),
        slip_form(language, status_path, look_button, typed, mistake ? mistake->wrong : SlipWrong{},
                  number_asked),
        say(language, each_own), say(language, no_slip, office.telephones.hotline));
    return show(office, request, std::move(out));
}

// Nobody's look: whose cases they are looks at them.
Response result(Office& office, const Request& request, const Found& found) {
    const Reader reader{
        .office = office, .language = site::look_of(request).language, .now = unix_now()};
    const auto hint = [&reader](const Words& words) {
        return fmt::format(R"(<p class="hint">{}</p>)", say(reader.language, words));
    };
    const auto sections = all_sections(reader, found);
    const auto zone = office.site.options.basis.policy.utc_offset_s();
    const auto time = page::time_text(reader.language, reader.now, zone);
    auto body = fmt::format(R"(<p class="hint" role="status" tabindex="-1" autofocus>{}</p>)",
                            say(reader.language, as_of, time));
    if (sections.find(steps_class) != sections.npos) body += hint(legend);
    body +=
        sections.empty() ? fmt::format("<p>{}</p>", say(reader.language, nothing_here)) : sections;
    body += hint(each_own) + fmt::format(R"(<p><a class="alone" href="{}">{}</a></p>)", status_path,
                                         say(reader.language, look_again));
    return show(office, request, {.title = {}, .body = std::move(body)});
}

Response post(Office& office, const Request& request) {
    if (!page::is_own_form(request, office.site.origin)) {
        return site::refuse(wire::Code::not_allowed, request);
    }
    const auto form = http::parse_form(request.body);
    if (!form) return site::refuse(wire::Code::malformed, request);
    const auto asked = read_stop(*form);
    if (!asked) {
        const bool is_code = asked.error() == StopMistake::code;
        return form_page(office, request,
                         Mistake{.words = is_code ? wrong_number : words_of(asked.error()),
                                 .wrong = {.code = is_code, .birth_date = !is_code}},
                         *form);
    }
    // A count of its own: who mistypes here does not close the page that stops cards.
    const auto network = http::network_of(request.remote_address);
    if (!office.status_misses.may_try(network, unix_now())) {
        return form_page(office, request, Mistake{.words = too_often});
    }
    const auto found = find_by_slip(office, *asked);
    if (!found) {
        office.status_misses.count(network, unix_now());
        return form_page(office, request,
                         Mistake{.words = nobody, .wrong = {.code = true, .birth_date = true}},
                         *form);
    }
    return result(office, request, *found);
}

}  // namespace

std::vector<http::Route> status_routes(Office& office) {
    return {
        {"GET", status_path, 0,
         [&office](Request request) -> Task<Response> { co_return form_page(office, request); }},
        {"POST", status_path, form_bytes_max,
         [&office](Request request) -> Task<Response> { co_return post(office, request); }}};
}

}  // namespace mado::issuer
