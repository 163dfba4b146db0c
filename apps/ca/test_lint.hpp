// Reads what the authority signed with OpenSSL, not with the code that wrote it, and says which
// rule of RFC 5280 or of docs/protocols/certificates.md it breaks. Nothing: it keeps all of them.
#pragma once

#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "crypto/x509.hpp"

namespace mado::ca {

enum class Profile { authority, authentication, signing, responder };

std::vector<std::string> lint(Profile profile, ByteView der, const crypto::Certificate& authority);
std::vector<std::string> lint_list(ByteView der, const crypto::Certificate& authority);

// OpenSSL's words for an otherName of this object identifier; "" when there is none.
std::string other_name(ByteView der, const std::string& oid);

}  // namespace mado::ca
