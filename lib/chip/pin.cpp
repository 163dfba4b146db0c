#include "chip/pin.hpp"

#include <algorithm>

#include "crypto/digest.hpp"

namespace mado::chip {

bool is_pin(ByteView text, const PinRule& rule) {
    const auto fits = [&rule](std::uint8_t c) {
        const bool digit = c >= '0' && c <= '9';
        return digit || (!rule.digits_only && c >= 'A' && c <= 'Z');
    };
    return text.size() >= rule.bytes_min && text.size() <= rule.bytes_max &&
           std::ranges::all_of(text, fits);
}

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
