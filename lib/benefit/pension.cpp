#include "benefit/pension.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "benefit/tables.hpp"

namespace mado::benefit {
namespace {

constexpr int full_months = 480;
constexpr int claim_months_max = 75 * 12;
constexpr int claim_months_at_65 = 65 * 12;
constexpr Month bonuses_count = std::chrono::year{2003} / std::chrono::April;

constexpr Date born(int year, std::chrono::month month, unsigned day) {
    return Date{std::chrono::year{year}, month, std::chrono::day{day}};
}

// To the yen, 50 sen up: 国民年金法17条1項, 厚生年金保険法35条1項 (since 2015-10, from memory).
std::int64_t to_yen(std::int64_t numerator, std::int64_t denominator) {
    return (2 * numerator + denominator) / (2 * denominator);
}

// What months count for, in 24ths of a paid one: within the 480 months, and beyond them. Beyond
// them only the insured person's own part is left, without the state's: half since 2009-04, a third
// before.
struct Weights {
    int within, beyond;
};
struct Exempted {
    int months;
    Weights weights;
};

// 国民年金法27条, 平成16年改正法附則10条: the kinds take their months from the 480 one after
// another, in this order.
std::array<Exempted, 8> exempted(const Counted& counted) {
    const Counted::Exempt& since = counted.exempt_since;
    const Counted::Exempt& before = counted.exempt_before;
    return {{{since.quarter, {21, 9}},
             {before.quarter, {20, 12}},
             {since.half, {18, 6}},
             {before.half, {16, 8}},
             {since.three_quarters, {15, 3}},
             {before.three_quarters, {12, 4}},
             {since.full, {12, 0}},
             {before.full, {8, 0}}}};
}

// Months of paid premiums in 24ths, 480 at most.
std::int64_t weighted_months(const Counted& counted) {
    std::int64_t weighted = std::int64_t{24} * counted.paid;
    int room = std::max(0, full_months - counted.paid);
    for (const Exempted& kind : exempted(counted)) {
        const int within = std::min(kind.months, room);
        weighted += std::int64_t{within} * kind.weights.within;
        weighted += std::int64_t{kind.months - within} * kind.weights.beyond;
        room -= within;
    }
    return std::min<std::int64_t>(weighted, std::int64_t{24} * full_months);
}

// 厚生年金保険法43条: 7.125 and 5.481 thousandths, both in millionths here. The law takes averages
// and months; their product is the sum itself, and only the pension is rounded. Whether the average
// is rounded to the yen before could not be looked up; it makes two yen a year at most.
std::int64_t by_pay_yen(std::int64_t before_yen, std::int64_t since_yen) {
    return to_yen(before_yen * 7125 + since_yen * 5481, 1'000'000);
}

// What an insured person has at 65, each part a year.
struct At65 {
    std::int64_t national_yen, additional_yen, employees_yen;
    std::int64_t by_pay_yen;  // of employees_yen, and what a fund pays in the state's place
};

std::expected<At65, Unknown> at_65(Date birth, std::span<const InsuredMonth> months,
                                   int fiscal_year) {
    const Counted counted = count(birth, months);
    const auto basic = basic_pension_yen(counted, birth, fiscal_year);
    if (!basic) return std::unexpected(basic.error());
    At65 parts{*basic, additional_pension_yen(counted), 0, 0};
    if (counted.employees == 0) return parts;
    const auto sums = pay_sums(months);
    if (!sums) return std::unexpected(sums.error());
    const auto proportional = proportional_yen(*sums, birth);
    if (!proportional) return std::unexpected(proportional.error());
    const auto transitional = transitional_yen(counted, birth, fiscal_year);
    if (!transitional) return std::unexpected(transitional.error());
    const auto substituted = substituted_yen(*sums, birth);
    if (!substituted) return std::unexpected(substituted.error());
    parts.employees_yen = *proportional + *transitional;
    parts.by_pay_yen = *proportional + *substituted;
    return parts;
}

void add_part(Claim& claim, Scheme scheme, std::int64_t yearly) {
    if (yearly > 0) claim.parts.push_back({scheme, yearly, monthly_yen(yearly), claim.age, {}});
}

struct Insured {
    Date birth{};
    std::span<const InsuredMonth> months;
};

// What was paid before the claim counts for it.
std::span<const InsuredMonth> before(std::span<const InsuredMonth> months, Month claim) {
    const auto end = std::ranges::lower_bound(months, claim, {}, &InsuredMonth::month);
    return {months.begin(), end};
}

// The claim at an age that may be the present one, which is not at its first month any more.
std::expected<Claim, Unknown> claim_at(const Insured& insured, int age, int age_now_months,
                                       int fiscal_year) {
    const Date birth = insured.birth;
    Claim claim{age, std::max(age * 12, age_now_months), {}};
    const auto counting = before(insured.months, month_at(birth, claim.age_months));
    auto permille = claim_permille(birth, claim.age_months);
    if (!permille) {  // during 65 it is a claim at 65; after the last age that one's
        claim.age_months = age * 12;
        permille = claim_permille(birth, claim.age_months);
    }
    const auto parts = at_65(birth, counting, fiscal_year);
    if (!parts) return std::unexpected(parts.error());
    add_part(claim, Scheme::national,
             claimed_yen(parts->national_yen, *permille) +
                 claimed_yen(parts->additional_yen, *permille));
    add_part(claim, Scheme::employees, claimed_yen(parts->employees_yen, *permille));
    return claim;
}

int last_claim_age(Date birth) {
    return birth < born(1952, std::chrono::April, 2) ? 70 : 75;
}

std::expected<std::vector<Claim>, Unknown> claims_of(const Insured& insured, Date today) {
    const int now_months = age_months(insured.birth, month_of(today));
    const int last = last_claim_age(insured.birth);
    const int first = std::clamp(now_months / 12, 60, last);
    std::vector<Claim> claims;
    for (int age = first; age <= last; ++age) {
        auto claim = claim_at(insured, age, age == first ? now_months : 0, fiscal_year(today));
        if (!claim) return std::unexpected(claim.error());
        claims.push_back(std::move(*claim));
    }
    return claims;
}

bool is_not_due_yet(const InsuredMonth& month, Date today) {
    return month.status == Status::unpaid && today <= last_day(plus_months(month.month, 1));
}

// What the pension would be made of if it went on as now until 60, or as a voluntary member's from
// 60 on: `months`, and one like the last that says how it goes on for each month until then.
struct Continued {
    std::vector<InsuredMonth> months;
    std::optional<InsuredMonth> like;
    int until_age = 60;          // in whole years
    std::int64_t bonus_yen = 0;  // of the last twelve months until then
};

// The last month in which it can go on like the last of `months`. Who is 60 or older goes on as a
// voluntary member only: until 65, and no longer than 480 months are paid (国民年金法附則5条, the
// paragraph from memory).
Month last_month_to_come(Date birth, std::span<const InsuredMonth> months) {
    const auto last_before = [birth](int age) {
        return plus_months(month_of(attained_on(birth, age)), -1);
    };
    const InsuredMonth& like = months.back();
    if (like.month < last_before(60) || like.category != Category::voluntary) {
        return last_before(60);
    }
    const int room = std::max(0, full_months - count(birth, months).paid);
    return std::min(last_before(65), plus_months(like.month, room));
}

Continued go_on(Date birth, std::span<const InsuredMonth> months, Date today) {
    Continued continued{{months.begin(), months.end()}, {}};
    std::vector<InsuredMonth>& all = continued.months;
    while (!all.empty() && is_not_due_yet(all.back(), today))
        all.pop_back();
    const Month end = all.empty() ? Month{} : last_month_to_come(birth, all);
    if (all.empty() || all.back().month >= end) {
        return {{months.begin(), months.end()}, {}};
    }
    const InsuredMonth like = all.back();
    continued.until_age = age_months(birth, plus_months(end, 1)) / 12;
    const bool is_employed = like.status == Status::employees;
    while (all.back().month < end) {
        InsuredMonth next = like;
        next.month = plus_months(all.back().month, 1);
        // A bonus comes in the months in which one came during the last twelve.
        const Month year_ago = plus_months(next.month, -12);
        const auto same = std::ranges::find(all, year_ago, &InsuredMonth::month);
        next.bonus_yen = is_employed && same != all.end() ? same->bonus_yen : 0;
        all.push_back(next);
    }
    for (const InsuredMonth& month : months) {
        const int ago = months_between(month.month, like.month);
        if (is_employed && ago >= 0 && ago < 12) continued.bonus_yen += month.bonus_yen;
    }
    continued.like = like;
    return continued;
}

std::vector<Basis> basis_of(Date birth, const Counted& counted, const Continued& continued,
                            Date today) {
    std::vector<Basis> basis{{Assumption::table_year, fiscal_year(today)}};
    const bool goes_on_employed = continued.like && continued.like->status == Status::employees;
    if (continued.like) {
        basis.push_back({Assumption::goes_on_until, continued.until_age});
        basis.push_back({Assumption::status_as_now, 0});
    }
    if (goes_on_employed) {
        basis.push_back({Assumption::pay_as_now, continued.like->pay_yen.value_or(0)});
        basis.push_back({Assumption::bonus_as_now, continued.bonus_yen});
    }
    basis.push_back({Assumption::no_work_after_claim, 0});
    if (counted.employees > 0 || goes_on_employed) {
        basis.push_back({Assumption::pay_not_revalued, 0});
        basis.push_back({Assumption::guarantee_not_counted, 0});
        // 厚生年金保険法附則8条, 8条の2: men born before 1961-04-02, women before 1966-04-02.
        if (birth < born(1966, std::chrono::April, 2)) {
            basis.push_back({Assumption::special_not_counted, 0});
        }
    }
    basis.push_back({Assumption::family_not_counted, 0});
    return basis;
}

}  // namespace

std::string_view code(Unknown unknown) {
    switch (unknown) {
        case Unknown::no_table:
            return "no-table";
        case Unknown::born_too_early:
            return "born-too-early";
        case Unknown::pay_missing:
            return "pay-missing";
    }
    std::unreachable();
}

std::string_view code(Assumption assumption) {
    switch (assumption) {
        case Assumption::table_year:
            return "table-year";
        case Assumption::goes_on_until:
            return "goes-on-until";
        case Assumption::status_as_now:
            return "status-as-now";
        case Assumption::pay_as_now:
            return "pay-as-now";
        case Assumption::bonus_as_now:
            return "bonus-as-now";
        case Assumption::no_work_after_claim:
            return "no-work-after-claim";
        case Assumption::pay_not_revalued:
            return "pay-not-revalued";
        case Assumption::guarantee_not_counted:
            return "guarantee-not-counted";
        case Assumption::special_not_counted:
            return "special-not-counted";
        case Assumption::family_not_counted:
            return "family-not-counted";
    }
    std::unreachable();
}

std::expected<std::int64_t, Unknown> basic_pension_yen(const Counted& counted, Date birth,
                                                       int fiscal_year) {
    if (birth < basic_born_since) return std::unexpected(Unknown::born_too_early);
    const auto full_yen = full_basic_pension_yen(fiscal_year, birth);
    if (!full_yen) return std::unexpected(Unknown::no_table);
    return to_yen(*full_yen * weighted_months(counted), std::int64_t{24} * full_months);
}

std::int64_t additional_pension_yen(const Counted& counted) {
    return std::int64_t{200} * counted.additional;
}

std::expected<PaySums, Unknown> pay_sums(std::span<const InsuredMonth> months) {
    PaySums sums;
    for (const InsuredMonth& month : months) {
        if (month.status != Status::employees) continue;
        if (!month.pay_yen) return std::unexpected(Unknown::pay_missing);
        const bool is_before = month.month < bonuses_count;
        std::int64_t& sum = is_before ? (month.fund ? sums.fund_before_yen : sums.before_yen)
                                      : (month.fund ? sums.fund_since_yen : sums.since_yen);
        sum += *month.pay_yen + (is_before ? 0 : month.bonus_yen);
    }
    return sums;
}

std::expected<std::int64_t, Unknown> proportional_yen(const PaySums& sums, Date birth) {
    if (birth < employees_born_since) return std::unexpected(Unknown::born_too_early);
    return by_pay_yen(sums.before_yen, sums.since_yen);
}

std::expected<std::int64_t, Unknown> substituted_yen(const PaySums& sums, Date birth) {
    if (birth < employees_born_since) return std::unexpected(Unknown::born_too_early);
    return by_pay_yen(sums.fund_before_yen, sums.fund_since_yen);
}

std::expected<std::int64_t, Unknown> transitional_yen(const Counted& counted, Date birth,
                                                      int fiscal_year) {
    if (birth < employees_born_since) return std::unexpected(Unknown::born_too_early);
    const auto full_yen = full_basic_pension_yen(fiscal_year, birth);
    const auto unit_yen = fixed_unit_yen(fiscal_year, birth);
    if (!full_yen || !unit_yen) return std::unexpected(Unknown::no_table);
    const std::int64_t fixed_yen = *unit_yen * std::min(counted.employees, full_months);
    const std::int64_t basic_yen =
        to_yen(*full_yen * std::min(counted.employees_20_59, full_months), full_months);
    return std::max<std::int64_t>(0, fixed_yen - basic_yen);
}

std::optional<int> claim_permille(Date birth, int claim_age_months) {
    // Early: 国民年金法施行令12条, 厚生年金保険法施行令6条の3. Late: 4条の5, 3条の5の2.
    const int early_permille = birth < born(1962, std::chrono::April, 2) ? 5 : 4;
    const int last_months = last_claim_age(birth) * 12;
    if (claim_age_months < 60 * 12 || claim_age_months > std::min(last_months, claim_months_max)) {
        return std::nullopt;
    }
    const int months = claim_age_months - claim_months_at_65;
    if (months <= 0) return 1000 + months * early_permille;
    if (months < 12) return std::nullopt;
    return 1000 + months * 7;
}

std::int64_t claimed_yen(std::int64_t yearly_at_65_yen, int permille) {
    return to_yen(yearly_at_65_yen * permille, 1000);
}

std::int64_t monthly_yen(std::int64_t yearly_yen) {
    return yearly_yen / 12;
}

std::expected<Expected, Unknown> expected_pension(Date birth, std::span<const InsuredMonth> months,
                                                  Date today) {
    const int year = fiscal_year(today);
    const Counted counted = count(birth, months);
    const Continued continued = go_on(birth, months, today);
    const Counted counted_continued = count(birth, continued.months);
    const auto now = at_65(birth, months, year);
    if (!now) return std::unexpected(now.error());
    const auto then = at_65(birth, continued.months, year);
    if (!then) return std::unexpected(then.error());

    Expected expected;
    expected.counted_months = counted.qualifying;
    expected.counted_months_continued = counted_continued.qualifying;
    expected.qualifies = counted.qualifying >= qualifying_months_needed;
    expected.basis = basis_of(birth, counted, continued, today);
    if (continued.like) expected.goes_on_as = continued.like->status;
    if (expected.qualifies) {
        auto claims = claims_of({birth, months}, today);
        if (!claims) return std::unexpected(claims.error());
        expected.so_far = std::move(*claims);
    }
    if (counted_continued.qualifying >= qualifying_months_needed) {
        auto claims = claims_of({birth, continued.months}, today);
        if (!claims) return std::unexpected(claims.error());
        expected.continued = std::move(*claims);
        expected.by_pay_continued_yen = then->by_pay_yen;
    }
    return expected;
}

}  // namespace mado::benefit
