// What is measured of many requests: one after the other, on connections side by side, and on one
// stream (docs/protocols/request.md), against a country of its own.
#pragma once

#include <vector>

#include "figures.hpp"

namespace mado::bench {

struct StreamSettings {
    int samples = 5;
    int orders = 10'000;  // of one sample
    int people = 200;
};

std::vector<Figure> measure_stream(const StreamSettings& settings);

}  // namespace mado::bench
