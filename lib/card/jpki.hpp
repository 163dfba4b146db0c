// Today's card: the JPKI application (softcard's side of it is chip/jpki.hpp). RSA-2048, PKCS#1
// v1.5 with SHA-256, which is all that these cards sign.
#pragma once

#include "card/card.hpp"
#include "card/channel.hpp"

namespace mado::card {

class JpkiCard final : public Card {
  public:
    // Whether this card has the application; it is selected then.
    static CardResult<bool> is_on(Channel& channel);
    // Nobody else uses the channel until the end.
    explicit JpkiCard(std::unique_ptr<Channel> channel) : channel_(std::move(channel)) {}

    CardResult<crypto::Certificate> authentication_certificate() override;
    CardResult<crypto::Certificate> signing_certificate(const Secret& password) override;
    CardResult<int> tries_left(KeyUse use) override;
    bool takes_pin_at_reader() override { return channel_->has_keypad(); }
    CardResult<Bytes> sign(KeyUse use, const Secret& pin, ByteView message) override;
    CardResult<void> change_pin(KeyUse use, const Secret& pin, const Secret& new_pin) override;

  private:
    // Selected anew for each task: what was verified before is not any more.
    CardResult<void> begin();
    CardResult<void> select_file(std::uint16_t id);
    CardResult<Bytes> read_certificate(std::uint16_t id);
    CardResult<void> verify(KeyUse use, const Secret& pin);

    std::unique_ptr<Channel> channel_;
};

}  // namespace mado::card
