#include "open_tries.hpp"

#include <gtest/gtest.h>

namespace mado::relay {
namespace {

const Bytes path = to_bytes("path");
const Bytes other = to_bytes("other");

TEST(OpenTries, AreCountedUntilTheyEnd) {
    OpenTries tries;
    EXPECT_EQ(tries.count(path, 0), 0);
    tries.begin(path, 1, 10);
    tries.begin(path, 2, 20);
    tries.begin(other, 3, 30);
    EXPECT_EQ(tries.count(path, 40), 2);
    tries.end(path, 1);
    tries.end(path, 1);
    tries.end(path, 3);
    EXPECT_EQ(tries.count(path, 40), 1) << "only its own order ends a try";
    EXPECT_EQ(tries.count(other, 40), 1);
    tries.end(path, 2);
    EXPECT_EQ(tries.count(path, 40), 0);
}

TEST(OpenTries, AreForgottenWhenNoAnswerCanCome) {
    OpenTries tries;
    tries.begin(path, 1, 0);
    tries.begin(path, 2, 1'000'000);
    EXPECT_EQ(tries.count(path, 1'999'999), 2);
    EXPECT_EQ(tries.count(path, 2'000'000), 1);
    EXPECT_EQ(tries.count(path, 3'000'000), 0);
    tries.end(path, 1);
    tries.begin(path, 3, 4'000'000);
    tries.begin(other, 4, 9'000'000);
    EXPECT_EQ(tries.count(path, 9'000'000), 0);
    EXPECT_EQ(tries.count(other, 9'000'000), 1);
}

}  // namespace
}  // namespace mado::relay
