// Logs that are there already when something is measured, written in bulk instead of order by
// order: the same tables, tiles, checkpoints and anchor, with true roots.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "place.hpp"

namespace mado::bench {

struct PlantedLog {
    std::int64_t entries = 0;
    std::int64_t people = 0;
    relay::PersonRow reader = 0;  // one of them, to whom `own_entries` real orders belong
    std::int64_t own_entries = 0;
};

// Index, person, number, keys and notice of every entry. The sealed rows are real for `reader`,
// who has entries all over the log; the others' are random bytes as long as the smallest real one.
PlantedLog plant_log(const Place& place, const Orders& orders, std::int64_t entries,
                     std::int64_t own_entries);
// Link numbers ascend over all that there are, so that their index is filled from left to right.
relay::Person planted_person(relay::PersonRow row, const PlantedLog& planted);
// Who has asked about a person before, in a planted log.
std::string known_requester(relay::PersonRow person);
// What one line of the output says about it.
std::string description(const PlantedLog& planted);

// Tiles only, of leaves that count; rows of entries only where the right edge reads them.
void plant_tiles(const Place& place, std::uint64_t leaves);
Hash planted_leaf(std::uint64_t index, std::uint64_t leaves);

}  // namespace mado::bench
