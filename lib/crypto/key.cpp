#include "crypto/key.hpp"

#include <openssl/core_names.h>
#include <openssl/obj_mac.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <algorithm>
#include <boost/json.hpp>
#include <optional>

#include "crypto/digest.hpp"
#include "crypto/openssl.hpp"

namespace mado::crypto {
namespace {

constexpr int rsa_bits_min = 2048;
constexpr int rsa_bits_max = 4096;
constexpr std::size_t rsa_modulus_bytes_max = rsa_bits_max / 8;
// A larger exponent makes every verification as slow as its owner likes.
constexpr std::size_t rsa_exponent_bytes_max = 4;
constexpr BN_ULONG rsa_exponent_min = 65537;
constexpr std::size_t ed25519_bytes = 32;
constexpr std::size_t pem_bytes_max = 16 * 1024;
constexpr std::size_t spki_bytes_max = 1024;
constexpr std::uint8_t uncompressed_point = 4;  // SEC 1 section 2.3.3

using OwnedParams = Owned<OSSL_PARAM, OSSL_PARAM_free>;
using OwnedParamBuilder = Owned<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free>;

struct Curve {
    KeyType type;
    std::string_view name;  // RFC 7518 section 6.2.1.1; OpenSSL takes the same
    std::string_view openssl_name;
    std::size_t coordinate_bytes;
};

constexpr Curve p256{KeyType::p256, "P-256", "prime256v1", 32};
constexpr Curve p384{KeyType::p384, "P-384", "secp384r1", 48};

// Null for what is not an elliptic curve of ECDSA.
const Curve* curve_of(KeyType type) {
    switch (type) {
        case KeyType::p256:
            return &p256;
        case KeyType::p384:
            return &p384;
        case KeyType::rsa:
        case KeyType::ed25519:
            return nullptr;
    }
    return nullptr;
}

// DER of SubjectPublicKeyInfo up to the key itself, for the types where it is constant (RFC 5480
// section 2, RFC 8410 section 4): comparing it is stricter than a decoder and ten times as fast.
constexpr std::array<std::uint8_t, 26> p256_spki_start{
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01,
    0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00};
constexpr std::array<std::uint8_t, 23> p384_spki_start{
    0x30, 0x76, 0x30, 0x10, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02,
    0x01, 0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22, 0x03, 0x62, 0x00};
constexpr std::array<std::uint8_t, 12> ed25519_spki_start{0x30, 0x2a, 0x30, 0x05, 0x06, 0x03,
                                                          0x2b, 0x65, 0x70, 0x03, 0x21, 0x00};

// The same for RSA with 2048 bits and the exponent 65537, which is what cards have: before and
// after the modulus. Other RSA keys go through the decoder.
constexpr std::array<std::uint8_t, 33> rsa_2048_spki_start{
    0x30, 0x82, 0x01, 0x22, 0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48,
    0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00, 0x03, 0x82, 0x01,
    0x0f, 0x00, 0x30, 0x82, 0x01, 0x0a, 0x02, 0x82, 0x01, 0x01, 0x00};
constexpr std::array<std::uint8_t, 5> rsa_2048_spki_end{0x02, 0x03, 0x01, 0x00, 0x01};
constexpr std::size_t rsa_2048_modulus_bytes = 256;

ByteView spki_start_of(const Curve& curve) {
    return curve.type == KeyType::p256 ? ByteView(p256_spki_start) : ByteView(p384_spki_start);
}

bool starts_with(ByteView bytes, ByteView start) {
    return bytes.size() >= start.size() && std::ranges::equal(bytes.first(start.size()), start);
}

OwnedKey make_parameters(const Curve& curve) {
    const OwnedKeyContext context(
        check(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr), "prepare a curve"));
    check(EVP_PKEY_paramgen_init(context.get()), "prepare a curve");
    check(EVP_PKEY_CTX_set_group_name(context.get(), curve.name.data()), "prepare a curve");
    EVP_PKEY* parameters = nullptr;
    check(EVP_PKEY_paramgen(context.get(), &parameters), "prepare a curve");
    return OwnedKey(parameters);
}

// Copying ready parameters makes an import a third of what EVP_PKEY_fromdata costs.
const EVP_PKEY* parameters_of(const Curve& curve) {
    static const OwnedKey of_p256 = make_parameters(p256);
    static const OwnedKey of_p384 = make_parameters(p384);
    return curve.type == KeyType::p256 ? of_p256.get() : of_p384.get();
}

Parsed<OwnedKey> import_point(const Curve& curve, ByteView point) {
    if (point.size() != 1 + 2 * curve.coordinate_bytes || point[0] != uncompressed_point) {
        return bad("not an uncompressed point of this curve");
    }
    OwnedKey key(check(EVP_PKEY_new(), "make a key"));
    check(EVP_PKEY_copy_parameters(key.get(), parameters_of(curve)), "copy a curve");
    // Refuses coordinates beyond the field and points off the curve (SP 800-56A section 5.6.2.3.3;
    // the cofactor is 1, so every point of the curve is in the group).
    if (EVP_PKEY_set1_encoded_public_key(key.get(), point.data(), point.size()) != 1) {
        return refuse("the point is not on its curve");
    }
    return key;
}

OwnedKey key_from(const char* type, int selection, OSSL_PARAM_BLD* builder) {
    const OwnedParams params(check(OSSL_PARAM_BLD_to_param(builder), "import a key"));
    const OwnedKeyContext context(
        check(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr), "import a key"));
    check(EVP_PKEY_fromdata_init(context.get()), "import a key");
    EVP_PKEY* key = nullptr;
    if (EVP_PKEY_fromdata(context.get(), &key, selection, params.get()) != 1) return nullptr;
    return OwnedKey(key);
}

