// JWS, compact serialisation (RFC 7515), with ES256, ES384 and RS256 only. Of the header, typ, alg,
// cty and one of kid and x5t#S256 are read; every other member (crit, jku, jwk, x5u, x5c, zip, b64)
// is refused: a message never says how it is to be checked.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "crypto/key.hpp"

namespace mado::crypto {

struct JwsLimits {
    std::size_t bytes_max = 64 * 1024;
};

// A JWS taken apart and not yet verified: `payload` may be read only to find the key.
struct Jws {
    std::string type;                   // "typ"
    std::string algorithm;              // "alg"
    std::optional<std::string> key_id;  // "kid"
    std::optional<Hash> certificate;    // "x5t#S256"
    Bytes payload;
    Bytes signature;
    std::string signed_text;  // ASCII(header) ‖ '.' ‖ ASCII(payload)
};

Parsed<Jws> parse_jws(std::string_view compact, const JwsLimits& limits = {});
// True when the algorithm is the key's own and the signature is good.
bool verify_jws(const Jws& jws, const PublicKey& key);

// What names the key in the header: exactly one of the two.
struct JwsKeyName {
    std::optional<std::string> key_id = {};
    std::optional<Hash> certificate = {};
};

std::string sign_jws(std::string_view type, const JwsKeyName& name, ByteView payload,
                     const PrivateKey& key);
// The text that will be signed, for keys that sign elsewhere (a card); join_jws completes it.
std::string jws_signing_text(std::string_view type, const JwsKeyName& name,
                             std::string_view algorithm, ByteView payload);
std::string join_jws(std::string_view signing_text, ByteView signature);

}  // namespace mado::crypto
