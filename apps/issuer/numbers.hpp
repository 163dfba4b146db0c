// Numbers that the issuer gives: drawn at random, so that no digit means anything.
#pragma once

#include <string>
#include <string_view>

#include "case.hpp"

namespace mado::issuer {

// So many, with the check digit of Damm's method as the last one or without.
std::string draw_digits(std::size_t count, bool with_check);
// As the country's schemes say how they look. OperatorError when it has none of them.
Numbers draw_numbers(const wire::Schemes& schemes);

// Those schemes.
constexpr std::string_view issuing_scheme = "issuing-number";
constexpr std::string_view certificate_scheme = "certificate-number";
constexpr std::string_view health_care_scheme = "health-care-number";

}  // namespace mado::issuer
