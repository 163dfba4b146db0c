// JWE, compact serialisation (RFC 7516), with ECDH-ES (direct, RFC 7518 section 4.6) on P-256 and
// A256GCM only. No compression.
#pragma once

#include <string>
#include <string_view>

#include "base/secret.hpp"
#include "crypto/key.hpp"

namespace mado::crypto {

struct JweLimits {
    std::size_t bytes_max = 4 * 1024 * 1024;
};

// `recipient` must be P-256. `key_id`, when not empty, becomes "kid". `content_type` becomes "cty".
std::string encrypt_jwe(ByteView plain, const PublicKey& recipient, std::string_view key_id = {},
                        std::string_view content_type = {});
Parsed<Bytes> decrypt_jwe(std::string_view compact, const PrivateKey& key,
                          const JweLimits& limits = {});
// The key that the content of this one JWE is encrypted with (RFC 7518 section 4.6.2), and nothing
// else is: who has it can open this JWE, and learns nothing of the recipient's key.
Parsed<Secret> jwe_content_key(std::string_view compact, const PrivateKey& key,
                               const JweLimits& limits = {});
Parsed<Bytes> open_jwe(std::string_view compact, ByteView content_key,
                       const JweLimits& limits = {});
// Takes a compact JWE apart without a key, to check its form (a relay that passes it on unread).
Parsed<void> check_jwe_form(std::string_view compact, const JweLimits& limits = {});

}  // namespace mado::crypto
