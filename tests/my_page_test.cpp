// My Page and a window in Chromium (tests/e2e): this starts the country and ends it, whatever
// becomes of them.
#include <gtest/gtest.h>
#include <stdlib.h>

#include "cli/organisations.hpp"
#include "cli/programs.hpp"
#include "country_fixture.hpp"

namespace mado::tests {
namespace {

using PortalTest = OneCountry;

TEST_F(PortalTest, InChromium) {
    ::setenv("MADO_CLI", (country().places().programs + "/mado-cli").c_str(), 1);
    ::setenv("MADO_ROOT", country().places().root.c_str(), 1);
    ::setenv("MADO_PORTAL", country().portal().c_str(), 1);
    ::setenv("MADO_AGENT", country().agent().c_str(), 1);
    const cli::Ports ports(country().port(), cli::read_organisations());
    ::setenv("MADO_WINDOW", cli::window_url(ports).c_str(), 1);
    const auto done = run_program({"tools/with_node", "node", "web/node_modules/vitest/vitest.mjs",
                                   "run", "--config", "web/vitest.e2e.config.ts"});
    EXPECT_EQ(done.status, 0) << done.output;
    EXPECT_EQ(country().complaints(), "");
}

}  // namespace
}  // namespace mado::tests
