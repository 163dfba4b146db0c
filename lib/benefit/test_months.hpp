// Stretches of months for the tests.
#pragma once

#include <string>
#include <vector>

#include "benefit/record.hpp"

namespace mado::benefit {

inline Date day(std::string_view text) {
    return parse_date(text).value();
}
inline Month month(std::string_view text) {
    return month_of(day(std::string{text} + "-01"));
}

struct Stretch {
    std::string_view from;
    int months;
    Status status;
    std::int64_t pay_yen = 0;
    bool additional = false;
    bool fund = false;
};

inline Category category_of(Status status) {
    if (status == Status::employees) return Category::second;
    if (status == Status::third) return Category::third;
    if (status == Status::not_joined || status == Status::empty) return Category::none;
    return Category::first;
}

inline std::vector<InsuredMonth> months_of(const std::vector<Stretch>& stretches) {
    std::vector<InsuredMonth> months;
    for (const Stretch& stretch : stretches) {
        for (int i = 0; i < stretch.months; ++i) {
            InsuredMonth next;
            next.month = plus_months(month(stretch.from), i);
            next.category = category_of(stretch.status);
            next.status = stretch.status;
            if (stretch.pay_yen > 0) next.pay_yen = stretch.pay_yen;
            next.additional = stretch.additional;
            next.fund = stretch.fund;
            months.push_back(next);
        }
    }
    return months;
}

}  // namespace mado::benefit
