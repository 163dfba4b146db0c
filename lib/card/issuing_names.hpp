// What both sides of the issuing application call its parts (docs/protocols/card.md).
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace mado::card::issuing {

// Proprietary (ISO/IEC 7816-4 section 12.2.3.4: category F), "MADO", version 1.
constexpr std::array<std::uint8_t, 6> aid{0xf0, 0x4d, 0x41, 0x44, 0x4f, 0x01};
constexpr std::size_t challenge_bytes = 16;

// GET DATA, without authentication: the serial number, the algorithms (card/algorithm.hpp) that its
// authentication and its signing key can have, and of which keys it has certificates.
constexpr std::uint8_t chip_facts_p1 = 0x01;
constexpr std::size_t serial_bytes = 16;
constexpr std::size_t chip_facts_bytes = serial_bytes + 3;
using Serial = std::array<std::uint8_t, serial_bytes>;
constexpr std::uint8_t has_authentication_certificate = 0x01;
constexpr std::uint8_t has_signing_certificate = 0x02;

// Before what a chip proves of a public key with its issuer key. Longer than a challenge, so that
// no answer to one is such a proof.
constexpr std::string_view key_proof_name = "mado/chip-key/1\n";
static_assert(key_proof_name.size() >= challenge_bytes);

constexpr std::uint8_t authentication_key = 0x01;
constexpr std::uint8_t signing_key = 0x02;

// Files.
constexpr std::uint16_t public_keys = 0x0100;  // + the key's number
constexpr std::uint16_t authentication_certificate = 0x000a;
constexpr std::uint16_t authentication_issuer = 0x000b;
constexpr std::uint16_t signing_certificate = 0x0001;
constexpr std::uint16_t signing_issuer = 0x0002;

}  // namespace mado::card::issuing
