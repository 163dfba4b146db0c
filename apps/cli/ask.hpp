// `check`: what a counter's user does at the command line.
#pragma once

#include <string>

#include "places.hpp"

namespace mado::cli {

struct CheckOptions {
    std::string as = "clinic-1";
    std::string card, pin;
    std::string health_number;
    std::string insurer, symbol, number, branch;
    std::string birth_date;
    std::string on;                       // YYYY-MM-DD; "" = today
    std::string sealed_by, sealed_until;  // an authority, YYYY-MM-DD: the person sees it then
    std::string operator_name;  // who asks at this counter; kept here, opened when questioned
    bool json = false;
};
// The exit status: 0 insured, 1 answered but not insured on that day, 3 no answer.
int check(const Places& places, const CheckOptions& options);

}  // namespace mado::cli
