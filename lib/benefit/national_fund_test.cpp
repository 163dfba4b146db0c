#include "benefit/national_fund.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "benefit/test_months.hpp"

namespace mado::benefit {
namespace {

const Date now = parse_date("2026-11-26").value();

Applicant applicant(std::string_view birth, Sex sex) {
    Applicant one;
    one.birth = day(birth);
    one.sex = sex;
    one.category = Category::first;
    one.status = Status::paid;
    return one;
}

std::size_t index(FundType type) {
    return static_cast<std::size_t>(type);
}

TEST(NationalFund, WorkedExampleAt30YearsAnd6Months) {
    const Unit unit = first_unit(FundType::a, Sex::male, 30 * 12 + 6);
    EXPECT_EQ(unit.premium_yen, 10'610);
    EXPECT_EQ(unit.total_yen, 10'610 * 354);
    EXPECT_EQ(unit.yearly_yen, 245'100);  // 240,000 + 848 × 6 = 245,088
    EXPECT_EQ(unit.monthly_yen, 20'425);
    EXPECT_EQ(unit.from_age, 65);
    EXPECT_FALSE(unit.until_age);
    // Two of Ⅰ, joined at 30y2m: 240,000 + 424 × 10 × 2.
    const Unit two = further_units(FundType::i, Sex::male, 30 * 12 + 2, 2);
    EXPECT_EQ(two.yearly_yen, 248'500);
    EXPECT_EQ(two.premium_yen, 7'580);
}

TEST(NationalFund, PremiumsByAge) {
    const auto first = [](FundType type, Sex sex, int age_months) {
        return first_unit(type, sex, age_months).premium_yen;
    };
    EXPECT_EQ(first(FundType::a, Sex::male, 240), 7'020);
    EXPECT_EQ(first(FundType::a, Sex::female, 240), 8'210);
    EXPECT_EQ(first(FundType::b, Sex::male, 240), 6'180);
    EXPECT_EQ(first(FundType::b, Sex::female, 240), 7'830);
    EXPECT_EQ(first(FundType::a, Sex::male, 241), 7'260);
    EXPECT_EQ(first(FundType::a, Sex::male, 252), 7'260);
    EXPECT_EQ(first(FundType::a, Sex::male, 25 * 12), 8'370);
    EXPECT_EQ(first(FundType::a, Sex::female, 25 * 12), 9'780);
    EXPECT_EQ(first(FundType::a, Sex::male, 30 * 12), 10'170);
    EXPECT_EQ(first(FundType::a, Sex::female, 30 * 12), 11'880);
    EXPECT_EQ(first(FundType::a, Sex::female, 31 * 12), 12'390);
    EXPECT_EQ(first(FundType::a, Sex::male, 31 * 12 + 1), std::nullopt);
    EXPECT_EQ(first(FundType::a, Sex::male, 239), std::nullopt);
    EXPECT_EQ(first(FundType::i, Sex::male, 240), std::nullopt);
    EXPECT_EQ(first_unit(FundType::a, std::nullopt, 240).premium_yen, std::nullopt);
    EXPECT_EQ(further_units(FundType::i, std::nullopt, 240, 1).premium_yen, 2'515);
    EXPECT_EQ(further_units(FundType::v, Sex::male, 240, 1).premium_yen, 970);
    EXPECT_EQ(further_units(FundType::v, Sex::male, 372, 3).premium_yen, 3 * 1'465);
    EXPECT_EQ(further_units(FundType::b, Sex::female, 360, 1).premium_yen, 5'675);
}

// The rows were typed from one source: each is more than the one before, by a little more each time
// and for every kind, and women pay more. A slip of a digit would break it.
TEST(NationalFund, PremiumsRiseSmoothly) {
    for (const FundType type : fund_types) {
        for (const Sex sex : {Sex::male, Sex::female}) {
            std::int64_t step_before = 0;
            for (int age = 21; age <= 31; ++age) {
                const std::int64_t yen = *further_units(type, sex, age * 12, 2).premium_yen;
                const std::int64_t before =
                    *further_units(type, sex, (age - 1) * 12, 2).premium_yen;
                const std::int64_t step = yen - before;
                EXPECT_GE(step, std::max<std::int64_t>(50, step_before - 20)) << code(type) << age;
                if (step_before > 0) EXPECT_LE(step, step_before + 50) << code(type) << age;
                step_before = step;
            }
        }
        EXPECT_LE(further_units(type, Sex::male, 300, 1).premium_yen,
                  further_units(type, Sex::female, 300, 1).premium_yen);
    }
}

TEST(NationalFund, PensionsByAge) {
    const auto yearly = [](int age_months) {
        return first_unit(FundType::a, Sex::male, age_months).yearly_yen;
    };
    EXPECT_EQ(yearly(20 * 12), 240'000);
    EXPECT_EQ(yearly(35 * 12), 240'000);
    EXPECT_EQ(yearly(34 * 12 + 11), 241'000);  // + 960
    EXPECT_EQ(yearly(35 * 12 + 1), 188'200);   // 180,000 + 744 × 11 = 188,184
    EXPECT_EQ(yearly(40 * 12), 180'000);
    EXPECT_EQ(yearly(40 * 12 + 6), 185'400);  // + 906 × 6 = 5,436
    EXPECT_EQ(yearly(45 * 12), 180'000);
    EXPECT_EQ(yearly(45 * 12 + 1), 128'700);  // 120,000 + 792 × 11 = 128,712
    EXPECT_EQ(yearly(50 * 12), 120'000);
    EXPECT_EQ(yearly(50 * 12 + 1), std::nullopt);
    EXPECT_EQ(further_units(FundType::ii, Sex::male, 40 * 12, 3).yearly_yen, 180'000);
    EXPECT_EQ(further_units(FundType::ii, Sex::male, 35 * 12, 1).yearly_yen, 120'000);
    EXPECT_EQ(further_units(FundType::ii, Sex::male, 49 * 12 + 11, 1).yearly_yen, 60'500);
}

TEST(NationalFund, EachTypeHasItsYears) {
    const auto ages = [](FundType type) {
        const Unit unit = further_units(type, Sex::male, 240, 1);
        return std::pair{unit.from_age, unit.until_age};
    };
    EXPECT_EQ(ages(FundType::a), std::pair(65, std::optional<int>{}));
    EXPECT_EQ(ages(FundType::b), std::pair(65, std::optional<int>{}));
    EXPECT_EQ(ages(FundType::i), std::pair(65, std::optional<int>{80}));
    EXPECT_EQ(ages(FundType::ii), std::pair(65, std::optional<int>{75}));
    EXPECT_EQ(ages(FundType::iii), std::pair(60, std::optional<int>{75}));
    EXPECT_EQ(ages(FundType::iv), std::pair(60, std::optional<int>{70}));
    EXPECT_EQ(ages(FundType::v), std::pair(60, std::optional<int>{65}));
    EXPECT_EQ(code(FundType::iv), "IV");
}

TEST(NationalFund, WhoMayNotJoinAndWhy) {
    const Applicant one = applicant("1986-05-02", Sex::female);
    EXPECT_TRUE(why_not(one, now).empty());
    const auto reasons = [](const Applicant& who) { return why_not(who, now); };
    using Reasons = std::vector<WhyNot>;
    Applicant other = one;
    other.category = Category::second;
    EXPECT_EQ(reasons(other), Reasons{WhyNot::second_category});
    other.category = Category::third;
    EXPECT_EQ(reasons(other), Reasons{WhyNot::third_category});
    other.category = Category::none;
    EXPECT_EQ(reasons(other), Reasons{WhyNot::not_insured});
    other = one;
    for (const Status status :
         {Status::exempt_full, Status::exempt_three_quarters, Status::exempt_half,
          Status::exempt_quarter, Status::student, Status::deferred}) {
        other.status = status;
        EXPECT_EQ(reasons(other), Reasons{WhyNot::exempt});
    }
    for (const Status status : {Status::maternity, Status::childcare, Status::unpaid}) {
        other.status = status;
        EXPECT_TRUE(reasons(other).empty());
    }
    other = one;
    other.farmers_pension = other.already_member = other.receiving = true;
    EXPECT_EQ(reasons(other),
              (Reasons{WhyNot::farmers_pension, WhyNot::already_member, WhyNot::receiving}));
    other = one;
    other.resident = false;
    EXPECT_EQ(reasons(other), Reasons{WhyNot::not_resident});
    other.category = Category::voluntary;  // abroad
    EXPECT_TRUE(reasons(other).empty());
    EXPECT_EQ(code(WhyNot::farmers_pension), "farmers-pension");
}

TEST(NationalFund, AgesOfMembers) {
    using Reasons = std::vector<WhyNot>;
    // 20 on 30 November: in this month; a day later, in December.
    EXPECT_TRUE(why_not(applicant("2006-12-01", Sex::male), now).empty());
    EXPECT_EQ(why_not(applicant("2006-12-02", Sex::male), now), Reasons{WhyNot::too_young});
    EXPECT_TRUE(why_not(applicant("1966-12-02", Sex::male), now).empty());
    Applicant sixty = applicant("1966-12-01", Sex::male);
    EXPECT_EQ(why_not(sixty, now), Reasons{WhyNot::too_old});
    sixty.category = Category::voluntary;
    EXPECT_TRUE(why_not(sixty, now).empty());
    sixty.birth = day("1961-12-01");
    EXPECT_EQ(why_not(sixty, now), Reasons{WhyNot::too_old});
}

TEST(NationalFund, FixedTermPensionIsNotMoreThanLifelong) {
    const Applicant man = applicant("1996-11-02", Sex::male);  // 30y0m
    Choice choice;
    choice.further_units[index(FundType::i)] = 2;
    const Bought bought = buy(choice, man, 360).value();
    EXPECT_EQ(bought.lifelong_yearly_yen, 240'000);
    EXPECT_EQ(bought.fixed_yearly_yen, 240'000);
    EXPECT_EQ(bought.premium_yen, 10'170 + 2 * 3'635);
    EXPECT_EQ(bought.total_yen, (10'170 + 2 * 3'635) * 360);
    choice.further_units[index(FundType::v)] = 1;
    EXPECT_EQ(buy(choice, man, 360).error(), Refused::fixed_above_lifelong);
    choice.further_units[index(FundType::b)] = 1;
    EXPECT_EQ(buy(choice, man, 360).value().fixed_yearly_yen, 360'000);
}

TEST(NationalFund, ThePremiumsHaveACap) {
    const Applicant man = applicant("1996-11-02", Sex::male);  // 30y0m in 2026-11, 31y0m in 2027-11
    Choice choice;
    choice.further_units[index(FundType::a)] = 11;  // 10,170 + 11 × 5,085 = 66,105
    EXPECT_EQ(buy(choice, man, 360).value().premium_yen, 66'105);
    // From 2026-12 on it is 75,000 yen: 10,610 + 12 × 5,305 = 74,270.
    choice.further_units[index(FundType::a)] = 12;
    EXPECT_EQ(buy(choice, man, 360).error(), Refused::above_cap);
    EXPECT_EQ(buy(choice, man, 372).value().premium_yen, 74'270);
    choice.further_units[index(FundType::a)] = 13;
    EXPECT_EQ(buy(choice, man, 372).error(), Refused::above_cap);
    EXPECT_EQ(buy(choice, man, 384).error(), Refused::no_table);
}

TEST(NationalFund, JoiningsFromNowOn) {
    const std::vector<Joining> all = joinings(applicant("1996-05-02", Sex::male), now);
    ASSERT_EQ(all.size(), 30U);  // 30y6m, 31 … 59
    EXPECT_EQ(all[0].age, 30);
    EXPECT_EQ(all[0].age_months, 366);
    EXPECT_EQ(all[0].months, 354);
    EXPECT_EQ(all[0].first_a.premium_yen, 10'610);
    ASSERT_EQ(all[0].further.size(), fund_types.size());
    const Joining::Further& a = all[0].further[index(FundType::a)];
    EXPECT_EQ(a.max_with_a, 10);  // 10,610 + 10 × 5,305 = 63,660
    EXPECT_EQ(a.max_with_b, 11);  // 9,380 + 11 × 5,305 = 67,735
    ASSERT_EQ(a.units.size(), 11U);
    EXPECT_EQ(a.units[10].premium_yen, 11 * 5'305);
    const Joining::Further& i = all[0].further[index(FundType::i)];
    EXPECT_EQ(i.max_with_a, 2);
    EXPECT_EQ(i.units.size(), 2U);
    EXPECT_EQ(all[1].age, 31);
    EXPECT_EQ(all[1].age_months, 372);
    EXPECT_EQ(all[1].first_a.yearly_yen, 240'000);
    // No premium is known at 32, but what a unit brings is.
    EXPECT_EQ(all[2].first_a.premium_yen, std::nullopt);
    EXPECT_EQ(all[2].first_a.yearly_yen, 240'000);
    EXPECT_EQ(all[2].further[index(FundType::a)].max_with_a, std::nullopt);
    EXPECT_EQ(all[2].further[index(FundType::a)].units.size(), 1U);
    EXPECT_EQ(all.back().age, 59);
    EXPECT_EQ(all.back().months, 12);
    EXPECT_EQ(all.back().first_a.yearly_yen, std::nullopt);
}

TEST(NationalFund, JoiningsOfAVoluntaryMemberAndOfNobody) {
    Applicant one = applicant("1964-05-02", Sex::female);  // 62y6m
    EXPECT_TRUE(joinings(one, now).empty());
    one.category = Category::voluntary;
    const std::vector<Joining> all = joinings(one, now);
    ASSERT_EQ(all.size(), 3U);
    EXPECT_EQ(all[0].age, 62);
    EXPECT_EQ(all[0].months, 30);
    EXPECT_EQ(all.back().age, 64);
    ASSERT_EQ(all[0].further.size(), 3U);
    EXPECT_EQ(all[0].further.back().type, FundType::i);
    EXPECT_EQ(all[0].first_a.premium_yen, std::nullopt);
}

}  // namespace
}  // namespace mado::benefit
