// The demo's issuing centre: a card for each person who has one, and the file with which the relay
// takes them on.
#pragma once

#include <string>
#include <string_view>

#include "base/secret.hpp"
#include "places.hpp"

namespace mado::cli {

// Of every signing key that the demo has issued; it is no secret (README.md).
constexpr std::string_view demo_password = "ABC123";

// What the issuing centre hands to the relay and keeps: one line for each person with a card,
// signed. Issues the cards.
void make_import_file(const Places& places);

// With which the issuing centre personalises and unlocks the card of that name.
Secret card_issuer_key(const Places& places, const std::string& name);

}  // namespace mado::cli
