#include "benefit/record.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "benefit/tables.hpp"

namespace mado::benefit {
namespace {

constexpr Month system_begins = std::chrono::year{1961} / std::chrono::April;
constexpr Month half_from_taxes = std::chrono::year{2009} / std::chrono::April;
constexpr Month bonuses_count = std::chrono::year{2003} / std::chrono::April;

template <class Enum>
struct Code {
    Enum value;
    std::string_view text;
};
constexpr std::array categories{
    Code{Category::first, "first"}, Code{Category::second, "second"},
    Code{Category::third, "third"}, Code{Category::voluntary, "voluntary"},
    Code{Category::none, "none"},
};
constexpr std::array statuses{
    Code{Status::paid, "paid"},
    Code{Status::unpaid, "unpaid"},
    Code{Status::exempt_full, "exempt-full"},
    Code{Status::exempt_three_quarters, "exempt-three-quarters"},
    Code{Status::exempt_half, "exempt-half"},
    Code{Status::exempt_quarter, "exempt-quarter"},
    Code{Status::student, "student"},
    Code{Status::deferred, "deferred"},
    Code{Status::maternity, "maternity"},
    Code{Status::childcare, "childcare"},
    Code{Status::employees, "employees"},
    Code{Status::third, "third"},
    Code{Status::empty, "empty"},
    Code{Status::not_joined, "not-joined"},
};
constexpr std::array schemes{
    Code{Scheme::national, "national"},
    Code{Scheme::employees, "employees"},
    Code{Scheme::employees_fund, "employees-fund"},
    Code{Scheme::national_fund, "national-fund"},
};

template <class Enum, std::size_t count>
std::string_view text_of(const std::array<Code<Enum>, count>& codes, Enum value) {
    return std::ranges::find(codes, value, &Code<Enum>::value)->text;
}

template <class Enum, std::size_t count>
std::optional<Enum> value_of(const std::array<Code<Enum>, count>& codes, std::string_view text) {
    const auto found = std::ranges::find(codes, text, &Code<Enum>::text);
    if (found == codes.end()) return std::nullopt;
    return found->value;
}

bool is_20_to_59(Date birth, Month month) {
    const int age = age_months(birth, month);
    return age >= 20 * 12 && age < 60 * 12;
}

// Adds a month that counts for the amount: where and whether.
void count_amount(Counted& counted, Date birth, const InsuredMonth& month) {
    Counted::Exempt& exempt =
        month.month < half_from_taxes ? counted.exempt_before : counted.exempt_since;
    switch (month.status) {
        case Status::paid:
        case Status::maternity:
        case Status::childcare:
            ++counted.paid;
            break;
        case Status::third:
            counted.paid += is_20_to_59(birth, month.month) ? 1 : 0;
            break;
        case Status::employees:
            ++counted.employees;
            // 昭和60年改正法附則8条4項, 5項: of the others only the qualifying period has
            // something.
            if (is_20_to_59(birth, month.month) && month.month >= system_begins) {
                ++counted.paid;
                ++counted.employees_20_59;
            }
            break;
        case Status::exempt_quarter:
            ++exempt.quarter;
            break;
        case Status::exempt_half:
            ++exempt.half;
            break;
        case Status::exempt_three_quarters:
            ++exempt.three_quarters;
            break;
        case Status::exempt_full:
            ++exempt.full;
            break;
        case Status::unpaid:
        case Status::student:
        case Status::deferred:
        case Status::empty:
        case Status::not_joined:
            break;
    }
}

bool qualifies(const InsuredMonth& month) {
    return month.status != Status::unpaid && month.status != Status::not_joined &&
           month.month >= system_begins;
}

// The part of the premium that is left to pay, in quarters; nothing: no premium of this kind.
int quarters_due(Status status) {
    switch (status) {
        case Status::paid:
            return 4;
        case Status::exempt_quarter:
            return 3;
        case Status::exempt_half:
            return 2;
        case Status::exempt_three_quarters:
            return 1;
        case Status::unpaid:
        case Status::exempt_full:
        case Status::student:
        case Status::deferred:
        case Status::maternity:
        case Status::childcare:
        case Status::employees:
        case Status::third:
        case Status::empty:
        case Status::not_joined:
            return 0;
    }
    std::unreachable();
}

// Half of a premium, as it is taken from the pay: up to 50 sen away, more up to the next yen
// (通貨の単位及び貨幣の発行等に関する法律3条).
std::int64_t own_half_yen(std::int64_t yen, int millionths) {
    constexpr std::int64_t unit = 2'000'000;
    const std::int64_t product = yen * millionths;
    return product / unit + (product % unit > unit / 2 ? 1 : 0);
}

std::optional<std::int64_t> employees_own_yen(const InsuredMonth& month) {
    // What a fund member pays to the state is less by a rate of the fund's own (免除保険料率).
    if (month.fund || !month.pay_yen) return std::nullopt;
    const auto rate = employees_premium_millionths(month.month);
    if (!rate) return std::nullopt;
    std::int64_t yen = own_half_yen(*month.pay_yen, *rate);
    if (month.month >= bonuses_count) yen += own_half_yen(month.bonus_yen, *rate);
    return yen;
}

}  // namespace

std::string_view code(Category category) {
    return text_of(categories, category);
}
std::string_view code(Status status) {
    return text_of(statuses, status);
}
std::string_view code(Scheme scheme) {
    return text_of(schemes, scheme);
}
std::optional<Category> find_category(std::string_view code) {
    return value_of(categories, code);
}
std::optional<Status> find_status(std::string_view code) {
    return value_of(statuses, code);
}
std::optional<Scheme> find_scheme(std::string_view code) {
    return value_of(schemes, code);
}

Parsed<void> check_months(std::span<const InsuredMonth> months) {
    if (months.size() > months_max) return bad("there are too many months");
    for (std::size_t i = 0; i < months.size(); ++i) {
        const InsuredMonth& month = months[i];
        if (!month.month.ok()) return bad("a month is none");
        if (i > 0 && month.month <= months[i - 1].month) return bad("months are not in order");
        const std::int64_t pay_yen = month.pay_yen.value_or(0);
        if (pay_yen < 0 || pay_yen > pay_yen_max) return bad("no pay of a month is so much");
        if (month.bonus_yen < 0 || month.bonus_yen > bonus_yen_max) {
            return bad("no bonus of a month is so much");
        }
        const std::int64_t paid_yen = month.paid_yen.value_or(0);
        if (paid_yen < 0 || paid_yen > bonus_yen_max) return bad("no premium is so much");
    }
    return {};
}

Counted count(Date birth, std::span<const InsuredMonth> months) {
    Counted counted;
    for (const InsuredMonth& month : months) {
        count_amount(counted, birth, month);
        if (month.additional) ++counted.additional;
        if (qualifies(month)) ++counted.qualifying;
    }
    return counted;
}

std::optional<Date> payable_until(const InsuredMonth& month) {
    switch (month.status) {
        case Status::unpaid:
            return last_day(plus_months(month.month, 1 + 2 * 12));
        case Status::exempt_full:
        case Status::exempt_three_quarters:
        case Status::exempt_half:
        case Status::exempt_quarter:
        case Status::student:
        case Status::deferred:
            return last_day(plus_months(month.month, 10 * 12));
        case Status::paid:
        case Status::maternity:
        case Status::childcare:
        case Status::employees:
        case Status::third:
        case Status::empty:
        case Status::not_joined:
            return std::nullopt;
    }
    std::unreachable();
}

std::optional<std::int64_t> own_premium_yen(Date birth, const InsuredMonth& month) {
    if (month.paid_yen) return month.paid_yen;
    if (month.status == Status::employees) return employees_own_yen(month);
    const std::int64_t additional_yen = month.additional ? additional_premium_yen : 0;
    const int quarters = quarters_due(month.status);
    if (quarters == 0) return additional_yen;
    const auto full_yen = national_premium_yen(month.month, birth);
    if (!full_yen) return std::nullopt;
    if (quarters == 4) return *full_yen + additional_yen;
    // 国民年金法90条の2第6項: to ten yen, five up.
    return (*full_yen * quarters + 20) / 40 * 10 + additional_yen;
}

std::vector<YearlyPremium> yearly_premiums(Date birth, std::span<const InsuredMonth> months) {
    std::map<std::pair<int, Scheme>, YearlyPremium> years;
    for (const InsuredMonth& month : months) {
        const auto yen = own_premium_yen(birth, month);
        if (yen == 0) continue;
        const int year = fiscal_year(month.month);
        const Scheme scheme =
            month.status == Status::employees ? Scheme::employees : Scheme::national;
        YearlyPremium& sum = years.try_emplace({year, scheme}).first->second;
        sum.year = year;
        sum.scheme = scheme;
        ++sum.months;
        if (yen) {
            sum.yen += *yen;
        } else {
            ++sum.months_unknown;
        }
    }
    std::vector<YearlyPremium> in_order;
    for (const auto& [key, sum] : years)
        in_order.push_back(sum);
    return in_order;
}

}  // namespace mado::benefit
