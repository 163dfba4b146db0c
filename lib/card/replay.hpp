// A card that is elsewhere: what is asked of it is collected here, travels, and is answered later.
// Whoever asks is run from its beginning with the answers that have come so far, until one is
// missing; so it is written as if the card were here, and needs no thread that waits.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "card/card.hpp"
#include "card/channel.hpp"

namespace mado::card {

class Replay final : public Channel {
  public:
    static constexpr std::size_t batch_max = 32;

    // `answers`: to everything that was asked so far, in that order. They outlive it.
    explicit Replay(const std::vector<Response>& answers) : answers_(answers) {}

    // What asks for no data is taken to be done, so that commands travel together: whoever has the
    // card stops at the first that is not, and the next replay finds that answer at its place.
    std::expected<Response, ChannelError> transmit(const Command& command) override;
    // A PIN that is typed where the card is, and set there; nothing else travels with it.
    std::expected<Response, ChannelError> set_pin(KeyUse use);

    // What is asked next: commands, or a PIN, or nothing.
    [[nodiscard]] bool waits() const { return !commands_.empty() || pin_.has_value(); }
    [[nodiscard]] const std::vector<Bytes>& commands() const { return commands_; }
    [[nodiscard]] std::optional<KeyUse> pin() const { return pin_; }

  private:
    const std::vector<Response>& answers_;
    std::size_t next_ = 0;
    std::vector<Bytes> commands_;
    std::optional<KeyUse> pin_;
    bool is_full_ = false;  // nothing more before the next answer
};

// Whether a command of an issuer may go to a card from somebody who holds it and has not to trust
// the issuer with it: it selects the issuing application and no other, and none carries or verifies
// a PIN (docs/protocols/card-session.md).
// What for: of a new PIN alone, no keys are made, and nothing is written.
enum class IssuingWork { card, pin };
bool is_issuing_command(const Command& command, IssuingWork work = IssuingWork::card);

}  // namespace mado::card
