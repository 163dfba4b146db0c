#include "in_chromium.hpp"

#include <stdlib.h>

#include "cli/organisations.hpp"
#include "cli/programs.hpp"

namespace mado::tests {

Finished in_chromium(const RunningCountry& country, const std::string& name,
                     const std::vector<std::string>& which) {
    ::setenv("MADO_CLI", (country.places().programs + "/mado-cli").c_str(), 1);
    ::setenv("MADO_ROOT", country.places().root.c_str(), 1);
    ::setenv("MADO_PORTAL", country.portal().c_str(), 1);
    ::setenv("MADO_AGENT", country.agent().c_str(), 1);
    const cli::Ports ports(country.port(), cli::read_organisations());
    ::setenv("MADO_WINDOW", cli::window_url(ports).c_str(), 1);
    ::setenv("MADO_E2E", name.c_str(), 1);
    std::vector<std::string> words{
        "tools/with_node",         "node", "web/node_modules/vitest/vitest.mjs", "run", "--config",
        "web/vitest.e2e.config.ts"};
    words.insert(words.end(), which.begin(), which.end());
    return run_program(words);
}

}  // namespace mado::tests
