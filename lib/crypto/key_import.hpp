// What the forms of a key (DER, PEM, JWK) have in common. Private to lib/crypto.
#pragma once

#include <string_view>

#include "crypto/key.hpp"
#include "crypto/openssl.hpp"

namespace mado::crypto {

struct Curve {
    KeyType type;
    std::string_view name;  // RFC 7518 section 6.2.1.1; OpenSSL takes the same
    std::string_view openssl_name;
    std::size_t coordinate_bytes;
};

constexpr Curve p256{KeyType::p256, "P-256", "prime256v1", 32};
constexpr Curve p384{KeyType::p384, "P-384", "secp384r1", 48};

// Null for what is not an elliptic curve of ECDSA.
const Curve* curve_of(KeyType type);

constexpr int rsa_bits_min = 2048;
constexpr int rsa_bits_max = 4096;
// A larger exponent makes every verification as slow as its owner likes.
constexpr std::size_t rsa_exponent_bytes_max = 4;
constexpr std::size_t ed25519_bytes = 32;
constexpr std::uint8_t uncompressed_point = 4;  // SEC 1 section 2.3.3

// `point` in SEC 1's uncompressed form; bad when it is not on the curve.
Parsed<OwnedKey> import_point(const Curve& curve, ByteView point);
Parsed<OwnedKey> import_ec_private(const Curve& curve, ByteView point, ByteView d);
// Big-endian without leading zeros. Sizes are check_key's business.
Parsed<OwnedKey> import_rsa(ByteView modulus, ByteView exponent);

// The type of a key of any origin, when it is one that we take.
Parsed<KeyType> check_key(const EVP_PKEY* key);
// Whether the private number is in its range and the public half belongs to it.
bool halves_fit(const PrivateKey& key);

OwnedNumber number_of(ByteView bytes);
OwnedNumber number_in(const EVP_PKEY* key, const char* name);
// SEC 1's uncompressed form.
Bytes point_of(const EVP_PKEY* key, const Curve& curve);

// The digest that a key signs with. Null for Ed25519, which hashes for itself.
const EVP_MD* digest_for(KeyType type);

}  // namespace mado::crypto
