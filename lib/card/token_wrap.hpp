// Secrets that only a PKCS#11 token can open: an AES-256 key that was made there, and does not
// leave it, wraps them. What is wrapped may lie in a file beside the token.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/secret.hpp"

namespace mado::card {

class Cryptoki;
class Session;

// Logged in from its making on, as TokenKeys, and with its errors. One thread.
class TokenWrap {
  public:
    TokenWrap(const std::string& module_path, const std::string& label, const Secret& pin);
    ~TokenWrap();
    TokenWrap(const TokenWrap&) = delete;
    TokenWrap& operator=(const TokenWrap&) = delete;

    // The wrapping key, by its CKA_ID.
    [[nodiscard]] bool has_key(std::uint8_t id) const;
    // Failure when the id is taken.
    void make_key(std::uint8_t id, const std::string& label);
    // Bound to its purpose: a file in another's place does not open.
    [[nodiscard]] Bytes wrap(std::uint8_t id, std::string_view purpose, const Secret& secret) const;
    // None: another token's key has wrapped it, or for another purpose, or it was altered.
    [[nodiscard]] std::optional<Secret> unwrap(std::uint8_t id, std::string_view purpose,
                                               ByteView wrapped) const;

  private:
    std::unique_ptr<Cryptoki> module_;
    std::unique_ptr<Session> session_;
};

}  // namespace mado::card
