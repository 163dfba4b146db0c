// Days and ages as the insurance laws count them.
#pragma once

#include <cstdint>

#include "base/clock.hpp"

namespace mado::country {

Date plus_days(Date day, std::int64_t days);
Date first_of_month(Date day);
// Of the first day of a month.
Date plus_months(Date first, int count);
// The same day of the month, or the first of the next month where there is none.
Date plus_years(Date day, int years);
// The day on which somebody is `age` years old for the first time. (By the law on counting ages an
// age is complete at the end of the day before; reached_on() is that day.)
Date birthday(Date birth, int age);
Date reached_on(Date birth, int age);
int age_on(Date birth, Date day);

// The first 31 March after a child has completed six years: the last day with a preschool share.
Date preschool_last(Date birth);
// The first of the month after the one in which seventy years are completed.
Date seventy_share_from(Date birth);

std::int64_t yyyymmdd(Date day);
std::int64_t yyyymm(Date day);
// GYYMMDD with the era as 1 (明治) … 5 (令和).
std::int64_t era_date(Date day);
// The same with the era codes of the pension forms: 1, 3, 5, 7, 9.
std::int64_t form_date(Date day);

}  // namespace mado::country
