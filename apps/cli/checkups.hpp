// `records checkups`: what a person's check-ups found, fetched as the portal does for whoever logs
// in.
#pragma once

#include <string>

#include "places.hpp"

namespace mado::cli {

struct CheckupsOptions {
    std::string card, pin;
    std::string from, to;  // YYYY-MM; "" = the holder's default: five years up to this month
    bool json = false;
};
// The exit status: 0 every holder answered, 1 some did, 3 none did, or there is none to ask.
int show_checkups(const Places& places, const CheckupsOptions& options);

}  // namespace mado::cli
