// The log writer at saturation: orders made beforehand, handed over from another core as fast as it
// takes them.
#pragma once

#include <vector>

#include "figures.hpp"
#include "place.hpp"
#include "plant.hpp"

namespace mado::bench {

struct Load {
    std::int64_t orders = 0;
    int samples = 0;
    int core = 0;
    bool outcomes = false;  // each order is followed by what became of it
};

std::vector<Figure> measure_writer(const Place& place, const Orders& orders,
                                   const PlantedLog& planted, const Load& load);

}  // namespace mado::bench
