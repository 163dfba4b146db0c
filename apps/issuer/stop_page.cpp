#include "stop_page.hpp"

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <charconv>

#include "base/check_digit.hpp"
#include "page/answer.hpp"
#include "site/answers.hpp"
#include "site/pages.hpp"
#include "status_page.hpp"

namespace mado::issuer {
namespace {

using http::Request;
using http::Response;
using http::Task;
using page::say;
using page::Words;

constexpr std::size_t form_bytes_max = 4 * 1024;
constexpr std::chrono::milliseconds look_every{50};
constexpr int looks_max = 100;  // 5 s: longer than a stop may take

constexpr Words heading{"カードを止める", "Stop a card", "カードを とめる"};
constexpr Words text{
    "カードをなくしたときは、ここですぐに止められます。受け取ったときの紙にある停止コード（12桁）と"
    "生年月日を入れてください。見つかったら、窓口でまた使えるようにできます。",
    "If you have lost your card, you can stop it here at once. Enter the stop code (12 digits) "
    "from "
    "the slip that you got with the card, and your birth date. If you find the card, a window can "
    "let it work again.",
    "カードを なくしたら、ここで とめて ください。かみに ある 「カードを とめる ばんごう」と、"
    "うまれた [日|ひ]を [入|い]れて ください。みつかったら、まどぐちに きて ください。"};
constexpr Words birth_legend{"生年月日", "Birth date", "うまれた [日|ひ]"};
constexpr Words year_label{"年（西暦）", "Year", "[年|ねん]"};
constexpr Words year_hint{"西暦の4桁です。昭和61年は1986年です。", "Four digits. Shōwa 61 is 1986.",
                          "[西暦|せいれき]の 4けたです。[昭和|しょうわ]61[年|ねん]は 1986です。"};
constexpr Words month_label{"月", "Month", "[月|がつ]"};
constexpr Words day_label{"日", "Day", "[日|にち]"};
constexpr Words stop_button{"カードを止める", "Stop the card", "とめる"};
constexpr Words no_slip{
    "紙がないときは、発行センターに電話してください（{}、昼も夜も）。本人を確かめて止めます。",
    "Without the slip, call the issuing centre on {}, day and night: they will make sure who you "
    "are and stop it.",
    "かみが ない ときは、{} に でんわして ください。よるも できます。"};

constexpr Words if_found{
    "見つかったときは、カードと本人確認書類を持って窓口に来てください。また使えるようにします。",
    "If you find it, bring it to a window with something that shows who you are: it works again "
    "then.",
    "みつかったら、まどぐちに もって きて ください。また つかえます。"};
// A renewal had made new keys in its chip, and ends with the stop.
constexpr Words keys_gone{"このカードは更新の途中だったので、見つかっても、もう使えません。",
                          "The card was being renewed: if you find it, it does not work any more.",
                          "この カードは みつかっても つかえません。"};
constexpr Words another_card{
    "新しいカードが要るときは、窓口で申し込めます。診療を受けるときは、健康保険の番号と生年月日で"
    "確かめてもらえます。",
    "If you need another card, apply for one at a window. At a clinic your health insurance is "
    "found by its number and your birth date.",
    "[新|あたら]しい カードは まどぐちで つくれます。びょういんでは、ほけんの ばんごうと うまれた "
    "[日|ひ]を いって ください。"};

constexpr Words to_status{"手続がどこまで進んだかを見る", "See how far your application is",
                          "てつづきが どこまで すすんだか [見|み]る"};

enum class Outcome {
    wrong_code,
    wrong_date,
    nobody,
    too_often,
    no_card,
    stopped,
    stopped_here,  // another authority's card: that one has not heard of it
    stopped_for_good,
    nothing_works,  // the relay has nothing of it that works, and so nothing was stopped
    under_way
};
enum class Tone { said, to_mend, warning };  // warning: nobody can mend it here
struct OutcomeWords {
    Tone tone;
    Words words;
};
constexpr Words wrong_code{
    "停止コードは12桁の数字です。打ちまちがいがないか、確かめてください。",
    "A stop code has 12 digits, and this is none. Please look at it again.",
    "「カードを とめる ばんごう」では ありません。もういちど みて ください。"};
constexpr Words wrong_date{
    "生年月日を、年・月・日の数字で入れてください。年は西暦の4桁です（昭和61年は1986年）。",
    "Enter the birth date as numbers: year, month and day. The year has four digits "
    "(Shōwa 61 is 1986).",
    "うまれた [日|ひ]を すうじで [入|い]れて ください。[年|ねん]は [西暦|せいれき]の 4けたです"
    "（[昭和|しょうわ]61[年|ねん]は 1986）。"};
// In a place: the hotline.
constexpr OutcomeWords words_of(Outcome outcome) {
    switch (outcome) {
        case Outcome::wrong_code:
            return {Tone::to_mend, wrong_code};
        case Outcome::wrong_date:
            return {Tone::to_mend, wrong_date};
        case Outcome::nobody:
            return {Tone::to_mend,
                    {"この停止コードと生年月日の人はいません。どちらも確かめてください。",
                     "There is nobody with this stop code and birth date. Please look at both.",
                     "ばんごうか、うまれた [日|ひ]が ちがいます。"}};
        case Outcome::too_often:
            return {Tone::to_mend,
                    {"何度も試されたため、いまはここで止められません。すぐに発行センターに電話して"
                     "ください（{}、昼も夜も）。",
                     "This was tried too often, so the card cannot be stopped here now. Please "
                     "call the issuing centre on {}, day and night.",
                     "いまは ここで できません。すぐに {} に でんわして ください。よるも "
                     "できます。"}};
        case Outcome::no_card:
            return {Tone::said,
                    {"使えるカードはありません。カードはもう終わっているか、作られていません。",
                     "There is no card that works: it has ended for good, or none was made.",
                     "つかえる カードは ありません。"}};
        case Outcome::stopped:
        case Outcome::stopped_for_good:
            return {Tone::said,
                    {"カードを止めました。もうだれも使えません。",
                     "The card is stopped. Nobody can use it any more.",
                     "カードを とめました。もう だれも つかえません。"}};
        case Outcome::stopped_here:
            return {
                Tone::said,
                {"ここではカードを止めました。ほかでは、まだ使えるかもしれません。カードを発行した"
                 "ところにも、すぐに電話してください。",
                 "The card is stopped here. Elsewhere it may still work: call the authority "
                 "that issued it, too, at once.",
                 "ここでは カードを とめました。ほかでは まだ つかえるかも しれません。カードを "
                 "つくった ところにも すぐに でんわして ください。"}};
        case Outcome::nothing_works:
            return {
                Tone::warning,
                {"この控えのカードは、使えるカードとして登録されていませんでした。ほかのカードを"
                 "持っていて、それを止めたいときは、すぐに発行センターに電話してください（{}、"
                 "昼も夜も）。",
                 "The card of this slip was not one that works. If you have another card that "
                 "should be stopped, call the issuing centre now, on {}, day and night.",
                 "この かみの カードは、もう つかえない カードでした。ほかの カードを とめたい "
                 "ときは、すぐに {} に でんわして ください。よるも できます。"}};
        case Outcome::under_way:
            return {Tone::warning,
                    {"受け付けましたが、まだ止まったと確かめられません。自動で続けています。すぐに"
                     "発行センターに電話してください（{}、昼も夜も）。",
                     "It was taken in, but it is not yet certain that the card is stopped. It goes "
                     "on by itself. Please call the issuing centre now, on {}, day and night.",
                     "うけつけました。でも カードが とまったか、まだ わかりません。すぐに {} に "
                     "でんわして ください。よるも できます。"}};
    }
    return {Tone::to_mend, {}};
}

struct Field {
    std::string_view name;
    const Words& label;
    std::size_t digits;
    std::string_view filled;  // what a browser may fill in (WCAG 2.2, 1.3.5)
    const Words* hint = nullptr;
};
std::string field(page::Language language, const Field& of, const http::Form& typed, bool wrong) {
    const std::string name(of.name);
    std::string described, hint;
    if (of.hint != nullptr) {
        described = name + "-hint";
        hint = fmt::format(R"(<p class="hint" id="{}">{}</p>)", described, say(language, *of.hint));
    }
    if (wrong) described += (described.empty() ? "" : " ") + std::string(slip_mistake_id);
    const auto attributes =
        (wrong ? R"( aria-invalid="true")" : std::string()) +
        (described.empty() ? "" : fmt::format(R"( aria-describedby="{}")", described));
    return hint +
           fmt::format(R"(<p class="entry short"><label for="{0}">{1}</label><input id="{0}" )"
                       R"(name="{0}" inputmode="numeric" autocomplete="{4}" maxlength="{2}" )"
                       R"(value="{3}" required{5}></p>)",
                       name, say(language, of.label), of.digits, http::html_text(typed.text(name)),
                       of.filled, attributes);
}

// Which fields somebody has to look at again.
SlipWrong wrong_in(Outcome outcome) {
    switch (outcome) {
        case Outcome::wrong_code:
            return {.code = true};
        case Outcome::wrong_date:
            return {.birth_date = true};
        case Outcome::nobody:
            return {.code = true, .birth_date = true};
        case Outcome::too_often:
        case Outcome::no_card:
        case Outcome::stopped:
        case Outcome::stopped_here:
        case Outcome::stopped_for_good:
        case Outcome::nothing_works:
        case Outcome::under_way:
            return {};
    }
    return {};
}

// What comes after a stop; "" where there was none.
std::string after_stop(page::Language language, Outcome outcome) {
    const bool may_be_found = outcome == Outcome::stopped || outcome == Outcome::stopped_here;
    const bool is_gone = outcome == Outcome::stopped_for_good;
    std::string out;
    if (may_be_found) out += fmt::format("<p>{}</p>", say(language, if_found));
    if (is_gone) out += fmt::format("<p>{}</p>", say(language, keys_gone));
    if (may_be_found || is_gone || outcome == Outcome::no_card) {
        out += fmt::format("<p>{}</p>", say(language, another_card));
    }
    return out;
}

// What was typed stands there again where it can be mended; nothing of it stays on a screen where
// the card is stopped.
Response show(Office& office, const Request& request, std::optional<Outcome> outcome,
              const http::Form& typed = {}) {
    const auto look = site::look_of(request);
    std::string body, title;
    if (outcome) {
        const auto of = words_of(*outcome);
        const auto said = say(look.language, of.words, office.telephones.hotline);
        if (of.tone == Tone::to_mend) {
            title = mistake_title(look.language, heading);
            body += mistake_text(look.language, said);
        } else {
            body += fmt::format(R"(<p class="{}" role="status" tabindex="-1" autofocus>{}</p>)",
                                of.tone == Tone::warning ? "mistake" : "said", said);
        }
    }
    const auto next = outcome ? after_stop(look.language, *outcome) : "";
    body += next;
    if (next.empty()) {
        body += fmt::format(R"(<p>{}</p>{}<p class="hint">{}</p>)", say(look.language, text),
                            slip_form(look.language, stop_path, stop_button, typed,
                                      outcome ? wrong_in(*outcome) : SlipWrong{}),
                            say(look.language, no_slip, office.telephones.hotline));
    }
    body += fmt::format(R"(<p><a class="alone" href="{}">{}</a></p>)", status_path,
                        say(look.language, to_status));
    return site::shown(request, site::whole(office.site, look,
                                            {.path = std::string(stop_path),
                                             .here = stop_path,
                                             .reader = site::Reader::anybody,
                                             .heading = say(look.language, heading),
                                             .title = title,
                                             .body = body}));
}

// The relay's word counts for the very next request; the authority's list follows by itself.
bool is_stopped(const Case& one) {
    for (std::size_t i = 0; i < one.before.size(); ++i) {
        const bool is_there = !one.not_active.contains(static_cast<int>(i));
        if (is_there && !one.has_done(of_place(OrderKind::stop, i))) {
            return one.given_up || one.overtaken;
        }
    }
    return true;
}

bool has_lost_its_keys(const std::vector<Case>& of_person, const Case& stop) {
    return std::ranges::any_of(of_person, [&stop](const Case& one) {
        const bool is_given_up = one.kind == Kind::renewal && one.cancelled && !one.keys.empty();
        return is_given_up && std::ranges::any_of(one.before, [&stop](const Before& card) {
                   return std::ranges::find(stop.before, card) != stop.before.end();
               });
    });
}

Outcome outcome_of(Office& office, CaseId id, const Case& one) {
    if (std::ranges::any_of(one.before, &Before::foreign)) return Outcome::stopped_here;
    if (one.not_active.size() == one.before.size()) return Outcome::nothing_works;
    return has_lost_its_keys(office.store.cases_of_person(id), one) ? Outcome::stopped_for_good
                                                                    : Outcome::stopped;
}

std::string text_of_stop(Office& office, page::Language language, CaseId stop) {
    const auto one = office.store.find(stop).one;
    if (one.found || one.given_up || one.overtaken) return {};
    const auto outcome = is_stopped(one) ? outcome_of(office, stop, one) : Outcome::under_way;
    const auto said = say(language, words_of(outcome).words, office.telephones.hotline);
    return fmt::format("<p><strong>{}</strong></p>{}", said, after_stop(language, outcome));
}

// A card that is being ended anyway: not before the relay has said so.
bool is_ending_yet(const Case& one) {
    return one.kind == Kind::end && one.is_in_doubt(revoke_card_order);
}

Task<Outcome> wait_for(Office& office, CaseId id) {
    http::asio::steady_timer timer(co_await http::asio::this_coro::executor);
    for (int i = 0; i < looks_max; ++i) {
        const auto one = office.store.find(id).one;
        if (is_stopped(one)) co_return outcome_of(office, id, one);
        timer.expires_after(look_every);
        co_await timer.async_wait(http::asio::use_awaitable);
    }
    co_return Outcome::under_way;
}

Task<Outcome> stop(Office& office, CaseId of) {
    const auto id =
        office.store.open(of, {.kind = Kind::stop, .reason = "lost"}, {.at = unix_now()});
    if (!id) {
        const auto cases = office.store.cases_of_person(of);
        const bool is_doubtful = std::ranges::any_of(cases, &is_ending_yet);
        co_return is_doubtful ? Outcome::under_way : Outcome::no_card;
    }
    for (const auto one : office.store.of_person(*id))
        office.worker.look_at(one);
    co_return co_await wait_for(office, *id);
}

Task<Response> post(Office& office, Request request) {
    if (!page::is_own_form(request, office.site.origin)) {
        co_return site::refuse(wire::Code::not_allowed, request);
    }
    const auto form = http::parse_form(request.body);
    if (!form) co_return site::refuse(wire::Code::malformed, request);
    const auto asked = read_stop(*form);
    if (!asked) {
        co_return show(
            office, request,
            asked.error() == StopMistake::code ? Outcome::wrong_code : Outcome::wrong_date, *form);
    }
    // What cannot be a code is no try: it tells nobody anything.
    const auto network = http::network_of(request.remote_address);
    if (!office.stop_misses.may_try(network, unix_now())) {
        co_return show(office, request, Outcome::too_often);
    }
    const auto of = find_slip(office, *asked);
    if (!of) {
        office.stop_misses.count(network, unix_now());
        co_return show(office, request, Outcome::nobody, *form);
    }
    co_return show(office, request, co_await stop(office, *of));
}

std::optional<unsigned> number_in(const http::Form& form, const std::string& name) {
    const auto typed = wire::normalise(form.text(name)).value_or("");
    unsigned out = 0;
    const auto [end, error] = std::from_chars(typed.data(), typed.data() + typed.size(), out);
    if (error != std::errc() || end != typed.data() + typed.size()) return std::nullopt;
    return out;
}

}  // namespace

// All three have 12 digits, and a check digit of the same kind.
const SlipCode stop_code_asked{
    .label = {"停止コード（12桁）", "Stop code (12 digits)", "カードを とめる ばんごう（12けた）"},
    .hint = {"紙に「停止コード」とあるものです。受付番号でも、保健医療番号でもありません。",
             "The slip calls it “Stop code”. It is neither the number of the application nor the "
             "health-care number.",
             "「うけつけ ばんごう」や 「ほけん いりょう ばんごう」では ありません。"}};

const Words& words_of(StopMistake mistake) {
    return mistake == StopMistake::code ? wrong_code : wrong_date;
}

std::string mistake_text(page::Language language, const std::string& said) {
    return fmt::format(
        R"(<p class="mistake" id="{}" role="alert" tabindex="-1" autofocus>{}{}</p>)",
        slip_mistake_id, say(language, page::error_prefix), said);
}

std::string mistake_title(page::Language language, const Words& of_page) {
    return say(language, page::error_prefix) + say(language, of_page);
}

std::string slip_form(page::Language language, std::string_view action, const Words& button,
                      const http::Form& typed, SlipWrong wrong, const SlipCode& code) {
    const auto date = [&](const Field& of) { return field(language, of, typed, wrong.birth_date); };
    return fmt::format(
        R"(<form method="post" action="{}">{}<fieldset><legend>{}</legend>{}{}{})"
        R"(</fieldset><p><button type="submit">{}</button></p></form>)",
        action, field(language, {"code", code.label, 30, "off", &code.hint}, typed, wrong.code),
        say(language, birth_legend), date({"year", year_label, 4, "bday-year", &year_hint}),
        date({"month", month_label, 2, "bday-month"}), date({"day", day_label, 2, "bday-day"}),
        say(language, button));
}

std::optional<CaseId> find_slip(Office& office, const StopAsked& asked) {
    const auto of = office.store.find_stop(asked.code);
    const auto who = of ? who_of(office.store.find(*of).one) : std::nullopt;
    return who && who->birth_date == asked.birth_date ? of : std::nullopt;
}

std::expected<StopAsked, StopMistake> read_stop(const http::Form& form) {
    StopAsked out{.code = wire::normalise(form.text("code")).value_or("")};
    if (out.code.size() != stop_code_digits || !damm_valid(out.code)) {
        return std::unexpected(StopMistake::code);
    }
    const auto year = number_in(form, "year"), month = number_in(form, "month"),
               day = number_in(form, "day");
    if (!year || !month || !day || *year < 1'850 || *year > 9'999)
        return std::unexpected(StopMistake::birth_date);
    out.birth_date = std::chrono::year(static_cast<int>(*year)) / std::chrono::month(*month) /
                     std::chrono::day(*day);
    if (!out.birth_date.ok()) return std::unexpected(StopMistake::birth_date);
    return out;
}

std::string stop_text(Office& office, page::Language language, CaseId stop) {
    return text_of_stop(office, language, stop);
}

std::vector<http::Route> stop_routes(Office& office) {
    return {{"GET", stop_path, 0,
             [&office](Request request) -> Task<Response> {
                 co_return show(office, request, std::nullopt);
             }},
            {"POST", stop_path, form_bytes_max, [&office](Request request) -> Task<Response> {
                 co_return co_await post(office, std::move(request));
             }}};
}

}  // namespace mado::issuer
