#include "site/routes.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "crypto/digest.hpp"
#include "http/conditional.hpp"
#include "http/event_stream.hpp"
#include "http/form.hpp"
#include "page/answer.hpp"
#include "site/answers.hpp"
#include "site/log_in.hpp"
#include "site/pages.hpp"

namespace mado::site {
namespace {

using http::Request;
using http::Response;
using http::Task;

constexpr std::size_t form_bytes_max = 8 * 1024;
constexpr std::size_t per_network_max = 512;  // connections: a town hall's people share one

// ---- pages ----

// "/" for whoever is not logged in.
Response start(const Site& site, const Request& request) {
    const auto form = http::parse_form(request.query);
    Start start;
    if (form) start.to = find_place(site, form->text("to"));
    // Only this site says what happened here, not a link of another one or of a letter.
    if (form && is_own_page(request)) start.said = parse_said(form->text("said"));
    return shown(request, start_page(site, look_of(request), start), site.options.agent);
}

// "/" for whoever is logged in, when another place was asked for there.
std::optional<Response> to_asked(const Site& site, const Request& request) {
    const auto form = http::parse_form(request.query);
    const auto* to = form ? find_place(site, form->text("to")) : nullptr;
    if (to == nullptr) return std::nullopt;
    return redirect(std::string(to->path));
}

// Whoever is not logged in learns there what the log-in is for, and comes to the place after it.
Response to_start(const Request& request, std::string_view path) {
    const auto form = http::parse_form(request.query);
    return redirect(
        fmt::format("/?to={}{}{}", path.substr(1), form && form->has("lang") ? "&lang=" : "",
                    form && form->has("lang") ? page::to_text(look_of(request).language) : ""));
}

// A program gets a code; a browser that shows what it gets (RFC 9110 section 12.5.1), a page.
void make_page(const Site& site, const Request& asked, Response& refusal) {
    if (asked.header("accept").find("text/html") == std::string_view::npos) return;
    auto page = page::html(
        refusal_page(site, look_of(asked), refusal.status, who_asks(site, asked) != nullptr),
        refusal.status);
    for (auto& header : refusal.headers) {  // Allow, Retry-After, cookies
        if (page.header(header.name).empty()) page.headers.push_back(std::move(header));
    }
    page.known = refusal.known;
    refusal = std::move(page);
}

// ---- what pages fetch ----

// Whose page this is, and until when: what the page needs to check the answers that it gets.
Task<Response> session(Site& site, const Request& request) {
    const auto* who = who_asks(site, request);
    if (who == nullptr || !is_own_page(request)) {
        co_return refuse(wire::Code::mandate_ended, request);
    }
    json::object out{{"mandate", who->mandate},
                     {"expires", who->expires},
                     {"organisation", site.options.basis.identity.id.text()},
                     {"now", unix_now()}};
    if (!who->certificate.empty()) out["certificate"] = who->certificate;
    co_return json_reply(json::serialize(out));
}

// Which log-in it is, for a page that comes back to the front.
Task<Response> session_id(Site& site, const Request& request) {
    const auto* who = who_asks(site, request);
    if (who == nullptr || !is_own_page(request)) {
        co_return refuse(wire::Code::mandate_ended, request);
    }
    auto out = reply(base64url(who->mandate_hash));
    out.content_type = "text/plain; charset=utf-8";
    co_return out;
}

// The page hears at once when its log-in ends.
Task<Response> session_events(Site& site, const Request& request) {
    const auto* who = who_asks(site, request);
    if (who == nullptr || !is_own_page(request)) co_return refuse(403, "other_session");
    // First of whom it is: a page that was another one's sees that it has to go.
    auto out = reply(http::event_text({.name = "session", .data = base64url(who->mandate_hash)}));
    out.feed = site.sessions.listen(who->mandate_hash);
    out.content_type = http::event_stream_type;
    // Too many pages hear of it already: this one asks again, and hears of it from the others.
    if (!out.feed) out.body += "retry: 5000\n\n";
    co_return out;
}

// ---- what stays the same for as long as the program runs ----

// Sent without a copy.
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
                if (http::is_kept(request, tag)) out.status = 304;
                co_return out;
            }};
}

std::string_view type_of(std::string_view name) {
    if (name.ends_with(".js")) return "text/javascript; charset=utf-8";
    if (name.ends_with(".css")) return "text/css; charset=utf-8";
    return "application/octet-stream";
}

