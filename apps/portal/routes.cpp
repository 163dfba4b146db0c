#include "routes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "client/entries.hpp"
#include "crypto/digest.hpp"
#include "http/event_stream.hpp"
#include "http/form.hpp"
#include "page/answer.hpp"
#include "pages.hpp"

namespace mado::portal {
namespace {

using http::Request;
using http::Response;
using http::Task;

constexpr std::size_t form_bytes_max = 8 * 1024;
// What My Page asks of holders and the relay for whoever is logged in.
constexpr std::string_view scope =
    "pension claims checkups eligibility notices notice entries bells evidence question questions";
constexpr std::string_view session_cookie = "__Host-mado";
constexpr std::string_view begun_cookie = "__Host-mado-begin";  // a log-in, until the agent returns
// How somebody wants to see pages; kept for a year.
constexpr std::string_view language_cookie = "__Host-mado-lang";
constexpr std::string_view size_cookie = "__Host-mado-size";
constexpr std::string_view assets_path = "/assets/";

Response reply(std::string body, const std::string& form_target = {}) {
    auto out =
        page::html(std::move(body), 200, {.run_scripts = true, .send_forms_to = form_target});
    out.headers.push_back({"Strict-Transport-Security", "max-age=31536000"});
    return out;
}

Response redirect(std::string to, std::string_view form_target = {}) {
    auto out = reply({}, std::string(form_target));
    out.status = 303;
    out.headers.push_back({"Location", std::move(to)});
    return out;
}

Response refuse(int status, std::string_view name) {
    auto out = reply(std::string(name));
    out.status = status;
    out.content_type = "text/plain; charset=utf-8";
    return out;
}

struct Cookie {
    std::string_view name, value;  // value "": it is removed
    std::string_view same_site = "Strict";
    bool kept = false;  // longer than the browser runs
};

void set_cookie(Response& response, const Cookie& cookie) {
    const auto* const life = cookie.value.empty() ? "; Max-Age=0"
                             : cookie.kept        ? "; Max-Age=31536000"
                                                  : "";
    response.headers.push_back(
        {"Set-Cookie", fmt::format("{}={}; Path=/; Secure; HttpOnly; SameSite={}{}", cookie.name,
                                   cookie.value, cookie.same_site, life)});
}

std::string_view cookie_of(const Request& request, std::string_view name = session_cookie) {
    auto rest = request.header("cookie");
    while (!rest.empty()) {
        const auto end = std::min(rest.find("; "), rest.size());
        const auto pair = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 2, rest.size()));
        if (pair.starts_with(name) && pair.size() > name.size() && pair[name.size()] == '=') {
            return pair.substr(name.size() + 1);
        }
    }
    return {};
}

// As the address or form says; else as the person chose before.
Look look_of(const Request& request) {
    const auto form = http::parse_form(request.method == "GET" ? request.query : request.body);
    const auto chosen = [&](const std::string& name, std::string_view cookie) {
        return form && form->has(name) ? form->text(name) : cookie_of(request, cookie);
    };
    return {.language = page::language_of(chosen("lang", language_cookie)),
            .large = chosen("size", size_cookie) == "large"};
}

// A page, and what its address chose is kept. Also from other sites' links: Lax.
Response shown(const Request& request, std::string body, const std::string& form_target = {}) {
    auto out = reply(std::move(body), form_target);
    const auto form = http::parse_form(request.query);
    if (!form) return out;
    const auto look = look_of(request);
    if (form->has("lang")) {
        set_cookie(out, {.name = language_cookie,
                         .value = page::to_text(look.language),
                         .same_site = "Lax",
                         .kept = true});
    }
    if (form->has("size")) {
        set_cookie(out, {.name = size_cookie,
                         .value = look.large ? "large" : "normal",
                         .same_site = "Lax",
                         .kept = true});
    }
    return out;
}

