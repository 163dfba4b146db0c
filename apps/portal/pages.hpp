// The portal's pages, in three languages. What they show of a person is filled in by their scripts
// (web/portal), which ask the holders: nothing of it passes through here readable.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "national.hpp"
#include "page/page.hpp"
#include "site/answers.hpp"

namespace mado::portal {

// My Page: the site, and what the country brings to it.
struct MyPage {
    site::Site& site;
    const National& national;
    const page::ServiceNames& services;
};

// Whatever is asked here is asked for the person's own view.
wire::CodeId own_view();
// But for where it is, `redirect_uri` and `agent`. `services` outlives the site.
site::Options site_options(const site::Basis& basis, const page::ServiceNames& services,
                           const Log& log);

// Pages behind the log-in, and `procedures`, which is for everybody. One row of the table in
// pages.cpp each.
enum class Place {
    home,
    pension,
    claims,
    checkups,
    care,
    eligibility,
    procedures,
    looked,
    sessions
};
struct PlaceInfo {
    Place place;
    std::string_view path;
    std::string_view service;  // whose page it is and whose name it has; "": of several
    page::Words own_name;      // of one that is of several
    std::string_view script;   // of web/portal, without ".js"; "": needs none
    std::optional<page::Words> heading = {};  // where it is not the menu's name
};
std::span<const PlaceInfo> places();

// `who` looks; null for somebody who is not logged in, at `procedures` only.
std::string place_page(const MyPage& my, const site::Look& look, Place place,
                       const site::LoggedIn* who);

}  // namespace mado::portal
