#include "benefit/calendar.hpp"

#include <gtest/gtest.h>

#include "benefit/test_months.hpp"

namespace mado::benefit {
namespace {

TEST(Calendar, AnAgeIsAttainedTheDayBeforeTheBirthday) {
    EXPECT_EQ(attained_on(day("1986-05-01"), 20), day("2006-04-30"));
    EXPECT_EQ(attained_on(day("1986-05-02"), 20), day("2006-05-01"));
    EXPECT_EQ(attained_on(day("1986-01-01"), 20), day("2005-12-31"));
    EXPECT_EQ(attained_on(day("1983-03-01"), 21), day("2004-02-29"));
    EXPECT_EQ(attained_on(day("1983-03-01"), 20), day("2003-02-28"));
    // Born on 29 February: in leap years and others.
    EXPECT_EQ(attained_on(day("1984-02-29"), 20), day("2004-02-28"));
    EXPECT_EQ(attained_on(day("1984-02-29"), 21), day("2005-02-28"));
}

TEST(Calendar, AgesInYears) {
    EXPECT_EQ(age_on(day("1986-05-01"), day("2006-04-29")), 19);
    EXPECT_EQ(age_on(day("1986-05-01"), day("2006-04-30")), 20);
    EXPECT_EQ(age_on(day("1986-01-01"), day("2005-12-30")), 19);
    EXPECT_EQ(age_on(day("1986-01-01"), day("2005-12-31")), 20);
    EXPECT_EQ(age_on(day("1986-12-31"), day("2006-01-01")), 19);
    EXPECT_EQ(age_on(day("1986-12-31"), day("2006-12-30")), 20);
    EXPECT_EQ(age_on(day("1984-02-29"), day("2005-02-27")), 20);
    EXPECT_EQ(age_on(day("1984-02-29"), day("2005-02-28")), 21);
}

TEST(Calendar, AgesInMonths) {
    EXPECT_EQ(age_months(day("1986-05-02"), month("2006-05")), 240);
    EXPECT_EQ(age_months(day("1986-05-02"), month("2006-04")), 239);
    EXPECT_EQ(age_months(day("1986-05-01"), month("2006-04")), 240);
    EXPECT_EQ(age_months(day("1986-01-01"), month("2005-12")), 240);
    for (const char* birth : {"1986-05-01", "1986-05-02", "1984-02-29", "1986-01-01"}) {
        EXPECT_EQ(month_at(day(birth), 720), month_of(attained_on(day(birth), 60))) << birth;
        EXPECT_EQ(age_months(day(birth), month_at(day(birth), 367)), 367) << birth;
    }
}

TEST(Calendar, FiscalYears) {
    EXPECT_EQ(fiscal_year(day("2026-03-31")), 2025);
    EXPECT_EQ(fiscal_year(day("2026-04-01")), 2026);
    EXPECT_EQ(fiscal_year(month("2026-12")), 2026);
    EXPECT_EQ(fiscal_year(month("2027-01")), 2026);
}

TEST(Calendar, Months) {
    EXPECT_EQ(plus_months(month("2026-11"), 2), month("2027-01"));
    EXPECT_EQ(plus_months(month("2026-01"), -1), month("2025-12"));
    EXPECT_EQ(months_between(month("2026-01"), month("2025-12")), -1);
    EXPECT_EQ(months_between(month("2005-04"), month("2026-11")), 259);
    EXPECT_EQ(last_day(month("2024-02")), day("2024-02-29"));
    EXPECT_EQ(last_day(month("2025-02")), day("2025-02-28"));
}

}  // namespace
}  // namespace mado::benefit
