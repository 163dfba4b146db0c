// Numbers that the issuer gives: drawn at random, so that no digit means anything.
#pragma once

#include <string>

#include "case.hpp"

namespace mado::issuer {

// So many, at most 18; with one more, the check digit of Damm's method.
std::string draw_digits(int count, bool with_check);
// As country/<c>/schemes.json has them: issuing-number, certificate-number, health-care-number.
Numbers draw_numbers();

}  // namespace mado::issuer
