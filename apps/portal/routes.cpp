#include "routes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "answers.hpp"
#include "crypto/digest.hpp"
#include "http/event_stream.hpp"
#include "http/form.hpp"
#include "log_in.hpp"
#include "page/answer.hpp"
#include "pages.hpp"

namespace mado::portal {
namespace {

using http::Request;
using http::Response;
using http::Task;

constexpr std::size_t form_bytes_max = 8 * 1024;
constexpr std::size_t per_network_max = 512;  // connections: a town hall's people share one
constexpr std::string_view assets_path = "/assets/";

Site site_of(const Shared& shared) {
    return {.national = shared.national,
            .services = shared.services,
            .assets = fmt::format("{}{}/", assets_path, base64url(shared.web.hash)),
            .utc_offset_s = shared.policy.utc_offset_s()};
}

Task<Response> start(Shared& shared, const Request& request) {
    const auto look = look_of(request);
    const auto form = http::parse_form(request.query);
    Start start;
    if (form) start.to = parse_place(form->text("to"));
    if (who_asks(shared, request) != nullptr) {
        if (start.to) co_return redirect(std::string(path_of(*start.to)));
        co_return shown(request, place_page(site_of(shared), look, Place::home), shared.agent);
    }
    // Only this site says what happened here, not a link of another one or of a letter.
    if (form && request.header("sec-fetch-site") == "same-origin") {
        start.said = parse_said(form->text("said"));
    }
    co_return shown(request, start_page(site_of(shared), look, start), shared.agent);
}

// Whoever is not logged in learns there what the log-in is for, and comes to the place after it.
Response to_start(const Request& request, const PlaceInfo& place) {
    const auto form = http::parse_form(request.query);
    return redirect(
        fmt::format("/?to={}{}{}", place.path.substr(1), form && form->has("lang") ? "&lang=" : "",
                    form && form->has("lang") ? page::to_text(look_of(request).language) : ""));
}

// A program gets a code; a browser that shows what it gets (RFC 9110 section 12.5.1), a page.
void make_page(const Shared& shared, const Request& asked, Response& refusal) {
    if (asked.header("accept").find("text/html") == std::string_view::npos) return;
    auto page = page::html(refusal_page(site_of(shared), look_of(asked), refusal.status,
                                        who_asks(shared, asked) != nullptr),
                           refusal.status);
    for (auto& header : refusal.headers) {  // Allow, Retry-After, cookies
        if (page.header(header.name).empty()) page.headers.push_back(std::move(header));
    }
    page.known = refusal.known;
    refusal = std::move(page);
}

// ---- what pages fetch ----

Response json_reply(const json::object& body) {
    auto out = reply(json::serialize(body));
    out.content_type = "application/json";
    return out;
}

Response refuse_page(wire::Code code, const Request& request) {
    const auto& why = wire::info(code);
    auto out = http::problem(why.status, why.name, why.title, request.request_id);
    out.headers.push_back({"Cache-Control", "no-store"});
    return out;
}

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

// Whose page this is, and until when: what the page needs to check the answers that it gets.
Task<Response> session(Shared& shared, const Request& request) {
    const auto* who = who_asks(shared, request);
    if (who == nullptr || request.header("sec-fetch-site") != "same-origin") {
        co_return refuse_page(wire::Code::mandate_ended, request);
    }
    json::object out{{"mandate", who->mandate},
                     {"expires", who->expires},
                     {"organisation", shared.identity.id.text()},
                     {"now", unix_now()}};
    if (!who->certificate.empty()) out["certificate"] = who->certificate;
    co_return json_reply(out);
}

// Which log-in it is, for a page that comes back to the front.
Task<Response> session_id(Shared& shared, const Request& request) {
    const auto* who = who_asks(shared, request);
    if (who == nullptr || request.header("sec-fetch-site") != "same-origin") {
        co_return refuse_page(wire::Code::mandate_ended, request);
    }
    auto out = reply(base64url(who->mandate_hash));
    out.content_type = "text/plain; charset=utf-8";
    co_return out;
}

Task<Response> ask(Shared& shared, const Request& request) {
    const bool own = request.header("origin") == shared.origin &&
                     request.header("sec-fetch-site") == "same-origin" &&
                     request.content_type == "application/json";
    if (!own) co_return refuse_page(wire::Code::not_allowed, request);
    const auto* who = who_asks(shared, request);
    if (who == nullptr) co_return refuse_page(wire::Code::mandate_ended, request);
    auto question = read_page_question(request.body);
    if (!question) co_return refuse_page(wire::Code::malformed, request);
    // A page that stayed behind when somebody else logged in asks nothing in their name.
    if (question->mandate != who->mandate_hash) {
        co_return refuse_page(wire::Code::mandate_ended, request);
    }
    if (!shared.sessions.may_ask(who->mandate_hash, unix_now())) {
        co_return refuse_page(wire::Code::overloaded, request);
    }
    const auto passed = co_await shared.askers.pass(std::move(*question), who->mandate);
    if (!passed) co_return json_reply({{"problem", problem_json(passed.error())}});
    auto out = reply(fmt::format(R"({{"head":"{}","reply":{}}})", passed->head, passed->reply));
    out.content_type = "application/json";
    co_return out;
}

// The page hears at once when its log-in ends.
Response session_events(Shared& shared, const Request& request) {
    const auto* who = who_asks(shared, request);
    if (who == nullptr || request.header("sec-fetch-site") != "same-origin") {
        return refuse(403, "other_session");
    }
    // First of whom it is: a page that was another one's sees that it has to go.
    auto out = reply(http::event_text({.name = "session", .data = base64url(who->mandate_hash)}));
    out.feed = shared.sessions.listen(who->mandate_hash);
    out.content_type = http::event_stream_type;
    // Too many pages hear of it already: this one asks again, and hears of it from the others.
    if (!out.feed) out.body += "retry: 5000\n\n";
    return out;
}

using Step = Task<Response> (*)(Shared&, const Request&);

http::Handler own_form(Shared& shared, Step step) {
    return [&shared, step](Request request) -> Task<Response> {
        if (!page::is_own_form(request, shared.origin)) {
            co_return refuse(403, "other_session");
        }
        co_return co_await step(shared, request);
    };
}

// An answer that stays the same for as long as the program runs: sent without a copy.
Response lasting(std::string_view type, std::string_view text, std::string cache_control) {
    auto out = reply({});
    out.lasting = text;
    out.content_type = type;
    std::erase_if(out.headers, [](const auto& one) { return one.name == "Cache-Control"; });
    out.headers.push_back({"Cache-Control", std::move(cache_control)});
    return out;
}

// A browser keeps it and asks whether it is still the same (RFC 9110 section 13.1.2).
http::Route carried(std::string_view path, std::string_view type, std::string_view text) {
    const auto tag = "\"" + base64url(crypto::sha256(as_bytes(text))) + "\"";
    return {"GET", path, 0, [type, text, tag](Request request) -> Task<Response> {
                auto out = lasting(type, text, "no-cache");
                out.headers.push_back({"ETag", tag});
                if (request.header("if-none-match").find(tag) != std::string_view::npos) {
                    out.status = 304;
                }
                co_return out;
            }};
}

std::string_view type_of(std::string_view name) {
    if (name.ends_with(".js")) return "text/javascript; charset=utf-8";
    if (name.ends_with(".css")) return "text/css; charset=utf-8";
    return "application/octet-stream";
}

// A file of the web build, under the build's hash: what has another hash is another address.
Task<Response> asset(Shared& shared, const Request& request) {
    const auto prefix = site_of(shared).assets;
    const auto found = request.path.starts_with(prefix)
                           ? shared.web.files.find(request.path.substr(prefix.size()))
                           : shared.web.files.end();
    if (found == shared.web.files.end()) co_return refuse(404, "not_found");
    co_return lasting(type_of(found->first), found->second, "public, max-age=31536000, immutable");
}

Task<Response> sessions_of(Shared& shared, const Request& request, const LoggedIn& who) {
    co_return shown(request,
                    sessions_page(site_of(shared), look_of(request),
                                  shared.sessions.of_card(who.card, unix_now()), who.id),
                    shared.agent);
}

http::Route place_route(Shared& shared, const PlaceInfo& place) {
    return {"GET", place.path, 0, [&shared, &place](Request request) -> Task<Response> {
                if (place.place == Place::home) co_return co_await start(shared, request);
                const auto* who = who_asks(shared, request);
                if (who == nullptr) co_return to_start(request, place);
                if (place.place == Place::sessions) {
                    co_return co_await sessions_of(shared, request, *who);
                }
                co_return shown(request, place_page(site_of(shared), look_of(request), place.place),
                                shared.agent);
            }};
}

http::Route plain_route(std::string_view method, std::string_view path, std::size_t body_bytes_max,
                        Shared& shared, Step step) {
    return {method, path, body_bytes_max, [&shared, step](Request request) -> Task<Response> {
                co_return co_await step(shared, request);
            }};
}

// Whoever is logged in keeps their connection when strangers take all places.
http::Route recognising(Shared& shared, http::Route route) {
    route.handler = [&shared,
                     handler = std::move(route.handler)](Request request) -> Task<Response> {
        const bool known = who_asks(shared, request) != nullptr;
        auto out = co_await handler(std::move(request));
        out.known = known;
        co_return out;
    };
    return route;
}

}  // namespace

http::ServerOptions server_options(const Shared& shared) {
    http::ServerOptions out;
    out.limits.connections_per_address_max = per_network_max;
    // No certificate says who it is; the cookie will (`recognising`).
    out.known = [](const http::Peer&) { return false; };
    out.headers = page::html({}).headers;
    out.headers.push_back({"Strict-Transport-Security", "max-age=31536000"});
    out.refused = [&shared](const Request& asked, Response& refusal) {
        make_page(shared, asked, refusal);
    };
    return out;
}

std::vector<http::Route> routes(Shared& shared) {
    std::vector<http::Route> out;
    for (const auto& place : places())
        out.push_back(place_route(shared, place));
    out.push_back({"GET", "/procedures", 0, [&shared](Request request) -> Task<Response> {
                       co_return shown(request,
                                       procedures_page(site_of(shared), look_of(request),
                                                       who_asks(shared, request) != nullptr));
                   }});
    out.push_back({"GET", "/login/back", 0, [&shared](Request request) -> Task<Response> {
                       co_return reply(back_page(site_of(shared), look_of(request)));
                   }});
    out.push_back({"GET", "/session/events", 0, [&shared](Request request) -> Task<Response> {
                       co_return session_events(shared, request);
                   }});
    out.push_back(plain_route("GET", "/session", 0, shared, session));
    out.push_back(plain_route("GET", "/session/id", 0, shared, session_id));
    out.push_back(plain_route("POST", "/ask", question_bytes_max, shared, ask));
    out.push_back(plain_route("GET", "/assets/*", 0, shared, asset));
    out.push_back({"POST", "/login", form_bytes_max, own_form(shared, log_in)});
    out.push_back({"POST", "/login/finish", form_bytes_max, own_form(shared, finish)});
    out.push_back({"POST", "/logout", form_bytes_max, own_form(shared, log_out)});
    out.push_back({"POST", "/logout/other", form_bytes_max, own_form(shared, log_out_other)});
    out.push_back(carried("/style.css", "text/css; charset=utf-8", page::style()));
    out.push_back(carried("/directory", "application/jose", shared.texts.directory));
    out.push_back(carried("/authority", "application/jwk+json", shared.texts.authority));
    out.push_back(carried("/policy", "application/json", shared.texts.policy));
    for (auto& route : out)
        route = recognising(shared, std::move(route));
    return out;
}

}  // namespace mado::portal
