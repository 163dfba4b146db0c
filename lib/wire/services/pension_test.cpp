#include "wire/services/pension.hpp"

#include <boost/json.hpp>

#include "wire/services/pension_record.hpp"
#include "wire/services/test_rows.hpp"

namespace mado::wire {
namespace {

using Values = std::map<std::string, Value, std::less<>>;

std::int64_t yen(std::int64_t amount) {
    return amount;
}

// Born on 1 May: 20 is attained on 30 April, so April is the first month (民法143条).
Row person(const char* body = "state") {
    return {.values = {{"number", "9990-104218"},
                       {"name", "厚労 花子"},
                       {"birth_date", "1986-05-01"},
                       {"sex", "female"},
                       {"body", body},
                       {"office", "九十九年金事務所"},
                       {"telephone", "0990-20-0101"},
                       {"recorded_to", "2026-09"},
                       {"as_of", std::int64_t{test_now - 3600}}}};
}

Row item(const char* kind, const char* from, const char* to, Values more = {}) {
    Row row{.values = {{"number", "9990-104218"}, {"kind", kind}, {"from", from}}};
    if (to != nullptr) row.values.emplace("to", to);
    row.values.merge(more);
    return row;
}

Row category(const char* which, const char* from, const char* to = nullptr) {
    return item("category", from, to, {{"category", which}});
}
Row payment(const char* status, const char* from, const char* to = nullptr) {
    return item("payment", from, to, {{"status", status}});
}
Row employment(const char* from, const char* to = nullptr) {
    return item("employment", from, to, {{"workplace", "株式会社みなと商事"}});
}
Row pay(const char* from, const char* to, std::int64_t amount) {
    return item("pay", from, to, {{"yen", amount}});
}

class Pension : public ServiceTest {
  protected:
    Pension() : ServiceTest("pension", {}, {{"number", "9990104218"}}) {}

