#include "routes.hpp"

#include <boost/json.hpp>
#include <set>

#include "numbers.hpp"
#include "site/answers.hpp"
#include "site/pages.hpp"
#include "site/routes.hpp"
#include "stop_page.hpp"
#include "window.hpp"

namespace mado::issuer {
namespace {

using http::Request;
using http::Response;
using http::Task;

constexpr std::size_t listed_max = 500;

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

std::vector<CaseId> open_first(Office& office, std::vector<std::optional<Applied>> people,
                               const std::string& clerk) {
    return office.store.open_first(std::move(people),
                                   [&office] { return draw_numbers(office.schemes); },
                                   {.at = unix_now(), .clerk = clerk});
}

// What is to do goes out at once: a card that is lost does not wait.
void look_at_all_of(Office& office, CaseId id) {
    for (const auto one : office.store.of_person(id))
        office.worker.look_at(one);
}

Response open(Office& office, const Request& request, const std::string& clerk) {
    auto what = read_open(request.body, office.schemes);
    if (!what) return site::refuse(wire::Code::malformed, request);
    if (what->person.empty()) {
        std::vector<std::optional<Applied>> one{std::move(what->invited)};
        return case_of(office, open_first(office, std::move(one), clerk).front());
    }
    const auto of = office.store.find(what->person);
    if (!of) return site::refuse(404, "no_case");
    const auto id = office.store.open(*of, what->asked, {.at = unix_now(), .clerk = clerk});
    if (!id) return misfit(id.error());
    look_at_all_of(office, *id);
    return case_of(office, *id);
}

Response invite(Office& office, const Request& request, const std::string& clerk) {
    auto people = read_invite(request.body, office.schemes);
    if (!people) return site::refuse(wire::Code::malformed, request);
    json::array out;
    const auto ids = open_first(office, {people->begin(), people->end()}, clerk);
    for (std::size_t i = 0; i < ids.size(); ++i) {
        out.push_back(json::object{{"number", office.store.find(ids[i]).number},
                                   {"name", (*people)[i].person.name}});
    }
    return json_of({{"cases", std::move(out)}});
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

Response search(Office& office, const Request& request, const std::string&) {
    const auto by = read_search(request.body);
    if (!by) return site::refuse(wire::Code::malformed, request);
    return list_of(office, found_by(office, *by));
}

Response find_people(Office& office, const Request& request, const std::string&) {
    const auto by = read_search(request.body);
    if (!by) return site::refuse(wire::Code::malformed, request);
    std::set<std::vector<CaseId>> people;
    for (const auto id : found_by(office, *by))
        people.insert(office.store.of_person(id));
    std::vector<std::vector<CaseFile>> files;
    for (const auto& cases : people) {
        auto& one = files.emplace_back();
        for (const auto id : cases)
            one.push_back(office.store.find(id));
    }
    return json_of(people_json(files, unix_now()));
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
    auto what = read_act(request.body, office.schemes);
    if (!what) return site::refuse(wire::Code::malformed, request);
    if (auto* handed = std::get_if<HandedOver>(&what->what)) {
        handed->stop_code = draw_digits(stop_code_digits, /*with_check=*/true);
    }
    const auto id = office.store.find(what->number);
    if (!id) return site::refuse(404, "no_case");
    const auto done = office.store.add(*id, what->what, {.at = unix_now(), .clerk = clerk});
    if (!done) return misfit(done.error());
    look_at_all_of(office, *id);
    return case_of(office, *id);
}

using Handler = Response (*)(Office& office, const Request& request, const std::string& clerk);

// For a page of this site, and a clerk who is logged in.
http::Route for_clerks(Office& office, std::string_view path, Handler handler,
                       std::size_t body_max = window_body_max) {
    return {"POST", path, body_max, [&office, handler](Request request) -> Task<Response> {
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
                                 for_clerks(office, "/people/find", &find_people),
                                 for_clerks(office, "/cases/invite", &invite, invite_body_max)};
    own.push_back(
        site::inside(site, "/", [&site](Request request, site::LoggedIn) -> Task<Response> {
            co_return co_await page(site, request);
        }));
    own.push_back(site::inside(site, site::sessions_path,
                               [&site](Request request, site::LoggedIn who) -> Task<Response> {
                                   co_return co_await sessions(site, request, who);
                               }));
    for (auto& one : stop_routes(office))
        own.push_back(std::move(one));
    return site::routes(site, std::move(own));
}

}  // namespace mado::issuer
