// Pages in Chromium (tests/e2e): a running country's addresses, and the files that look at them.
#pragma once

#include "country_fixture.hpp"

namespace mado::tests {

// `name`: what vitest keeps of a run goes by it, since several run side by side. `which`: words of
// vitest's command line.
Finished in_chromium(const RunningCountry& country, const std::string& name,
                     const std::vector<std::string>& which);

}  // namespace mado::tests