OwnedNumber number_of(ByteView bytes) {
    return OwnedNumber(check(BN_bin2bn(bytes.data(), int_size(bytes.size()), nullptr), "number"));
}

// RFC 7518 section 2, Base64urlUInt: the fewest octets that hold the value.
bool is_minimal(ByteView number) {
    return !number.empty() && number[0] != 0;
}

Parsed<OwnedKey> import_rsa(ByteView modulus, ByteView exponent) {
    if (!is_minimal(modulus) || !is_minimal(exponent)) return bad("an RSA number is not minimal");
    const auto n = number_of(modulus);
    const auto e = number_of(exponent);
    const OwnedParamBuilder builder(check(OSSL_PARAM_BLD_new(), "import a key"));
    check(OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()), "import a key");
    check(OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()), "import a key");
    auto key = key_from("RSA", EVP_PKEY_PUBLIC_KEY, builder.get());
    if (!key) return refuse("not an RSA key");
    return key;
}

// The modulus within the DER of a usual RSA-2048 key, empty when it is something else.
ByteView rsa_2048_modulus_in(ByteView spki) {
    if (!starts_with(spki, rsa_2048_spki_start)) return {};
    const auto rest = spki.subspan(rsa_2048_spki_start.size());
    if (rest.size() != rsa_2048_modulus_bytes + rsa_2048_spki_end.size()) return {};
    const bool has_exponent =
        std::ranges::equal(rest.subspan(rsa_2048_modulus_bytes), rsa_2048_spki_end);
    return has_exponent ? rest.first(rsa_2048_modulus_bytes) : ByteView{};
}

OwnedNumber number_in(const EVP_PKEY* key, const char* name) {
    BIGNUM* number = nullptr;
    check(EVP_PKEY_get_bn_param(key, name, &number), "read a key");
    return OwnedNumber(number);
}

Parsed<KeyType> check_ec(const EVP_PKEY* key) {
    std::array<char, 32> name{};
    std::size_t size = 0;
    if (EVP_PKEY_get_group_name(key, name.data(), name.size(), &size) != 1) {
        return refuse("the curve is not a named one");
    }
    // A curve spelled out in the key may differ from the named one in its generator.
    int from_explicit = 0;
    check(EVP_PKEY_get_int_param(key, OSSL_PKEY_PARAM_EC_DECODED_FROM_EXPLICIT_PARAMS,
                                 &from_explicit),
          "read a key");
    if (from_explicit != 0) return bad("the curve is not a named one");
    BIGNUM* x = nullptr;
    const bool finite = EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_EC_PUB_X, &x) == 1;
    const OwnedNumber owned_x(x);
    if (!finite) return refuse("the key has no point");
    for (const auto* curve : {&p256, &p384}) {
        if (curve->openssl_name == name.data()) return curve->type;
    }
    return bad("a curve other than P-256 and P-384");
}

