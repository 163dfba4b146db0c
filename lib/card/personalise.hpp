// The issuer's side of a card (chip/issuing.hpp has the commands): has keys made in the chip,
// writes their certificates, sets PINs, unlocks.
#pragma once

#include <expected>
#include <functional>

#include "card/card.hpp"
#include "card/channel.hpp"
#include "card/issuing_names.hpp"
#include "crypto/x509.hpp"

namespace mado::card {

// Why a card did not do what its issuer asked.
enum class IssueError {
    gone,      // pulled out
    not_ours,  // it has no such application, or another issuer key; that try is counted
    blocked,   // too many wrong issuer keys: for good
    refused,   // a PIN or certificate that does not fit
    forged,    // a public key that the chip has not proved to be its own
};

// What a chip says of itself to anybody.
struct ChipFacts {
    issuing::Serial serial{};
    crypto::KeyType authentication = crypto::KeyType::p256;  // what its keys are to be
    crypto::KeyType signing = crypto::KeyType::p384;
    bool has_authentication_certificate = false;
    bool has_signing_certificate = false;

    [[nodiscard]] crypto::KeyType key_type(KeyUse use) const {
        return use == KeyUse::signing ? signing : authentication;
    }
};

// The issuer key of the chip with that serial number: the issuer keeps one root for all of them.
Secret chip_issuer_key(const Secret& root, const issuing::Serial& serial);

// RESET RETRY COUNTER of that key's PIN. Whoever has the PIN builds it: at the window that is the
// agent, and the issuer's side only says when.
std::expected<void, IssueError> reset_pin(Channel& channel, KeyUse use, const Secret& pin);

class Personaliser {
  public:
    // Or why that chip is not opened: it learns nothing of a key then.
    using KeyOfChip = std::function<std::expected<Secret, IssueError>(const ChipFacts& chip)>;

    // Authenticates with the card's own issuer key (32 bytes).
    static std::expected<Personaliser, IssueError> begin(Channel& channel,
                                                         const Secret& issuer_key);
    // Asks the chip first who it is.
    static std::expected<Personaliser, IssueError> begin(Channel& channel, const KeyOfChip& key_of);

    // What the chip said; only where it was asked.
    [[nodiscard]] const ChipFacts& chip() const { return chip_; }
    // A new key pair, of a type that the card has; the old one, its certificate and its PIN are
    // gone. The chip proves that the key is its own.
    std::expected<crypto::PublicKey, IssueError> generate(KeyUse use, crypto::KeyType type);
    // The card checks that the certificate is its key's.
    std::expected<void, IssueError> write_certificate(KeyUse use, const crypto::Certificate& one,
                                                      const crypto::Certificate& issuer);
    // With all its tries.
    std::expected<void, IssueError> set_pin(KeyUse use, const Secret& pin);

  private:
    explicit Personaliser(Channel& channel) : channel_(&channel) {}
    std::expected<void, IssueError> select();
    std::expected<void, IssueError> authenticate(Secret issuer_key);
    std::expected<void, IssueError> ask_facts();
    std::expected<Bytes, IssueError> read_public_key(KeyUse use);
    std::expected<Bytes, IssueError> send(const Command& command);
    std::expected<void, IssueError> write_file(std::uint16_t id, ByteView content);

    Channel* channel_;
    Secret issuer_key_;
    ChipFacts chip_ = {};
};

}  // namespace mado::card
