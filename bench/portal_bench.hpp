// What is measured of My Page: how much JavaScript a page loads, and how long a person waits for
// it, in Chromium, against a country of its own.
#pragma once

#include <vector>

#include "figures.hpp"

namespace mado::bench {

struct PortalSettings {
    int samples = 9;
    int people = 1'000;
};

std::vector<Figure> measure_portal(const PortalSettings& settings);

}  // namespace mado::bench
