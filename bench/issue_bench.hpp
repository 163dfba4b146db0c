// What is measured of issuing: many applications at once, from the opened case to the active card,
// by the real programs of a whole country; which of them have the processor; and how long the relay
// takes to hear that such a card is stopped.
#pragma once

#include <cstdint>
#include <vector>

#include "figures.hpp"

namespace mado::bench {

struct IssueSettings {
    std::int64_t people = 4'000;  // of the country; every tenth has no card yet
    std::int64_t cases = 200;     // of one sample
    int samples = 1;
    int stops = 20;  // cards that are stopped afterwards
};

// Prints the processor's share of each program, too. Runs in the repository. Throws OperatorError
// when the country has too few people without a card.
std::vector<Figure> measure_issuing(const IssueSettings& settings);

}  // namespace mado::bench
