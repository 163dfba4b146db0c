// What X.509 makes of a signature, a name and a key (RFC 5280 section 4.1): for certificates, lists
// and OCSP answers whose key is in a token.
#pragma once

#include <expected>

#include "crypto/x509.hpp"

namespace mado::crypto {

// AlgorithmIdentifier of what a key of this type signs: ECDSA with the curve's SHA-2 (RFC 5758
// section 3.2), RSA PKCS#1 v1.5 with SHA-256 (RFC 4055 section 5). Failure for Ed25519.
Bytes signature_algorithm(KeyType type);
// A signature in the form that PublicKey::verify takes, as X.509 has it.
Bytes x509_signature(ByteView signature, KeyType type);
// SEQUENCE of what was signed, the algorithm and the signature.
Bytes signed_whole(ByteView to_be_signed, ByteView signature, KeyType type);

// A key that somebody wants certified: what can be seen of it is looked at (SP 800-56A section
// 5.6.2.3.3: on the curve, of its order; SP 800-56B section 6.4.2: an odd modulus without small
// factors that is no prime, an odd exponent above 2^16).
enum class KeyFault { malformed, other_type, weak };
std::expected<PublicKey, KeyFault> read_subject_key(ByteView spki);

// The subject's Name, as the certificate has it, in DER.
Bytes subject_name(const Certificate& certificate);
// RFC 7093 section 2, method 1: the first 160 bits of SHA-256 over the key's bit string; what
// lib/crypto gives its own certificates too.
Bytes key_identifier(const PublicKey& key);

}  // namespace mado::crypto
