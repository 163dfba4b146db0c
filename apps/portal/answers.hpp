// How the portal answers: what browsers may do with it, cookies, and in which look somebody reads.
#pragma once

#include <string>
#include <string_view>

#include "pages.hpp"
#include "routes.hpp"

namespace mado::portal {

constexpr std::string_view session_cookie = "__Host-mado";

http::Response reply(std::string body, const std::string& form_target = {});
// 303. `form_target`: where a form whose answer this is may lead besides.
http::Response redirect(std::string to, std::string_view form_target = {});
// To a program; `name` is one of a closed set.
http::Response refuse(int status, std::string_view name);

struct Cookie {
    std::string_view name, value;  // value "": it is removed
    std::string_view same_site = "Strict";
    bool kept = false;  // longer than the browser runs
};
void set_cookie(http::Response& response, const Cookie& cookie);
std::string_view cookie_of(const http::Request& request, std::string_view name = session_cookie);
const LoggedIn* who_asks(const Shared& shared, const http::Request& request);

// As the address or form says; else as the person chose before.
Look look_of(const http::Request& request);
// A page, and what its address chose is kept.
http::Response shown(const http::Request& request, std::string body,
                     const std::string& form_target = {});

}  // namespace mado::portal
