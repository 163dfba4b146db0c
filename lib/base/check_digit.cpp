#include "base/check_digit.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

#include "base/result.hpp"

namespace mado {
namespace {

// The totally anti-symmetric quasigroup of order 10 from H. M. Damm's dissertation (2004): the
// diagonal is 0, so a valid number ends at 0.
constexpr std::array<std::array<int, 10>, 10> damm_table{{
    {0, 3, 1, 7, 5, 9, 8, 6, 4, 2},
    {7, 0, 9, 2, 1, 5, 4, 8, 6, 3},
    {4, 2, 0, 6, 8, 7, 1, 3, 5, 9},
    {1, 7, 5, 0, 9, 8, 3, 4, 2, 6},
    {6, 1, 2, 3, 0, 4, 5, 9, 7, 8},
    {3, 6, 7, 4, 2, 0, 9, 5, 8, 1},
    {5, 8, 6, 9, 7, 2, 0, 1, 3, 4},
    {8, 9, 4, 5, 3, 6, 2, 0, 1, 7},
    {9, 4, 3, 8, 6, 1, 7, 2, 0, 5},
    {2, 5, 8, 1, 4, 3, 6, 7, 9, 0},
}};

bool all_digits(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

int value_of(char digit) {
    if (digit < '0' || digit > '9') throw Failure("a check digit of something that is no number");
    return digit - '0';
}

}  // namespace

char damm_digit(std::string_view digits) {
    int state = 0;
    for (const char c : digits) {
        state = damm_table[static_cast<std::size_t>(state)][static_cast<std::size_t>(value_of(c))];
    }
    return static_cast<char>('0' + state);
}

bool damm_valid(std::string_view digits) {
    return all_digits(digits) && damm_digit(digits) == '0';
}

char insurer_digit(std::string_view digits) {
    int sum = 0;
    bool doubled = true;
    for (std::size_t i = digits.size(); i-- > 0; doubled = !doubled) {
        const int product = value_of(digits[i]) * (doubled ? 2 : 1);
        sum += product / 10 + product % 10;
    }
    return static_cast<char>('0' + (10 - sum % 10) % 10);
}

bool insurer_valid(std::string_view digits) {
    return all_digits(digits) && digits.size() >= 2 &&
           insurer_digit(digits.substr(0, digits.size() - 1)) == digits.back();
}

namespace {

// What is missing to eleven of the sum of the digits, the last one times 2, the one before it times
// 3 and so on; after 7 it begins with 2 again.
int missing_to_eleven(std::string_view digits) {
    int sum = 0;
    int weight = 2;
    for (std::size_t i = digits.size(); i-- > 0; weight = weight == 7 ? 2 : weight + 1)
        sum += value_of(digits[i]) * weight;
    return 11 - sum % 11;
}

}  // namespace

char municipality_digit(std::string_view digits) {
    return static_cast<char>('0' + missing_to_eleven(digits) % 10);
}

bool municipality_valid(std::string_view digits) {
    return all_digits(digits) && digits.size() == 6 &&
           municipality_digit(digits.substr(0, 5)) == digits.back();
}

char resident_digit(std::string_view digits) {
    const int missing = missing_to_eleven(digits);
    return static_cast<char>('0' + (missing > 9 ? 0 : missing));
}

bool resident_valid(std::string_view digits) {
    return all_digits(digits) && digits.size() >= 2 &&
           resident_digit(digits.substr(0, digits.size() - 1)) == digits.back();
}

}  // namespace mado
