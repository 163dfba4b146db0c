// `records notices`: what a person's holders have to tell them, and opening one of them, fetched as
// the portal does for whoever logs in.
#pragma once

#include <string>

#include "places.hpp"

namespace mado::cli {

struct NoticesOptions {
    std::string card, pin;
    std::string from, to;  // YYYY-MM; "" = the holder's default: 24 months up to this one
    std::string open;      // "990010/4": holder and id of one to read; "" = the list
};
// The exit status: 0 every holder answered (the notice was opened), 1 some did, 3 none did, or
// there is none to ask.
int show_notices(const Places& places, const NoticesOptions& options);

}  // namespace mado::cli
