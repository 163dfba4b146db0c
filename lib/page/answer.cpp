#include "page/answer.hpp"

#include <fmt/format.h>

#include "page/page.hpp"

namespace mado::page {

http::Response html(std::string body, int status, const May& may) {
    http::Response out;
    out.status = status;
    out.content_type = "text/html; charset=utf-8";
    out.body = std::move(body);
    const auto* const scripts = may.run_scripts ? "script-src 'self'; connect-src 'self'; "
                                                  "require-trusted-types-for 'script'; "
                                                  "trusted-types 'none'; "
                                                : "";
    out.headers = {
        {"Content-Security-Policy",
         fmt::format("default-src 'none'; {}style-src 'self'; base-uri 'none'; "
                     "frame-ancestors 'none'; form-action 'self'{}{}",
                     scripts, may.send_forms_to.empty() ? "" : " ", may.send_forms_to)},
        {"X-Frame-Options", "DENY"},
        {"Cross-Origin-Opener-Policy", "same-origin"},
        {"Cross-Origin-Resource-Policy", "same-origin"},
        {"Referrer-Policy", "same-origin"},
        {"Cache-Control", "no-store"},
    };
    return out;
}

http::Response redirect(std::string to, const std::string& send_forms_to) {
    auto out = html({}, 303, {.send_forms_to = send_forms_to});
    out.headers.push_back({"Location", std::move(to)});
    return out;
}

http::Response refusal(int status, std::string text) {
    auto out = html(std::move(text), status);
    out.content_type = "text/plain; charset=utf-8";
    return out;
}

http::Response style_sheet() {
    auto out = html(std::string(style()));
    out.content_type = "text/css; charset=utf-8";
    return out;
}

bool is_own_form(const http::Request& request, std::string_view origin) {
    return request.header("origin") == origin &&
           request.header("sec-fetch-site") == "same-origin" &&
           request.content_type == "application/x-www-form-urlencoded";
}

}  // namespace mado::page
