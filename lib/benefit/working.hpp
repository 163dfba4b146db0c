// 在職老齢年金: what of an employees' pension is stopped while its receiver works and earns.
#pragma once

#include "benefit/pension.hpp"

namespace mado::benefit {

// A month's 基本月額 and 総報酬月額相当額 together above the limit (支給停止調整額): half of what
// is above it is stopped, at most all of the 基本月額 (厚生年金保険法46条). That is 報酬比例部分 as
// if no fund had a part in it, without 経過的加算, 加給年金 and what deferral adds; the basic
// pension is never touched. Law rounds what is stopped in a year, so half a yen of a month is left
// out here.
std::int64_t stopped_yen(std::int64_t pension_yen, std::int64_t pay_yen, std::int64_t limit_yen);

struct Working {
    std::int64_t pension_yen = 0;  // 基本月額
    std::int64_t limit_yen = 0;
    std::int64_t free_until_yen = 0;  // a month's pay up to which nothing is stopped
    std::int64_t none_from_yen = 0;   // and from which on nothing of `pension_yen` is left
    int fiscal_year = 0;              // of the limit
};
// Nothing: there is no such pension.
std::expected<std::optional<Working>, Unknown> working(std::int64_t pension_yearly_yen, Date today);

// What of a yearly amount that is paid law takes for it: `award_yen` without what deferral added
// and without 経過的加算. `claimed_months` of age is when it was claimed.
std::expected<std::int64_t, Unknown> stoppable_of_award(std::int64_t award_yen, int claimed_months,
                                                        Date birth,
                                                        std::span<const InsuredMonth> months,
                                                        Date today);

}  // namespace mado::benefit
