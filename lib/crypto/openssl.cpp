#include "crypto/openssl.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>

#include <array>
#include <climits>
#include <string>

#include "base/result.hpp"

namespace mado::crypto {
namespace {

constexpr std::string_view white_space = " \t\r\n";

void free_text(char* text) {
    OPENSSL_free(text);
}

// The three results of PEM_read_bio. The content may be a private key.
struct PemBlock {
    char* label = nullptr;
    char* header = nullptr;
    unsigned char* content = nullptr;
    long size = 0;

    PemBlock() = default;
    PemBlock(const PemBlock&) = delete;
    PemBlock& operator=(const PemBlock&) = delete;
    ~PemBlock() {
        free_text(label);
        free_text(header);
        OPENSSL_clear_free(content, static_cast<std::size_t>(size));
    }
};

bool only_white_space_left(BIO* bio) {
    std::array<char, 64> buffer{};
    for (;;) {
        const int got = BIO_read(bio, buffer.data(), static_cast<int>(buffer.size()));
        if (got <= 0) return true;
        const std::string_view text(buffer.data(), static_cast<std::size_t>(got));
        if (text.find_first_not_of(white_space) != std::string_view::npos) return false;
    }
}

}  // namespace

void fail(std::string_view doing) {
    std::string what = "OpenSSL: ";
    what += doing;
    while (const unsigned long code = ERR_get_error()) {
        std::array<char, 256> line{};
        ERR_error_string_n(code, line.data(), line.size());
        what += "; ";
        what += line.data();
    }
    throw Failure(what);
}

std::unexpected<Bad> refuse(const char* why) {
    forget_errors();
    return bad(why);
}

void forget_errors() {
    ERR_clear_error();
}

int int_size(std::size_t size) {
    if (size > INT_MAX) throw Failure("a length does not fit OpenSSL's int");
    return static_cast<int>(size);
}

const EVP_MD* sha256_algorithm() {
    static const Owned<EVP_MD, EVP_MD_free> algorithm(
        check(EVP_MD_fetch(nullptr, "SHA2-256", nullptr), "fetch SHA-256"));
    return algorithm.get();
}

const EVP_MD* sha384_algorithm() {
    static const Owned<EVP_MD, EVP_MD_free> algorithm(
        check(EVP_MD_fetch(nullptr, "SHA2-384", nullptr), "fetch SHA-384"));
    return algorithm.get();
}

void write_number(const BIGNUM* number, std::span<std::uint8_t> out) {
    const int width = int_size(out.size());
    if (BN_bn2binpad(number, out.data(), width) != width) fail("write a number");
}

Parsed<Secret> read_pem(ByteView pem, std::string_view label, std::size_t bytes_max) {
    if (pem.size() > bytes_max) return bad("PEM text is too large");
    // PEM_read_bio passes over any text before the block; here there must be none.
    const auto text = as_text(pem);
    const auto start = text.find_first_not_of(white_space);
    if (start == std::string_view::npos || !text.substr(start).starts_with("-----BEGIN ")) {
        return bad("not a PEM text");
    }
    const OwnedBio bio(check(BIO_new_mem_buf(pem.data(), int_size(pem.size())), "open memory"));
    PemBlock block;
    if (PEM_read_bio(bio.get(), &block.label, &block.header, &block.content, &block.size) != 1) {
        return refuse("not a PEM text");
    }
    if (label != block.label) return bad("PEM block has another label");
    if (std::string_view(block.header) != "") return bad("PEM block has a header");
    if (!only_white_space_left(bio.get())) return bad("text after the PEM block");
    return Secret(ByteView(block.content, static_cast<std::size_t>(block.size)));
}

ByteView written(BIO* bio) {
    char* start = nullptr;
    const long size = BIO_get_mem_data(bio, &start);
    if (size < 0) fail("read memory");
    if (size == 0) return {};
    return as_bytes({start, static_cast<std::size_t>(size)});
}

}  // namespace mado::crypto
