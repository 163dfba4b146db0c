// PINs as a chip keeps them: counted and written down before they are compared.
#pragma once

#include "card/apdu.hpp"
#include "card/card.hpp"
#include "chip/card_file.hpp"

namespace mado::chip {

// How often a card takes a wrong one of this key's.
struct PinRule {
    card::KeyUse use;
    int tries_max;
};
constexpr PinRule authentication_rule{.use = card::KeyUse::authentication, .tries_max = 3};
constexpr PinRule signing_rule{.use = card::KeyUse::signing, .tries_max = 5};

// "So many tries are left"; 63 C0 when it is locked.
card::Status tries_status(const Pin& pin);
// Compares: 9000, 63Cx, or 6983 when it is locked already. `pin` is part of the file's content.
card::Status verify_pin(CardFile& file, Pin& pin, const PinRule& rule, ByteView given);
// A new PIN with all its tries.
void set_pin(Pin& pin, const PinRule& rule, ByteView text);

}  // namespace mado::chip
