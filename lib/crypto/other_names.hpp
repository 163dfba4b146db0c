// What a certificate says of its holder beside the name: `otherName`s with a UTF8String in
// subjectAltName (RFC 5280 section 4.2.1.6), which is how signing certificates of cards in Japan
// say the register's four attributes. Reading, and making for authorities whose keys are files.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "crypto/x509.hpp"

namespace mado::crypto {

struct OtherName {
    std::string oid, text;  // "1.2.392…"; UTF-8
};
// In the order of `names`.
Certificate issue_with_names(const CertificateRequest& request, const std::vector<OtherName>& names,
                             const PublicKey& subject_key, const Certificate& issuer,
                             const PrivateKey& issuer_key);

// By the object identifier; names of other forms are left out. Bad: one identifier stands there
// twice, or one of these is no text.
Parsed<std::map<std::string, std::string>> read_other_names(const Certificate& certificate);

}  // namespace mado::crypto
