// The window, what the issuing centre serves besides, and the agent's pages in Chromium.
#include <gtest/gtest.h>

#include "in_chromium.hpp"

namespace mado::tests {
namespace {

using WindowPageTest = OneCountry;

TEST_F(WindowPageTest, InChromium) {
    const auto done = in_chromium(country(), "window_page",
                                  {"window.e2e.ts", "served.e2e.ts", "without_mouse.e2e.ts"});
    EXPECT_EQ(done.status, 0) << done.output;
    EXPECT_EQ(country().complaints(), "");
}

}  // namespace
}  // namespace mado::tests
