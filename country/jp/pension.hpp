// What the generator knows of a person's pension: where they were insured since they were 20, what
// was paid, and what the funds promised. A month is written as its first day.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"

namespace mado::country {

// 国民年金の種別: 第1号, 第2号, 第3号, 任意加入.
enum class Category { first, second, third, voluntary };

struct CategoryPeriod {
    Category category = Category::first;
    Date from;
    std::optional<Date> last;
};

// What became of the months for which a person must pay by themselves, and of those in which
// one need not join (カラ期間, `empty`).
enum class Payment {
    paid,
    unpaid,
    exempt_full,
    exempt_three_quarters,
    exempt_half,
    exempt_quarter,
    exempt_by_law,  // 法定免除
    student,        // 学生納付特例
    deferred,       // 納付猶予
    maternity,
    childcare,  // 育児期間免除
    empty,
};

struct PaymentSpan {
    Payment payment = Payment::paid;
    Date from;  // months
    std::optional<Date> to;
    bool additional = false;  // 付加保険料
};

// 標準報酬月額 from this month on, with a bonus twice a year.
struct Pay {
    Date from;
    std::int64_t thousand_yen = 0;
    std::int64_t bonus_thousand_yen = 0;
};

// 厚生年金.
struct Employment {
    std::string workplace;
    bool fund = false;  // a member of the employer's 厚生年金基金
    Date from;
    std::optional<Date> last;
    std::vector<Pay> pay;  // oldest first, the first from its first month on
};

// What is paid already (裁定).
struct Award {
    bool employees = false;  // 老齢厚生年金; else 老齢基礎年金
    Date since;              // month
    int claim_age = 65;
    std::int64_t yearly_yen = 0;
};

// 旧手帳記号番号: a record that nobody has joined to the person yet.
struct OldRecord {
    std::string number;
    std::string kana;  // as it was written then
    std::string workplace;
    Date from;
    Date last;
};

// One stack of 口 of the 国民年金基金.
struct FundUnit {
    std::string type;  // A, B, I … V
    std::int64_t count = 1;
    Date from;  // months
    std::optional<Date> to;
    std::int64_t premium_yen = 0;    // a month
    std::int64_t earned_yen = 0;     // a year, for what is paid so far
    std::int64_t continued_yen = 0;  // a year, when it is paid until 60
};

struct NationalFund {
    std::string number;
    Date from;
    std::optional<Date> last;
    std::vector<FundUnit> units;
};

// Somebody to whom the 国民年金基金 has written that they may join, and who has not.
struct FundInvitation {
    std::string number;  // of the same series as members'; who joins keeps it
    Date on;
};

struct EmployeesFund {
    std::string number;
    std::string workplace;
    Date from;
    std::optional<Date> last;
    std::int64_t premium_yen = 0;  // a month, the person's own share
    // Yearly, for life from 65: 基本年金 (with the part in the state's place), 加算年金.
    std::int64_t basic_earned_yen = 0, basic_continued_yen = 0;
    std::int64_t extra_earned_yen = 0, extra_continued_yen = 0;
};

// 企業年金連合会, for a fund that the person left early.
struct Federation {
    std::string number;  // begins with the fund's four digits
    Date from;           // months in that fund
    Date to;
    std::int64_t yearly_yen = 0;
    std::optional<Date> paid_since;
};

struct Pension {
    std::string number;                      // 基礎年金番号, ten digits
    std::string office;                      // code of the 年金事務所
    std::string supporter;                   // of 第3号: the spouse's number, or empty
    std::vector<CategoryPeriod> categories;  // oldest first
    std::vector<PaymentSpan> payments;
    std::vector<Employment> employments;
    std::vector<Award> awards;
    std::vector<OldRecord> old_records;
    std::optional<NationalFund> national_fund;
    std::optional<FundInvitation> invitation;  // nobody has both
    std::optional<EmployeesFund> employees_fund;
    std::optional<Federation> federation;
};

}  // namespace mado::country
