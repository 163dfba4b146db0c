#include "routes.hpp"

#include <boost/json.hpp>

#include "http/form.hpp"
#include "numbers.hpp"
#include "site/answers.hpp"
#include "site/pages.hpp"
#include "site/routes.hpp"
#include "window.hpp"

namespace mado::issuer {
namespace {

using http::Request;
using http::Response;
using http::Task;

constexpr std::size_t listed_max = 500;
constexpr int draws_max = 10;

Response json_of(const json::object& object) {
    return site::json_reply(json::serialize(object));
}

// It does not fit the case as it is now: the page shows the case again.
Response misfit(Misfit why) {
    return site::refuse(409, to_text(why));
}

Response case_of(Office& office, CaseId id) {
    return json_of(case_json(office.store.find(id), office.store.lines(id), unix_now()));
}

// ---- what a clerk may ask ----

// The health-care number has been given to nobody before.
Response open(Office& office, const Request&, const std::string& clerk) {
    for (int i = 0; i < draws_max; ++i) {
        const auto numbers = draw_numbers(office.schemes);
        if (!office.store.give(numbers.health_care)) continue;
        const auto id = office.store.open({.numbers = numbers, .known = {}, .signing = false},
                                          {.at = unix_now(), .clerk = clerk});
        return case_of(office, id);
    }
    throw Failure("no health-care number is left that nobody has");
}

Response list_of(Office& office, const std::vector<CaseId>& cases) {
    json::array out;
    for (const auto id : cases)
        out.push_back(summary_json(office.store.find(id), unix_now()));
    return json_of({{"cases", std::move(out)}});
}

Response day(Office& office, const Request&, const std::string&) {
    return list_of(office, office.store.open_cases(0, listed_max));
}

Response search(Office& office, const Request& request, const std::string&) {
    const auto by = read_search(request.body);
    if (!by) return site::refuse(wire::Code::malformed, request);
    if (const auto* number = std::get_if<std::string>(&*by)) {
        const auto id = office.store.find(*number);
        return list_of(office, id ? std::vector<CaseId>{*id} : std::vector<CaseId>{});
    }
    const auto& who = std::get<Who>(*by);
    return list_of(office, office.store.find(who.birth_date, who.kana));
}

Response show(Office& office, const Request& request, const std::string&) {
    const auto by = read_search(request.body);
    const auto* number = by ? std::get_if<std::string>(&*by) : nullptr;
    if (number == nullptr) return site::refuse(wire::Code::malformed, request);
    const auto id = office.store.find(*number);
    if (!id) return site::refuse(404, "no_case");
    return case_of(office, *id);
}

Response act(Office& office, const Request& request, const std::string& clerk) {
    const auto what = read_act(request.body, office.schemes);
    if (!what) return site::refuse(wire::Code::malformed, request);
    const auto id = office.store.find(what->number);
    if (!id) return site::refuse(404, "no_case");
    const auto done = office.store.add(*id, what->what, {.at = unix_now(), .clerk = clerk});
    if (!done) return misfit(done.error());
    office.worker.look_at(*id);
    return case_of(office, *id);
}

// ---- a card at the window ----

// Where the page leads the browser: the agent, which has the reader.
std::string agent_address(const site::Options& options, const CardSessions::Begun& begun,
                          mado::page::Language language) {
    std::string pins;
    for (const auto use : begun.pins)
        pins += (pins.empty() ? "" : " ") + std::string(to_text(use));
    http::Form query;
    query.set("client_id", options.basis.identity.id.text());
    query.set("redirect_uri", options.redirect_uri);
    query.set("session", begun.session);
    query.set("pins", pins);
    query.set("lang", std::string(mado::page::to_text(language)));
    return options.agent + "/card?" + http::form_text(query);
}

Response card_session(Office& office, const Request& request, const std::string& clerk) {
    const auto by = read_search(request.body);
    const auto* number = by ? std::get_if<std::string>(&*by) : nullptr;
    if (number == nullptr) return site::refuse(wire::Code::malformed, request);
    const auto id = office.store.find(*number);
    if (!id) return site::refuse(404, "no_case");
    const auto begun = office.cards.begin(*id, clerk, unix_now());
    if (!begun && begun.error() == CardRefusal::overloaded) {
        return site::refuse(wire::Code::overloaded, request);
    }
    if (!begun) return misfit(Misfit::too_early);
    return json_of(
        {{"session", begun->session},
         {"to", agent_address(office.site.options, *begun, site::look_of(request).language)}});
}

// The case from which this clerk went to the agent: no address and no browser has kept it.
Response returned(Office& office, const Request&, const std::string& clerk) {
    const auto id = office.cards.take_returned(clerk, unix_now());
    return id ? json_of({{"number", office.store.find(*id).number}}) : json_of({});
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
            co_return site::refuse(404, "no_session");
    }
    co_return site::refuse(404, "no_session");
}

using Handler = Response (*)(Office& office, const Request& request, const std::string& clerk);

// For a page of this site, and a clerk who is logged in.
http::Route for_clerks(Office& office, std::string_view path, Handler handler) {
    return {"POST", path, window_body_max, [&office, handler](Request request) -> Task<Response> {
                const bool own = request.header("origin") == office.site.origin &&
                                 site::is_own_page(request) &&
                                 request.content_type == "application/json";
                if (!own) co_return site::refuse(wire::Code::not_allowed, request);
                const auto* who = site::who_asks(office.site, request);
                const auto clerk =
                    who == nullptr ? std::nullopt : office.clerks.find(who->card, unix_now());
                if (!clerk) co_return site::refuse(wire::Code::mandate_ended, request);
                if (!office.site.sessions.may_ask(who->mandate_hash, unix_now())) {
                    co_return site::refuse(wire::Code::overloaded, request);
                }
                co_return handler(office, request, *clerk);
            }};
}

// The page is its script's: the day's list first.
Task<Response> page(site::Site& site, const Request& request) {
    const auto look = site::look_of(request);
    const auto body = "<div id=\"page\">" + site::without_script(site, look) + "</div>";
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

Task<Response> sessions(site::Site& site, const Request& request, const site::LoggedIn& who) {
    const auto look = site::look_of(request);
    const auto& place = site.options.places.back();
    co_return site::shown(request,
                          site::whole(site, look,
                                      {.path = std::string(place.path),
                                       .here = place.path,
                                       .reader = site::Reader::logged_in,
                                       .script = "sessions",
                                       .heading = mado::page::say(look.language, place.name),
                                       .body = site::sessions_list(site, look, who)}),
                          site.options.agent);
}

}  // namespace

std::vector<http::Route> routes(Office& office) {
    auto& site = office.site;
    std::vector<http::Route> own{for_clerks(office, "/cases/open", &open),
                                 for_clerks(office, "/cases/day", &day),
                                 for_clerks(office, "/cases/search", &search),
                                 for_clerks(office, "/cases/show", &show),
                                 for_clerks(office, "/cases/act", &act),
                                 for_clerks(office, "/cases/card", &card_session),
                                 for_clerks(office, "/cases/returned", &returned)};
    own.push_back({"POST", "/card", card_body_max, [&office](Request request) -> Task<Response> {
                       co_return co_await card(office, request);
                   }});
    own.push_back(
        site::inside(site, "/", [&site](Request request, site::LoggedIn) -> Task<Response> {
            co_return co_await page(site, request);
        }));
    own.push_back(site::inside(site, site::sessions_path,
                               [&site](Request request, site::LoggedIn who) -> Task<Response> {
                                   co_return co_await sessions(site, request, who);
                               }));
    return site::routes(site, std::move(own));
}

}  // namespace mado::issuer
