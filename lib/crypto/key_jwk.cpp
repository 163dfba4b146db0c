// Keys as JSON: RFC 7517, with the parameters of RFC 7518 section 6 and RFC 8037 section 2.
#include <openssl/core_names.h>

#include <algorithm>
#include <boost/json.hpp>

#include "crypto/key.hpp"
#include "crypto/key_import.hpp"

namespace mado::crypto {
namespace {

constexpr std::size_t rsa_modulus_bytes_max = rsa_bits_max / 8;

// The numbers of a JWK, of the right lengths for its type and not yet a key.
struct JwkNumbers {
    KeyType type = KeyType::p256;
    Bytes x, y, n, e;
};

void read_ec_jwk(Members& in, const Curve& curve, JwkNumbers& out) {
    out.type = curve.type;
    out.x = in.base64url_bytes("x", curve.coordinate_bytes);
    out.y = in.base64url_bytes("y", curve.coordinate_bytes);
    // RFC 7518 section 6.2.1.2: the full width, leading zeros included.
    if (out.x.size() != curve.coordinate_bytes || out.y.size() != curve.coordinate_bytes) {
        in.refuse("a coordinate does not have the curve's width");
    }
}

bool is_algorithm_for(KeyType type, std::string_view algorithm) {
    switch (type) {
        case KeyType::p256:
            return algorithm == "ES256" || algorithm == "ECDH-ES";
        case KeyType::p384:
            return algorithm == "ES384";
        case KeyType::rsa:
            return algorithm == "RS256";
        case KeyType::ed25519:
            return algorithm == "EdDSA" || algorithm == "Ed25519";
    }
    return false;
}

// Members that other programs add to a JWK (Web Crypto always writes key_ops and ext). They grant
// nothing here, but may not contradict the key.
void read_jwk_notes(Members& in, KeyType type) {
    in.optional_text("kid");
    const auto use = in.optional_text("use", 8);
    if (use && *use != "sig" && *use != "enc") in.refuse("\"use\" is neither sig nor enc");
    const auto algorithm = in.optional_text("alg", 32);
    if (algorithm && !is_algorithm_for(type, *algorithm)) in.refuse("\"alg\" does not fit the key");
    if (in.has("key_ops")) in.texts("key_ops", 8, 32);
    in.optional_boolean("ext");
}

JwkNumbers read_jwk(Members& in) {
    JwkNumbers out;
    const auto family = in.text("kty", 8);
    if (family == "EC") {
        const auto curve = in.text("crv", 16);
        if (curve != p256.name && curve != p384.name) in.refuse("a curve we do not know");
        read_ec_jwk(in, curve == p384.name ? p384 : p256, out);
    } else if (family == "OKP") {
        out.type = KeyType::ed25519;
        if (in.text("crv", 16) != "Ed25519") in.refuse("a curve we do not know");
        out.x = in.base64url_bytes("x", ed25519_bytes);
    } else if (family == "RSA") {
        out.type = KeyType::rsa;
        out.n = in.base64url_bytes("n", rsa_modulus_bytes_max);
        out.e = in.base64url_bytes("e", rsa_exponent_bytes_max);
    } else {
        in.refuse("\"kty\" is none of EC, RSA and OKP");
    }
    read_jwk_notes(in, out.type);
    return out;
}

Bytes point_from(const JwkNumbers& numbers) {
    Bytes point{uncompressed_point};
    append(point, numbers.x);
    append(point, numbers.y);
    return point;
}

Parsed<OwnedKey> import_private(const JwkNumbers& numbers, ByteView d) {
    const auto* curve = curve_of(numbers.type);
    if (curve != nullptr) {
        if (d.size() != curve->coordinate_bytes) return bad("\"d\" has not the curve's width");
        const auto point = point_from(numbers);
        if (auto on_curve = import_point(*curve, point); !on_curve) {
            return std::unexpected(on_curve.error());
        }
        return import_ec_private(*curve, point, d);
    }
    if (numbers.type == KeyType::rsa) return bad("an RSA private key is not taken as a JWK");
    if (d.size() != ed25519_bytes) return bad("an Ed25519 key must have 32 bytes");
    OwnedKey key(
        check(EVP_PKEY_new_raw_private_key_ex(nullptr, "ED25519", nullptr, d.data(), d.size()),
              "import a key"));
    return key;
}

Bytes minimal(const BIGNUM* number) {
    Bytes bytes(static_cast<std::size_t>(BN_num_bytes(number)));
    write_number(number, bytes);
    return bytes;
}

std::string quoted(ByteView bytes) {
    return '"' + base64url(bytes) + '"';
}

}  // namespace

Parsed<PublicKey> PublicKey::from_jwk(const json::object& jwk) {
    Members in(jwk);
    const auto numbers = read_jwk(in);
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    if (numbers.type == KeyType::ed25519) return from_ed25519(numbers.x);
    if (const auto* curve = curve_of(numbers.type)) {
        auto key = import_point(*curve, point_from(numbers));
        if (!key) return std::unexpected(key.error());
        return PublicKey(std::move(*key), curve->type);
    }
    auto key = import_rsa(numbers.n, numbers.e);
    if (!key) return std::unexpected(key.error());
    return adopt(key->release());
}

std::string PublicKey::jwk() const {
    if (const auto* curve = curve_of(type_)) {
        const auto point = point_of(handle(), *curve);
        const auto numbers = ByteView(point).subspan(1);
        return R"({"crv":")" + std::string(curve->name) + R"(","kty":"EC","x":)" +
               quoted(numbers.first(curve->coordinate_bytes)) + R"(,"y":)" +
               quoted(numbers.last(curve->coordinate_bytes)) + "}";
    }
    if (type_ == KeyType::ed25519) {
        return R"({"crv":"Ed25519","kty":"OKP","x":)" + quoted(raw_ed25519()) + "}";
    }
    return R"({"e":)" + quoted(minimal(number_in(handle(), OSSL_PKEY_PARAM_RSA_E).get())) +
           R"(,"kty":"RSA","n":)" +
           quoted(minimal(number_in(handle(), OSSL_PKEY_PARAM_RSA_N).get())) + "}";
}

Parsed<PrivateKey> PrivateKey::from_jwk(const json::object& jwk) {
    Members in(jwk);
    const auto numbers = read_jwk(in);
    auto exposed = in.base64url_bytes("d", p384.coordinate_bytes);
    const Secret d{ByteView(exposed)};
    wipe(exposed);
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    auto made = import_private(numbers, d.view());
    if (!made) return std::unexpected(made.error());
    auto both = PublicKey::adopt(made->release());
    if (!both) return std::unexpected(both.error());
    PrivateKey key(std::move(*both));
    const bool same_public = key.type() != KeyType::ed25519 ||
                             std::ranges::equal(key.public_key().raw_ed25519(), numbers.x);
    if (!same_public || !halves_fit(key)) return refuse("the key's halves do not fit");
    return key;
}

}  // namespace mado::crypto
