// Makes the demo country: people and databases (mado-country), keys and certificates, cards, the
// signed directory, the programs' configurations, the relay's first take-on.
#pragma once

#include <cstdint>

#include "places.hpp"

namespace mado::cli {

struct CountrySettings {
    std::int64_t people = 1000;
    std::uint16_t port = 7440;  // the relay's; the others' follow
};

// True when there is a country already.
bool country_exists(const Places& places);
// Makes everything anew in empty places. Says on standard output what it does.
void make_country(const Places& places, const CountrySettings& settings);
// Signs a new version of the directory when what it should say has changed (a new policy, new
// schemes), and writes the configurations. True when the directory changed: what runs must be
// started again to see it.
bool prepare_programs(const Places& places);

}  // namespace mado::cli
