// What is measured of matching: dirty registers of many people, wrong links, and how many cases a
// clerk has to see.
#pragma once

#include <cstdint>

namespace mado::bench {

struct MatchSettings {
    std::int64_t people = 100'000;
    std::uint64_t seed = 0;  // 0: drawn
};

// Prints what became of the applications; true when no link is wrong. Runs in the repository.
bool measure_matching(const MatchSettings& settings);

}  // namespace mado::bench
