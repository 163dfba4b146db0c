#include "answers.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "http/form.hpp"
#include "page/answer.hpp"

namespace mado::portal {

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

Response refuse(int status, std::string_view name) {
    auto out = reply(std::string(name));
    out.status = status;
    out.content_type = "text/plain; charset=utf-8";
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

const LoggedIn* who_asks(const Shared& shared, const Request& request) {
    return shared.sessions.find(cookie_of(request), unix_now());
}

}  // namespace mado::portal
