#include "site/answers.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "http/form.hpp"
#include "page/answer.hpp"

namespace mado::site {

using http::Request;
using http::Response;

namespace {

// How somebody wants to see pages; kept for a year.
constexpr std::string_view language_cookie = "__Host-mado-lang";
constexpr std::string_view size_cookie = "__Host-mado-size";

}  // namespace

Response reply(std::string body, const std::string& form_target) {
    return page::html(std::move(body), 200, {.run_scripts = true, .send_forms_to = form_target});
}

Response redirect(std::string to, std::string_view form_target) {
    auto out = reply({}, std::string(form_target));
    out.status = 303;
    out.headers.push_back({"Location", std::move(to)});
    return out;
}

Response json_reply(std::string json) {
    auto out = reply(std::move(json));
    out.content_type = "application/json";
    return out;
}

Response refuse(int status, std::string_view name) {
    auto out = reply(std::string(name));
    out.status = status;
    out.content_type = "text/plain; charset=utf-8";
    return out;
}

Response refuse(wire::Code code, const Request& request) {
    const auto& why = wire::info(code);
    auto out = http::problem(why.status, why.name, why.title, request.request_id);
    out.headers.push_back({"Cache-Control", "no-store"});
    return out;
}

void set_cookie(Response& response, const Cookie& cookie) {
    const auto* const life = cookie.value.empty() ? "; Max-Age=0"
                             : cookie.kept        ? "; Max-Age=31536000"
                                                  : "";
    response.headers.push_back(
        {"Set-Cookie", fmt::format("{}={}; Path=/; Secure; HttpOnly; SameSite={}{}", cookie.name,
                                   cookie.value, cookie.same_site, life)});
}

std::string_view cookie_of(const Request& request, std::string_view name) {
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

Look look_of(const Request& request) {
    const auto form = http::parse_form(request.method == "GET" ? request.query : request.body);
    const auto chosen = [&](const std::string& name, std::string_view cookie) {
        return form && form->has(name) ? form->text(name) : cookie_of(request, cookie);
    };
    return {.language = page::language_of(chosen("lang", language_cookie)),
            .large = chosen("size", size_cookie) == "large"};
}

// Lax: also for whoever comes by another site's link.
Response shown(const Request& request, std::string body, const std::string& form_target) {
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

const LoggedIn* who_asks(const Site& site, const Request& request) {
    const auto* who = site.sessions.find(cookie_of(request, site.session_cookie), unix_now());
    return who != nullptr && site.admits(who->card) ? who : nullptr;
}

bool is_own_page(const Request& request) {
    return request.header("sec-fetch-site") == "same-origin";
}

}  // namespace mado::site
