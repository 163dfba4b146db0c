#include "crypto/key.hpp"

#include <boost/json.hpp>

#include "fuzz.hpp"

namespace mado::fuzz {
namespace {

void look_at(const crypto::PublicKey& key) {
    const auto spki = crypto::PublicKey::from_spki(key.spki());
    require(spki.has_value() && spki->thumbprint() == key.thumbprint(), "SPKI is read as written");
    const auto jwk = parse_json_object(key.jwk());
    require(jwk.has_value(), "a JWK is JSON");
    const auto again = crypto::PublicKey::from_jwk(*jwk);
    require(again.has_value() && again->jwk() == key.jwk(), "a JWK is read as written");
    require(!key.verify(as_bytes("message"), Bytes(64)), "zeros are no signature");
}

void look_at(const crypto::PrivateKey& key) {
    look_at(key.public_key());
    const auto again = crypto::PrivateKey::from_pem(key.pem().view());
    require(again && again->public_key().thumbprint() == key.public_key().thumbprint(),
            "PEM is read as written");
    const auto message = as_bytes("message");
    require(key.public_key().verify(message, key.sign(message)), "the halves of a key fit");
}

}  // namespace

bool key(ByteView in) {
    bool accepted = false;
    if (const auto key = crypto::PublicKey::from_spki(in)) {
        look_at(*key);
        accepted = true;
    }
    if (const auto key = crypto::PrivateKey::from_pem(in)) {
        look_at(*key);
        accepted = true;
    }
    const auto object = parse_json_object(as_text(in));
    if (!object) return accepted;
    if (const auto key = crypto::PublicKey::from_jwk(*object)) {
        look_at(*key);
        accepted = true;
    }
    if (const auto key = crypto::PrivateKey::from_jwk(*object)) {
        look_at(*key);
        accepted = true;
    }
    return accepted;
}

}  // namespace mado::fuzz
