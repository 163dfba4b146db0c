#include "key_token.hpp"

#include <array>
#include <filesystem>

#include "base/file.hpp"
#include "card/token_wrap.hpp"
#include "crypto/digest.hpp"

namespace mado::relay {
namespace {

namespace fs = std::filesystem;

constexpr std::uint8_t wrapping_key = 1;  // its CKA_ID
constexpr std::string_view key_label = "mado-relay";

struct KeyFile {
    std::string_view name;
    std::string_view purpose;
};
constexpr std::array<KeyFile, 2> key_files{KeyFile{"seal.key", "mado/relay/seal.key/1"},
                                           KeyFile{"index.key", "mado/relay/index.key/1"}};

std::string plain_path(const std::string& folder, const KeyFile& key) {
    return folder + "/" + std::string(key.name);
}
std::string wrapped_path(const std::string& folder, const KeyFile& key) {
    return plain_path(folder, key) + ".wrapped";
}

card::TokenWrap open_token(const KeyToken& token) {
    return {token.module, token.label, read_secret_file(token.pin_file)};
}

Secret unwrap(const card::TokenWrap& token, const std::string& folder, const KeyFile& key,
              const std::string& label) {
    const auto path = wrapped_path(folder, key);
    const auto wrapped = read_file(path);
    if (!wrapped) {
        throw OperatorError("there is no " + path +
                            ": restore it, or put the keys into the token's care with `mado-relay "
                            "wrap-keys CONFIG`");
    }
    auto secret = token.unwrap(wrapping_key, key.purpose, as_bytes(*wrapped));
    if (!secret) {
        throw OperatorError("the PKCS#11 token " + label + " does not open " + path +
                            ": it is another token's, or was altered; name the token that wrapped "
                            "it, or restore the file");
    }
    return std::move(*secret);
}

}  // namespace

Vault load_vault(const std::string& folder, const std::optional<KeyToken>& token) {
    if (!token) return Vault(folder);
    // A copy beside the token would make it worth nothing.
    for (const auto& key : key_files) {
        if (!fs::exists(plain_path(folder, key))) continue;
        throw OperatorError(plain_path(folder, key) +
                            " lies beside the token that should have it: run `mado-relay wrap-keys "
                            "CONFIG`");
    }
    const auto opened = open_token(*token);
    if (!opened.has_key(wrapping_key)) {
        throw OperatorError("the PKCS#11 token " + token->label +
                            " has no key of a relay: name the token that wrapped the keys");
    }
    auto seal = unwrap(opened, folder, key_files[0], token->label);
    auto index = unwrap(opened, folder, key_files[1], token->label);
    return {std::move(seal), std::move(index)};
}

void wrap_keys(const std::string& folder, const KeyToken& token) {
    auto opened = open_token(token);
    if (!opened.has_key(wrapping_key)) opened.make_key(wrapping_key, std::string(key_label));
    for (const auto& key : key_files) {
        const auto path = plain_path(folder, key);
        if (!fs::exists(path)) {
            static_cast<void>(unwrap(opened, folder, key, token.label));  // it was done before
            continue;
        }
        const auto plain = read_secret_file(path);
        replace_file(wrapped_path(folder, key), opened.wrap(wrapping_key, key.purpose, plain),
                     0600);
        // State: both are there. The plain one goes when the other has been seen to be the same.
        const auto back = unwrap(opened, folder, key, token.label);
        if (!crypto::equal(back.view(), plain.view())) {
            throw Failure("the PKCS#11 token does not give a key back");
        }
    }
    // Only when every one is wrapped: before that the next call begins anew.
    for (const auto& key : key_files)
        fs::remove(plain_path(folder, key));
}

}  // namespace mado::relay
