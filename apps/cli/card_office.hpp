// The demo's issuing centre: a card for each person who has one, and the file with which the relay
// takes them on.
#pragma once

#include <boost/json/fwd.hpp>
#include <functional>
#include <string>
#include <string_view>

#include "base/json.hpp"
#include "base/secret.hpp"
#include "card/personalise.hpp"
#include "chip/card_file.hpp"
#include "places.hpp"

namespace mado::cli {

// Of every signing key that the demo has issued; it is no secret (README.md).
constexpr std::string_view demo_password = "ABC123";

// Makes the cards of the demo's people, and the files with which others take them on: first
// mado-ca, which has issued the named people's certificates when `let_ca_issue` returns, then the
// relay (everybody, signed), and the issuing centre (the named ones).
void make_cards(const Places& places, const std::function<void()>& let_ca_issue);

// The demo's card factory: a blank card with a serial number of its own and the issuer key that the
// issuing centre's root gives for it. Nobody else uses that root but the centre.
void make_blank_card(const Places& places, const std::string& file, const chip::CardForm& form);
// Of another authority's, in JPKI's form, with both certificates of that person: the first one, or
// the next. Nobody here has its chip's key. `--card NAME`.
void make_card_of_elsewhere(const Places& places, const std::string& name,
                            const json::object& person);
// With which the issuing centre opens that chip.
Secret card_issuer_key(const Places& places, const card::ChipFacts& chip);

}  // namespace mado::cli
