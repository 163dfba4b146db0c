#include "crypto/signing.hpp"

#include "crypto/der.hpp"
#include "crypto/digest.hpp"
#include "crypto/key_import.hpp"
#include "crypto/x509_internal.hpp"

namespace mado::crypto {
namespace {

constexpr int exponent_bits_min = 16;  // FIPS 186-4 section B.3.1: above 2^16

}  // namespace

Bytes signature_algorithm(KeyType type) {
    switch (type) {
        case KeyType::p256:
            return der::sequence({der::oid("1.2.840.10045.4.3.2")});
        case KeyType::p384:
            return der::sequence({der::oid("1.2.840.10045.4.3.3")});
        case KeyType::rsa:
            return der::sequence({der::oid("1.2.840.113549.1.1.11"), der::null()});
        case KeyType::ed25519:
            break;
    }
    throw Failure("no authority signs with a key of this type");
}

Bytes x509_signature(ByteView signature, KeyType type) {
    if (type == KeyType::rsa) return to_bytes(signature);
    const auto half = signature.size() / 2;
    return der::sequence({der::integer(signature.first(half)), der::integer(signature.last(half))});
}

Bytes signed_whole(ByteView to_be_signed, ByteView signature, KeyType type) {
    return der::sequence(
        {to_be_signed, signature_algorithm(type), der::bits(x509_signature(signature, type))});
}

std::expected<PublicKey, KeyFault> read_subject_key(ByteView spki) {
    auto key = PublicKey::from_spki(spki);
    if (!key) {
        // What is a key, but of a kind or size that nobody gets a certificate for.
        const auto* start = spki.data();
        const OwnedKey any(d2i_PUBKEY(nullptr, &start, static_cast<long>(spki.size())));
        forget_errors();
        const bool whole = any && start == spki.data() + spki.size();
        if (!whole) return std::unexpected(KeyFault::malformed);
        const bool usual = EVP_PKEY_is_a(any.get(), "RSA") == 1 &&
                           EVP_PKEY_get_bits(any.get()) >= rsa_bits_min &&
                           EVP_PKEY_get_bits(any.get()) <= rsa_bits_max;
        return std::unexpected(usual ? KeyFault::weak : KeyFault::other_type);
    }
    if (key->type() == KeyType::ed25519) return std::unexpected(KeyFault::other_type);
    const OwnedKeyContext context(
        check(EVP_PKEY_CTX_new_from_pkey(nullptr, key->handle(), nullptr), "check a key"));
    const bool strong = EVP_PKEY_public_check(context.get()) == 1 &&
                        (key->type() != KeyType::rsa ||
                         BN_num_bits(number_in(key->handle(), "e").get()) > exponent_bits_min);
    if (!strong) {
        forget_errors();
        return std::unexpected(KeyFault::weak);
    }
    return std::move(*key);
}

Bytes subject_name(const Certificate& certificate) {
    const auto handle = handle_of(certificate);
    unsigned char* start = nullptr;
    const int size = i2d_X509_NAME(X509_get_subject_name(handle.get()), &start);
    if (size <= 0) fail("encode a name");
    Bytes out(start, start + size);
    OPENSSL_free(start);
    return out;
}

Bytes key_identifier(const PublicKey& key) {
    constexpr std::size_t identifier_bytes = 20;
    const auto spki = key.spki();
    const auto* start = spki.data();
    const Owned<X509_PUBKEY, X509_PUBKEY_free> read(check(
        d2i_X509_PUBKEY(nullptr, &start, static_cast<long>(spki.size())), "read a public key"));
    const unsigned char* bits = nullptr;
    int size = 0;
    check(X509_PUBKEY_get0_param(nullptr, &bits, &size, nullptr, read.get()), "read a public key");
    const auto hash = sha256(ByteView(bits, static_cast<std::size_t>(size)));
    return to_bytes(ByteView(hash).first(identifier_bytes));
}

}  // namespace mado::crypto
