#include "pension_notices.hpp"

#include <algorithm>

#include "benefit/tables.hpp"
#include "calendar.hpp"
#include "pension_registers.hpp"

namespace mado::country {
namespace {

template <class Period>
bool in_force(const Period& period, Date day) {
    return period.from <= day && (!period.last || day <= *period.last);
}

// The month of the day after the last one is none of the period's.
template <class Period>
bool has_month(const Period& period, Date month) {
    if (first_of_month(period.from) > month) return false;
    return !period.last || month < first_of_month(plus_days(*period.last, 1));
}

// Nobody is reminded of what need not be paid: whoever pays voluntarily may stop.
bool is_unpaid(const Pension& pension, Date month) {
    const auto has = [month](const auto& period) { return has_month(period, month); };
    if (std::ranges::any_of(pension.employments, has)) return false;
    const auto category =
        std::ranges::find_if(pension.categories.rbegin(), pension.categories.rend(), has);
    if (category == pension.categories.rend() || category->category != Category::first) {
        return false;
    }
    const auto span = std::ranges::find_if(pension.payments, [month](const PaymentSpan& one) {
        return one.from <= month && (!one.to || month <= *one.to);
    });
    return span == pension.payments.end() || span->payment == Payment::unpaid;
}

// A premium is due at the end of the next month, and can be paid for two years more
// (国民年金法91条, 102条4項).
std::int64_t unpaid_yen(const Pension& pension, Date birth, Date day) {
    constexpr int months_payable = 25;
    std::int64_t yen = 0;
    for (Date month = plus_months(first_of_month(day), -months_payable); month <= booked_to(day);
         month = plus_months(month, 1)) {
        if (!is_unpaid(pension, month)) continue;
        const std::chrono::year_month of(month.year(), month.month());
        yen += benefit::national_premium_yen(of, birth).value_or(0);
    }
    return yen;
}

std::int64_t premiums_of_year(const NationalFund& fund, Date day) {
    std::int64_t yen = 0;
    Date month = day.year() / std::chrono::January / 1;
    for (; month.year() == day.year(); month = plus_months(month, 1)) {
        for (const auto& unit : fund.units) {
            const bool paid = unit.from <= month && (!unit.to || month <= *unit.to);
            if (paid) yen += unit.premium_yen;
        }
    }
    return yen;
}

std::int64_t paid_out_yen(Holder holder, const Pension& pension, Date day) {
    const Date month = first_of_month(day);
    if (holder == Holder::federation) {
        const auto& since = pension.federation->paid_since;
        return since && *since < month ? pension.federation->yearly_yen : 0;
    }
    std::int64_t yen = 0;
    for (const auto& award : pension.awards)
        yen += award.since < month ? award.yearly_yen : 0;
    return yen;
}

}  // namespace

bool has_on_file(Holder holder, const Pension& pension) {
    if (holder == Holder::national_fund) return pension.national_fund || pension.invitation;
    if (holder == Holder::employees_fund) return pension.employees_fund.has_value();
    if (holder == Holder::federation) return pension.federation.has_value();
    return holder == Holder::state_pension;
}

bool is_with(Holder holder, const Pension& pension, Date day) {
    if (!has_on_file(holder, pension)) return false;
    if (holder == Holder::national_fund) {
        return pension.national_fund && in_force(*pension.national_fund, day);
    }
    if (holder == Holder::employees_fund) return in_force(*pension.employees_fund, day);
    if (holder == Holder::federation) return pension.federation->to < first_of_month(day);
    return true;
}

std::int64_t sum_of(PensionSum sum, Holder holder, const Pension& pension, Date birth, Date day) {
    if (!has_on_file(holder, pension)) return 0;
    switch (sum) {
        case PensionSum::unpaid:
            return unpaid_yen(pension, birth, day);
        case PensionSum::paid_out:
            return paid_out_yen(holder, pension, day);
        case PensionSum::promised:
            return pension.federation && !pension.federation->paid_since
                       ? pension.federation->yearly_yen
                       : 0;
        case PensionSum::premiums:
            return pension.national_fund ? premiums_of_year(*pension.national_fund, day) : 0;
    }
    return 0;
}

std::vector<Date> left_work(Holder holder, const Pension& pension) {
    if (holder == Holder::employees_fund) {
        const auto last = pension.employees_fund ? pension.employees_fund->last : std::nullopt;
        return last ? std::vector{*last} : std::vector<Date>{};
    }
    std::vector<Date> out;
    if (holder != Holder::state_pension) return out;
    for (const auto& work : pension.employments) {
        if (!work.last) continue;
        const Date next = plus_days(*work.last, 1);
        const bool goes_on = std::ranges::any_of(
            pension.employments, [next](const Employment& other) { return in_force(other, next); });
        if (!goes_on) out.push_back(*work.last);
    }
    return out;
}

std::vector<Date> birth_months(const Pension& pension, Date birth, Date on) {
    std::vector<Date> out;
    const Date this_year = on.year() / birth.month() / 1;
    const int before = this_year < on ? 0 : 1;
    for (const int years : {before + 1, before}) {
        const Date month = plus_years(this_year, -years);
        const bool insured = std::ranges::any_of(
            pension.categories, [month](const auto& one) { return in_force(one, month); });
        if (insured) out.push_back(month);
    }
    return out;
}

std::vector<Date> awarded(const Pension& pension) {
    std::vector<Date> out;
    for (const auto& award : pension.awards) {
        if (std::ranges::find(out, award.since) == out.end()) out.push_back(award.since);
    }
    return out;
}

}  // namespace mado::country
