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
    born_too_early,  // before 1946-04-02: other multipliers and periods apply
    pay_missing,     // an employees' month without its pay
};
std::string_view code(Unknown unknown);

// ---- parts ----

// 老齢基礎年金 a year, claimed at 65 (国民年金法27条), without the additional pension.
std::expected<std::int64_t, Unknown> basic_pension_yen(const Counted& counted, Date birth,
                                                       int fiscal_year);
// 付加年金 a year: 200 yen for each month (44条).
std::int64_t additional_pension_yen(const Counted& counted);

// The sums behind 平均標準報酬月額 and 平均標準報酬額: revalued pay of months before 2003-04, and
// of months since then with bonuses, in thousandths of a yen.
struct PaySums {
    std::int64_t before_millis = 0, since_millis = 0;
};
// 報酬比例部分 a year, claimed at 65: 7.125 and 5.481 thousandths (厚生年金保険法43条).
std::int64_t proportional_yen(const PaySums& sums);
// Of all months, revalued with the table of that year where it has one.
std::expected<PaySums, Unknown> pay_sums(Date birth, std::span<const InsuredMonth> months,
                                         int fiscal_year);
// 代行部分 a year of the months in a 厚生年金基金: never revalued (132条2項). The fund or the
// federation pays it, and the state that much less.
std::expected<std::int64_t, Unknown> substituted_yen(std::span<const InsuredMonth> months);
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
    std::vector<Part> parts;  // those that are more than nothing
};

// What the amounts assume; `value` is 0 where the code says it all.
enum class Assumption {
    table_year,           // value: the fiscal year whose amounts are used, for every year to come
    goes_on_until,        // value: 60 (continued only)
    pay_as_now,           // value: 標準報酬月額 in yen (continued, employees')
    status_as_now,        // value: none; see Expected::goes_on_as (continued only)
    no_work_after_claim,  // nothing is stopped for pay (在職老齢年金)
    pay_not_revalued,     // 再評価率 of that year are in no table: pay counts as it was
    guarantee_not_compared,       // 従前額保障, which may be a little more, is not computed
    special_pension_not_counted,  // 特別支給の老齢厚生年金 before 65 is not computed
    no_family_additions,          // 加給年金 and 振替加算 are not computed
};
std::string_view code(Assumption assumption);

struct Basis {
    Assumption code = Assumption::table_year;
    std::int64_t value = 0;
};

struct Expected {
    Counted counted;
    int counted_months = 0;            // so far, of the 120
    int counted_months_continued = 0;  // at 60
    bool qualifies = false, qualifies_continued = false;
    std::vector<Basis> basis;
    std::optional<Status> goes_on_as;  // nothing: 60 is attained, nothing goes on
    // One for each whole age from 60 to 75 that is not over; empty when not qualified.
    std::vector<Claim> so_far, continued;
};

// For somebody who receives nothing yet. `today` chooses the tables and leaves out ages that are
// over; the last of `months` is what goes on until 60.
std::expected<Expected, Unknown> expected_pension(Date birth, std::span<const InsuredMonth> months,
                                                  Date today);

}  // namespace mado::benefit