Parsed<KeyType> check_rsa(const EVP_PKEY* key) {
    const int bits = EVP_PKEY_get_bits(key);
    if (bits < rsa_bits_min || bits > rsa_bits_max) {
        return bad("an RSA key must have 2048 to 4096 bits");
    }
    const auto n = number_in(key, OSSL_PKEY_PARAM_RSA_N);
    const auto e = number_in(key, OSSL_PKEY_PARAM_RSA_E);
    const bool sane_exponent = BN_is_odd(e.get()) != 0 &&
                               BN_num_bytes(e.get()) <= int(rsa_exponent_bytes_max) &&
                               BN_get_word(e.get()) >= rsa_exponent_min;
    if (!sane_exponent) return bad("an RSA exponent must be odd and between 2^16 and 2^32");
    if (BN_is_odd(n.get()) == 0) return bad("an RSA modulus must be odd");
    return KeyType::rsa;
}

Parsed<KeyType> check_key(const EVP_PKEY* key) {
    if (EVP_PKEY_is_a(key, "EC") == 1) return check_ec(key);
    if (EVP_PKEY_is_a(key, "RSA") == 1) return check_rsa(key);
    if (EVP_PKEY_is_a(key, "ED25519") == 1) return KeyType::ed25519;
    return bad("a key of another type than EC, RSA and Ed25519");
}

Bytes point_of(const EVP_PKEY* key, const Curve& curve) {
    Bytes point(1 + 2 * curve.coordinate_bytes);
    std::size_t size = 0;
    check(EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size(),
                                          &size),
          "read a key");
    if (size == point.size() && point[0] == uncompressed_point) return point;
    // A certificate may hold a compressed point, and OpenSSL then gives it back in that form.
    point[0] = uncompressed_point;
    const auto out = std::span(point).subspan(1);
    write_number(number_in(key, OSSL_PKEY_PARAM_EC_PUB_X).get(), out.first(curve.coordinate_bytes));
    write_number(number_in(key, OSSL_PKEY_PARAM_EC_PUB_Y).get(), out.last(curve.coordinate_bytes));
    return point;
}

Bytes minimal(const BIGNUM* number) {
    Bytes bytes(static_cast<std::size_t>(BN_num_bytes(number)));
    write_number(number, bytes);
    return bytes;
}

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

// RFC 7518 section 3.4 to ECDSA-Sig-Value (RFC 3279 section 2.2.3). Empty when it is no signature.
std::optional<Bytes> ecdsa_to_der(ByteView raw, const Curve& curve) {
    if (raw.size() != 2 * curve.coordinate_bytes) return std::nullopt;
    auto r = number_of(raw.first(curve.coordinate_bytes));
    auto s = number_of(raw.last(curve.coordinate_bytes));
    if (BN_is_zero(r.get()) != 0 || BN_is_zero(s.get()) != 0) return std::nullopt;
    const OwnedEcdsaSignature both(check(ECDSA_SIG_new(), "make a signature"));
    check(ECDSA_SIG_set0(both.get(), r.get(), s.get()), "make a signature");
    static_cast<void>(r.release());
    static_cast<void>(s.release());
    // Two INTEGERs in a SEQUENCE: at most a sign byte and 2 header bytes each, and 3 around them.
    Bytes der(raw.size() + 9);
    auto* end = der.data();
    const int size = i2d_ECDSA_SIG(both.get(), &end);
    if (size <= 0) fail("encode a signature");
    der.resize(static_cast<std::size_t>(size));
    return der;
}

Bytes ecdsa_from_der(ByteView der, const Curve& curve) {
    const auto* start = der.data();
    const OwnedEcdsaSignature both(
        check(d2i_ECDSA_SIG(nullptr, &start, static_cast<long>(der.size())), "decode a signature"));
    Bytes raw(2 * curve.coordinate_bytes);
    const auto out = std::span(raw);
    write_number(ECDSA_SIG_get0_r(both.get()), out.first(curve.coordinate_bytes));
    write_number(ECDSA_SIG_get0_s(both.get()), out.last(curve.coordinate_bytes));
    return raw;
}

// Ed25519 hashes for itself.
const EVP_MD* digest_for(KeyType type) {
    switch (type) {
        case KeyType::p256:
        case KeyType::rsa:
            return sha256_algorithm();
        case KeyType::p384:
            return sha384_algorithm();
        case KeyType::ed25519:
            return nullptr;
    }
    return nullptr;
}

std::string quoted(ByteView bytes) {
    return '"' + base64url(bytes) + '"';
}

