// PINs as a chip keeps them: counted and written down before they are compared.
#pragma once

#include "card/apdu.hpp"
#include "chip/card_file.hpp"

namespace mado::chip {

// What a card takes as this PIN, and how often a wrong one.
struct PinRule {
    std::size_t bytes_min;
    std::size_t bytes_max;
    bool digits_only;
    int tries_max;
};
constexpr PinRule authentication_rule{
    .bytes_min = 4, .bytes_max = 4, .digits_only = true, .tries_max = 3};
// Capital letters and digits.
constexpr PinRule signing_rule{
    .bytes_min = 6, .bytes_max = 16, .digits_only = false, .tries_max = 5};

bool is_pin(ByteView text, const PinRule& rule);

// "So many tries are left"; 63 C0 when it is locked.
card::Status tries_status(const Pin& pin);
// Compares: 9000, 63Cx, or 6983 when it is locked already. `pin` is part of the file's content.
card::Status verify_pin(CardFile& file, Pin& pin, const PinRule& rule, ByteView given);
// A new PIN with all its tries.
void set_pin(Pin& pin, const PinRule& rule, ByteView text);

}  // namespace mado::chip
