// The demo's issuing centre: a card for each person who has one, and the file with which the relay
// takes them on.
#pragma once

#include <string>
#include <string_view>

#include "base/secret.hpp"
#include "card/personalise.hpp"
#include "chip/card_file.hpp"
#include "places.hpp"

namespace mado::cli {

// Of every signing key that the demo has issued; it is no secret (README.md).
constexpr std::string_view demo_password = "ABC123";

// What the issuing centre hands to the relay and keeps: one line for each person with a card,
// signed. Issues the cards.
void make_import_file(const Places& places);

// The demo's card factory: a blank card with a serial number of its own and the issuer key that the
// issuing centre's root gives for it. Nobody else uses that root but the centre.
void make_blank_card(const Places& places, const std::string& file, const chip::CardForm& form);
// With which the issuing centre personalises and unlocks that chip.
Secret card_issuer_key(const Places& places, const card::ChipFacts& chip);

}  // namespace mado::cli