Site site_of(const Shared& shared) {
    return {.national = shared.national,
            .assets = fmt::format("{}{}/", assets_path, base64url(shared.web.hash)),
            .utc_offset_s = shared.policy.utc_offset_s()};
}

const LoggedIn* who_asks(Shared& shared, const Request& request) {
    return shared.sessions.find(cookie_of(request), unix_now());
}

Task<Response> start(Shared& shared, const Request& request) {
    const auto look = look_of(request);
    if (who_asks(shared, request) != nullptr) {
        co_return shown(request, place_page(site_of(shared), look, Place::home), shared.agent);
    }
    const auto form = http::parse_form(request.query);
    co_return shown(
        request,
        start_page(site_of(shared), look, form ? parse_said(form->text("said")) : std::nullopt),
        shared.agent);
}

std::string start_address(Said said, Language language) {
    return fmt::format("/?said={}&lang={}", to_text(said), page::to_text(language));
}

// To the agent, with a nonce for this browser session only. Whoever is logged in already goes on
// longer so: the first log-in ends when the second one is there.
Task<Response> log_in(Shared& shared, const Request& request) {
    const auto language = look_of(request).language;
    const auto refused = [language](Said said) { return redirect(start_address(said, language)); };
    if (!shared.sessions.may_begin(request.remote_address, unix_now())) {
        co_return refused(Said::too_many);
    }
    client::Asker asker(shared.directory, shared.identity);
    const auto nonce = co_await asker.nonce();
    if (!nonce) co_return refused(said_of(nonce.error().code));
    const auto now = unix_now();
    const Waiting waiting{.nonce = *nonce,
                          .state = base64url(crypto::random_bytes(16)),
                          .expires = now + wire::nonce_lifetime_s,
                          .language = language};
    const auto cookie = shared.sessions.begin(waiting, now);
    if (!cookie) co_return refused(Said::too_many);
    http::Form query;
    query.set("client_id", shared.identity.id.text());
    query.set("redirect_uri", shared.redirect_uri);
    query.set("response_mode", "fragment");
    query.set("kind", "login");
    query.set("scope", std::string(scope));
    query.set("nonce", waiting.nonce);
    query.set("state", waiting.state);
    query.set("aud", shared.directory.relay().id.text());
    query.set("exp", std::to_string(waiting.expires));
    query.set("lang", std::string(page::to_text(language)));
    auto out = redirect(shared.agent + "/authorize?" + http::form_text(query), shared.agent);
    set_cookie(out, {.name = begun_cookie, .value = *cookie});
    co_return out;
}

// The mandate that this browser session asked for, and no other: what the card signed says which
// nonce, and the nonce was given to this session only.
std::optional<wire::SignedMandate> own_mandate(const Shared& shared, const Waiting& waiting,
                                               std::string_view text) {
    auto signed_mandate = wire::parse_mandate(text);
    if (!signed_mandate) return std::nullopt;
    const auto& mandate = signed_mandate->mandate;
    const bool own = mandate.nonce == waiting.nonce && mandate.organisation == shared.identity.id &&
                     mandate.audience == shared.directory.relay().id &&
                     mandate.kind == wire::MandateKind::login && mandate.expires > unix_now();
    return own ? std::move(*signed_mandate) : std::optional<wire::SignedMandate>();
}

// The certificate that the agent sends beside the mandate, when it is the one that signed it.
std::string certificate_of(const wire::SignedMandate& mandate, std::string_view text) {
    const auto der = parse_base64url(text);
    const bool own = der && mandate.jws.certificate == crypto::sha256(*der);
    return own ? std::string(text) : "";
}

// Nobody is logged in by this cookie any more, and the relay hears it.
Task<void> end_session(Shared& shared, std::string_view cookie) {
    const auto who = shared.sessions.log_out(cookie);
    if (!who) co_return;
    client::Asker asker(shared.directory, shared.identity);
    const auto ended = co_await asker.end_mandate(who->mandate_hash);
    // Nobody has it any more; it ends by itself.
    if (!ended) shared.log.warning("mandate_not_ended");
}