// A file of the web build, under the build's hash: what has another hash is another address.
Task<Response> asset(Site& site, const Request& request) {
    const auto& files = site.options.basis.web.files;
    const auto found = request.path.starts_with(site.assets)
                           ? files.find(request.path.substr(site.assets.size()))
                           : files.end();
    if (found == files.end()) co_return refuse(404, "not_found");
    co_return lasting(type_of(found->first), found->second, "public, max-age=31536000, immutable");
}

// ---- rows ----

using Step = Task<Response> (*)(Site&, const Request&);

http::Route row(std::string_view method, std::string_view path, Site& site, Step step) {
    return {method, path, 0, [&site, step](Request request) -> Task<Response> {
                co_return co_await step(site, request);
            }};
}

http::Route form_row(std::string_view path, Site& site, Step step) {
    return {"POST", path, form_bytes_max, [&site, step](Request request) -> Task<Response> {
                if (!page::is_own_form(request, site.origin)) {
                    co_return refuse(403, "other_session");
                }
                co_return co_await step(site, request);
            }};
}

// Whoever is logged in keeps their connection when strangers take all places.
http::Route recognising(Site& site, http::Route route) {
    route.handler = [&site, handler = std::move(route.handler)](Request request) -> Task<Response> {
        const bool known = who_asks(site, request) != nullptr;
        auto out = co_await handler(std::move(request));
        out.known = known;
        co_return out;
    };
    return route;
}

}  // namespace

http::ServerOptions server_options(const Site& site) {
    http::ServerOptions out;
    out.limits.connections_per_address_max = per_network_max;
    // No certificate says who it is; the cookie will (`recognising`).
    out.known = [](const http::Peer&) { return false; };
    out.headers = page::html({}).headers;
    out.headers.push_back({"Strict-Transport-Security", "max-age=31536000"});
    out.refused = [&site](const Request& asked, Response& refusal) {
        make_page(site, asked, refusal);
    };
    return out;
}

std::vector<http::Route> routes(Site& site, std::vector<http::Route> own) {
    auto out = std::move(own);
    out.push_back({"GET", "/login/back", 0, [&site](Request request) -> Task<Response> {
                       co_return reply(back_page(site, look_of(request)));
                   }});
    out.push_back(form_row("/login", site, log_in));
    out.push_back(form_row("/login/finish", site, finish));
    out.push_back(form_row("/logout", site, log_out));
    out.push_back(form_row("/logout/other", site, log_out_other));
    out.push_back(row("GET", "/session", site, session));
    out.push_back(row("GET", "/session/id", site, session_id));
    out.push_back(row("GET", "/session/events", site, session_events));
    out.push_back(row("GET", "/assets/*", site, asset));
    const auto& texts = site.options.basis.texts;
    out.push_back(carried("/style.css", "text/css; charset=utf-8", page::style()));
    out.push_back(carried("/directory", "application/jose", texts.directory));
    out.push_back(carried("/authority", "application/jwk+json", texts.authority));
    out.push_back(carried("/policy", "application/json", texts.policy));
    for (auto& route : out)
        route = recognising(site, std::move(route));
    return out;
}

http::Route inside(Site& site, std::string_view path, Inside handler) {
    return {"GET", path, 0,
            [&site, path, handler = std::move(handler)](Request request) -> Task<Response> {
                const bool first = path == "/";
                const auto* who = who_asks(site, request);
                if (who == nullptr)
                    co_return first ? start(site, request) : to_start(request, path);
                if (first) {
                    if (auto other = to_asked(site, request)) co_return std::move(*other);
                }
                co_return co_await handler(std::move(request), *who);
            }};
}

http::Route own_form(Site& site, std::string_view path, std::size_t body_bytes_max,
                     Inside handler) {
    return {"POST", path, body_bytes_max,
            [&site, handler = std::move(handler)](Request request) -> Task<Response> {
                if (!page::is_own_form(request, site.origin)) {
                    co_return refuse(403, "other_session");
                }
                const auto* who = who_asks(site, request);
                if (who == nullptr) co_return redirect("/");
                if (!site.sessions.may_ask(who->mandate_hash, unix_now())) {
                    co_return refuse(wire::Code::overloaded, request);
                }
                co_return co_await handler(std::move(request), *who);
            }};
}

}  // namespace mado::site
