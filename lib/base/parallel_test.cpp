#include "base/parallel.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>

namespace mado {
namespace {

TEST(InParallel, EachOnce) {
    for (const std::size_t count : {0U, 1U, 2U, 7U, 1000U}) {
        std::vector<std::atomic<int>> calls(count);
        in_parallel(count, [&calls](std::size_t i) { ++calls[i]; });
        for (const auto& one : calls)
            EXPECT_EQ(one, 1);
    }
}

TEST(InParallel, ThrowsWhenAllAreDone) {
    std::atomic<int> done = 0;
    EXPECT_THROW(in_parallel(100,
                             [&done](std::size_t i) {
                                 ++done;
                                 if (i == 1) throw std::runtime_error("one of them");
                             }),
                 std::runtime_error);
    EXPECT_EQ(done, 100);
}

}  // namespace
}  // namespace mado
