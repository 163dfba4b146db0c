// The next card: the PIV application (NIST SP 800-73-4) with keys on P-256 and P-384, as Mado's
// cards have it (docs/protocols/card.md; the card's side is chip/piv.hpp).
#pragma once

#include "card/card.hpp"
#include "card/channel.hpp"

namespace mado::card {

class PivCard final : public Card {
  public:
    // Whether this card has the application; it is selected then.
    static CardResult<bool> is_on(Channel& channel);
    // Nobody else uses the channel until the end.
    explicit PivCard(std::unique_ptr<Channel> channel) : channel_(std::move(channel)) {}

    CardResult<crypto::Certificate> authentication_certificate() override;
    CardResult<crypto::Certificate> signing_certificate(const Secret& password) override;
    CardResult<int> tries_left(KeyUse use) override;
    bool takes_pin_at_reader() override { return channel_->has_keypad(); }
    CardResult<Bytes> sign(KeyUse use, const Secret& pin, ByteView message) override;
    CardResult<void> change_pin(KeyUse use, const Secret& pin, const Secret& new_pin) override;

  private:
    // Nobody is verified, before each task and after it; but on a card from before SP 800-73-4,
    // which cannot be told so, until it is reset.
    CardResult<void> begin();
    CardResult<void> log_out();
    std::unexpected<CardProblem> told_apart(KeyUse use, CardProblem why);
    CardResult<crypto::Certificate> read_certificate(KeyUse use);
    CardResult<void> verify(KeyUse use, const Secret& pin);
    CardResult<Bytes> sign_verified(KeyUse use, const Secret& pin, ByteView message);

    std::unique_ptr<Channel> channel_;
};

}  // namespace mado::card
