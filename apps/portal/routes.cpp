#include "routes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "asking.hpp"
#include "site/routes.hpp"

namespace mado::portal {
namespace {

using http::Request;
using http::Response;
using http::Task;

// What the relay answered instead; often that there is no further link, and so no error of this
// program. `reason` is a further code, where there is one.
json::object problem_json(const client::Problem& problem) {
    json::object out{{"code", std::string(wire::info(problem.code).name)}};
    const bool is_code = std::ranges::all_of(
        problem.detail, [](char c) { return c == '_' || (c >= 'a' && c <= 'z'); });
    if (is_code && !problem.detail.empty()) out["reason"] = problem.detail;
    if (!problem.request_id.empty()) out["request_id"] = problem.request_id;
    return out;
}

// What a page asks, passed on for whoever is logged in.
Task<Response> ask(site::Site& site, const Request& request) {
    const bool own = request.header("origin") == site.origin && site::is_own_page(request) &&
                     request.content_type == "application/json";
    if (!own) co_return site::refuse(wire::Code::not_allowed, request);
    const auto* who = site::who_asks(site, request);
    if (who == nullptr) co_return site::refuse(wire::Code::mandate_ended, request);
    auto question = read_page_question(request.body);
    if (!question) co_return site::refuse(wire::Code::malformed, request);
    // A page that stayed behind when somebody else logged in asks nothing in their name.
    if (question->mandate != who->mandate_hash) {
        co_return site::refuse(wire::Code::mandate_ended, request);
    }
    if (!site.sessions.may_ask(who->mandate_hash, unix_now())) {
        co_return site::refuse(wire::Code::overloaded, request);
    }
    const auto passed = co_await site.askers.pass(std::move(question->question), who->mandate);
    if (!passed) {
        const json::object out{{"problem", problem_json(passed.error())}};
        co_return site::json_reply(json::serialize(out));
    }
    co_return site::json_reply(
        fmt::format(R"({{"head":"{}","reply":{}}})", passed->head, passed->reply));
}

http::Route place_route(const MyPage& my, const PlaceInfo& place) {
    if (place.place == Place::procedures) {
        return {"GET", place.path, 0, [&my, &place](Request request) -> Task<Response> {
                    const auto* who = site::who_asks(my.site, request);
                    const auto look = site::look_of(request);
                    co_return site::shown(request, place_page(my, look, place.place, who));
                }};
    }
    return site::inside(my.site, place.path,
                        [&my, &place](Request request, site::LoggedIn who) -> Task<Response> {
                            const auto look = site::look_of(request);
                            co_return site::shown(request, place_page(my, look, place.place, &who),
                                                  my.site.options.agent);
                        });
}

}  // namespace

std::vector<http::Route> routes(const MyPage& my) {
    std::vector<http::Route> out;
    for (const auto& place : places())
        out.push_back(place_route(my, place));
    out.push_back(
        {"POST", "/ask", question_bytes_max, [&site = my.site](Request request) -> Task<Response> {
             co_return co_await ask(site, request);
         }});
    return site::routes(my.site, std::move(out));
}

}  // namespace mado::portal