    json::object data(const std::vector<Row>& items, const Row& row = person()) {
        return ServiceTest::data({row}, items);
    }
    std::string why_bad(const std::vector<Row>& items, const Row& row = person()) {
        return ServiceTest::why_bad({row}, items);
    }
    json::object month(const std::vector<Row>& items, std::string_view which) {
        const auto document = data(items);
        for (const auto& one : document.at("months").as_array()) {
            if (one.at("month").as_string() == which) return one.as_object();
        }
        return {};
    }
    std::string said(const std::vector<Row>& items, std::string_view which) {
        const auto one = month(items, which);
        if (one.empty()) return "";
        return std::string(one.at("category").as_string()) + " " +
               std::string(one.at("status").as_string());
    }
};

// ---- about whom ----

TEST_F(Pension, IsOfTheNumberAskedOnly) {
    EXPECT_EQ(valid(ask({person()})).outcome, Outcome::answered);
    EXPECT_EQ(valid(ask({})).outcome, Outcome::no_match);
    EXPECT_EQ(valid(ask({with(person(), "number", "9990-104219")})).outcome, Outcome::no_match);
    // Two rows of one number are nobody's.
    EXPECT_FALSE(ask({person(), with(person(), "name", "厚労 太郎")}));
    // A row of another number that a loose SELECT brought, and its items, are not shown.
    const auto other = with(person(), "number", "9990-104219");
    const auto answer =
        valid(ask({other, person()}, {with(category("third", "2006-04"), "number", "9990-104219"),
                                      category("first", "2006-04")}));
    EXPECT_FALSE(json::serialize(*answer.data).contains("third"));
}

TEST_F(Pension, OfSomebodyWithoutACardIsNotGiven) {
    birth_date_ = parse_date("1986-05-01").value();
    EXPECT_EQ(valid(ask({person()})).outcome, Outcome::no_match);
}

TEST_F(Pension, HasNoParameters) {
    EXPECT_TRUE(read_parameters(contract_, {}, today_));
    EXPECT_FALSE(read_parameters(contract_, {{"on", "2026-11-22"}}, today_));
}

// ---- the state's months ----

TEST_F(Pension, MonthsBeginWhenTwentyIsAttained) {
    const auto document = data({category("first", "2006-04")});
    const auto& months = document.at("months").as_array();
    EXPECT_EQ(months.front().at("month").as_string(), "2006-04");
    EXPECT_EQ(months.back().at("month").as_string(), "2026-09");
    EXPECT_EQ(months.size(), 246U);
}

TEST_F(Pension, EarlierWhereSomethingIsKnownAndNotBeyondSixty) {
    const auto early = data({employment("2005-04", "2005-06"), pay("2005-04", "2005-06", 134'000)});
    EXPECT_EQ(early.at("months").as_array().front().at("month").as_string(), "2005-04");
    auto old = with(person(), "birth_date", "1947-06-15");
    const auto document = data({category("third", "1986-04", "2007-05")}, old);
    EXPECT_EQ(document.at("months").as_array().back().at("month").as_string(), "2007-05");
}

TEST_F(Pension, EachMonthSaysCategoryAndWhatBecameOfIt) {
    const std::vector<Row> items{category("first", "2006-04", "2009-03"),
                                 payment("student", "2006-04", "2009-03"),
                                 category("second", "2009-04", "2012-03"),
                                 employment("2009-04", "2012-03"),
                                 pay("2009-04", "2012-03", 200'000),
                                 category("third", "2012-04", "2013-03"),
                                 category("first", "2014-04"),
                                 payment("exempt-half", "2014-04", "2015-03"),
                                 payment("empty", "2013-04", "2013-06")};
    EXPECT_EQ(said(items, "2006-04"), "first student");
    EXPECT_EQ(said(items, "2009-04"), "second employees");
    EXPECT_EQ(said(items, "2012-04"), "third third");
    EXPECT_EQ(said(items, "2013-04"), "none empty");
    EXPECT_EQ(said(items, "2013-07"), "none not-joined");
    EXPECT_EQ(said(items, "2014-04"), "first exempt-half");
    EXPECT_EQ(said(items, "2015-04"), "first unpaid") << "no row: nothing was paid";
    EXPECT_EQ(month(items, "2009-04").at("pay_yen").as_int64(), 200'000);
}

// The category of a month is the later of two (国民年金法11条の2).
TEST_F(Pension, LaterOfTwoCategoriesInOneMonth) {
    EXPECT_EQ(said({category("third", "2012-04"), category("first", "2006-04", "2012-04"),
                    payment("paid", "2006-04", "2012-04")},
                   "2012-04"),
              "third third");
}

TEST_F(Pension, TwoEmployersAtOnceAreOneMonth) {
    const std::vector<Row> items{employment("2020-01"), pay("2020-01", nullptr, 360'000),
                                 employment("2022-10"), pay("2022-10", nullptr, 200'000)};
    EXPECT_EQ(month(items, "2022-09").at("pay_yen").as_int64(), 360'000);
    EXPECT_EQ(month(items, "2022-10").at("pay_yen").as_int64(), 560'000);
}

// 国民年金法102条: two years after they were due; 94条: ten years, not for who has a pension.
TEST_F(Pension, WhatCanStillBePaid) {
    std::vector<Row> items{category("first", "2006-04"), payment("student", "2016-11", "2017-03"),
                           payment("paid", "2017-04", "2026-06")};
    EXPECT_EQ(month(items, "2026-07").at("payable_until").as_string(), "2028-08-31");
    EXPECT_EQ(month(items, "2016-11").at("payable_until").as_string(), "2026-11-30");
    EXPECT_FALSE(month(items, "2016-10").contains("payable_until")) << "unpaid, and too late";
    EXPECT_FALSE(month(items, "2020-01").contains("payable_until"));
    items.push_back(item("award", "2026-05", nullptr, {{"scheme", "national"}, {"yen", yen(1)}}));
    EXPECT_FALSE(month(items, "2016-11").contains("payable_until"));
    EXPECT_TRUE(month(items, "2026-07").contains("payable_until"));
}

TEST_F(Pension, OwnShareWhereAFundLowersIt) {
    std::vector<Row> items{with(employment("2025-04", "2026-03"), "fund", yen(1)),
                           pay("2025-04", "2026-03", 200'000)};
    const auto year = [&] { return data(items).at("years").at(0).as_object(); };
    EXPECT_EQ(year().at("months_unknown").as_int64(), 12);
    items.push_back(item("share", "2025-04", "2026-03", {{"yen", yen(14'500)}}));
    EXPECT_EQ(year().at("yen").as_int64(), 174'000);
    EXPECT_FALSE(year().contains("months_unknown"));
    EXPECT_TRUE(month(items, "2025-04").at("fund").as_bool());
    EXPECT_EQ(month(items, "2025-04").at("paid_yen").as_int64(), 14'500);
}

TEST_F(Pension, SpansAreOnTwoStoreys) {
    const auto document =
        data({category("second", "2009-04", "2012-03"), employment("2009-04", "2012-03"),
              pay("2009-04", "2012-03", 200'000), category("first", "2012-04")});
    const auto& spans = document.at("spans").as_array();
    ASSERT_EQ(spans.size(), 3U);
    EXPECT_EQ(spans[0].at("scheme").as_string(), "national");
    EXPECT_EQ(spans[0].at("category").as_string(), "second");
    EXPECT_EQ(spans[1].at("scheme").as_string(), "employees");
    EXPECT_EQ(spans[1].at("workplace").as_string(), "株式会社みなと商事");
    EXPECT_TRUE(spans[2].at("to").is_null());
    EXPECT_EQ(document.at("office").at("telephone").as_string(), "0990-20-0101");
}

// ---- what may be expected ----

// 国民年金法27条: the full amount of FY2026, and its part for the months so far.
TEST_F(Pension, ExpectedFromEachAgeOn) {
    const auto document = data({category("first", "2006-04"), payment("paid", "2006-04")});
    const auto& expected = document.at("expected").as_object();
    EXPECT_EQ(expected.at("counted_months").as_int64(), 246);
    EXPECT_TRUE(expected.at("qualifies").as_bool());
    EXPECT_EQ(expected.at("goes_on_as").as_string(), "paid");
    const auto& continued = expected.at("continued").as_array();
    ASSERT_EQ(continued.size(), 16U);
    EXPECT_EQ(continued[5].at("age").as_int64(), 65);
    const auto& part = continued[5].at("parts").at(0).as_object();
    EXPECT_EQ(part.at("scheme").as_string(), "national");
    EXPECT_EQ(part.at("yearly_yen").as_int64(), 847'300);  // FY2026, 480 months
    EXPECT_EQ(part.at("monthly_yen").as_int64(), 70'608);
    EXPECT_TRUE(part.at("until_age").is_null());
    // 847,300 × 246 ÷ 480
    EXPECT_EQ(expected.at("so_far").at(5).at("parts").at(0).at("yearly_yen").as_int64(), 434'241);
}

TEST_F(Pension, NotQualifying) {
    const auto document = data({category("first", "2024-05"), payment("exempt-full", "2024-05")});
    const auto& expected = document.at("expected").as_object();
    EXPECT_FALSE(expected.at("qualifies").as_bool());
    EXPECT_EQ(expected.at("counted_months").as_int64(), 29);
    EXPECT_EQ(expected.at("needed_months").as_int64(), 120);
    EXPECT_TRUE(expected.at("so_far").as_array().empty());
}

TEST_F(Pension, WhatIsPaidAlreadyIsAsTheHolderSays) {
    const auto row = with(person(), "birth_date", "1947-06-15");
    const auto award = [](const char* scheme, std::int64_t amount) {
        return item("award", "2012-07", nullptr,
                    {{"scheme", scheme}, {"yen", amount}, {"claim_age", yen(65)}});
    };
    const auto document = data({category("third", "1986-04", "2007-05"), award("national", 528'063),
                                award("employees", 97'365)},
                               row);
    EXPECT_TRUE(document.at("expected").is_null());
    EXPECT_EQ(document.at("expected_unknown").as_string(), "receiving");
    const auto& receiving = document.at("receiving").as_object();
    EXPECT_EQ(receiving.at("since").as_string(), "2012-07");
    ASSERT_EQ(receiving.at("parts").as_array().size(), 2U);
    EXPECT_EQ(receiving.at("parts").at(0).at("monthly_yen").as_int64(), 44'005);
}

TEST_F(Pension, AFundThatOnlyWritesToSomebody) {
    const auto row = person("national-fund");
    const auto document = data({}, row);
    EXPECT_TRUE(document.at("spans").as_array().empty());
    EXPECT_EQ(document.at("expected_unknown").as_string(), "not-joined");
    const auto member =
        data({item("membership", "2020-06", nullptr, {{"scheme", "national-fund"}})}, row);
    EXPECT_EQ(member.at("expected_unknown").as_string(), "no-promise");
}

// ---- what may be earned beside it ----

// 厚生年金保険法46条: the limit of fiscal year 2026 is 650,000 yen a month.
TEST_F(Pension, WhatMayBeEarnedByWhoExpects) {
    const auto document = data(
        {category("second", "2009-04"), employment("2009-04"), pay("2009-04", nullptr, 300'000)});
    // 300,000 × 5.481 ÷ 1000 × 444 months, 2009-04 to 2046-03; and a twelfth.
    const auto& working = document.at("working").as_object();
    EXPECT_EQ(working.at("pension_yen").as_int64(), 730'069 / 12);
    EXPECT_EQ(working.at("limit_yen").as_int64(), 650'000);
    EXPECT_EQ(working.at("free_until_yen").as_int64(), 650'000 - 60'839);
    EXPECT_EQ(working.at("none_from_yen").as_int64(), 650'000 + 60'839);
    EXPECT_EQ(working.at("fiscal_year").as_int64(), 2026);
    // The part that a fund pays in the state's place counts as the state's.
    const auto fund =
        data({category("second", "2009-04"), with(employment("2009-04"), "fund", yen(1)),
              pay("2009-04", nullptr, 300'000)});
    EXPECT_EQ(fund.at("working").as_object(), working);
}

TEST_F(Pension, WhatMayBeEarnedByWhoReceives) {
    const auto row = with(person(), "birth_date", "1960-06-15");
    const auto award = [](const char* since, std::int64_t amount, std::int64_t age) {
        return item("award", since, nullptr,
                    {{"scheme", "employees"}, {"yen", amount}, {"claim_age", age}});
    };
    std::vector<Row> items{category("second", "1984-04", "2020-05"),
                           employment("1984-04", "2020-05"), pay("1984-04", "2020-05", 300'000),
                           award("2025-07", 1'200'000, 65)};
    // 経過的加算, 1,766 × 434 − 847,300 × 434 ÷ 480, is not among what can be stopped.
    const auto left = (1'200'000 - (766'444 - 766'100)) / 12;
    EXPECT_EQ(data(items, row).at("working").at("pension_yen").as_int64(), left);
    // In two rows, what is left out is left out once; and what has ended counts no more.
    items.back() = award("2025-07", 700'000, 65);
    items.push_back(award("2025-07", 500'000, 65));
    EXPECT_EQ(data(items, row).at("working").at("pension_yen").as_int64(), left);
    items.back() = with(award("2025-07", 900'000, 65), "to", "2026-08");
    EXPECT_EQ(data(items, row).at("working").at("pension_yen").as_int64(),
              (700'000 - (766'444 - 766'100)) / 12);
    items.pop_back();
    // Claimed in the month in which 66 was attained: 8.4 % more, which cannot be stopped either.
    items.back() = award("2026-07", 1'300'800, 66);
    EXPECT_EQ(data(items, row).at("working").at("pension_yen").as_int64(), left);
}

TEST_F(Pension, NothingToStopOrNotKnown) {
    const auto alone = data({category("first", "2006-04"), payment("paid", "2006-04")});
    EXPECT_TRUE(alone.at("working").is_null());
    EXPECT_FALSE(alone.contains("working_unknown"));
    const auto unknown = data({category("second", "2009-04"), employment("2009-04")});
    EXPECT_TRUE(unknown.at("working").is_null());
    EXPECT_EQ(unknown.at("working_unknown").as_string(), "pay-missing");
    today_ = parse_date("2027-04-01").value();
    const auto later = data(
        {category("second", "2009-04"), employment("2009-04"), pay("2009-04", nullptr, 300'000)});
    EXPECT_EQ(later.at("working_unknown").as_string(), "no-table");
}

// ---- funds' pensions that end ----

// 国民年金基金 I to V, 厚生年金基金: a pension that ends must not be shown as one for life.
TEST_F(Pension, WhatIsPaidForATermEndsWithIt) {
    const Values lifelong{{"scheme", "national-fund"}, {"yen", yen(120'000)}};
    Values term = lifelong;
    term.emplace("until_age", yen(80));
    const auto row = with(person("national-fund"), "birth_date", "1960-05-02");
    const auto document =
        data({item("award", "2025-05", nullptr, lifelong), item("award", "2025-06", nullptr, term)},
             row);
    const auto& parts = document.at("receiving").at("parts").as_array();
    ASSERT_EQ(parts.size(), 2U);
    EXPECT_TRUE(parts[0].at("until_age").is_null());
    EXPECT_EQ(parts[1].at("until_age").as_int64(), 80);
    EXPECT_EQ(parts[1].at("from_age").as_int64(), 65);
}

TEST_F(Pension, PayThatIsMissingIsSaid) {
    const auto document = data({category("second", "2009-04"), employment("2009-04")});
    EXPECT_TRUE(document.at("expected").is_null());
    EXPECT_EQ(document.at("expected_unknown").as_string(), "pay-missing");
}

// ---- the national pension fund ----

TEST_F(Pension, FundIsPossibleForWhoPaysAlone) {
    const auto row = with(with(person(), "birth_date", "1999-08-03"), "sex", "male");
    const auto document = data({category("first", "2019-08"), payment("paid", "2019-08")}, row);
    const auto& fund = document.at("national_fund").as_object();
    ASSERT_TRUE(fund.at("possible").as_bool());
    const auto& joining = fund.at("joining").as_array();
    EXPECT_EQ(joining.size(), 33U);  // 27 to 59
    EXPECT_EQ(joining[0].at("age").as_int64(), 27);
    EXPECT_EQ(joining[0].at("months").as_int64(), 393);  // 2026-11 to 2059-07
    EXPECT_EQ(joining[0].at("first").at("A").at("premium_yen").as_int64(), 9'380);
    EXPECT_EQ(joining[0].at("further").at("I").at(0).at("until_age").as_int64(), 80);
    EXPECT_EQ(joining[0].at("further_max").at("A").at("I").as_int64(), 2);
    // An age that no table has a premium for.
    const auto& later = joining[20].at("first").at("A").as_object();
    EXPECT_TRUE(later.at("premium_yen").is_null());
}

TEST_F(Pension, FundIsNotPossibleAndWhy) {
    const auto reasons = [this](const std::vector<Row>& items, const Row& row = person()) {
        const auto document = data(items, row);
        const auto& fund = document.at("national_fund").as_object();
        return fund.at("possible").as_bool() ? std::string("possible")
                                             : json::serialize(fund.at("reasons"));
    };
    const std::vector<Row> first{category("first", "2006-04"), payment("paid", "2006-04")};
    EXPECT_EQ(reasons(first), "possible");
    EXPECT_EQ(reasons({category("second", "2009-04"), employment("2009-04"),
                       pay("2009-04", nullptr, 200'000)}),
              R"(["second-category"])");
    EXPECT_EQ(reasons({category("third", "2009-04")}), R"(["third-category"])");
    EXPECT_EQ(reasons({category("first", "2006-04"), payment("exempt-quarter", "2006-04")}),
              R"(["exempt"])");
    EXPECT_EQ(reasons({category("first", "2006-04"), payment("maternity", "2026-09")}), "possible");
    EXPECT_EQ(reasons(first, with(person(), "fund_member", yen(1))), R"(["already-member"])");
    EXPECT_EQ(reasons(first, with(person(), "farmers_pension", yen(1))), R"(["farmers-pension"])");
    EXPECT_EQ(reasons({category("second", "2009-04", "2026-01"), employment("2009-04", "2026-01"),
                       pay("2009-04", "2026-01", 200'000)},
                      with(person(), "birth_date", "1964-12-24")),
              R"(["too-old"])");
    // Who left work last month is first from then on, although no payment is recorded yet.
    EXPECT_EQ(reasons({category("second", "2009-04", "2026-10"), category("first", "2026-11"),
                       employment("2009-04", "2026-10"), pay("2009-04", "2026-10", 200'000)}),
              "possible");
}

// ---- funds ----

TEST_F(Pension, AFundSaysItsOwnAmounts) {
    const auto document = data(
        {item("membership", "2020-06", nullptr, {{"scheme", "national-fund"}}),
         item("premium", "2020-06", nullptr, {{"scheme", "national-fund"}, {"yen", yen(11'880)}}),
         item("promise", "2020-06", nullptr,
              {{"scheme", "national-fund"},
               {"earned_yen", yen(25'300)},
               {"continued_yen", yen(120'000)},
               {"from_age", yen(65)},
               {"until_age", yen(80)}})},
        person("national-fund"));
    EXPECT_EQ(document.at("body").as_string(), "national-fund");
    EXPECT_FALSE(document.contains("months"));
    EXPECT_FALSE(document.contains("national_fund"));
    EXPECT_FALSE(document.contains("working"));
    const auto& years = document.at("years").as_array();
    EXPECT_EQ(years[0].at("yen").as_int64(), 10 * 11'880);
    EXPECT_EQ(years.back().at("year").as_int64(), 2026);
    EXPECT_EQ(years.back().at("yen").as_int64(), 6 * 11'880);
    const auto& continued = document.at("expected").at("continued").as_array();
    ASSERT_EQ(continued.size(), 16U);
    const auto& part = continued[0].at("parts").at(0).as_object();
    EXPECT_EQ(part.at("monthly_yen").as_int64(), 10'000);
    EXPECT_EQ(part.at("until_age").as_int64(), 80);
    const auto so_far = document.at("expected").at("so_far").at(0).at("parts").at(0);
    EXPECT_EQ(so_far.at("yearly_yen").as_int64(), 25'300);
}

// ---- what the contract does not allow ----

TEST_F(Pension, BreaksTheContract) {
    EXPECT_EQ(why_bad({item("house", "2006-04", nullptr)}), "an item of an unknown kind");
    EXPECT_EQ(why_bad({category("first", "2006-04", "2006-03")}),
              "an item ends before it begins, or began before birth");
    EXPECT_EQ(why_bad({category("first", "1986-04")}),
              "an item ends before it begins, or began before birth");
    for (const auto& wrong :
         {category("fourth", "2006-04"), category("none", "2006-04"),
          payment("employees", "2006-04"), payment("third", "2006-04"),
          payment("not-joined", "2006-04"), payment("lost", "2006-04"),
          item("category", "2006-04", nullptr), item("employment", "2006-04", nullptr),
          pay("2006-04", nullptr, 0), pay("2006-04", nullptr, 1'000'001),
          item("bonus", "2006-04", "2006-04", {{"yen", yen(-1)}}),
          with(payment("paid", "2006-04"), "additional", yen(2)),
          item("award", "2006-04", nullptr, {{"scheme", "private"}, {"yen", yen(1)}}),
          item("award", "2006-04", nullptr, {{"scheme", "national"}, {"yen", yen(-1)}}),
          item("award", "2006-04", nullptr,
               {{"scheme", "national"}, {"yen", yen(1)}, {"claim_age", yen(0)}}),
          item("award", "2006-04", nullptr,
               {{"scheme", "national"}, {"yen", yen(1)}, {"until_age", yen(121)}})}) {
        EXPECT_EQ(why_bad({wrong}), "an item's value is missing or out of bounds");
    }
    EXPECT_EQ(why_bad({category("first", "2006-04")}, person("federation")),
              "an item that such a body does not have");
    EXPECT_EQ(why_bad({item("membership", "2006-04", nullptr, {{"scheme", "national-fund"}})}),
              "an item that such a body does not have");
    EXPECT_NE(why_bad({}, person("bank")), "");
    EXPECT_NE(why_bad({}, with(person(), "resident", yen(2))), "");
    EXPECT_NE(why_bad({}, with(person(), "recorded_to", "1986-04")), "");
    EXPECT_NE(why_bad({}, with(person(), "birth_date", "1926-08-31")), "") << "1,200 months";
    EXPECT_EQ(why_bad({}, with(person(), "recorded_to", "2026-12")),
              "a month is recorded that has not come yet");
    EXPECT_NE(why_bad({with(category("first", "2006-04"), "number", "9990-104219")}), "");
}

}  // namespace
}  // namespace mado::wire
