// The issuer's side of a card (chip/issuing.hpp has the commands): has keys made in the chip,
// writes their certificates, sets PINs, unlocks.
#pragma once

#include <expected>

#include "card/card.hpp"
#include "card/channel.hpp"
#include "crypto/x509.hpp"

namespace mado::card {

// Why a card did not do what its issuer asked.
enum class IssueError {
    gone,      // pulled out
    not_ours,  // it has no such application, or another issuer key; that try is counted
    blocked,   // too many wrong issuer keys: for good
    refused,   // a PIN or certificate that does not fit
};

class Personaliser {
  public:
    // Authenticates with the card's own issuer key (32 bytes).
    static std::expected<Personaliser, IssueError> begin(Channel& channel,
                                                         const Secret& issuer_key);

    // A new key pair, of a type that the card has; the old one, its certificate and its PIN are
    // gone.
    std::expected<crypto::PublicKey, IssueError> generate(KeyUse use, crypto::KeyType type);
    // The card checks that the certificate is its key's.
    std::expected<void, IssueError> write_certificate(KeyUse use, const crypto::Certificate& one,
                                                      const crypto::Certificate& issuer);
    // With all its tries.
    std::expected<void, IssueError> set_pin(KeyUse use, const Secret& pin);

  private:
    explicit Personaliser(Channel& channel) : channel_(&channel) {}
    std::expected<Bytes, IssueError> send(const Command& command);
    std::expected<void, IssueError> write_file(std::uint16_t id, ByteView content);

    Channel* channel_;
};

}  // namespace mado::card
