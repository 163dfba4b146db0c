#include "card/token_keys.hpp"

#include <array>
#include <cstring>
#include <type_traits>

#include "card/cryptoki.hpp"
#include "card/pkcs11.hpp"
#include "crypto/der.hpp"
#include "crypto/digest.hpp"

namespace mado::card {
namespace {

const Bytes& curve_oid(TokenKeyType type) {
    static const auto p256 = crypto::der::oid("1.2.840.10045.3.1.7");
    static const auto p384 = crypto::der::oid("1.3.132.0.34");
    return type == TokenKeyType::p384 ? p384 : p256;
}

template <class T>
T demand(CardResult<T> result, const char* doing) {
    if (!result) throw Failure(std::string("the PKCS#11 token cannot ") + doing);
    if constexpr (!std::is_void_v<T>) return std::move(*result);
}

SlotToken token_named(const Cryptoki& module, const std::string& label) {
    std::optional<SlotToken> out;
    for (auto& token : demand(slot_tokens(module), "be looked for")) {
        if (token.label != label) continue;
        if (out) throw OperatorError("there are two PKCS#11 tokens with the label " + label);
        out = std::move(token);
    }
    if (!out) {
        throw OperatorError("there is no PKCS#11 token with the label " + label +
                            " (SoftHSM2 looks where SOFTHSM2_CONF says)");
    }
    return *out;
}

// SubjectPublicKeyInfo (RFC 5280 section 4.1.2.7) of the token's public half.
Bytes rsa_spki(ByteView modulus, ByteView exponent) {
    using namespace crypto;
    const auto key = der::sequence({der::integer(modulus), der::integer(exponent)});
    const auto algorithm = der::sequence({der::oid("1.2.840.113549.1.1.1"), der::null()});
    return der::sequence({algorithm, der::bits(key)});
}

// `point` is an OCTET STRING around the point (PKCS#11 Current Mechanisms 2.40 section 2.3.3): two
// bytes before it, as no point here has more than 97.
Bytes ec_spki(ByteView curve, ByteView point) {
    using namespace crypto;
    constexpr std::size_t header = 2;
    if (point.size() <= header) throw Failure("the PKCS#11 token has a key without a point");
    const auto algorithm = der::sequence({der::oid("1.2.840.10045.2.1"), curve});
    return der::sequence({algorithm, der::bits(point.subspan(header))});
}

}  // namespace

Session log_in_to(const Cryptoki& module, const std::string& label, const Secret& pin) {
    const auto token = token_named(module, label);
    auto session =
        demand(Session::open(module, token.slot, Session::Kind::read_write), "be opened");
    if (const auto in = session.log_in(pin); !in) {
        throw OperatorError("the PKCS#11 token " + label + " does not take the PIN");
    }
    return session;
}

TokenKeys::TokenKeys(const std::string& module_path, const std::string& label, const Secret& pin)
    : module_(std::make_unique<Cryptoki>(module_path)),
      session_(std::make_unique<Session>(log_in_to(*module_, label, pin))) {}

TokenKeys::~TokenKeys() = default;

std::optional<crypto::PublicKey> TokenKeys::find(std::uint8_t id) const {
    const auto closed = demand(session_->find(CKO_PRIVATE_KEY, id), "look for a key");
    const auto open = demand(session_->find(CKO_PUBLIC_KEY, id), "look for a key");
    if (!closed && !open) return std::nullopt;
    if (!closed || !open) throw Failure("the PKCS#11 token has half a key");
    const auto read = [this, &open](CK_ATTRIBUTE_TYPE type) {
        return demand(session_->attribute(*open, type), "show a key");
    };
    const auto type = read(CKA_KEY_TYPE);
    CK_KEY_TYPE kind = 0;
    if (type.size() != sizeof kind) throw Failure("the PKCS#11 token has a key of no type");
    std::memcpy(&kind, type.data(), sizeof kind);
    const auto spki = kind == CKK_RSA ? rsa_spki(read(CKA_MODULUS), read(CKA_PUBLIC_EXPONENT))
                                      : ec_spki(read(CKA_EC_PARAMS), read(CKA_EC_POINT));
    auto key = crypto::PublicKey::from_spki(spki);
    if (!key) throw Failure(std::string("the PKCS#11 token's key: ") + key.error().why);
    return std::move(*key);
}

crypto::PublicKey TokenKeys::generate(std::uint8_t id, const std::string& label,
                                      TokenKeyType type) {
    if (find(id)) throw Failure("the PKCS#11 token has that key already");
    if (type == TokenKeyType::rsa3072) {
        CK_ULONG bits = 3072;
        std::array<CK_BYTE, 3> exponent{1, 0, 1};
        const std::array parameters{CK_ATTRIBUTE{CKA_MODULUS_BITS, &bits, sizeof bits},
                                    CK_ATTRIBUTE{CKA_PUBLIC_EXPONENT, exponent.data(), 3}};
        demand(session_->generate(CKM_RSA_PKCS_KEY_PAIR_GEN, id, label, parameters), "make a key");
    } else {
        auto curve = curve_oid(type);
        const std::array parameters{CK_ATTRIBUTE{CKA_EC_PARAMS, curve.data(), curve.size()}};
        demand(session_->generate(CKM_EC_KEY_PAIR_GEN, id, label, parameters), "make a key");
    }
    auto key = find(id);
    if (!key) throw Failure("the PKCS#11 token does not find the key that it made");
    return std::move(*key);
}

Bytes TokenKeys::sign(std::uint8_t id, const crypto::PublicKey& key, ByteView message) const {
    const auto handle = demand(session_->find(CKO_PRIVATE_KEY, id), "look for a key");
    if (!handle) throw Failure("the PKCS#11 token has lost a key");
    const auto with = [this, &handle](CK_MECHANISM_TYPE mechanism, ByteView data) {
        return demand(session_->sign(*handle, mechanism, Secret(), data), "sign");
    };
    Bytes signature;
    switch (key.type()) {
        case crypto::KeyType::rsa:
            signature = with(CKM_SHA256_RSA_PKCS, message);
            break;
        case crypto::KeyType::p256:
            signature = with(CKM_ECDSA, crypto::sha256(message));
            break;
        case crypto::KeyType::p384:
            signature = with(CKM_ECDSA, crypto::sha384(message));
            break;
        case crypto::KeyType::ed25519:
            throw Failure("no authority signs with a key of this type");
    }
    if (key.type() != crypto::KeyType::rsa) {
        auto whole = ecdsa_from_token(signature, key.type());
        if (!whole) throw Failure("the PKCS#11 token's signature is none");
        signature = std::move(*whole);
    }
    if (!key.verify(message, signature)) throw Failure("the PKCS#11 token's signature is wrong");
    return signature;
}

}  // namespace mado::card
