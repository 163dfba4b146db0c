// The dated tables of the pension rules. Every figure has its source beside it in tables.cpp; what
// was found nowhere is a gap, and a look-up in a gap returns nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "benefit/calendar.hpp"

namespace mado::benefit {

// 老齢基礎年金 in full, a year. From fiscal year 2023 on who was born before 1956-04-02 gets
// another.
std::optional<std::int64_t> full_basic_pension_yen(int fiscal_year, Date birth);
// 定額単価 for 経過的加算: 1,628 yen by the same rate of revision.
std::optional<std::int64_t> fixed_unit_yen(int fiscal_year, Date birth);

// 国民年金保険料 of a month in full; until 1970-06 it was by age.
std::optional<std::int64_t> national_premium_yen(Month month, Date birth);
constexpr std::int64_t additional_premium_yen = 400;  // 付加保険料, since 1974-01 (87条の2)

// 厚生年金保険料率, both halves, in millionths: 183,000 since 2017-09.
std::optional<int> employees_premium_millionths(Month month);

// 国民年金基金: the cap on premiums a month, with iDeCo.
std::optional<std::int64_t> fund_cap_yen(Month month);

// 支給停止調整額 of 在職老齢年金, a month: 650,000 in fiscal year 2026.
std::optional<std::int64_t> working_limit_yen(Month month);

// The names of the tables that have no row for that day although the rules need one. What is empty
// here and not on a later day says when somebody has to add a row.
std::vector<std::string_view> tables_run_out(Date today);

}  // namespace mado::benefit
