// 老齢基礎年金, 付加年金, 老齢厚生年金: what somebody may expect from the state, from each age on.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "benefit/record.hpp"

namespace mado::benefit {

// Why an amount cannot be said.
enum class Unknown {
    no_table,        // the fiscal year is in no table
    born_too_early,  // before basic_born_since, employees_born_since
    pay_missing,     // an employees' month without its pay
};
std::string_view code(Unknown unknown);

// Born on that day or later the rules below apply. For older people there are other multipliers and
// periods, and they have had their pensions for long.
constexpr Date basic_born_since{std::chrono::year{1941}, std::chrono::April, std::chrono::day{2}};
constexpr Date employees_born_since{std::chrono::year{1946}, std::chrono::April,
                                    std::chrono::day{2}};

// ---- parts ----

// 老齢基礎年金 a year, claimed at 65 (国民年金法27条), without the additional pension.
std::expected<std::int64_t, Unknown> basic_pension_yen(const Counted& counted, Date birth,
                                                       int fiscal_year);
// 付加年金 a year: 200 yen for each month (44条).
std::int64_t additional_pension_yen(const Counted& counted);

// What the pay of employees' months adds up to: months before 2003-04, and months since then with
// bonuses. Pay is not revalued (再評価率): no public table of fiscal year 2026 was found, and
// Assumption::pay_not_revalued says so.
struct PaySums {
    std::int64_t before_yen = 0, since_yen = 0;            // without the next two
    std::int64_t fund_before_yen = 0, fund_since_yen = 0;  // months in a 厚生年金基金
};
std::expected<PaySums, Unknown> pay_sums(std::span<const InsuredMonth> months);
// 報酬比例部分 a year, claimed at 65: 7.125 and 5.481 thousandths (厚生年金保険法43条). That of the
// months in a 厚生年金基金, 代行部分, is paid by the fund or the federation, not by the state
// (132条2項).
std::expected<std::int64_t, Unknown> proportional_yen(const PaySums& sums, Date birth);
std::expected<std::int64_t, Unknown> substituted_yen(const PaySums& sums, Date birth);
// 経過的加算 a year (昭和60年改正法 附則59条2項); never negative.
std::expected<std::int64_t, Unknown> transitional_yen(const Counted& counted, Date birth,
                                                      int fiscal_year);

// What is left of, or comes to, an amount when it is claimed in that month of age, in thousandths:
// 1000 at 65y0m, 760 at 60y0m. Nothing: no claim is possible then. That is before 60y0m, after
// 75y0m (70y0m for who was born before 1952-04-02), and from 65y1m to 65y11m, when a claim is one
// at 65y0m.
std::optional<int> claim_permille(Date birth, int claim_age_months);
std::int64_t claimed_yen(std::int64_t yearly_at_65_yen, int permille);
// A twelfth, without the fraction.
std::int64_t monthly_yen(std::int64_t yearly_yen);

// ---- all together ----

struct Part {
    Scheme scheme = Scheme::national;
    std::int64_t yearly_yen = 0, monthly_yen = 0;
    int from_age = 65;
    std::optional<int> until_age;  // nothing: for life
};

struct Claim {
    int age = 65;             // whole years
    int age_months = 780;     // the birthday's month; of the age of today, this very month
    std::vector<Part> parts;  // those that are more than nothing
};

// What the amounts assume; `value` is 0 where the code says it all.
enum class Assumption {
    table_year,             // value: the fiscal year whose amounts are used, for every year to come
    goes_on_until,          // value: 60; of a voluntary member from 60 on at most 65 (continued)
    status_as_now,          // Expected::goes_on_as says which (continued)
    pay_as_now,             // value: 標準報酬月額 in yen (continued, employees')
    bonus_as_now,           // value: bonuses of the last twelve months in yen (as above)
    no_work_after_claim,    // nothing is stopped for pay (在職老齢年金)
    pay_not_revalued,       // 再評価率 are in no table here: pay counts as it was
    guarantee_not_counted,  // 従前額保障, which may be a little more
    special_not_counted,    // 特別支給の老齢厚生年金 before 65
    family_not_counted,     // 加給年金, 振替加算
};
std::string_view code(Assumption assumption);

struct Basis {
    Assumption code = Assumption::table_year;
    std::int64_t value = 0;
};

struct Expected {
    int counted_months = 0;            // so far, of qualifying_months_needed
    int counted_months_continued = 0;  // when it goes on no longer
    bool qualifies = false;
    std::vector<Basis> basis;
    // Nothing: 60 is attained (and no voluntary member), or there is no month that could go on;
    // `continued` is as `so_far`.
    std::optional<Status> goes_on_as;
    // One for each whole age from 60 to 75 (70 for who was born before 1952-04-02) that is not
    // over, at least the last; empty when not qualified. Parts of the state only: national,
    // employees.
    std::vector<Claim> so_far, continued;
    // 報酬比例部分 of `continued` a year at 65, with what a fund pays of it in the state's place:
    // what working() takes. 0 when it will not qualify.
    std::int64_t by_pay_continued_yen = 0;
};

// For somebody who receives nothing yet. `today` chooses the tables and leaves out ages that are
// over. What goes on until 60 (as a voluntary member until 65) is the last month; an unpaid one
// that is not due yet does not say how it goes on, the one before it does.
std::expected<Expected, Unknown> expected_pension(Date birth, std::span<const InsuredMonth> months,
                                                  Date today);

}  // namespace mado::benefit
