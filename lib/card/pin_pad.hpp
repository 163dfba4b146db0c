// Readers with a keypad of their own: PC/SC part 10, "IFDs with Secure PIN Entry Capabilities"
// (revision 2.02). The bytes only; pcsc.cpp sends them.
#pragma once

#include <cstdint>
#include <optional>

#include "card/channel.hpp"

namespace mado::card {

constexpr std::size_t features_bytes_max = 256;

// A reader's answer to GET_FEATURE_REQUEST (section 2.2): objects of a tag, the length 4, and a
// control code. The one with which it asks for a PIN and has it verified; none.
Parsed<std::optional<std::uint32_t>> verify_pin_control(ByteView features);

// PIN_VERIFY_STRUCTURE (section 2.5.2), as it is sent under that code. It holds no PIN.
Bytes pin_verify_structure(const PinEntry& entry);

// What the reader itself answers in place of the card (section 2.5.2, "Return codes").
namespace status {
constexpr Status pin_timeout = 0x6400;
constexpr Status pin_cancelled = 0x6401;
constexpr Status pin_length = 0x6403;  // fewer or more digits than it was told
}  // namespace status

}  // namespace mado::card
