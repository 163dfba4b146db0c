// What `issue` says of a refusal, and which numbers it understands.
#include "issue_words.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "base/json.hpp"
#include "base/result.hpp"

namespace mado::cli {
namespace {

TEST(IssueWordsTest, EveryRefusalSaysWhatToDo) {
    for (const auto* code :
         {"no_case", "too_early", "too_late", "unexpected", "same_hand", "other_case", "no_card",
          "too_young", "hidden_character", "not_allowed", "no_question", "overloaded", "malformed",
          "other_office", "already_answered", "known_person", "searches_missed", "no_decision"}) {
        EXPECT_GT(words_of_refusal(IssueAct::apply, code).size(), 40U) << code;
    }
    const auto same_hand = words_of_refusal(IssueAct::approve, "same_hand");
    for (const auto* word : {"opened", "applied", "corrected", "decided", "issuing centre"}) {
        EXPECT_NE(same_hand.find(word), std::string_view::npos) << word;
    }
    EXPECT_EQ(words_of_refusal(IssueAct::apply, "something_new"), "") << "the code itself is shown";
    EXPECT_NE(words_of_refusal(IssueAct::open, "malformed"),
              words_of_refusal(IssueAct::apply, "malformed"));
    EXPECT_NE(words_of_refusal(IssueAct::open, "too_early"),
              words_of_refusal(IssueAct::card, "too_early"));
}

TEST(IssueWordsTest, WhatWasRefusedOfACaseSaysHowItGoesOn) {
    for (const auto* code : {"mandate_unknown", "link_unconfirmed", "link_taken", "card_taken",
                             "no_match", "path_closed", "holder_refused"}) {
        EXPECT_GT(words_of_refused(code).size(), 20U) << code;
    }
    EXPECT_EQ(words_of_refused("something_new"), "");
    EXPECT_EQ(words_of_refused(""), "");
}

json::object case_of(const std::string& todo, const std::string& filings = "[]") {
    return *parse_json_object(R"({"todo":[)" + todo + R"(],"filings":)" + filings + "}");
}
std::string refused(const std::string& kind, int item) {
    return R"({"step":"tell","refused":"holder_refused","order":{"kind":")" + kind +
           R"(","item":)" + std::to_string(item) + "}}";
}

TEST(IssueWordsTest, OnlyWhatAnInsurerDoesNotDoIsWaived) {
    const auto of = [](const json::object& one, const std::string& claim = {}) {
        return json::serialize(order_to_waive(one, claim));
    };
    EXPECT_EQ(of(case_of(refused("tell", 2))), R"({"kind":"tell","item":2})");
    EXPECT_EQ(of(case_of(refused("file", 0))), R"({"kind":"file","item":0})");
    const auto declined = case_of(R"({"step":"file_elsewhere"},{"step":"hand_over"})", "[{},{}]");
    EXPECT_EQ(of(declined), R"({"kind":"ask_decision","item":1})") << "the filing that counts";
    EXPECT_EQ(of(declined, "1"), of(declined));
    EXPECT_THROW(of(declined, "0"), OperatorError);
    const auto two = case_of(refused("tell", 1) + "," + refused("tell", 2));
    EXPECT_THROW(of(two), OperatorError);
    EXPECT_EQ(of(two, "2"), R"({"kind":"tell","item":2})");
    EXPECT_THROW(of(two, "3"), OperatorError);
    // What the relay or the authority has refused nobody else does.
    EXPECT_THROW(of(case_of(refused("link", 0))), OperatorError);
    EXPECT_THROW(of(case_of(R"({"step":"tell","order":{"kind":"tell","item":1}})")), OperatorError)
        << "on its way";
}

TEST(IssueWordsTest, NumbersAsTheSlipPrintsThem) {
    EXPECT_EQ(plain_number("3947 7807 4433"), "394778074433");
    EXPECT_EQ(plain_number("３９４７　７８０７−4433"), "394778074433");
    EXPECT_EQ(plain_number(""), "");
}

}  // namespace
}  // namespace mado::cli
