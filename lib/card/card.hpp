// A person's IC card: what every kind of card can do. The software card is here; cards in a PC/SC
// reader implement the same interface.
#pragma once

#include <expected>
#include <memory>
#include <string>

#include "base/secret.hpp"
#include "crypto/x509.hpp"

namespace mado::card {

// The PIN did not fit. With no tries left the card is locked.
struct PinRefused {
    int tries_left;
};

class Card {
  public:
    virtual ~Card() = default;
    // The certificate of the authentication key; readable without a PIN.
    [[nodiscard]] virtual crypto::Certificate authentication_certificate() = 0;
    // How many wrong PINs the card still takes; 0 = locked. Does not cost a try.
    [[nodiscard]] virtual int tries_left() = 0;
    // Signs with the authentication key, in the form that PublicKey::verify takes. A right PIN sets
    // the counter back; a wrong one is counted before the answer.
    [[nodiscard]] virtual std::expected<Bytes, PinRefused> sign_authentication(
        const Secret& pin, ByteView message) = 0;
};

}  // namespace mado::card
