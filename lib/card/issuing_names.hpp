// What both sides of the issuing application call its parts (docs/protocols/card.md).
#pragma once

#include <array>
#include <cstdint>

namespace mado::card::issuing {

// Proprietary (ISO/IEC 7816-4 section 12.2.3.4: category F), "MADO", version 1.
constexpr std::array<std::uint8_t, 6> aid{0xf0, 0x4d, 0x41, 0x44, 0x4f, 0x01};
constexpr std::size_t challenge_bytes = 16;

constexpr std::uint8_t authentication_key = 0x01;
constexpr std::uint8_t signing_key = 0x02;

// Files.
constexpr std::uint16_t public_keys = 0x0100;  // + the key's number
constexpr std::uint16_t authentication_certificate = 0x000a;
constexpr std::uint16_t authentication_issuer = 0x000b;
constexpr std::uint16_t signing_certificate = 0x0001;
constexpr std::uint16_t signing_issuer = 0x0002;

}  // namespace mado::card::issuing
