// Public and private keys: P-256, P-384, RSA (2048 to 4096 bits), Ed25519. The algorithm belongs to
// the key, never to the message: a JWS header that names another one is refused.
#pragma once

#include <boost/json/fwd.hpp>
#include <memory>
#include <string>

#include "base/bytes.hpp"
#include "base/json.hpp"
#include "base/secret.hpp"

typedef struct evp_pkey_st EVP_PKEY;

namespace mado::crypto {

enum class KeyType { p256, p384, rsa, ed25519 };

// Immutable and cheap to copy (a counted reference to OpenSSL's own).
class PublicKey {
  public:
    static Parsed<PublicKey> from_jwk(const json::object& jwk);  // RFC 7517, 7518 section 6, 8037
    static Parsed<PublicKey> from_spki(ByteView der);            // RFC 5280 SubjectPublicKeyInfo
    static Parsed<PublicKey> from_ed25519(ByteView raw32);
    // For lib/crypto: takes over one reference.
    static Parsed<PublicKey> adopt(EVP_PKEY* key);

    [[nodiscard]] KeyType type() const { return type_; }
    // "ES256", "ES384", "RS256", "EdDSA"
    [[nodiscard]] std::string_view jws_algorithm() const;
    [[nodiscard]] std::string jwk() const;  // the required members only, in RFC 7638's order
    [[nodiscard]] Hash thumbprint() const;  // RFC 7638, SHA-256
    [[nodiscard]] Bytes spki() const;
    [[nodiscard]] Bytes raw_ed25519() const;
    // JWS signature form: r ‖ s for ECDSA (RFC 7518 section 3.4), PKCS#1 v1.5 for RSA, RFC 8032.
    [[nodiscard]] bool verify(ByteView message, ByteView signature) const;
    [[nodiscard]] EVP_PKEY* handle() const { return key_.get(); }

  private:
    PublicKey(std::shared_ptr<EVP_PKEY> key, KeyType type) : key_(std::move(key)), type_(type) {}
    std::shared_ptr<EVP_PKEY> key_;
    KeyType type_;
};

// Move-only.
class PrivateKey {
  public:
    static PrivateKey generate(KeyType type);  // RSA: 2048 bits
    static Parsed<PrivateKey> from_pem(ByteView pem);
    // The PEM file of a program's own key; OperatorError when it is missing, open to others or not
    // a key.
    static PrivateKey load(const std::string& path);
    static Parsed<PrivateKey> from_jwk(const json::object& jwk);  // with "d"; EC and Ed25519 only
    [[nodiscard]] Secret pem() const;                             // PKCS#8, not encrypted

    [[nodiscard]] KeyType type() const { return public_.type(); }
    [[nodiscard]] const PublicKey& public_key() const { return public_; }
    [[nodiscard]] Bytes sign(ByteView message) const;  // the form that PublicKey::verify takes
    // As a card's chip does, without hashing: RSA with PKCS#1 v1.5 padding (RFC 8017 section 8.2.1,
    // of a DigestInfo that somebody else made), ECDSA of a digest as ECDSA-Sig-Value in DER.
    [[nodiscard]] Bytes sign_digest(ByteView digest) const;
    [[nodiscard]] EVP_PKEY* handle() const { return public_.handle(); }

    PrivateKey(PrivateKey&&) = default;
    PrivateKey& operator=(PrivateKey&&) = default;
    PrivateKey(const PrivateKey&) = delete;
    PrivateKey& operator=(const PrivateKey&) = delete;

  private:
    explicit PrivateKey(PublicKey both) : public_(std::move(both)) {}
    PublicKey public_;  // the same OpenSSL object holds both halves
};

// A signature as a card's chip makes it, ECDSA-Sig-Value in DER (RFC 3279 section 2.2.3), in the
// form that PublicKey::verify takes. `curve` is p256 or p384.
Parsed<Bytes> ecdsa_from_der(ByteView der, KeyType curve);

}  // namespace mado::crypto