OwnedKey import_ec_private(const Curve& curve, ByteView point, ByteView d) {
    // "Secure" makes OpenSSL wipe its own copies in the parameters.
    const Owned<BIGNUM, BN_clear_free> number(check(BN_secure_new(), "number"));
    check(BN_bin2bn(d.data(), int_size(d.size()), number.get()), "number");
    const OwnedParamBuilder builder(check(OSSL_PARAM_BLD_new(), "import a key"));
    check(OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME,
                                          curve.name.data(), curve.name.size()),
          "import a key");
    check(OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                           point.size()),
          "import a key");
    check(OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_PRIV_KEY, number.get()),
          "import a key");
    return key_from("EC", EVP_PKEY_KEYPAIR, builder.get());
}

Parsed<OwnedKey> import_private(const JwkNumbers& numbers, ByteView d) {
    const auto* curve = curve_of(numbers.type);
    if (curve != nullptr) {
        if (d.size() != curve->coordinate_bytes)
            return bad("\"d\" does not have the curve's width");
        const auto point = point_from(numbers);
        if (auto on_curve = import_point(*curve, point); !on_curve) {
            return std::unexpected(on_curve.error());
        }
        auto key = import_ec_private(*curve, point, d);
        if (!key) return refuse("not a private key of this curve");
        return key;
    }
    if (numbers.type == KeyType::rsa) return bad("an RSA private key is not taken as a JWK");
    if (d.size() != ed25519_bytes) return bad("an Ed25519 key must have 32 bytes");
    OwnedKey key(
        check(EVP_PKEY_new_raw_private_key_ex(nullptr, "ED25519", nullptr, d.data(), d.size()),
              "import a key"));
    return key;
}

