#include "crypto/key_import.hpp"

#include <openssl/core_names.h>
#include <openssl/param_build.h>

namespace mado::crypto {
namespace {

constexpr BN_ULONG rsa_exponent_min = 65537;

using OwnedParams = Owned<OSSL_PARAM, OSSL_PARAM_free>;
using OwnedParamBuilder = Owned<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free>;

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

OwnedKey key_from(const char* type, int selection, OSSL_PARAM_BLD* builder) {
    const OwnedParams params(check(OSSL_PARAM_BLD_to_param(builder), "import a key"));
    const OwnedKeyContext context(
        check(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr), "import a key"));
    check(EVP_PKEY_fromdata_init(context.get()), "import a key");
    EVP_PKEY* key = nullptr;
    if (EVP_PKEY_fromdata(context.get(), &key, selection, params.get()) != 1) return nullptr;
    return OwnedKey(key);
}

// RFC 7518 section 2, Base64urlUInt: the fewest octets that hold the value.
bool is_minimal(ByteView number) {
    return !number.empty() && number[0] != 0;
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

}  // namespace

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

Parsed<OwnedKey> import_ec_private(const Curve& curve, ByteView point, ByteView d) {
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
    auto key = key_from("EC", EVP_PKEY_KEYPAIR, builder.get());
    if (!key) return refuse("not a private key of this curve");
    return key;
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

Parsed<KeyType> check_key(const EVP_PKEY* key) {
    if (EVP_PKEY_is_a(key, "EC") == 1) return check_ec(key);
    if (EVP_PKEY_is_a(key, "RSA") == 1) return check_rsa(key);
    if (EVP_PKEY_is_a(key, "ED25519") == 1) return KeyType::ed25519;
    return bad("a key of another type than EC, RSA and Ed25519");
}

bool halves_fit(const PrivateKey& key) {
    if (curve_of(key.type()) != nullptr) {
        const OwnedKeyContext context(
            check(EVP_PKEY_CTX_new_from_pkey(nullptr, key.handle(), nullptr), "check a key"));
        if (EVP_PKEY_private_check(context.get()) != 1) return false;
    }
    try {
        const auto message = as_bytes("do the halves fit");
        return key.public_key().verify(message, key.sign(message));
    } catch (const Failure&) {
        return false;  // a key that came from outside and cannot even sign is bad input
    }
}

OwnedNumber number_of(ByteView bytes) {
    return OwnedNumber(check(BN_bin2bn(bytes.data(), int_size(bytes.size()), nullptr), "number"));
}

OwnedNumber number_in(const EVP_PKEY* key, const char* name) {
    BIGNUM* number = nullptr;
    check(EVP_PKEY_get_bn_param(key, name, &number), "read a key");
    return OwnedNumber(number);
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

}  // namespace mado::crypto
