#include "crypto/key.hpp"

#include <openssl/pem.h>
#include <openssl/x509.h>

#include <algorithm>
#include <optional>

#include "base/file.hpp"
#include "crypto/digest.hpp"
#include "crypto/key_import.hpp"
#include "crypto/openssl.hpp"

namespace mado::crypto {
namespace {

constexpr std::size_t pem_bytes_max = 16 * 1024;
constexpr std::size_t spki_bytes_max = 1024;

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

// The modulus within the DER of a usual RSA-2048 key, empty when it is something else.
ByteView rsa_2048_modulus_in(ByteView spki) {
    if (!starts_with(spki, rsa_2048_spki_start)) return {};
    const auto rest = spki.subspan(rsa_2048_spki_start.size());
    if (rest.size() != rsa_2048_modulus_bytes + rsa_2048_spki_end.size()) return {};
    const bool has_exponent =
        std::ranges::equal(rest.subspan(rsa_2048_modulus_bytes), rsa_2048_spki_end);
    return has_exponent ? rest.first(rsa_2048_modulus_bytes) : ByteView{};
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

}  // namespace

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

Secret PrivateKey::pem() const {
    const OwnedBio bio(check(BIO_new(BIO_s_mem()), "open memory"));
    check(PEM_write_bio_PKCS8PrivateKey(bio.get(), handle(), nullptr, nullptr, 0, nullptr, nullptr),
          "write a key");
    return Secret(written(bio.get()));
}

Bytes PrivateKey::sign_digest(ByteView digest) const {
    if (type() == KeyType::ed25519) throw Failure("Ed25519 signs no digests");
    const OwnedKeyContext context(check(EVP_PKEY_CTX_new(handle(), nullptr), "sign"));
    check(EVP_PKEY_sign_init(context.get()), "sign");
    std::size_t size = 0;
    check(EVP_PKEY_sign(context.get(), nullptr, &size, digest.data(), digest.size()), "sign");
    Bytes signature(size);
    check(EVP_PKEY_sign(context.get(), signature.data(), &size, digest.data(), digest.size()),
          "sign");
    signature.resize(size);
    return signature;
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
    if (curve_of(type()) == nullptr) return signature;
    auto raw = ecdsa_from_der(signature, type());
    if (!raw) throw Failure(raw.error().why);
    return std::move(*raw);
}

Parsed<Bytes> ecdsa_from_der(ByteView der, KeyType type) {
    const auto* curve = curve_of(type);
    if (curve == nullptr) throw Failure("not a curve of ECDSA");
    const auto* start = der.data();
    const auto* const end = start + der.size();
    const OwnedEcdsaSignature both(d2i_ECDSA_SIG(nullptr, &start, static_cast<long>(der.size())));
    if (!both || start != end) return refuse("not a signature in DER");
    const auto fits = [curve](const BIGNUM* number) {
        return BN_is_negative(number) == 0 && BN_is_zero(number) == 0 &&
               std::cmp_less_equal(BN_num_bytes(number), curve->coordinate_bytes);
    };
    const auto* r = ECDSA_SIG_get0_r(both.get());
    const auto* s = ECDSA_SIG_get0_s(both.get());
    if (!fits(r) || !fits(s)) return bad("a signature's number is not of its curve");
    // Each in its full width: DER has no leading zeros, this form has them.
    Bytes raw(2 * curve->coordinate_bytes);
    const auto out = std::span(raw);
    write_number(r, out.first(curve->coordinate_bytes));
    write_number(s, out.last(curve->coordinate_bytes));
    return raw;
}

PrivateKey PrivateKey::load(const std::string& path) {
    return must(from_pem(read_secret_file(path).view()), path);
}

}  // namespace mado::crypto
