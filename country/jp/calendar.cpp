#include "calendar.hpp"

#include <array>

namespace mado::country {

using std::chrono::days;
using std::chrono::months;
using std::chrono::sys_days;
using std::chrono::years;

Date plus_days(Date day, std::int64_t count) {
    return sys_days(day) + days(count);
}

Date first_of_month(Date day) {
    return day.year() / day.month() / 1;
}

Date plus_months(Date first, int count) {
    return first + months(count);
}

Date plus_years(Date day, int count) {
    const Date there = day + years(count);
    return there.ok() ? there : first_of_month(there) + months(1);  // 29 February
}

Date birthday(Date birth, int age) {
    return plus_years(birth, age);
}

Date reached_on(Date birth, int age) {
    return plus_days(birthday(birth, age), -1);
}

int age_on(Date birth, Date day) {
    const int age = static_cast<int>(day.year()) - static_cast<int>(birth.year());
    return birthday(birth, age) <= day ? age : age - 1;
}

Date preschool_last(Date birth) {
    const Date six = reached_on(birth, 6);
    const Date march = six.year() / 3 / 31;
    return six <= march ? march : plus_years(march, 1);
}

Date seventy_share_from(Date birth) {
    return first_of_month(reached_on(birth, 70)) + months(1);
}

std::int64_t yyyymmdd(Date day) {
    return std::int64_t{static_cast<int>(day.year())} * 10000 +
           std::int64_t{static_cast<unsigned>(day.month())} * 100 +
           std::int64_t{static_cast<unsigned>(day.day())};
}

std::int64_t yyyymm(Date day) {
    return yyyymmdd(day) / 100;
}

std::int64_t era_date(Date day) {
    struct Era {
        std::int64_t from;
        std::int64_t zero_year;
    };
    constexpr std::array<Era, 5> eras{
        {{18680125, 1867}, {19120730, 1911}, {19261225, 1925}, {19890108, 1988}, {20190501, 2018}}};
    const std::int64_t western = yyyymmdd(day);
    std::size_t era = eras.size() - 1;
    while (era > 0 && western < eras[era].from)
        --era;
    return static_cast<std::int64_t>(era + 1) * 1'000'000 + western - eras[era].zero_year * 10000;
}

std::int64_t form_date(Date day) {
    const auto era = era_date(day);
    return era + (era / 1'000'000 - 1) * 1'000'000;
}

}  // namespace mado::country
