// First take-on: people who had cards before this centre was there, by a file. Each gets one case
// that has ended, and is from then on known as whoever got a card here: for a stop, a replacement,
// a new PIN, a move, an end (docs/protocols/issuer.md, "First take-on"). No stop code: that stands
// on the slip of a card, and these had none; their cards are stopped at a window or by telephone.
#pragma once

#include <string_view>
#include <utility>
#include <vector>

#include "case.hpp"
#include "crypto/x509.hpp"

namespace mado::issuer {

constexpr std::size_t take_on_bytes_max = std::size_t{1} << 30;

// A person a line. Certificates are of one of the authorities, and of the use that they are said to
// be of.
Parsed<std::vector<std::pair<Numbers, TakenOn>>> read_take_on(
    std::string_view text, const wire::Schemes& schemes,
    const std::vector<crypto::Certificate>& authorities);

}  // namespace mado::issuer
