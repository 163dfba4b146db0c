#include "crypto/digest.hpp"

#include <openssl/core_names.h>
#include <openssl/params.h>
#include <openssl/rand.h>

#include "crypto/openssl.hpp"

namespace mado::crypto {
namespace {

EVP_MAC* hmac_algorithm() {
    static const Owned<EVP_MAC, EVP_MAC_free> algorithm(
        check(EVP_MAC_fetch(nullptr, "HMAC", nullptr), "fetch HMAC"));
    return algorithm.get();
}

// Making one costs more than the MAC of a short text. It holds what the last key became until the
// next one, or the end of the thread, where OpenSSL wipes it.
class Mac {
  public:
    Mac() : context_(check(EVP_MAC_CTX_new(hmac_algorithm()), "make a MAC")) {
        std::array<char, 9> name{"SHA2-256"};
        const std::array params{
            OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name.data(), 0),
            OSSL_PARAM_construct_end(),
        };
        check(EVP_MAC_CTX_set_params(context_.get(), params.data()), "make a MAC");
    }
    [[nodiscard]] EVP_MAC_CTX* get() const { return context_.get(); }

  private:
    Owned<EVP_MAC_CTX, EVP_MAC_CTX_free> context_;
};

}  // namespace

Hash sha256(ByteView bytes) {
    return sha256({bytes});
}

Hash sha256(std::initializer_list<ByteView> parts) {
    // Making a context costs more than hashing two nodes of a tree; starting anew forgets the rest.
    thread_local const OwnedDigestContext context(check(EVP_MD_CTX_new(), "make a digest"));
    check(EVP_DigestInit_ex2(context.get(), sha256_algorithm(), nullptr), "start a digest");
    for (const auto part : parts) {
        check(EVP_DigestUpdate(context.get(), part.data(), part.size()), "digest");
    }
    Hash hash;
    check(EVP_DigestFinal_ex(context.get(), hash.data(), nullptr), "end a digest");
    return hash;
}

struct Sha256::Context {
    OwnedDigestContext handle{check(EVP_MD_CTX_new(), "make a digest")};
};

Sha256::Sha256() : context_(std::make_unique<Context>()) {
    check(EVP_DigestInit_ex2(context_->handle.get(), sha256_algorithm(), nullptr),
          "start a digest");
}

Sha256::~Sha256() = default;

void Sha256::add(ByteView piece) {
    check(EVP_DigestUpdate(context_->handle.get(), piece.data(), piece.size()), "digest");
}

Hash Sha256::finish() {
    Hash hash;
    check(EVP_DigestFinal_ex(context_->handle.get(), hash.data(), nullptr), "end a digest");
    return hash;
}

std::array<std::uint8_t, 48> sha384(ByteView bytes) {
    std::array<std::uint8_t, 48> digest{};
    check(
        EVP_Digest(bytes.data(), bytes.size(), digest.data(), nullptr, sha384_algorithm(), nullptr),
        "digest");
    return digest;
}

Hash hmac_sha256(ByteView key, std::initializer_list<ByteView> parts) {
    thread_local const Mac context;
    // To EVP_MAC_init a null key means "keep the old one", not "the empty key".
    const std::uint8_t nothing = 0;
    const auto* key_start = key.empty() ? &nothing : key.data();
    check(EVP_MAC_init(context.get(), key_start, key.size(), nullptr), "start a MAC");
    for (const auto part : parts) {
        check(EVP_MAC_update(context.get(), part.data(), part.size()), "MAC");
    }
    Hash hash;
    std::size_t size = 0;
    check(EVP_MAC_final(context.get(), hash.data(), &size, hash.size()), "end a MAC");
    if (size != hash.size()) fail("end a MAC");
    return hash;
}

void random_fill(std::span<std::uint8_t> out) {
    if (out.empty()) return;
    check(RAND_bytes(out.data(), int_size(out.size())), "draw random bytes");
}

Bytes random_bytes(std::size_t count) {
    Bytes bytes(count);
    random_fill(bytes);
    return bytes;
}

Hash random_hash() {
    Hash hash;
    random_fill(hash);
    return hash;
}

bool equal(ByteView a, ByteView b) {
    if (a.size() != b.size()) return false;
    return a.empty() || CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace mado::crypto
