// What a pension body knows about one person, month by month, and what law counts of it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "benefit/calendar.hpp"

namespace mado::benefit {

// 第1号, 第2号, 第3号, 任意加入; none: not in the national pension in that month.
enum class Category { first, second, third, voluntary, none };

enum class Status {
    paid,                   // also paid later (追納), and what counts as paid
    unpaid,                 // also a part-exempt month whose remaining part was not paid
    exempt_full,            // 全額免除
    exempt_three_quarters,  // 4分の3免除, the remaining quarter paid
    exempt_half,            // 半額免除, the remaining half paid
    exempt_quarter,         // 4分の1免除, the remaining three quarters paid
    student,                // 学生納付特例
    deferred,               // 納付猶予
    maternity,              // 産前産後免除 (国民年金法88条の2): counts as paid
    childcare,              // 育児期間免除 (88条の3), since 2026-10: counts as paid
    employees,              // 厚生年金の被保険者, of any age
    third,                  // 第3号
    empty,                  // 合算対象期間 (カラ期間)
    not_joined,
};

enum class Scheme { national, employees, employees_fund, national_fund };

// "first", "exempt-three-quarters", "employees-fund": as documents and databases write them.
std::string_view code(Category category);
std::string_view code(Status status);
std::string_view code(Scheme scheme);
std::optional<Category> find_category(std::string_view code);
std::optional<Status> find_status(std::string_view code);
std::optional<Scheme> find_scheme(std::string_view code);

struct InsuredMonth {
    Month month{};
    Category category = Category::none;
    Status status = Status::not_joined;
    std::optional<std::int64_t> pay_yen;   // 標準報酬月額 of an employees' month
    std::int64_t bonus_yen = 0;            // 標準賞与額 of that month (counts since 2003-04)
    std::optional<std::int64_t> paid_yen;  // own share, where the holder keeps it
    bool additional = false;               // 付加保険料 paid
    bool fund = false;                     // member of a 厚生年金基金
};

constexpr std::size_t months_max = 1200;
constexpr std::int64_t pay_yen_max = 1'000'000;
constexpr std::int64_t bonus_yen_max = 10'000'000;

// The months of a person: in order, each at most once; amounts within the limits above. The other
// functions rely on it.
Parsed<void> check_months(std::span<const InsuredMonth> months);

// How many months count, for what (国民年金法 5条, 26条, 27条; 昭和60年改正法 附則8条).
struct Counted {
    // For the amount of the basic pension, from 20 to 59, and voluntary ones.
    int paid = 0;  // paid, maternity, third; employees' from 1961-04
    // Exempt months before 2009-04 and since then: their weights differ.
    struct Exempt {
        int quarter = 0, half = 0, three_quarters = 0, full = 0;
    };
    Exempt exempt_before, exempt_since;
    int additional = 0;       // 付加保険料納付済期間
    int qualifying = 0;       // of the 120: everything that is not unpaid or not joined
    int employees = 0;        // 厚生年金の被保険者期間, of any age
    int employees_20_59 = 0;  // of these, from 1961-04, from 20 to 59
};
constexpr int qualifying_months_needed = 120;  // 国民年金法26条, since 2017-08-01; before: 300

Counted count(Date birth, std::span<const InsuredMonth> months);

// The last day on which the premium of that month can still be paid, or paid later; nothing where
// there is nothing to pay or no way to. Whether that day is over is the caller's comparison. A last
// day on which banks are closed moves to the next; this does not know holidays.
//   unpaid: two years after it was due, the end of the next month (国民年金法91条, 102条4項)
//   exempt, student, deferred: within ten years (94条), not for who receives a pension already
std::optional<Date> payable_until(const InsuredMonth& month);

// The own share of that month's premium: paid_yen where it is known, else by the tables; 0 where
// nothing is due (third, exempt in full, …) and where nothing was paid. Nothing: no table has it.
std::optional<std::int64_t> own_premium_yen(Date birth, const InsuredMonth& month);

struct YearlyPremium {
    int year = 0;  // fiscal
    Scheme scheme = Scheme::national;
    std::int64_t yen = 0;
    int months = 0;
    int months_unknown = 0;  // not in `yen`: no table has their premium
};
// For each fiscal year and scheme in which something was due: by the month it was due for, in
// order.
std::vector<YearlyPremium> yearly_premiums(Date birth, std::span<const InsuredMonth> months);

}  // namespace mado::benefit
