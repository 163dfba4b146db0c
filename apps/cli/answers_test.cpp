// A clinic's file of what it was answered and may change.
#include "answers.hpp"

#include <gtest/gtest.h>

namespace mado::cli {
namespace {

Hash filled(std::uint8_t byte) {
    Hash out;
    out.fill(byte);
    return out;
}

KeptAnswer answer(std::uint8_t order) {
    return {.order = filled(order),
            .index = order,
            .at = 1'795'312'800,
            .holder = "06990014",
            .name = "厚労 葵"};
}

TEST(Answers, AreReadAsTheyWereKept) {
    const auto kept = parse_answers(answer_line(answer(1)) + "\n" + answer_line(answer(2)) + "\n");
    ASSERT_EQ(kept.size(), 2U);
    EXPECT_EQ(kept[1].order, filled(2));
    EXPECT_EQ(kept[1].index, 2U);
    EXPECT_EQ(kept[1].at, 1'795'312'800);
    EXPECT_EQ(kept[1].holder, "06990014");
    EXPECT_EQ(kept[1].name, "厚労 葵");
    EXPECT_FALSE(kept[1].changed);
}

TEST(Answers, WhatHasChangedStaysSo) {
    const auto text = answer_line(answer(1)) + "\n" + answer_line(answer(2)) + "\n" +
                      changed_line(filled(2)) + "\n" + changed_line(filled(2)) + "\n" +
                      changed_line(filled(9)) + "\n" + answer_line(answer(3)) + "\n";
    const auto kept = parse_answers(text);
    ASSERT_EQ(kept.size(), 3U);
    EXPECT_FALSE(kept[0].changed);
    EXPECT_TRUE(kept[1].changed);
    EXPECT_FALSE(kept[2].changed) << "asked again";
}

// A crash cuts the last line; the next one stands behind it.
TEST(Answers, ALineThatWasCutShortHidesNoOther) {
    const auto whole = answer_line(answer(1));
    const auto kept = parse_answers(whole.substr(0, 40) + "\n" + whole + "\nrubbish\n{}\n" +
                                    R"({"changed":"short"})" + "\n" + changed_line(filled(1)));
    ASSERT_EQ(kept.size(), 1U);
    EXPECT_TRUE(kept[0].changed);
    EXPECT_TRUE(parse_answers("").empty());
}

}  // namespace
}  // namespace mado::cli
