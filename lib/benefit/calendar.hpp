// Months, ages and fiscal years as pension law counts them.
#pragma once

#include <chrono>

#include "base/clock.hpp"

namespace mado::benefit {

using Month = std::chrono::year_month;

Month month_of(Date day);
Month plus_months(Month month, int months);
// 0 when equal, negative when `to` is before `from`.
int months_between(Month from, Month to);
Date last_day(Month month);

// A fiscal year is named by the year in which it begins: 2026 is 2026-04 to 2027-03.
int fiscal_year(Month month);
int fiscal_year(Date day);

// An age is attained at the end of the day before the birthday (年齢計算ニ関スル法律; 民法143条):
// born on 1 May, 20 on 30 April. Born on 29 February, on 28 February of every year.
Date attained_on(Date birth, int years);
// Whole years attained on that day.
int age_on(Date birth, Date day);
// Months of age in that month: 720 is 60y0m, the month in which 60 is attained.
int age_months(Date birth, Month month);
// The month in which that age is attained.
Month month_at(Date birth, int age_months);

}  // namespace mado::benefit
