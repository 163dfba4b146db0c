// One person's entries, page after page: the relay's side and the client's.
#pragma once

#include <vector>

#include "figures.hpp"
#include "place.hpp"
#include "plant.hpp"

namespace mado::bench {

std::vector<Figure> measure_person(const Place& place, const Orders& orders,
                                   const PlantedLog& planted, int samples);

}  // namespace mado::bench
