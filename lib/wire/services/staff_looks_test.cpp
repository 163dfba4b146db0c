#include "wire/services/staff_looks.hpp"

#include <boost/json.hpp>

#include "wire/services/test_rows.hpp"

namespace mado::wire {
namespace {

Row nobody() {
    return insured_person("あいう", "0000187", "01");
}

Row look(std::int64_t at = test_now - 60, const char* day = "2026-11-22") {
    auto row = nobody();
    row.values.merge(
        decltype(row.values){{"at", at}, {"day", day}, {"office", "A市"}, {"what", "record"}});
    return row;
}

class StaffLooks : public ServiceTest {
  protected:
    StaffLooks()
        : ServiceTest("staff-looks", {{"from", "2025-12"}, {"to", "2026-11"}},
                      {{"symbol", "あいう"}, {"number", "0000187"}}) {}
};

TEST_F(StaffLooks, AreThoseOfThePersonAskedTheNewestFirst) {
    auto listed = with(with(look(test_now - 50), "what", "list"), "office", "発行センター");
    const auto out = data({look(), listed, with(look(test_now - 40), "number", "187")});
    EXPECT_FALSE(out.at("more").as_bool());
    const auto& looks = out.at("looks").as_array();
    ASSERT_EQ(looks.size(), 2U) << "a loose SELECT brought somebody else's";
    EXPECT_EQ(looks[0],
              (json::object{{"at", test_now - 50}, {"office", "発行センター"}, {"what", "list"}}));
    EXPECT_EQ(looks[1],
              (json::object{{"at", test_now - 60}, {"office", "A市"}, {"what", "record"}}));
    EXPECT_EQ(outcome({}), Outcome::no_match);
    EXPECT_EQ(outcome({look(), with(nobody(), "branch", "02")}), Outcome::several_match);
}

TEST_F(StaffLooks, AreNotGivenForABirthDate) {
    birth_date_ = valid(parse_date("1986-05-01"));
    EXPECT_EQ(outcome({look()}), Outcome::no_match);
}

TEST_F(StaffLooks, NoneIsAnAnswerToo) {
    const auto out = data({nobody()});
    EXPECT_TRUE(out.at("looks").as_array().empty());
    EXPECT_EQ(out.at("from"), "2025-12");
    EXPECT_EQ(out.at("to"), "2026-11");
}

TEST_F(StaffLooks, WithTooManyTheOldestAreLeftOutAndItSaysSo) {
    std::vector<Row> rows;
    for (std::size_t i = 0; i <= staff_looks_max; ++i)
        rows.push_back(look(test_now - 1'000 + static_cast<std::int64_t>(i)));
    const auto out = data(rows);
    EXPECT_TRUE(out.at("more").as_bool());
    ASSERT_EQ(out.at("looks").as_array().size(), staff_looks_max);
    EXPECT_EQ(out.at("looks").as_array().back().at("at"), test_now - 999);
}

// A mapping that is wrong answers nobody, instead of half of it.
TEST_F(StaffLooks, WhatIsNoLookIsRefused) {
    EXPECT_NE(why_bad({with(look(), "office", "")}), "");
    EXPECT_NE(why_bad({with(look(), "what", "/cases/show")}), "");
    EXPECT_NE(why_bad({with(look(), "day", std::monostate{})}), "");
    EXPECT_NE(why_bad({look(test_now - 60, "2025-11-30")}), "") << "before the months asked";
    EXPECT_NE(why_bad({look(-1)}), "");
}

TEST(LookWayTest, EveryWayIsReadAsItIsWritten) {
    for (const auto what :
         {LookWay::list, LookWay::found, LookWay::record, LookWay::paper, LookWay::known})
        EXPECT_EQ(look_way_from(to_text(what)), what);
    EXPECT_FALSE(look_way_from("looked"));
}

}  // namespace
}  // namespace mado::wire
