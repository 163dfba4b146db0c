// Where the relay's two keys come from: two files that only the relay can read, or two files that
// only a PKCS#11 token can open (docs/decisions/0038).
#pragma once

#include <optional>
#include <string>

#include "vault.hpp"

namespace mado::relay {

struct KeyToken {
    std::string module;  // the PKCS#11 module's path
    std::string label;   // of the token
    std::string pin_file;
};

// With a token: `folder`/seal.key.wrapped and index.key.wrapped, opened by it once, now, into
// memory that is wiped. OperatorError says what is wrong and what to do.
Vault load_vault(const std::string& folder, const std::optional<KeyToken>& token);

// `folder`/seal.key and index.key into the token's care: wrapped, read back, and the plain files
// removed. May be called again after it was killed.
void wrap_keys(const std::string& folder, const KeyToken& token);

}  // namespace mado::relay
