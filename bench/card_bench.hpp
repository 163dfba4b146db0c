// What is measured of cards: a mandate, signed by a virtual card in a virtual reader, through
// PC/SC.
#pragma once

#include <vector>

#include "figures.hpp"

namespace mado::bench {

struct CardSettings {
    int samples = 50;
};

// From the list of readers to the signed mandate, without typing; of today's card and the next.
std::vector<Figure> measure_cards(const CardSettings& settings);

}  // namespace mado::bench
