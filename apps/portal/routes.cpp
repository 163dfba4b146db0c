#include "routes.hpp"

#include <fmt/format.h>

#include <algorithm>

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
    "claims notices notice entries bells evidence question questions";
constexpr std::string_view session_cookie = "__Host-mado";
// Which language a person chose, until the return from the agent: its address is the same for all.
constexpr std::string_view language_cookie = "__Host-mado-lang";

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

void set_cookie(Response& response, std::string_view name, std::string_view value,
                std::string_view same_site) {
    response.headers.push_back(
        {"Set-Cookie", fmt::format("{}={}; Path=/; Secure; HttpOnly; SameSite={}{}", name, value,
                                   same_site, value.empty() ? "; Max-Age=0" : "")});
}

void set_session(Response& response, std::string_view value) {
    set_cookie(response, session_cookie, value, "Strict");
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

// As the query or form says; else as the person chose before.
Language language_of(const Request& request) {
    const auto form = http::parse_form(request.method == "GET" ? request.query : request.body);
    const bool says = form && form->has("lang");
    return page::language_of(says ? form->text("lang") : cookie_of(request, language_cookie));
}

Task<Response> start(Shared& shared, const Request& request) {
    const auto form = http::parse_form(request.query);
    const auto language = language_of(request);
    if (const auto* who = shared.sessions.find(cookie_of(request), unix_now())) {
        co_return reply(home_page(
            language, {.until = who->expires, .utc_offset_s = shared.policy.utc_offset_s()}));
    }
    co_return reply(start_page(language, form ? parse_said(form->text("said")) : std::nullopt),
                    shared.agent);
}

std::string start_address(Said said, Language language) {
    return fmt::format("/?said={}&lang={}", to_text(said), page::to_text(language));
}

// To the agent, with a nonce for this browser session only.
Task<Response> log_in(Shared& shared, const Request& request) {
    const auto language = language_of(request);
    const auto refused = [language](Said said) { return redirect(start_address(said, language)); };
    // A page from before the log-in of another tab: a second one would leave the first without a
    // name.
    if (shared.sessions.find(cookie_of(request), unix_now()) != nullptr) {
        co_return redirect(fmt::format("/?lang={}", page::to_text(language)));
    }
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
    set_session(out, *cookie);
    set_cookie(out, language_cookie, page::to_text(language),
               "Lax");  // comes from the agent's page
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

// The cookie of whoever is logged in from now on; else why nobody is.
Task<std::expected<std::string, Said>> judge_return(Shared& shared, const Waiting& waiting,
                                                    const http::Form& answer) {
    if (answer.has("error")) co_return std::unexpected(Said::cancelled);
    const std::string mandate(answer.text("mandate"));
    const auto parsed = own_mandate(shared, waiting, mandate);
    if (!parsed) co_return std::unexpected(Said::other_session);
    // Whether the card is good, and the signature, the relay says: it answers under it, or not.
    const auto bells = co_await client::fetch_bells(shared.directory, shared.identity, mandate);
    if (!bells) co_return std::unexpected(said_of(bells.error().code));
    co_return shared.sessions.log_in({.mandate = mandate,
                                      .mandate_hash = crypto::sha256(as_bytes(mandate)),
                                      .expires = parsed->mandate.expires});
}

// Always the address where the page goes on.
Response go_on(std::string address) {
    auto out = reply(std::move(address));
    out.content_type = "text/plain; charset=utf-8";
    set_cookie(out, language_cookie, "", "Lax");  // the address says it from here on
    return out;
}

Task<Response> finish(Shared& shared, const Request& request) {
    const auto form = http::parse_form(request.body);
    if (!form) co_return go_on(start_address(Said::failed, language_of(request)));
    const auto waiting =
        shared.sessions.take_waiting(cookie_of(request), form->text("state"), unix_now());
    if (!waiting) co_return go_on(start_address(Said::other_session, language_of(request)));
    const auto cookie = co_await judge_return(shared, *waiting, *form);
    if (!cookie) co_return go_on(start_address(cookie.error(), waiting->language));
    auto out = go_on(fmt::format("/?lang={}", page::to_text(waiting->language)));
    set_session(out, *cookie);
    co_return out;
}

Task<Response> log_out(Shared& shared, const Request& request) {
    const auto who = shared.sessions.log_out(cookie_of(request));
    if (who) {
        client::Asker asker(shared.directory, shared.identity);
        const auto ended = co_await asker.end_mandate(who->mandate_hash);
        // Nobody has it any more; it ends by itself.
        if (!ended) shared.log.warning("mandate_not_ended");
    }
    auto out = redirect(start_address(Said::log_out, language_of(request)));
    set_session(out, "");
    co_return out;
}

// The page hears at once when its log-in ends.
Response session_events(Shared& shared, const Request& request) {
    const auto* who = shared.sessions.find(cookie_of(request), unix_now());
    if (who == nullptr || request.header("sec-fetch-site") != "same-origin") {
        return refuse(403, "other_session");
    }
    auto out = reply({});
    out.feed = shared.sessions.listen(who->mandate_hash);
    out.content_type = http::event_stream_type;
    // Too many pages hear of it already: this one asks again, and so hears of it later.
    if (!out.feed) out.body = "retry: 30000\n\n";
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

constexpr std::string_view back_js =
#include "apps/portal/static/back.js.hpp"
    ;
constexpr std::string_view home_js =
#include "apps/portal/static/home.js.hpp"
    ;

}  // namespace

std::vector<http::Route> routes(Shared& shared) {
    std::vector<http::Route> out;
    out.push_back({"GET", "/", 0, [&shared](Request request) -> Task<Response> {
                       co_return co_await start(shared, request);
                   }});
    out.push_back({"GET", "/login/back", 0, [](Request request) -> Task<Response> {
                       co_return reply(back_page(language_of(request)));
                   }});
    out.push_back({"GET", "/session/events", 0, [&shared](Request request) -> Task<Response> {
                       co_return session_events(shared, request);
                   }});
    out.push_back({"POST", "/login", form_bytes_max, own_form(shared, log_in)});
    out.push_back({"POST", "/login/finish", form_bytes_max, own_form(shared, finish)});
    out.push_back({"POST", "/logout", form_bytes_max, own_form(shared, log_out)});
    out.push_back(carried("/style.css", "text/css; charset=utf-8", page::style()));
    out.push_back(carried("/back.js", "text/javascript; charset=utf-8", back_js));
    out.push_back(carried("/home.js", "text/javascript; charset=utf-8", home_js));
    return out;
}

}  // namespace mado::portal
