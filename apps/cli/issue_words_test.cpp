// What `issue` says of a refusal, and which numbers it understands.
#include "issue_words.hpp"

#include <gtest/gtest.h>

namespace mado::cli {
namespace {

TEST(IssueWordsTest, EveryRefusalSaysWhatToDo) {
    for (const auto* code : {"no_case", "too_early", "too_late", "unexpected", "same_hand",
                             "other_case", "no_card", "too_young", "hidden_character",
                             "not_allowed", "no_question", "overloaded", "malformed"}) {
        EXPECT_GT(words_of_refusal(IssueAct::apply, code).size(), 40U) << code;
    }
    EXPECT_EQ(words_of_refusal(IssueAct::apply, "something_new"), "") << "the code itself is shown";
    EXPECT_NE(words_of_refusal(IssueAct::open, "malformed"),
              words_of_refusal(IssueAct::apply, "malformed"));
    EXPECT_NE(words_of_refusal(IssueAct::open, "too_early"),
              words_of_refusal(IssueAct::card, "too_early"));
}

TEST(IssueWordsTest, NumbersAsTheSlipPrintsThem) {
    EXPECT_EQ(plain_number("3947 7807 4433"), "394778074433");
    EXPECT_EQ(plain_number("３９４７　７８０７−4433"), "394778074433");
    EXPECT_EQ(plain_number(""), "");
}

}  // namespace
}  // namespace mado::cli
