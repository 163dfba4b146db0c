// `records claims`: a person's own records, fetched as the portal does for whoever logs in.
#pragma once

#include <string>

#include "places.hpp"

namespace mado::cli {

struct ClaimsOptions {
    std::string card, pin;
    std::string from, to;  // YYYY-MM; "" = the holder's default: twelve months up to this one
    bool json = false;
};
// The exit status: 0 every holder answered, 1 some did, 3 none did, or there is none to ask.
int show_claims(const Places& places, const ClaimsOptions& options);

}  // namespace mado::cli
