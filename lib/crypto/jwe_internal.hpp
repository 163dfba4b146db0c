// The key agreement of RFC 7518 section 4.6, apart from its envelope. Private to lib/crypto.
#pragma once

#include <string_view>

#include "base/secret.hpp"
#include "crypto/key.hpp"

namespace mado::crypto {

// Z of SP 800-56A section 5.7.1.2: the x coordinate, 32 bytes with its leading zeros. Both keys
// must be P-256.
Secret agree(const PrivateKey& own, const PublicKey& peer);

// One round of SP 800-56A section 5.8.1 (Concat KDF) with SHA-256: at most 256 bits.
Secret concat_kdf(ByteView z, std::string_view algorithm, ByteView apu, ByteView apv,
                  std::uint32_t key_bits);

}  // namespace mado::crypto
