// What a person pays: share and high-cost class by age, income and kind of insurance, as a list of
// spans without gap or overlap over a time of insurance.
#pragma once

#include "person.hpp"

namespace mado::country {

// Changes that age will bring after `known_until` are left to the insurer's later work: nobody
// writes today what a child will pay in seventy years.
std::vector<Span> medical_spans(const Coverage& coverage, Date birth, const HouseholdIncome& income,
                                Date known_until);
std::vector<Span> care_spans(const Care& care, const HouseholdIncome& income);

}  // namespace mado::country
