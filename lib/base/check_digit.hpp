// Check digits, the last digit of a number. They catch slips of the hand; they prove nothing.
#pragma once

#include <string_view>

namespace mado {

// Damm's method (health-care numbers): every single wrong digit and every swap of two neighbours is
// found, which no sum modulo 10 can do. False for a text that is empty or not all digits.
bool damm_valid(std::string_view digits);
// The digit that makes `digits` valid when it is appended. Throws Failure for other characters.
char damm_digit(std::string_view digits);

// 検証番号 of insurers (the ministry's 保険者番号等設定要領): weights 2, 1, 2, … from the digit
// before it to the left, the products' digits summed, what is missing to the next ten. Zeros on the
// left change nothing, so six digits and the same padded to eight agree.
bool insurer_valid(std::string_view digits);
char insurer_digit(std::string_view digits);

}  // namespace mado
