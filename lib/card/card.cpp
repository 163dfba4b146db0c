#include "card/card.hpp"

#include <algorithm>

namespace mado::card {

bool is_pin(KeyUse use, ByteView text) {
    const auto is_digit = [](std::uint8_t c) { return c >= '0' && c <= '9'; };
    const auto is_capital = [](std::uint8_t c) { return c >= 'A' && c <= 'Z'; };
    switch (use) {
        case KeyUse::authentication:
            return text.size() == pin_digits && std::ranges::all_of(text, is_digit);
        case KeyUse::signing:
            return text.size() >= password_bytes_min && text.size() <= password_bytes_max &&
                   std::ranges::all_of(
                       text, [&](std::uint8_t c) { return is_digit(c) || is_capital(c); });
    }
    return false;
}

}  // namespace mado::card