// Range of the private number, and whether the public half belongs to it.
bool halves_fit(const PrivateKey& key) {
    if (curve_of(key.type()) != nullptr) {
        const OwnedKeyContext context(
            check(EVP_PKEY_CTX_new_from_pkey(nullptr, key.handle(), nullptr), "check a key"));
        if (EVP_PKEY_private_check(context.get()) != 1) return false;
    }
    const auto message = as_bytes("do the halves fit");
    return key.public_key().verify(message, key.sign(message));
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

Parsed<PublicKey> PublicKey::from_spki(ByteView der) {
    if (der.size() > spki_bytes_max) return bad("a public key is too large");
    if (starts_with(der, ed25519_spki_start)) {
        return from_ed25519(der.subspan(ed25519_spki_start.size()));
    }
    for (const auto* curve : {&p256, &p384}) {
        const auto start = spki_start_of(*curve);
        if (!starts_with(der, start)) continue;
        auto key = import_point(*curve, der.subspan(start.size()));
        if (!key) return std::unexpected(key.error());
        return PublicKey(std::move(*key), curve->type);
    }
    if (const auto modulus = rsa_2048_modulus_in(der); !modulus.empty()) {
        auto key = import_rsa(modulus, ByteView(rsa_2048_spki_end).last(3));
        if (!key) return std::unexpected(key.error());
        return adopt(key->release());
    }
    const auto* start = der.data();
    OwnedKey key(d2i_PUBKEY_ex(nullptr, &start, static_cast<long>(der.size()), nullptr, nullptr));
    if (!key) return refuse("not a SubjectPublicKeyInfo");
    if (EVP_PKEY_is_a(key.get(), "RSA") != 1) {
        return bad("a key other than P-256, P-384, RSA and Ed25519 in their usual form");
    }
    auto parsed = adopt(key.release());
    // One key has one DER: no longer lengths, no text after the end.
    if (parsed && !std::ranges::equal(parsed->spki(), der)) return bad("not canonical DER");
    return parsed;
}

Parsed<PublicKey> PublicKey::from_ed25519(ByteView raw32) {
    if (raw32.size() != ed25519_bytes) return bad("an Ed25519 key must have 32 bytes");
    OwnedKey key(check(
        EVP_PKEY_new_raw_public_key_ex(nullptr, "ED25519", nullptr, raw32.data(), raw32.size()),
        "import a key"));
    return PublicKey(std::move(key), KeyType::ed25519);
}

Parsed<PublicKey> PublicKey::adopt(EVP_PKEY* key) {
    OwnedKey owned(key);
    if (!owned) return refuse("no key");
    auto type = check_key(owned.get());
    if (!type) return std::unexpected(type.error());
    return PublicKey(std::move(owned), *type);
}

std::string_view PublicKey::jws_algorithm() const {
    switch (type_) {
        case KeyType::p256:
            return "ES256";
        case KeyType::p384:
            return "ES384";
        case KeyType::rsa:
            return "RS256";
        case KeyType::ed25519:
            return "EdDSA";
    }
    return {};
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

Hash PublicKey::thumbprint() const {
    return sha256(as_bytes(jwk()));
}

Bytes PublicKey::spki() const {
    Bytes der;
    if (type_ == KeyType::ed25519) {
        der = to_bytes(ed25519_spki_start);
        append(der, raw_ed25519());
        return der;
    }
    if (const auto* curve = curve_of(type_)) {
        der = to_bytes(spki_start_of(*curve));
        append(der, point_of(handle(), *curve));
        return der;
    }
    unsigned char* start = nullptr;
    const int size = i2d_PUBKEY(handle(), &start);
    if (size <= 0) fail("encode a key");
    der.assign(start, start + size);
    OPENSSL_free(start);
    return der;
}

Bytes PublicKey::raw_ed25519() const {
    if (type_ != KeyType::ed25519) throw Failure("not an Ed25519 key");
    Bytes raw(ed25519_bytes);
    std::size_t size = raw.size();
    check(EVP_PKEY_get_raw_public_key(handle(), raw.data(), &size), "read a key");
    return raw;
}

bool PublicKey::verify(ByteView message, ByteView signature) const {
    std::optional<Bytes> der;
    if (const auto* curve = curve_of(type_)) {
        der = ecdsa_to_der(signature, *curve);
        if (!der) return false;
        signature = *der;
    }
    const OwnedDigestContext context(check(EVP_MD_CTX_new(), "verify"));
    check(EVP_DigestVerifyInit(context.get(), nullptr, digest_for(type_), nullptr, handle()),
          "verify");
    // 0 and negative values alike: nothing that is not 1 is a good signature.
    const bool good = EVP_DigestVerify(context.get(), signature.data(), signature.size(),
                                       message.data(), message.size()) == 1;
    if (!good) forget_errors();
    return good;
}

PrivateKey PrivateKey::generate(KeyType type) {
    const auto make = [type] {
        switch (type) {
            case KeyType::p256:
            case KeyType::p384:
                return EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", curve_of(type)->name.data());
            case KeyType::rsa:
                return EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{rsa_bits_min});
            case KeyType::ed25519:
                return EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
        }
        return static_cast<EVP_PKEY*>(nullptr);
    };
    auto key = PublicKey::adopt(check(make(), "generate a key"));
    if (!key) throw Failure(key.error().why);
    return PrivateKey(std::move(*key));
}

Parsed<PrivateKey> PrivateKey::from_pem(ByteView pem) {
    const auto der = read_pem(pem, "PRIVATE KEY", pem_bytes_max);
    if (!der) return std::unexpected(der.error());
    using OwnedPkcs8 = Owned<PKCS8_PRIV_KEY_INFO, PKCS8_PRIV_KEY_INFO_free>;
    const auto* start = der->view().data();
    const auto* const end = start + der->size();
    const OwnedPkcs8 info(d2i_PKCS8_PRIV_KEY_INFO(nullptr, &start, static_cast<long>(der->size())));
    if (!info || start != end) return refuse("not a PKCS#8 private key");
    auto both = PublicKey::adopt(EVP_PKCS82PKEY(info.get()));
    if (!both) return std::unexpected(both.error());
    PrivateKey key(std::move(*both));
    if (!halves_fit(key)) return refuse("the key's halves do not fit");
    return key;
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

Secret PrivateKey::pem() const {
    const OwnedBio bio(check(BIO_new(BIO_s_mem()), "open memory"));
    check(PEM_write_bio_PKCS8PrivateKey(bio.get(), handle(), nullptr, nullptr, 0, nullptr, nullptr),
          "write a key");
    return Secret(written(bio.get()));
}

Bytes PrivateKey::sign(ByteView message) const {
    const OwnedDigestContext context(check(EVP_MD_CTX_new(), "sign"));
    check(EVP_DigestSignInit(context.get(), nullptr, digest_for(type()), nullptr, handle()),
          "sign");
    const int size_max = EVP_PKEY_get_size(handle());
    if (size_max <= 0) fail("sign");
    Bytes signature(static_cast<std::size_t>(size_max));
    std::size_t size = signature.size();
    check(EVP_DigestSign(context.get(), signature.data(), &size, message.data(), message.size()),
          "sign");
    signature.resize(size);
    const auto* curve = curve_of(type());
    return curve == nullptr ? signature : ecdsa_from_der(signature, *curve);
}

}  // namespace mado::crypto
