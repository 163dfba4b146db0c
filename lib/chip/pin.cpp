#include "chip/pin.hpp"

#include "crypto/digest.hpp"

namespace mado::chip {

card::Status tries_status(const Pin& pin) {
    return static_cast<card::Status>(card::status::tries_left + pin.tries_left);
}

card::Status verify_pin(CardFile& file, Pin& pin, const PinRule& rule, ByteView given) {
    if (pin.tries_left == 0) return card::status::blocked;
    // Counted before it is compared: pulling the card cannot give a try back.
    pin.tries_left -= 1;
    file.save();
    if (!crypto::equal(crypto::hmac_sha256(pin.salt, {given}), pin.check)) return tries_status(pin);
    pin.tries_left = rule.tries_max;
    file.save();
    return card::status::ok;
}

void set_pin(Pin& pin, const PinRule& rule, ByteView text) {
    pin.salt = crypto::random_hash();
    pin.check = crypto::hmac_sha256(pin.salt, {text});
    pin.tries_left = rule.tries_max;
}

}  // namespace mado::chip
