// How pages are answered: what a browser may do with them, and which forms are believed.
#pragma once

#include <string>
#include <string_view>

#include "http/http.hpp"

namespace mado::page {

struct May {
    bool run_scripts = false;        // the program's own, and ask the program
    std::string send_forms_to = {};  // an origin besides the program's own; "" for nowhere
};
// Never kept, never in a frame, nothing from elsewhere.
http::Response html(std::string body, int status = 200, const May& may = {});
// 303.
http::Response redirect(std::string to, const std::string& send_forms_to = {});
// To a program, or to somebody whom a page does not help.
http::Response refusal(int status, std::string text);
http::Response style_sheet();

// A form that a page of `origin` sent, of the type that browsers send forms in.
bool is_own_form(const http::Request& request, std::string_view origin);

}  // namespace mado::page
