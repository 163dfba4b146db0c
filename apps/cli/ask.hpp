// `check` and `log show`: what an organisation's user does at the command line.
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
    std::string on;  // YYYY-MM-DD; "" = today
    bool json = false;
};
// The exit status: 0 insured, 1 answered but not insured on that day, 3 no answer.
int check(const Places& places, const CheckOptions& options);

struct LogOptions {
    std::string card, pin;
    bool json = false;
};
int show_log(const Places& places, const LogOptions& options);

}  // namespace mado::cli
