// 国民年金基金: who may join, and what a unit costs and brings.
#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <optional>
#include <string_view>
#include <vector>

#include "benefit/record.hpp"

namespace mado::benefit {

enum class Sex { female, male };

// 終身年金 A (guaranteed for 15 years), B; 確定年金 Ⅰ to Ⅴ.
enum class FundType { a, b, i, ii, iii, iv, v };
constexpr std::array fund_types{FundType::a,   FundType::b,  FundType::i, FundType::ii,
                                FundType::iii, FundType::iv, FundType::v};
std::string_view code(FundType type);  // "A", "B", "I" … "V"

// 国民年金法116条, 127条, 附則5条.
enum class WhyNot {
    second_category,
    third_category,
    exempt,  // even in part; not for maternity
    farmers_pension,
    too_young,
    too_old,  // 65, or 60 and not a voluntary member
    already_member,
    receiving,
    not_resident,
    not_insured,  // should be in the first category and is in none: that comes first
};
std::string_view code(WhyNot reason);

struct Applicant {
    Date birth{};
    std::optional<Sex> sex;  // unknown: no premium of A and B can be said
    Category category = Category::none;
    Status status = Status::not_joined;  // of this month
    bool resident = true;                // in Japan; abroad only as a voluntary member
    bool farmers_pension = false;
    bool already_member = false;
    bool receiving = false;
};

// Every reason, in the order of the enum; empty: may join. Ages are those of the month: who attains
// 20 in it may join, who attains 60 (65) in it has no premium left to pay.
std::vector<WhyNot> why_not(const Applicant& applicant, Date today);

struct Unit {
    // Nothing: the figure is in no table that we have a source for.
    std::optional<std::int64_t> premium_yen;  // a month
    std::optional<std::int64_t> total_yen;    // until the end of `months`
    std::optional<std::int64_t> yearly_yen, monthly_yen;
    int from_age = 65;
    std::optional<int> until_age;  // nothing: for life
};

// What joining in that month of age brings: 480 is 40y0m, the month of the birthday. `first`: A or
// B.
Unit first_unit(FundType type, std::optional<Sex> sex, int age_months);
// So many further units of one type together.
Unit further_units(FundType type, std::optional<Sex> sex, int age_months, int units);
// From 60 on there are only A, B and I.
bool is_offered(FundType type, int age_months);

struct Choice {
    FundType first = FundType::a;                        // A or B
    std::array<int, fund_types.size()> further_units{};  // by FundType
};
enum class Refused { no_table, above_cap, fixed_above_lifelong };
struct Bought {
    std::int64_t premium_yen = 0, total_yen = 0;
    std::int64_t lifelong_yearly_yen = 0, fixed_yearly_yen = 0;
};
// The whole choice, or the first rule that refuses it: every premium and pension is known, premiums
// are within the cap of that month, and there is no more fixed-term than lifelong pension. iDeCo's
// premiums share the cap; no pension body knows them, so they are not counted.
std::expected<Bought, Refused> buy(const Choice& choice, const Applicant& applicant,
                                   int age_months);

struct Joining {
    int age = 0;         // whole years attained in that month
    int age_months = 0;  // the first is in the current month, the others in birthday months
    int months = 0;      // of premiums: until the month before 60 is attained, or 65
    Unit first_a, first_b;
    struct Further {
        FundType type = FundType::a;
        // What one, two, … cost and bring together: as many as the rules allow beside one first
        // unit of A or of B and nothing else. At least one, whether it is allowed or not.
        std::vector<Unit> units;
        // Nothing: a premium is in no table. 0: not even one is allowed.
        std::optional<int> max_with_a, max_with_b;
    };
    std::vector<Further> further;  // the types that are offered
};

// One for each age from now on, until the last at which somebody may join. Empty when why_not() is
// not.
std::vector<Joining> joinings(const Applicant& applicant, Date today);

// The year of the premium table. It was in force in 2018; whether it still is was not found out.
constexpr int fund_premium_table_year = 2018;

}  // namespace mado::benefit
