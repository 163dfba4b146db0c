#include "routes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <set>

#include "base/age.hpp"
#include "base/shown.hpp"
#include "birth.hpp"
#include "http/form.hpp"
#include "letters.hpp"
#include "numbers.hpp"
#include "renewing.hpp"
#include "site/answers.hpp"
#include "site/pages.hpp"
#include "site/routes.hpp"
#include "status_page.hpp"
#include "stop_page.hpp"
#include "window.hpp"

namespace mado::issuer {
namespace {

using http::Request;
using http::Response;
using http::Task;

using Paths = std::vector<std::string_view>;

constexpr std::size_t listed_max = 500;
constexpr std::string_view no_case = "no_case";
constexpr std::string_view other_office = "other_office";
constexpr std::string_view searches_missed = "searches_missed";

Response json_of(const json::object& object) {
    return site::json_reply(json::serialize(object));
}

// It does not fit the case as it is now: the page shows the case again.
Response misfit(Misfit why) {
    return site::refuse(409, to_text(why));
}

// A stop is every window's. That the card works again, or never more, is for the own one to say:
// whoever has stopped it does not hear that its owner has stopped it once more since.
bool is_for_home_alone(const Happening& what) {
    return !std::holds_alternative<TryAgain>(what);
}
bool may_act(Office& office, const Clerk& clerk, CaseId id) {
    if (office.store.is_served_at(clerk.municipality, id)) return true;
    const auto one = office.store.find(id).one;
    return one.kind == Kind::stop && !has_ended(one);
}

// Whoever does not live here applies where they live.
bool is_of_other_resident(const Office& office, const Clerk& clerk,
                          const std::vector<Claim>& claims) {
    if (clerk.municipality.empty()) return false;
    const auto giver = giver_of_resident(claims, office.schemes);
    return !giver.empty() && giver != clerk.municipality;
}
bool is_of_other_resident(const Office& office, const Clerk& clerk, const Happening& what) {
    if (const auto* applied = std::get_if<Applied>(&what)) {
        return is_of_other_resident(office, clerk, applied->claims);
    }
    const auto* corrected = std::get_if<Corrected>(&what);
    return corrected != nullptr &&
           is_of_other_resident(office, clerk,
                                {{.role = corrected->role, .number = corrected->number}});
}

// `stop_code`: for the slip, in this one answer.
Response case_of(Office& office, CaseId id, const Clerk& clerk, const std::string& stop_code = {}) {
    const auto file = office.store.find(id);
    office.looks.write(file.one, LookWay::record, by_now(clerk));
    auto out = case_json(file, office.store.lines(id), unix_now());
    if (!office.store.is_served_at(clerk.municipality, id)) {
        const auto home = office.store.home(id);
        out["elsewhere"] = home.empty() ? office.store.where(id) : home;
    }
    if (is_approver(file.one, clerk.name)) out["approver"] = true;
    if (!stop_code.empty()) out["stop_code"] = stop_code;
    return json_of(out);
}

// The municipality; "": they live at this one's, or nobody knows where.
std::string lives_elsewhere(Office& office, const Clerk& clerk, CaseId any_of_theirs) {
    if (clerk.municipality.empty()) return {};
    auto home = office.store.home(any_of_theirs);
    return home == clerk.municipality ? std::string() : home;
}

bool may(const Clerk& clerk, const std::set<ClerkRole>& roles) {
    return std::ranges::any_of(roles, [&clerk](ClerkRole role) { return clerk.has(role); });
}

// ---- who tries numbers ----

// A number that is nobody's. By an exact one everybody is found: whoever tries numbers is stopped
// soon. The log has no name and no number of it.
void count_miss(Office& office, const Clerk& clerk) {
    const auto now = unix_now();
    office.missed.count(clerk.name, now);
    if (office.missed.may_try(clerk.name, now)) return;
    office.site.options.log.warning(
        searches_missed, {{"numbers", static_cast<std::int64_t>(number_misses.of_one_max)}});
}

// Something is said of them, and nothing shown yet. Before anything is done: what cannot be written
// down is not done.
void look_at_known(Office& office, CaseId any_of_theirs, const Clerk& clerk) {
    office.looks.write({office.store.find(any_of_theirs).one.numbers.issuing}, LookWay::known,
                       by_now(clerk));
}

// That somebody is known here by their resident number is said to whoever has it.
bool is_known(Office& office, const std::vector<Claim>& claims, CaseId but, const Clerk& clerk) {
    const auto known = office.store.find_known(claims, but);
    if (known) look_at_known(office, *known, clerk);
    return known.has_value();
}

// An application or a correction with somebody else's number changes nothing; it is a try.
void note_known(Office& office, CaseId id, const Happening& what, const Clerk& clerk) {
    std::vector<Claim> claims;
    if (const auto* applied = std::get_if<Applied>(&what)) claims = applied->claims;
    if (const auto* corrected = std::get_if<Corrected>(&what)) {
        claims.push_back({.role = Role::resident, .number = corrected->number});
    }
    is_known(office, claims, id, clerk);
    count_miss(office, clerk);
}

// ---- what a clerk may ask ----

std::vector<CaseId> open_first(Office& office, std::vector<std::optional<Applied>> people,
                               const Clerk& clerk) {
    return office.store.open_first(
        std::move(people), [&office] { return draw_numbers(office.schemes); }, by_now(clerk));
}

// What is to do goes out at once: a card that is lost does not wait.
void look_at_all_of(Office& office, CaseId id) {
    for (const auto one : office.store.of_person(id))
        office.worker.look_at(one);
}

Response open_birth(Office& office, const std::string& parent, const Clerk& clerk) {
    const auto of = office.store.find(parent);
    if (!of) return site::refuse(404, no_case);
    look_at_known(office, *of, clerk);
    const auto id = office.store.open_birth(
        *of, [&office] { return draw_numbers(office.schemes); }, by_now(clerk));
    return id ? case_of(office, *id, clerk) : misfit(id.error());
}

// Of somebody whom the relay does not know yet; who it is the card says.
Response open_existing(Office& office, std::optional<Applied> invited, const Clerk& clerk) {
    const Opened opened{
        .numbers = office.store.give_new([&office] { return draw_numbers(office.schemes); }),
        .kind = Kind::existing,
        .invited = std::move(invited)};
    return case_of(office, office.store.open(opened, by_now(clerk)), clerk);
}

// What is signed about them later is read as it stands: the agent shows no other document.
bool shows_all_of(const Applied& applied) {
    const auto& person = applied.person;
    return shows_all(person.name) && shows_all(person.kana) && shows_all(person.address) &&
           (!applied.newborn || shows_all(applied.newborn->relation));
}

Response open(Office& office, const Request& request, const Clerk& clerk) {
    auto what = read_open(request.body, office.schemes);
    if (!what) return site::refuse(wire::Code::malformed, request);
    if (what->invited && !shows_all_of(*what->invited)) {
        return site::refuse(409, "hidden_character");
    }
    if (what->invited && is_of_other_resident(office, clerk, what->invited->claims)) {
        return site::refuse(409, other_office);
    }
    // By phone, day and night: a card is stopped, and nothing else.
    const bool stops = !what->person.empty() && what->asked.kind == Kind::stop;
    if (!stops && !clerk.has(ClerkRole::window)) {
        return site::refuse(wire::Code::not_allowed, request);
    }
    if (what->invited && is_known(office, what->invited->claims, 0, clerk)) {
        count_miss(office, clerk);
        return misfit(Misfit::known_person);
    }
    if (what->asked.kind == Kind::birth) return open_birth(office, what->person, clerk);
    if (what->asked.kind == Kind::existing) {
        return open_existing(office, std::move(what->invited), clerk);
    }
    if (what->person.empty()) {
        std::vector<std::optional<Applied>> one{std::move(what->invited)};
        return case_of(office, open_first(office, std::move(one), clerk).front(), clerk);
    }
    const auto of = office.store.find(what->person);
    if (!of) return site::refuse(404, no_case);
    if (what->asked.kind == Kind::number) {
        what->asked.health_care =
            office.store.give_new([&office] { return draw_numbers(office.schemes); }).health_care;
    }
    // A stop goes always, also where nothing can be written down: then it is not shown.
    if (!stops) look_at_known(office, *of, clerk);
    const auto id = office.store.open(*of, what->asked, by_now(clerk));
    if (id) look_at_all_of(office, *id);
    if (stops) look_at_known(office, *of, clerk);
    if (!id) return misfit(id.error());
    return case_of(office, *id, clerk);
}

// Who is known here is invited to nothing, and the others are: `known` says which they are.
Response invite(Office& office, const Request& request, const Clerk& clerk) {
    auto people = read_invite(request.body, office.schemes);
    if (!people) return site::refuse(wire::Code::malformed, request);
    if (!std::ranges::all_of(*people, &shows_all_of)) {
        return site::refuse(409, "hidden_character");
    }
    if (std::ranges::any_of(*people, [&](const Applied& one) {
            return is_of_other_resident(office, clerk, one.claims);
        })) {
        return site::refuse(409, other_office);
    }
    json::array out, known;
    std::vector<std::string> said;
    std::vector<std::optional<Applied>> invited;
    for (std::size_t i = 0; i < people->size(); ++i) {
        auto& one = (*people)[i];
        if (const auto of = office.store.find_known(one.claims, 0)) {
            known.emplace_back(i + 1);
            said.push_back(office.store.find(*of).one.numbers.issuing);
        } else {
            invited.emplace_back(std::move(one));
        }
    }
    office.looks.write(said, LookWay::known, by_now(clerk));
    const auto opened = open_first(office, std::move(invited), clerk);
    for (const auto id : opened) {
        const auto file = office.store.find(id);
        out.push_back(
            json::object{{"number", file.number}, {"name", file.one.invited->person.name}});
    }
    json::object answer{{"cases", std::move(out)}, {"known", std::move(known)}};
    if (!opened.empty()) answer["batch"] = opened.front();  // as in /cases/letters
    return json_of(answer);
}

Response list_batches(Office& office, const Request& request, const Clerk& clerk) {
    return list_batches(office.store, request, by_now(clerk));
}
Response letters(Office& office, const Request& request, const Clerk& clerk) {
    return letters(office.store, office.looks, request, by_now(clerk));
}

// One that cannot be read does not take the others from the list; that there is one the worker says
// (case_unreadable).
Response day(Office& office, const Request&, const Clerk& clerk) {
    auto cases = office.store.longest_waiting(listed_max + 1, clerk.municipality);
    const bool more = cases.size() > listed_max;
    if (more) cases.resize(listed_max);
    json::array out;
    std::vector<std::string> shown;
    for (const auto id : cases) {
        try {
            const auto file = office.store.find(id);
            out.push_back(summary_json(file, unix_now()));
            shown.push_back(file.one.numbers.issuing);
        } catch (const Failure&) {
            continue;
        }
    }
    office.looks.write(shown, LookWay::list, by_now(clerk));
    const auto unreadable = cases.size() - out.size();
    return json_of({{"cases", std::move(out)}, {"more", more}, {"unreadable", unreadable}});
}

std::vector<CaseId> found_by(Office& office, const Search& by) {
    if (const auto* who = std::get_if<Who>(&by)) {
        return office.store.find(who->birth_date, who->kana);
    }
    const auto* number = std::get_if<std::string>(&by);
    const auto id = number != nullptr
                        ? office.store.find(*number)
                        : office.store.find_given(std::get<HealthCareNumber>(by).number);
    return id ? std::vector<CaseId>{*id} : std::vector<CaseId>{};
}

// Whom nobody's number leads to is found where they are served, and by the centre's own.
Response find_people(Office& office, const Request& request, const Clerk& clerk) {
    const auto by = read_search(request.body);
    if (!by) return site::refuse(wire::Code::malformed, request);
    const auto is_served = [&](CaseId id) {
        return office.store.is_served_at(clerk.municipality, id);
    };
    std::set<std::vector<CaseId>> people;
    for (const auto id : found_by(office, *by)) {
        auto cases = office.store.of_person(id);
        const bool is_ours = std::ranges::any_of(cases, is_served) &&
                             lives_elsewhere(office, clerk, cases.back()).empty();
        if (std::holds_alternative<Who>(*by) && !is_ours) continue;
        people.insert(std::move(cases));
    }
    if (people.empty() && !std::holds_alternative<Who>(*by)) count_miss(office, clerk);
    json::array out;
    std::vector<std::string> shown;
    for (const auto& cases : people) {
        std::vector<CaseFile> files;
        for (const auto id : cases)
            files.push_back(office.store.find(id));
        shown.push_back(files.front().one.numbers.issuing);
        auto one = person_json(files, unix_now());
        if (const auto where = lives_elsewhere(office, clerk, cases.back()); !where.empty()) {
            one["elsewhere"] = where;
        }
        out.push_back(std::move(one));
    }
    office.looks.write(shown, LookWay::found, by_now(clerk));
    return json_of({{"people", std::move(out)}});
}

Response show(Office& office, const Request& request, const Clerk& clerk) {
    const auto by = read_search(request.body);
    const auto* number = by ? std::get_if<std::string>(&*by) : nullptr;
    if (number == nullptr) return site::refuse(wire::Code::malformed, request);
    const auto id = office.store.find(*number);
    if (!id) return site::refuse(404, no_case);
    return case_of(office, *id, clerk);
}

// Of one case's person; for whoever answers their question.
Response looks(Office& office, const Request& request, const Clerk& clerk) {
    constexpr std::size_t looks_max = 1'000;
    const auto by = read_search(request.body);
    const auto* number = by ? std::get_if<std::string>(&*by) : nullptr;
    if (number == nullptr) return site::refuse(wire::Code::malformed, request);
    const auto id = office.store.find(*number);
    if (!id) return site::refuse(404, no_case);
    const auto person = office.store.find(*id).one.numbers.issuing;
    json::array out;
    for (const auto& look : office.book.looks(person, looks_max)) {
        out.push_back(json::object{{"at", look.at},
                                   {"clerk", office.store.open_clerk(look.clerk)},
                                   {"office", look.office},
                                   {"what", look.way}});
    }
    look_at_known(office, *id, clerk);
    return json_of({{"looks", std::move(out)}});
}

// As the authority has it (certificates.md): said here, before anybody has waited.
bool is_too_young_to_sign(const Office& office, const Applied& applied) {
    constexpr std::chrono::years signing_age{15};
    const auto today = office.site.options.basis.policy.day_of(unix_now());
    const auto birth = applied.person.birth_date;
    return birthday_in(birth, birth.year() + signing_age) > today;
}

// A page names the other parent by a slip; who it is this centre's own cases say.
std::expected<void, std::string_view> complete_parent(Office& office, ParentNamed& named,
                                                      const Clerk& clerk) {
    const auto of = office.store.find(named.parent.person);
    if (!of) return std::unexpected(no_case);
    look_at_known(office, *of, clerk);
    auto parent = office.store.parent(*of);
    if (!parent) return std::unexpected(to_text(parent.error()));
    named.parent = std::move(*parent);
    return {};
}

// The code that the slip gets which the person takes away with it; "": there is none with that.
std::string draw_code(const Office& office, Happening& what) {
    std::string* index = nullptr;
    if (auto* handed = std::get_if<HandedOver>(&what)) index = &handed->stop_index;
    if (auto* found = std::get_if<Found>(&what)) index = &found->stop_index;
    if (auto* slip = std::get_if<NewSlip>(&what)) index = &slip->stop_index;
    if (index == nullptr) return {};
    std::string code;
    do {
        code = draw_digits(stop_code_digits, /*with_check=*/true);
    } while (office.store.find_stop(code));  // somebody's
    *index = office.store.stop_index(code);
    return code;
}

// A clerk can give out another slip without the person: they hear of it, or there is none. Written
// before the case says so; killed between, they hear of a slip that nobody has got.
std::expected<void, Misfit> tell_of_slip(Office& office, CaseId id, const Happening& slip,
                                         const Clerk& clerk) {
    const auto now = unix_now();
    const auto one = office.store.find(id).one;
    const auto next = after(one, slip, now, clerk.name);
    if (!next) return std::unexpected(next.error());
    const bool is_first = !info(one.kind).is_known && !std::holds_alternative<NewSlip>(slip);
    if (is_first || *next == one) return {};
    office.book.add(notice_of_slip(one.numbers.issuing,
                                   {.sender = office.name,
                                    .address = office.site.origin + std::string(stop_path),
                                    .hotline = office.telephones.hotline,
                                    .today = office.site.options.basis.policy.day_of(now)}));
    return {};
}

Response act(Office& office, const Request& request, const Clerk& clerk) {
    auto what = read_act(request.body, office.schemes);
    if (!what) return site::refuse(wire::Code::malformed, request);
    const auto code = draw_code(office, what->what);
    const auto id = office.store.find(what->number);
    if (!id) return site::refuse(404, no_case);
    const bool approves = std::holds_alternative<Approved>(what->what);
    if (!clerk.has(approves ? ClerkRole::approver : ClerkRole::window)) {
        return site::refuse(wire::Code::not_allowed, request);
    }
    if (auto* named = std::get_if<ParentNamed>(&what->what)) {
        const auto ok = complete_parent(office, *named, clerk);
        if (!ok) return site::refuse(ok.error() == no_case ? 404 : 409, ok.error());
    }
    const auto* applied = std::get_if<Applied>(&what->what);
    if (applied != nullptr && !shows_all_of(*applied)) {
        return site::refuse(409, "hidden_character");
    }
    if (applied != nullptr && applied->signing && is_too_young_to_sign(office, *applied)) {
        return site::refuse(409, "too_young");
    }
    if (applied != nullptr && applied->newborn &&
        !is_newborn(applied->person, office.site.options.basis.policy.day_of(unix_now()))) {
        return site::refuse(409, "no_newborn");
    }
    const bool is_served = office.store.is_served_at(clerk.municipality, *id);
    if (is_of_other_resident(office, clerk, what->what) ||
        (!is_served && is_for_home_alone(what->what))) {
        return site::refuse(409, other_office);
    }
    const auto before = office.store.find(*id).one;
    // What cannot be written down would leave done what nobody was shown, and a code that nobody
    // has.
    office.looks.write(before, LookWay::record, by_now(clerk));
    if (!code.empty()) {
        const auto told = tell_of_slip(office, *id, what->what, clerk);
        if (!told) return misfit(told.error());
    }
    const auto done = office.store.add(*id, what->what, by_now(clerk));
    if (!done && done.error() == Misfit::known_person) {
        note_known(office, *id, what->what, clerk);
    }
    if (!done) return misfit(done.error());
    look_at_all_of(office, *id);
    // What had happened before has its own code, which nobody knows here any more.
    const bool is_drawn = !code.empty() && done->stop_index == office.store.stop_index(code);
    return case_of(office, *id, clerk, is_drawn ? code : "");
}

Task<Response> decide(Office& office, Request request, site::LoggedIn who) {
    co_return co_await decide(office.deciding, std::move(request), std::move(who));
}

Task<Response> sign(Office& office, Request request, site::LoggedIn who) {
    co_return co_await sign(office.deciding, std::move(request), std::move(who));
}

Response evidence(Office& office, const Request& request, const Clerk& clerk) {
    return evidence(office.deciding, request, clerk);
}

// ---- a card at the window ----

Misfit misfit_of(CardRefusal refusal) {
    if (refusal == CardRefusal::no_card) return Misfit::no_card;
    return refusal == CardRefusal::same_hand ? Misfit::same_hand : Misfit::too_early;
}

Task<Response> card_session(Office& office, Request request, site::LoggedIn who) {
    const auto by = read_card_asked(request.body);
    if (!by) co_return site::refuse(wire::Code::malformed, request);
    const auto id = office.store.find(by->number);
    if (!id) co_return site::refuse(404, no_case);
    const auto now = unix_now();
    const auto clerk = office.clerks.find(who.card, now);
    if (!clerk) co_return site::refuse(wire::Code::not_allowed, request);
    // Certificates say who it is, and go to the chip through the clerk's computer.
    office.looks.write(office.store.find(*id).one, LookWay::record, by_now(*clerk));
    const auto begun = office.cards.begin(*id, clerk->name, now, by->anew);
    if (!begun && begun.error() == CardRefusal::overloaded) {
        co_return site::refuse(wire::Code::overloaded, request);
    }
    if (!begun) co_return misfit(misfit_of(begun.error()));
    office.cards.keep_return(who.mandate_hash, *id, now);
    json::array pins;
    for (const auto use : begun->pins)
        pins.emplace_back(to_text(use));
    co_return json_of(
        {{"session", begun->session},
         {"pins", std::move(pins)},
         {"to", agent_address(office.site.options, *begun, office.site.options.redirect_uri,
                              site::look_of(request).language)}});
}

// From an agent, which is nobody here: who has the session's name may go on with it.
Task<Response> card(Office& office, const Request& request) {
    const auto answer = request.content_type == "application/json"
                            ? office.cards.answer(request.body, unix_now())
                            : std::unexpected(CardRefusal::malformed);
    if (answer) co_return site::json_reply(*answer);
    switch (answer.error()) {
        case CardRefusal::malformed:
            co_return site::refuse(wire::Code::malformed, request);
        case CardRefusal::overloaded:
            co_return site::refuse(wire::Code::overloaded, request);
        case CardRefusal::no_session:
        case CardRefusal::too_early:
        case CardRefusal::no_card:
        case CardRefusal::same_hand:
            co_return site::refuse(404, "no_session");
    }
    co_return site::refuse(404, "no_session");
}

// The case from which this page went to the agent: no address and no browser has kept it.
Task<Response> returned(Office& office, Request, site::LoggedIn who) {
    const auto id = office.cards.take_returned(who.mandate_hash, unix_now());
    if (id) co_return json_of({{"number", office.store.find(*id).number}});
    co_return returned(office.deciding, who);
}

Task<Response> list_questions(Office& office, Request request, site::LoggedIn) {
    co_return co_await list_questions(office.questions, office.store, std::move(request));
}

Task<Response> answer_question(Office& office, Request request, site::LoggedIn) {
    co_return co_await answer_question(office.questions, office.store, std::move(request));
}

// ---- who may ask what ----

// Of a clerk of a municipality's; the centre's own are bound nowhere.
enum class Reach {
    all,    // it is about no case, shows those of the own municipality, or is found by its number
    own,    // `number`: served there, or a stop
    opens,  // `person`: who lives there, but for what any window begins
};

// What begins anywhere: a card that is lost is stopped, and whoever moves brings the number of
// where they live now.
bool begins_anywhere(std::string_view kind) {
    constexpr std::array anywhere{Kind::stop, Kind::change, Kind::from_abroad};
    const auto asked = parse_kind(kind);
    return asked && std::ranges::find(anywhere, *asked) != anywhere.end();
}

// Of what cannot be read, or is not there, the handler says so.
bool reaches(Office& office, const Clerk& clerk, Reach reach, std::string_view body) {
    if (clerk.municipality.empty() || reach == Reach::all) return true;
    const auto asked = parse_json_object(body, {.text_bytes_max = window_body_max});
    if (!asked) return true;
    const bool opens = reach == Reach::opens;
    if (opens && begins_anywhere(text_at(*asked, "kind"))) return true;
    const auto id = office.store.find(text_at(*asked, opens ? "person" : "number"));
    if (!id) return true;
    return opens ? lives_elsewhere(office, clerk, *id).empty() : may_act(office, clerk, *id);
}

using Handler = Response (*)(Office& office, const Request& request, const Clerk& clerk);
using Waiting = Task<Response> (*)(Office& office, Request request, site::LoggedIn who);

// Who may ask it: who has one of these roles, of what their municipality deals with.
struct Row {
    std::string_view path;
    std::set<ClerkRole> roles;
    Reach reach;
    Handler handler;  // null: it asks others first
    Waiting waiting = nullptr;
    std::size_t body_max = window_body_max;
};
std::vector<Row> rows() {
    using enum ClerkRole;
    using enum Reach;
    return {{"/cases/open", {window, hotline}, opens, &open},
            {"/cases/invite", {window}, all, &invite, nullptr, invite_body_max},
            {"/cases/batches", {window}, all, &list_batches},
            {"/cases/letters", {window}, all, &letters},
            {"/people/find", {window, approver, hotline}, all, &find_people},
            {"/cases/day", {window, approver}, all, &day},
            {"/cases/show", {window, approver, hotline}, all, &show},
            {"/cases/act", {window, approver}, own, &act},
            {"/cases/looks", {supervisor}, all, &looks},
            {"/cases/card", {window}, own, nullptr, &card_session},
            {"/cases/decide", {approver}, own, nullptr, &decide},
            {"/cases/sign", {window}, own, nullptr, &sign},
            {"/cases/evidence", {supervisor}, all, &evidence},
            {"/cases/returned", {window, approver}, all, nullptr, &returned},
            {"/questions/list", {supervisor}, all, nullptr, &list_questions},
            {"/questions/answer", {supervisor}, all, nullptr, &answer_question}};
}

// Asks by a number that may be nobody's. A stop goes always: whoever finds somebody by it has
// stopped their card.
bool is_by_number(const Row& row, std::string_view body) {
    constexpr std::array lookups{std::string_view("/people/find"), std::string_view("/cases/show"),
                                 std::string_view("/cases/looks"),
                                 std::string_view("/cases/evidence")};
    const bool looks_up = std::ranges::find(lookups, row.path) != lookups.end();
    if (row.reach == Reach::all && !looks_up) return false;
    const auto asked = parse_json_object(body, {.text_bytes_max = window_body_max});
    if (!asked) return false;  // malformed, as its handler says
    if (row.reach == Reach::opens) {
        const bool stops =
            asked->contains("person") && text_at(*asked, "kind") == to_text(Kind::stop);
        return !stops && (asked->contains("person") || asked->contains("invited"));
    }
    return row.path != "/people/find" || !asked->contains("birth_date");
}

// For a page of this site, and a clerk who is logged in and has the role.
http::Route for_clerks(Office& office, Row row) {
    return {"POST", row.path, row.body_max,
            [&office, row = std::move(row)](Request request) -> Task<Response> {
                const bool own = request.header("origin") == office.site.origin &&
                                 site::is_own_page(request) &&
                                 request.content_type == "application/json";
                if (!own) co_return site::refuse(wire::Code::not_allowed, request);
                const auto* who = site::who_asks(office.site, request);
                if (who == nullptr) co_return site::refuse(wire::Code::mandate_ended, request);
                // Whoever renews a card at home is logged in too, and no clerk.
                const auto clerk = office.clerks.find(who->card, unix_now());
                if (!clerk || !may(*clerk, row.roles)) {
                    co_return site::refuse(wire::Code::not_allowed, request);
                }
                if (!office.site.sessions.may_ask(who->mandate_hash, unix_now())) {
                    co_return site::refuse(wire::Code::overloaded, request);
                }
                if (is_by_number(row, request.body) &&
                    !office.missed.may_try(clerk->name, unix_now())) {
                    co_return site::refuse(409, searches_missed);
                }
                if (!reaches(office, *clerk, row.reach, request.body)) {
                    co_return site::refuse(409, other_office);
                }
                auto login = *who;
                const auto by = *clerk;
                Response out;
                if (row.handler != nullptr) {
                    out = row.handler(office, request, by);
                } else {
                    out = co_await row.waiting(office, std::move(request), std::move(login));
                }
                if (out.status == 404 && out.body == no_case && row.path != "/cases/letters") {
                    count_miss(office, by);
                }
                co_return out;
            }};
}

// The page is its script's: the day's list first.
Task<Response> page(Office& office, const Request& request, const site::LoggedIn& who) {
    auto& site = office.site;
    const auto look = site::look_of(request);
    const auto clerk = office.clerks.find(who.card, unix_now());
    // Whoever has a card of this centre's sees that, and nothing of the window.
    if (!clerk) co_return site::redirect(std::string(renew_path));
    std::string roles;  // what the page offers; what the clerk may, each path says
    for (const auto role : clerk->roles)
        roles += (roles.empty() ? "" : " ") + std::string(to_text(role));
    const auto ask = office.telephones.of_window(clerk->municipality, office.name);
    const auto body = fmt::format(
        R"(<div id="page" data-roles="{}" data-municipality="{}" data-ask="{}">{}</div>)", roles,
        clerk->municipality, mado::page::html_text(ask), site::without_script(site, look));
    co_return site::shown(
        request,
        site::whole(site, look,
                    {.path = "/",
                     .here = "/",
                     .reader = site::Reader::logged_in,
                     .script = "window",
                     .heading = mado::page::say(look.language, site.options.texts.title),
                     .body = body}),
        site.options.agent);
}

Task<Response> sessions(Office& office, const Request& request, const site::LoggedIn& who) {
    auto& site = office.site;
    const bool is_clerk = office.clerks.find(who.card, unix_now()).has_value();
    const auto look = site::look_of(request);
    const auto& place = site.options.places.back();
    co_return site::shown(request,
                          site::whole(site, look,
                                      {.path = std::string(place.path),
                                       .here = place.path,
                                       .without = is_clerk ? Paths{} : Paths{"/"},
                                       .reader = site::Reader::logged_in,
                                       .script = "sessions",
                                       .heading = mado::page::say(look.language, place.name),
                                       .body = site::sessions_list(site, look, who)}),
                          site.options.agent);
}

}  // namespace

std::string agent_address(const site::Options& options, const CardSessions::Begun& begun,
                          std::string_view redirect_uri, mado::page::Language language) {
    std::string pins;
    for (const auto use : begun.pins)
        pins += (pins.empty() ? "" : " ") + std::string(to_text(use));
    http::Form query;
    query.set("client_id", options.basis.identity.id.text());
    query.set("redirect_uri", std::string(redirect_uri));
    query.set("session", begun.session);
    query.set("pins", pins);
    if (begun.only_pins) query.set("work", "pin");
    query.set("lang", std::string(mado::page::to_text(language)));
    return options.agent + "/card?" + http::form_text(query);
}

std::vector<http::Route> routes(Office& office) {
    auto& site = office.site;
    std::vector<http::Route> own;
    for (auto& row : rows())
        own.push_back(for_clerks(office, std::move(row)));
    for (auto& route : decision_routes(office.deciding))
        own.push_back(std::move(route));
    own.push_back({"POST", "/card", card_body_max, [&office](Request request) -> Task<Response> {
                       co_return co_await card(office, request);
                   }});
    own.push_back(
        site::inside(site, "/", [&office](Request request, site::LoggedIn who) -> Task<Response> {
            co_return co_await page(office, request, who);
        }));
    own.push_back(site::inside(site, site::sessions_path,
                               [&office](Request request, site::LoggedIn who) -> Task<Response> {
                                   co_return co_await sessions(office, request, who);
                               }));
    for (auto& one : stop_routes(office))
        own.push_back(std::move(one));
    for (auto& one : status_routes(office))
        own.push_back(std::move(one));
    for (auto& one : renew_routes(office))
        own.push_back(std::move(one));
    return site::routes(site, std::move(own));
}

}  // namespace mado::issuer
