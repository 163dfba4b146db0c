// The frame of a site's pages, and those pages that every site has, in three languages.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "site/answers.hpp"

namespace mado::site {

// By its name in an address, that of its path. Null: none that a log-in leads to, or the first one,
// which has no name.
const Place* find_place(const Site& site, std::string_view name);

// Who sees the page, and so which menu it has.
enum class Reader { nobody_yet, anybody, logged_in };
// What stands on a page. Texts are HTML.
struct Content {
    std::string path;                            // for its links to other languages
    std::string query = {};                      // of the address, what stays in it
    std::string_view here = {};                  // the place of the menu that it is
    std::vector<std::string_view> without = {};  // places that are not this reader's
    Reader reader = Reader::nobody_yet;
    std::string_view script = {};  // of the web build, without ".js"; "": needs none
    std::string heading;
    std::string title = {};  // where the window is named otherwise
    std::string body;
};
std::string whole(const Site& site, const Look& look, const Content& content);

struct Start {
    std::optional<Said> said = {};
    const Place* to = nullptr;  // where somebody wanted to go who is not logged in
};
std::string start_page(const Site& site, const Look& look, const Start& start = {});
// To which the agent returns; its script posts what came to /login/finish.
std::string back_page(const Site& site, const Look& look);
// For a browser instead of a code: what is wrong, and the ways on.
std::string refusal_page(const Site& site, const Look& look, int status, bool logged_in);

// ---- parts of pages ----

constexpr std::string_view sessions_path = "/sessions";  // whose page has this list
// Where the card of `who` is logged in, with a button to end each other log-in.
std::string sessions_list(const Site& site, const Look& look, const LoggedIn& who);
// For a browser that runs no scripts.
std::string without_script(const Site& site, const Look& look);
std::string list(std::string_view css_class, const std::string& items);  // "" of none

}  // namespace mado::site
