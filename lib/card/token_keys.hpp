// Keys of a program (an authority's) in a PKCS#11 token: made there, used there, never out of it.
// In the demo the token is SoftHSM2's, files that protect nothing from whoever is root on the same
// machine; a real authority names its hardware's module instead.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/secret.hpp"
#include "crypto/key.hpp"

namespace mado::card {

enum class TokenKeyType { p256, p384, rsa3072 };

class Cryptoki;
class Session;

// Logged in to one token from its making on. One thread; one for a module in a program.
// A token that does not do what it should is a Failure, one that is not there or does not take the
// PIN an OperatorError.
class TokenKeys {
  public:
    // `label`: of the token. Two tokens with one label are refused.
    TokenKeys(const std::string& module_path, const std::string& label, const Secret& pin);
    ~TokenKeys();
    TokenKeys(const TokenKeys&) = delete;
    TokenKeys& operator=(const TokenKeys&) = delete;

    // By CKA_ID. None: there is no such key.
    [[nodiscard]] std::optional<crypto::PublicKey> find(std::uint8_t id) const;
    // Failure when the id is taken.
    crypto::PublicKey generate(std::uint8_t id, const std::string& label, TokenKeyType type);
    // In the form that PublicKey::verify takes; verified with `key`, so that what leaves is no
    // other key's signature and no faulty one.
    [[nodiscard]] Bytes sign(std::uint8_t id, const crypto::PublicKey& key, ByteView message) const;

  private:
    std::unique_ptr<Cryptoki> module_;
    std::unique_ptr<Session> session_;
};

}  // namespace mado::card
