// Bytes and their text forms. All decoders are strict: one byte string has exactly one text.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace mado {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;
using Hash = std::array<std::uint8_t, 32>;  // a SHA-256 value

ByteView as_bytes(std::string_view text);
std::string_view as_text(ByteView bytes);
Bytes to_bytes(std::string_view text);
Bytes to_bytes(ByteView bytes);
std::string to_text(ByteView bytes);

void append(Bytes& to, ByteView more);
void append(Bytes& to, std::string_view more);
// Big-endian, 8 bytes.
void append_u64(Bytes& to, std::uint64_t value);
std::uint64_t read_u64(std::span<const std::uint8_t, 8> bytes);

// RFC 4648 section 5, without padding. Refuses padding, white space, other characters and set
// trailing bits.
std::string base64url(ByteView bytes);
Parsed<Bytes> parse_base64url(std::string_view text);

// RFC 4648 section 4, with padding (signed notes and their checkpoints).
std::string base64(ByteView bytes);
Parsed<Bytes> parse_base64(std::string_view text);

// Lower case only.
std::string hex(ByteView bytes);
Parsed<Bytes> parse_hex(std::string_view text);

// Length of the UTF-8 character (RFC 3629) that `text`, which is not empty, begins with; 0 when it
// begins with none.
std::size_t utf8_character_bytes(std::string_view text);
bool is_utf8(std::string_view text);

// Exactly 32 bytes.
Parsed<Hash> to_hash(ByteView bytes);
constexpr std::size_t hash_text_bytes = 43;
Parsed<Hash> parse_hash(std::string_view base64url_text);

}  // namespace mado
