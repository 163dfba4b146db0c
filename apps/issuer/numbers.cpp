#include "numbers.hpp"

#include <fmt/format.h>

#include <cstring>

#include "base/check_digit.hpp"
#include "crypto/digest.hpp"

namespace mado::issuer {

// 64 random bits are 18 times as many as there are numbers, at least: none is likelier by more than
// that part.
std::string draw_digits(int count, bool with_check) {
    std::uint64_t value = 0;
    const auto bytes = crypto::random_bytes(sizeof value);
    std::memcpy(&value, bytes.data(), sizeof value);
    std::uint64_t numbers = 1;
    for (int i = 0; i < count; ++i)
        numbers *= 10;
    auto digits = fmt::format("{:0{}}", value % numbers, count);
    if (with_check) digits += damm_digit(digits);
    return digits;
}

Numbers draw_numbers() {
    return {.issuing = draw_digits(16, false),
            .certificate = draw_digits(10, false) + draw_digits(10, false),
            .health_care = draw_digits(11, true)};
}

}  // namespace mado::issuer
