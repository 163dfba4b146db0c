// A web site where people log in with their card, through the agent on their own computer
// (docs/protocols/agent.md): My Page, and the window of an office. What they do not share is a
// value of Options. All of it belongs to one io thread.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/log.hpp"
#include "client/client.hpp"
#include "page/page.hpp"
#include "site/askers.hpp"
#include "site/sessions.hpp"
#include "wire/policy.hpp"
#include "wire/web_build.hpp"

namespace mado::site {

// What pages read to check what they are given, as it was verified at the start.
struct Signed {
    std::string directory;  // JWS
    std::string authority;  // JWK
    std::string policy;
};

// What a site goes by (load_basis in program.hpp); never changes after the start.
struct Basis {
    wire::Directory directory;
    wire::Policy policy;
    client::Identity identity;  // of the organisation whose site it is
    Signed texts;
    wire::WebBuild web;  // scripts and styles, as the directory lists them
};

// Of the menu, in its order; the first one is "/".
struct Place {
    std::string_view path;
    page::Words name;
    std::optional<page::Words> heading = {};  // where it is not the name
    bool open = false;  // for everybody, without JavaScript; else one that a log-in may lead to
};

struct Texts {
    page::Words title;                // of the site
    page::Words purpose;              // of the log-in, on the start page
    page::Words help;                 // below its button
    page::Words log_in_needs_script;  // for a browser that runs none
    page::Words page_needs_script;    // the same on other pages, before the open ones
};

// What is a view or a reference outlives the site.
struct Options {
    const Basis& basis;
    const Log& log;
    std::string redirect_uri;  // where the agent returns to; the directory lists it
    std::string agent;         // "http://127.0.0.1:7453": on the person's own computer
    // Of whatever is asked under a log-in. The card is asked for all that the policy allows for it.
    wire::CodeId purpose;
    // Whether the one of this card (x5t#S256) may be here at all; null: whoever's card is good.
    // Asked at every request, so that who may not any more is out at once.
    std::function<bool(const Hash& card)> may_log_in = nullptr;
    Texts texts;
    std::vector<Place> places;
    std::string_view style;  // class of its pages, for the style
    // Of its cookies' names. Cookies do not tell ports apart: two sites of one host, as in the
    // demo, need two.
    std::string_view cookie = "mado";
};

struct Site {
    explicit Site(Options given);
    [[nodiscard]] bool admits(const Hash& card) const {
        return !options.may_log_in || options.may_log_in(card);
    }

    const Options options;
    const std::string origin;  // "https://127.0.0.1:7455"
    const std::string assets;  // where the web build is served: "/assets/<hash>/"
    const std::string session_cookie;
    const std::string begun_cookie;  // a log-in, until the agent returns
    Sessions sessions = {};
    Askers askers;
};

// The services that a card is asked for at such a log-in: all that the policy allows the site's
// organisation for that purpose. Nobody logs in where `standing` is not among them.
std::vector<wire::ServiceId> log_in_services(const Basis& basis, const wire::CodeId& purpose,
                                             UnixTime now);
// What the relay is asked of whoever comes back with a card's signature (docs/protocols/log.md).
constexpr std::string_view standing_service = "standing";

}  // namespace mado::site
