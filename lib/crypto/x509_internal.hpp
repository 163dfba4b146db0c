// Internal to lib/crypto: what certificates and revocation lists have in common.
#pragma once

#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "base/clock.hpp"
#include "crypto/openssl.hpp"
#include "crypto/x509.hpp"

namespace mado::crypto {

using OwnedCertificate = Owned<X509, X509_free>;
using OwnedTime = Owned<ASN1_TIME, ASN1_TIME_free>;
using OwnedInteger = Owned<ASN1_INTEGER, ASN1_INTEGER_free>;
using OwnedOctets = Owned<ASN1_OCTET_STRING, ASN1_OCTET_STRING_free>;
using OwnedKeyIdentifier = Owned<AUTHORITY_KEYID, AUTHORITY_KEYID_free>;

Parsed<UnixTime> read_time(const ASN1_TIME* time);
OwnedTime make_time(UnixTime time);
// Positive or zero, at most 20 bytes (RFC 5280 sections 4.1.2.2 and 5.2.3).
Parsed<Serial> read_serial(const ASN1_INTEGER* number);
OwnedInteger make_integer(const Serial& number);
// RSA (PKCS#1 v1.5) or ECDSA with SHA-2, or Ed25519.
bool is_accepted_signature(int signature_nid);
// Reads the certificate again, as OpenSSL's.
OwnedCertificate handle_of(const Certificate& certificate);
// RFC 5280 section 4.2.1.1: the very value that the issuer gave itself, if it gave one.
OwnedKeyIdentifier key_identifier_of(X509* issuer);

}  // namespace mado::crypto
