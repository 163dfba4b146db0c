#include "benefit/calendar.hpp"

namespace mado::benefit {
namespace {

Date day_before(Date day) {
    return Date{std::chrono::sys_days{day} - std::chrono::days{1}};
}

}  // namespace

Month month_of(Date day) {
    return day.year() / day.month();
}

Month plus_months(Month month, int months) {
    return month + std::chrono::months{months};
}

int months_between(Month from, Month to) {
    return static_cast<int>((to - from).count());
}

Date last_day(Month month) {
    return Date{month / std::chrono::last};
}

int fiscal_year(Month month) {
    return static_cast<int>(month.year()) - (month.month() < std::chrono::April ? 1 : 0);
}

int fiscal_year(Date day) {
    return fiscal_year(month_of(day));
}

Date attained_on(Date birth, int years) {
    const Date birthday = birth + std::chrono::years{years};
    // 民法143条2項: without a corresponding day the term ends with the last day of that month, the
    // 28th. With one, in a leap year, it ends the day before, the 28th too.
    if (!birthday.ok()) return last_day(month_of(birthday));
    return day_before(birthday);
}

int age_on(Date birth, Date day) {
    const int years = static_cast<int>(day.year()) - static_cast<int>(birth.year()) + 1;
    if (attained_on(birth, years) <= day) return years;  // born on 1 January: on 31 December
    return attained_on(birth, years - 1) <= day ? years - 1 : years - 2;
}

int age_months(Date birth, Month month) {
    return months_between(month_of(day_before(birth)), month);
}

Month month_at(Date birth, int age_months) {
    return plus_months(month_of(day_before(birth)), age_months);
}

}  // namespace mado::benefit
