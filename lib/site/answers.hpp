// How a site answers: what browsers may do with it, cookies, who asks, and in which look somebody
// reads.
#pragma once

#include <string>
#include <string_view>

#include "http/http.hpp"
#include "site/site.hpp"
#include "wire/errors.hpp"

namespace mado::site {

http::Response reply(std::string body, const std::string& form_target = {});
// 303. `form_target`: where a form whose answer this is may lead besides.
http::Response redirect(std::string to, std::string_view form_target = {});
http::Response json_reply(std::string json);
// To a program; `name` is one of a closed set.
http::Response refuse(int status, std::string_view name);
// To a page's script.
http::Response refuse(wire::Code code, const http::Request& request);

struct Cookie {
    std::string_view name, value;  // value "": it is removed
    std::string_view same_site = "Strict";
    bool kept = false;  // longer than the browser runs
};
void set_cookie(http::Response& response, const Cookie& cookie);
std::string_view cookie_of(const http::Request& request, std::string_view name);

// Null: nobody who is logged in, and may be here.
const LoggedIn* who_asks(const Site& site, const http::Request& request);
// A page of this site asks, not one of another.
bool is_own_page(const http::Request& request);

// How a person wants to see pages.
struct Look {
    page::Language language = page::Language::ja;
    bool large = false;
};
// As the address or form says; else as the person chose before.
Look look_of(const http::Request& request);
// A page, and what its address chose is kept.
http::Response shown(const http::Request& request, std::string body,
                     const std::string& form_target = {});

}  // namespace mado::site
