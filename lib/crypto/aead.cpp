#include "crypto/aead.hpp"

#include <pthread.h>

#include <algorithm>
#include <array>

#include "crypto/digest.hpp"
#include "crypto/openssl.hpp"

namespace mado::crypto {
namespace {

constexpr std::size_t iv_bytes = 12;
constexpr std::size_t tag_bytes = 16;
static_assert(aead_overhead_bytes == iv_bytes + tag_bytes);

using OwnedCipherContext = Owned<EVP_CIPHER_CTX, EVP_CIPHER_CTX_free>;

const EVP_CIPHER* aes_256_gcm() {
    static const Owned<EVP_CIPHER, EVP_CIPHER_free> algorithm(
        check(EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr), "fetch AES-256-GCM"));
    return algorithm.get();
}

OwnedCipherContext make_context(ByteView key) {
    if (key.size() != aead_key_bytes) throw Failure("an AES-256 key must have 32 bytes");
    return OwnedCipherContext(check(EVP_CIPHER_CTX_new(), "make a cipher"));
}

// An IV is no secret, and drawing one costs as much as drawing many.
struct DrawnIvs {
    std::array<std::uint8_t, 64 * iv_bytes> bytes;
    std::size_t used = sizeof bytes;
};
thread_local DrawnIvs drawn;

// A child process must not use the same ones: it has this one thread.
const int drawn_are_the_parents =
    ::pthread_atfork(nullptr, nullptr, [] { drawn.used = drawn.bytes.size(); });

void draw_iv(std::span<std::uint8_t> out) {
    if (drawn_are_the_parents != 0) throw Failure("fork handlers cannot be set");
    if (drawn.used == drawn.bytes.size()) {
        random_fill(drawn.bytes);
        drawn.used = 0;
    }
    std::ranges::copy(std::span(drawn.bytes).subspan(drawn.used, iv_bytes), out.begin());
    drawn.used += iv_bytes;
}

}  // namespace

Bytes aead_seal(ByteView key, ByteView plain, ByteView associated) {
    const auto context = make_context(key);
    Bytes sealed(iv_bytes + plain.size() + tag_bytes);
    const auto out = std::span(sealed);
    draw_iv(out.first(iv_bytes));
    check(EVP_EncryptInit_ex2(context.get(), aes_256_gcm(), key.data(), out.data(), nullptr),
          "start to encrypt");
    int done = 0;
    if (!associated.empty()) {
        check(EVP_EncryptUpdate(context.get(), nullptr, &done, associated.data(),
                                int_size(associated.size())),
              "encrypt");
    }
    if (!plain.empty()) {
        check(EVP_EncryptUpdate(context.get(), out.subspan(iv_bytes).data(), &done, plain.data(),
                                int_size(plain.size())),
              "encrypt");
    }
    // GCM is a stream: the end writes nothing, so the tag's place serves as the pointer it asks
    // for.
    auto* const tag = out.last(tag_bytes).data();
    check(EVP_EncryptFinal_ex(context.get(), tag, &done), "end encryption");
    check(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, tag_bytes, tag),
          "end encryption");
    return sealed;
}

std::optional<Bytes> aead_open(ByteView key, ByteView sealed, ByteView associated) {
    const auto context = make_context(key);
    if (sealed.size() < aead_overhead_bytes) return std::nullopt;
    const auto body = sealed.subspan(iv_bytes, sealed.size() - aead_overhead_bytes);
    Bytes tag = to_bytes(sealed.last(tag_bytes));
    check(EVP_DecryptInit_ex2(context.get(), aes_256_gcm(), key.data(), sealed.data(), nullptr),
          "start to decrypt");
    int done = 0;
    if (!associated.empty()) {
        check(EVP_DecryptUpdate(context.get(), nullptr, &done, associated.data(),
                                int_size(associated.size())),
              "decrypt");
    }
    Bytes plain(body.size());
    if (!body.empty()) {
        check(EVP_DecryptUpdate(context.get(), plain.data(), &done, body.data(),
                                int_size(body.size())),
              "decrypt");
    }
    check(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, tag_bytes, tag.data()),
          "set the tag");
    std::uint8_t nothing = 0;
    if (EVP_DecryptFinal_ex(context.get(), &nothing, &done) != 1) {
        wipe(plain);  // not authentic: nobody may see it
        forget_errors();
        return std::nullopt;
    }
    return plain;
}

}  // namespace mado::crypto
