// Hashes, MACs, random bytes. A failure of the library is a Failure (the world is broken).
#pragma once

#include <initializer_list>
#include <memory>

#include "base/bytes.hpp"
#include "base/secret.hpp"

namespace mado::crypto {

Hash sha256(ByteView bytes);
// SHA-256 over the concatenation, without building it.
Hash sha256(std::initializer_list<ByteView> parts);
// What a P-384 key of a card signs.
std::array<std::uint8_t, 48> sha384(ByteView bytes);
Hash hmac_sha256(ByteView key, std::initializer_list<ByteView> parts);

// SHA-256 of what is too long to be in memory at once.
class Sha256 {
  public:
    Sha256();
    ~Sha256();
    Sha256(const Sha256&) = delete;
    Sha256& operator=(const Sha256&) = delete;
    void add(ByteView piece);
    Hash finish();  // once, at the end

  private:
    struct Context;
    std::unique_ptr<Context> context_;
};

void random_fill(std::span<std::uint8_t> out);
Bytes random_bytes(std::size_t count);
Hash random_hash();

// In constant time for equal lengths.
bool equal(ByteView a, ByteView b);

}  // namespace mado::crypto
