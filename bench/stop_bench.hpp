// How long it takes until the relay does what was said of a card: stopped by the page for
// everybody, stopped by a clerk on the telephone, found again, revoked at the authority alone.
#pragma once

#include <string>
#include <vector>

#include "clerk.hpp"
#include "figures.hpp"

namespace mado::bench {

// Made by the centre's window and active; nobody has a reader with it in.
struct CardInHand {
    std::string number;      // of the case, on the slip
    std::string file;        // of the virtual chip
    std::string stop_code;   // on the slip
    std::string birth_date;  // of its person
};
// The PIN that whoever gets such a card chooses.
constexpr std::string_view cards_pin = "2468";

// One card after the other; none of them works any more afterwards. `window`: of the municipality
// where their people live.
std::vector<Figure> measure_stops(tests::RunningCountry& country, Clerk& window,
                                  const std::vector<CardInHand>& cards);

}  // namespace mado::bench
