// What a pension holder has to write about: sums and days that follow from what is known of the
// pension, so that a notice never says something else than the record.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "person.hpp"

namespace mado::country {

constexpr std::array pension_holders{Holder::state_pension, Holder::national_fund,
                                     Holder::employees_fund, Holder::federation};

// Does this holder have the person in its file?
bool has_on_file(Holder holder, const Pension& pension);
// Is the person insured there, or a member, or owed something, on that day?
bool is_with(Holder holder, const Pension& pension, Date day);

enum class PensionSum {
    unpaid,    // premiums of 第1号 that are booked as not paid and can still be paid (二年)
    paid_out,  // what is paid, a year
    promised,  // what the federation will pay, a year
    premiums,  // to the national fund in the calendar year of that day
};
// As the holder's books say on `day`; 0: nothing to write about.
std::int64_t sum_of(PensionSum sum, Holder holder, const Pension& pension, Date birth, Date day);

// The last day at each employer after whom there was no other; of a fund, the last of membership.
std::vector<Date> left_work(Holder holder, const Pension& pension);
// The first days of the last two months of birth in which the person was insured.
std::vector<Date> birth_months(const Pension& pension, Date birth, Date on);
// The first days of the months from which something is paid.
std::vector<Date> awarded(const Pension& pension);

}  // namespace mado::country