// The cookie of whoever is logged in from now on; else why nobody is.
Task<std::expected<std::string, Said>> judge_return(Shared& shared, const Request& request,
                                                    const Waiting& waiting,
                                                    const http::Form& answer) {
    if (answer.has("error")) co_return std::unexpected(Said::cancelled);
    const std::string mandate(answer.text("mandate"));
    const auto parsed = own_mandate(shared, waiting, mandate);
    if (!parsed || !parsed->jws.certificate) co_return std::unexpected(Said::other_session);
    // Whether the card is good, and the signature, the relay says: it answers under it, or not.
    const auto bells = co_await client::fetch_bells(shared.directory, shared.identity, mandate);
    if (!bells) co_return std::unexpected(said_of(bells.error().code));
    co_return shared.sessions.log_in(
        {.mandate = mandate,
         .mandate_hash = crypto::sha256(as_bytes(mandate)),
         .expires = parsed->mandate.expires,
         .card = *parsed->jws.certificate,
         .certificate = certificate_of(*parsed, answer.text("certificate")),
         .since = unix_now(),
         .browser = browser_of(request.header("user-agent"))});
}

// Always the address where the page goes on.
Response go_on(std::string address) {
    auto out = reply(std::move(address));
    out.content_type = "text/plain; charset=utf-8";
    set_cookie(out, {.name = begun_cookie, .value = ""});
    return out;
}

Task<Response> finish(Shared& shared, const Request& request) {
    const auto form = http::parse_form(request.body);
    const auto language = look_of(request).language;
    if (!form) co_return go_on(start_address(Said::failed, language));
    const auto waiting = shared.sessions.take_waiting(cookie_of(request, begun_cookie),
                                                      form->text("state"), unix_now());
    if (!waiting) co_return go_on(start_address(Said::other_session, language));
    const auto cookie = co_await judge_return(shared, request, *waiting, *form);
    // A log-in that goes on is not lost because another one was cancelled.
    if (!cookie && who_asks(shared, request) != nullptr) co_return go_on("/");
    if (!cookie) co_return go_on(start_address(cookie.error(), waiting->language));
    co_await end_session(shared, cookie_of(request));
    auto out = go_on("/");
    set_cookie(out, {.name = session_cookie, .value = *cookie});
    co_return out;
}

Task<Response> log_out(Shared& shared, const Request& request) {
    co_await end_session(shared, cookie_of(request));
    auto out = redirect(start_address(Said::log_out, look_of(request).language));
    set_cookie(out, {.name = session_cookie, .value = ""});
    co_return out;
}

// Another window of the same card.
Task<Response> log_out_other(Shared& shared, const Request& request) {
    const auto* who = who_asks(shared, request);
    const auto form = http::parse_form(request.body);
    if (who == nullptr || !form) co_return redirect("/");
    const auto mandate = shared.sessions.end_one(who->card, form->text("id"), Said::log_out);
    if (mandate) {
        client::Asker asker(shared.directory, shared.identity);
        if (!co_await asker.end_mandate(*mandate)) shared.log.warning("mandate_not_ended");
    }
    co_return redirect("/sessions");
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

http::Route carried(std::string_view path, std::string_view type, std::string_view text) {
    return {"GET", path, 0, [type, text](Request) -> Task<Response> {
                auto out = reply(std::string(text));
                out.content_type = type;
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
    auto out = reply(found->second);
    out.content_type = type_of(found->first);
    std::erase_if(out.headers, [](const auto& one) { return one.name == "Cache-Control"; });
    out.headers.push_back({"Cache-Control", "public, max-age=31536000, immutable"});
    co_return out;
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
                if (who == nullptr) co_return redirect("/");
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

}  // namespace

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
    return out;
}

}  // namespace mado::portal
