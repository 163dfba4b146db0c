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

// 検査数字 of 全国地方公共団体コード (the ministry's 全国地方公共団体コード仕様): weights 6, 5, 4,
// 3, 2 over five digits, what is missing to eleven, its last digit.
bool municipality_valid(std::string_view digits);
char municipality_digit(std::string_view digits);

// 検査数字 of 住民票コード: weights 2, 3, 4, 5, 6, 7, 2, … from the digit before it to the left,
// what is missing to eleven, and 0 for ten and eleven. The rule of the individual number
// (平成26年総務省 令第85号第5条); that the residents' code has the same over its ten digits is from
// memory.
bool resident_valid(std::string_view digits);
char resident_digit(std::string_view digits);

}  // namespace mado
