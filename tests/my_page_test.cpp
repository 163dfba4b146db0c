// My Page in Chromium: this starts the country and ends it, whatever becomes of them.
#include <gtest/gtest.h>

#include "in_chromium.hpp"

namespace mado::tests {
namespace {

using MyPageTest = OneCountry;

TEST_F(MyPageTest, InChromium) {
    const auto done = in_chromium(country(), "my_page",
                                  {"--exclude", "**/window.e2e.ts", "--exclude", "**/served.e2e.ts",
                                   "--exclude", "**/without_mouse.e2e.ts"});
    EXPECT_EQ(done.status, 0) << done.output;
    EXPECT_EQ(country().complaints(), "");
}

}  // namespace
}  // namespace mado::tests
