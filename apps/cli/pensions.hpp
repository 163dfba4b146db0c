// `records pension`: where a person was insured for a pension, and what each pension body owes or
// will owe them, fetched as the portal does for whoever logs in.
#pragma once

#include <string>

#include "places.hpp"

namespace mado::cli {

struct PensionOptions {
    std::string card, pin;
};
// The exit status: 0 every pension body answered, 1 some did, 3 none did, or there is none to ask.
int show_pension(const Places& places, const PensionOptions& options);

}  // namespace mado::cli
