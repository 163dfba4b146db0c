// AES-256-GCM (NIST SP 800-38D), random 96-bit IV. Sealed form: IV (12) ‖ ciphertext ‖ tag (16).
#pragma once

#include <optional>

#include "base/bytes.hpp"
#include "base/secret.hpp"

namespace mado::crypto {

constexpr std::size_t aead_key_bytes = 32;
constexpr std::size_t aead_overhead_bytes = 12 + 16;

Bytes aead_seal(ByteView key, ByteView plain, ByteView associated);
// Empty when the tag does not fit: other key, other associated data, or altered bytes.
std::optional<Bytes> aead_open(ByteView key, ByteView sealed, ByteView associated);

}  // namespace mado::crypto
