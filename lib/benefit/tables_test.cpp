#include "benefit/tables.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <string>

#include "benefit/test_months.hpp"

namespace mado::benefit {
namespace {

const Date young = parse_date("1986-05-02").value();
const Date old = parse_date("1956-04-01").value();

// Fails when a year has begun for which nobody has written the new figures down.
TEST(Tables, HaveNotRunOut) {
    constexpr std::int32_t japan = 9 * 3600;
    const Date today = date_at(unix_now(), japan);
    for (const std::string_view name : tables_run_out(today)) {
        ADD_FAILURE() << name << " in lib/benefit/tables.cpp has no row for " << to_text(today);
    }
}

TEST(Tables, SayWhichHasRunOut) {
    EXPECT_TRUE(tables_run_out(day("2026-11-26")).empty());
    EXPECT_TRUE(tables_run_out(day("2027-03-31")).empty());
    const std::vector<std::string_view> in_2027{"basic_pension", "national_premium",
                                                "working_limit"};
    EXPECT_EQ(tables_run_out(day("2027-04-01")), in_2027);
}

TEST(Tables, TheBasicPensionInFull) {
    EXPECT_EQ(full_basic_pension_yen(2018, young), 779'300);
    EXPECT_EQ(full_basic_pension_yen(2024, young), 816'000);
    EXPECT_EQ(full_basic_pension_yen(2024, old), 813'700);
    EXPECT_EQ(full_basic_pension_yen(2026, young), 847'300);
    EXPECT_EQ(full_basic_pension_yen(2026, old), 844'900);
    EXPECT_EQ(full_basic_pension_yen(2026, day("1956-04-02")), 847'300);
    EXPECT_EQ(full_basic_pension_yen(2027, young), std::nullopt);
    EXPECT_EQ(full_basic_pension_yen(2013, young), std::nullopt);
}

// The unit and the amount come from one rate of revision. The amounts are typed from sources, so a
// slip in either shows here: no rate makes both.
TEST(Tables, AmountsFitTheUnitOfTheSameYear) {
    for (int year = 2015; year <= 2026; ++year) {
        for (const Date birth : {young, old}) {
            const std::int64_t unit_yen = fixed_unit_yen(year, birth).value();
            const std::int64_t full_yen = full_basic_pension_yen(year, birth).value();
            bool is_one_rate = false;
            for (std::int64_t permille = 990; permille <= 1100; ++permille) {
                is_one_rate |= (1628 * permille + 500) / 1000 == unit_yen &&
                               (780'900 * permille + 50'000) / 100'000 * 100 == full_yen;
            }
            EXPECT_TRUE(is_one_rate) << year << ": " << full_yen << ", " << unit_yen;
        }
    }
    EXPECT_EQ(fixed_unit_yen(2018, young), 1'625);
    EXPECT_EQ(fixed_unit_yen(2025, young), 1'734);
    EXPECT_EQ(fixed_unit_yen(2026, young), 1'766);
    EXPECT_EQ(fixed_unit_yen(2026, old), 1'761);
    EXPECT_EQ(fixed_unit_yen(2014, young), std::nullopt);
}

TEST(Tables, PremiumsOfTheNationalPensionHaveNoGap) {
    EXPECT_EQ(national_premium_yen(month("1961-03"), young), std::nullopt);
    EXPECT_EQ(national_premium_yen(month("2027-04"), young), std::nullopt);
    std::int64_t before_yen = 0;
    for (Month m = month("1961-04"); m <= month("2027-03"); m = plus_months(m, 1)) {
        const auto yen = national_premium_yen(m, young);
        ASSERT_TRUE(yen) << static_cast<int>(m.year());
        // From one month to the next it never changed by more than 800 yen.
        EXPECT_LE(std::abs(*yen - before_yen), 800) << static_cast<int>(m.year());
        before_yen = *yen;
    }
    EXPECT_EQ(national_premium_yen(month("2005-03"), young), 13'300);
    EXPECT_EQ(national_premium_yen(month("2007-04"), young), 14'100);
    EXPECT_EQ(national_premium_yen(month("2026-03"), young), 17'510);
    EXPECT_EQ(national_premium_yen(month("2026-11"), young), 17'920);
}

TEST(Tables, TheFirstPremiumsWereByAge) {
    const Date born = day("1931-05-10");  // 35 in 1966-05
    EXPECT_EQ(national_premium_yen(month("1966-04"), born), 100);
    EXPECT_EQ(national_premium_yen(month("1966-05"), born), 150);
    EXPECT_EQ(national_premium_yen(month("1970-06"), born), 300);
    EXPECT_EQ(national_premium_yen(month("1970-07"), born), 450);
}

TEST(Tables, RatesOfTheEmployeesPension) {
    EXPECT_EQ(employees_premium_millionths(month("1996-09")), std::nullopt);
    EXPECT_EQ(employees_premium_millionths(month("2003-03")), 173'500);
    EXPECT_EQ(employees_premium_millionths(month("2003-04")), 135'800);
    EXPECT_EQ(employees_premium_millionths(month("2004-09")), 135'800);
    EXPECT_EQ(employees_premium_millionths(month("2017-08")), 181'820);
    EXPECT_EQ(employees_premium_millionths(month("2017-09")), 183'000);
    EXPECT_EQ(employees_premium_millionths(month("2026-11")), 183'000);
    // 平成16年法律104号: 3,540 millionths more each year.
    for (Month m = month("2004-10"); m < month("2016-09"); m = plus_months(m, 1)) {
        const int step =
            *employees_premium_millionths(plus_months(m, 1)) - *employees_premium_millionths(m);
        EXPECT_TRUE(step == 0 || (step == 3'540 && m.month() == std::chrono::August));
    }
}

TEST(Tables, Caps) {
    EXPECT_EQ(fund_cap_yen(month("2026-11")), 68'000);
    EXPECT_EQ(fund_cap_yen(month("2026-12")), 75'000);
    EXPECT_EQ(fund_cap_yen(month("1991-03")), std::nullopt);
    EXPECT_EQ(working_limit_yen(month("2024-03")), std::nullopt);
    EXPECT_EQ(working_limit_yen(month("2025-03")), 500'000);
    EXPECT_EQ(working_limit_yen(month("2026-03")), 510'000);
    EXPECT_EQ(working_limit_yen(month("2026-04")), 650'000);
    EXPECT_EQ(working_limit_yen(month("2027-04")), std::nullopt);
}

}  // namespace
}  // namespace mado::benefit
