// `log show`, `log bells`: who looked at somebody's records, and of which looks the person is told,
// as the portal shows it to whoever logs in.
#pragma once

#include <string>

#include "client/entries.hpp"
#include "places.hpp"

namespace mado::cli {

struct WhoLookedOptions {
    std::string card, pin;
    std::string from, to;      // YYYY-MM-DD, both included; "" is no limit
    std::string who, service;  // a requester's id; a service
    bool others = false;       // without the person's own views
    bool compare = false;      // ask every holder what it was asked, and compare
    bool json = false;
};
// The exit status: 0 everything fits, 1 the comparison found something, 3 no answer, or a holder
// was not compared, 5 the witnesses are late.
int show_who_looked(const Places& places, const WhoLookedOptions& options);

// As the list numbers them: those of a series stand behind the number of the entry that joined it.
std::string number_of(const client::PersonEntry& entry);

struct BellsOptions {
    std::string card, pin;
    bool json = false;
};
// The exit status: 0, or 3 no answer.
int show_bells(const Places& places, const BellsOptions& options);

}  // namespace mado::cli
