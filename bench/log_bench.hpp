// What is measured of the access log; each with the relay's own code, on a store in `folder`.
#pragma once

#include <string>
#include <vector>

#include "figures.hpp"

namespace mado::bench {

struct LogSettings {
    std::string folder;
    std::int64_t entries = 1'000'000;
    std::uint64_t leaves = 10'000'000;
    std::int64_t own_entries = 10'000;
    std::int64_t orders = 100'000;  // of one sample of the writer
    int samples = 5;
    int core = 0;  // that the writer's threads share
};

// Sealed orders a second: log writer and WAL checkpoints on one core, into a planted log. Then, in
// that log, one person's entries: opened and proven by the relay, verified by a client.
std::vector<Figure> measure_entries(const LogSettings& settings);
// Start and inclusion proofs of a log that is large.
std::vector<Figure> measure_tree(const LogSettings& settings);

}  // namespace mado::bench
