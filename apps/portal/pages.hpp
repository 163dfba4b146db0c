// The portal's pages, in three languages. What they show of a person is filled in by their scripts
// (web/portal), which ask the holders: nothing of it passes through here readable.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "base/clock.hpp"
#include "national.hpp"
#include "page/page.hpp"
#include "said.hpp"
#include "sessions.hpp"

namespace mado::portal {

using page::Language;

// How a person wants to see pages.
struct Look {
    Language language = Language::ja;
    bool large = false;
};

// Pages behind the log-in. One row of the table in pages.cpp each.
enum class Place { home, pension, claims, checkups, care, eligibility, looked, sessions };
struct PlaceInfo {
    Place place;
    std::string_view path;
    std::string_view service;  // whose page it is and whose name it has; "": of several
    page::Words own_name;      // of one that is of several
    std::string_view script;   // of web/portal, without ".js"; "": needs none
    std::optional<page::Words> heading = {};  // where it is not the menu's name
};
std::span<const PlaceInfo> places();

// Where the web build is served: "/assets/<hash>/".
struct Site {
    const National& national;
    const page::ServiceNames& services;
    std::string assets;
    std::int32_t utc_offset_s = 0;
};

// Its name in an address: that of its path; none of the first page, which needs none.
std::optional<Place> parse_place(std::string_view text);
std::string_view path_of(Place place);

struct Start {
    std::optional<Said> said = {};
    std::optional<Place> to = {};  // where somebody wanted to go who is not logged in
};
std::string start_page(const Site& site, const Look& look, const Start& start = {});
std::string back_page(const Site& site, const Look& look);
// For a browser instead of a code: what is wrong, and the ways on.
std::string refusal_page(const Site& site, const Look& look, int status, bool logged_in);
std::string procedures_page(const Site& site, const Look& look, bool logged_in);
std::string place_page(const Site& site, const Look& look, Place place);
// `own` is the id of the one who looks.
std::string sessions_page(const Site& site, const Look& look, const std::vector<LoggedIn>& sessions,
                          std::string_view own);

}  // namespace mado::portal
