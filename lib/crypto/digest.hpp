// Hashes, MACs, random bytes. A failure of the library is a Failure (the world is broken).
#pragma once

#include <initializer_list>

#include "base/bytes.hpp"
#include "base/secret.hpp"

namespace mado::crypto {

Hash sha256(ByteView bytes);
// SHA-256 over the concatenation, without building it.
Hash sha256(std::initializer_list<ByteView> parts);
Hash hmac_sha256(ByteView key, std::initializer_list<ByteView> parts);

void random_fill(std::span<std::uint8_t> out);
Bytes random_bytes(std::size_t count);
Hash random_hash();

// In constant time for equal lengths.
bool equal(ByteView a, ByteView b);

}  // namespace mado::crypto
