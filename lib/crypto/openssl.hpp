// OpenSSL's handles and errors in the house's terms. For lib/crypto and lib/http.
#pragma once

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/evp.h>

#include <memory>
#include <string_view>

#include "base/bytes.hpp"
#include "base/secret.hpp"

namespace mado::crypto {

template <auto Free>
struct Release {
    template <class T>
    void operator()(T* handle) const {
        Free(handle);
    }
};

// The one owner of a C handle.
template <class T, auto Free>
using Owned = std::unique_ptr<T, Release<Free>>;

using OwnedBio = Owned<BIO, BIO_free>;
using OwnedKey = Owned<EVP_PKEY, EVP_PKEY_free>;
using OwnedKeyContext = Owned<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;
using OwnedDigestContext = Owned<EVP_MD_CTX, EVP_MD_CTX_free>;
using OwnedNumber = Owned<BIGNUM, BN_free>;
using OwnedEcdsaSignature = Owned<ECDSA_SIG, ECDSA_SIG_free>;

// Throws a Failure with what was being done and all that stands in OpenSSL's error queue.
[[noreturn]] void fail(std::string_view doing);

// For the functions whose documented success value is 1.
inline void check(int result, std::string_view doing) {
    if (result != 1) fail(doing);
}

// For the functions that return a new handle, or null.
template <class T>
T* check(T* handle, std::string_view doing) {
    if (handle == nullptr) fail(doing);
    return handle;
}

// Input was refused. The queue is emptied, because SSL_get_error would later take what is left in
// it for an error of its own connection.
std::unexpected<Bad> refuse(const char* why);
void forget_errors();

// A length for the functions that take int.
int int_size(std::size_t size);

// Fetched once: a fetch by name costs more than hashing a short message.
const EVP_MD* sha256_algorithm();
const EVP_MD* sha384_algorithm();

// A number of at most `width` bytes, big-endian, with its leading zeros.
void write_number(const BIGNUM* number, std::span<std::uint8_t> out);

// The content of a text that is one PEM block (RFC 7468) of this label and white space.
Parsed<Secret> read_pem(ByteView pem, std::string_view label, std::size_t bytes_max);
// What was written to a memory BIO.
ByteView written(BIO* bio);

}  // namespace mado::crypto
