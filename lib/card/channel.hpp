// What stands between a program and a card: a reader. Commands go one way, answers the other.
#pragma once

#include <expected>

#include "card/apdu.hpp"

namespace mado::card {

enum class ChannelError {
    removed,  // the card was pulled, or the reader
    garbled,  // the answer was none
};

// A PIN that is typed at the reader, in digits.
struct PinEntry {
    Command command = {};  // its data is what fills the PIN's place up, at most 15 bytes
    std::uint8_t digits = 0;
};

class Channel {
  public:
    Channel() = default;
    virtual ~Channel() = default;
    Channel(const Channel&) = delete;
    Channel& operator=(const Channel&) = delete;

    virtual std::expected<Response, ChannelError> transmit(const Command& command) = 0;
    // Whether the reader has keys to type a PIN with.
    virtual bool has_keypad() { return false; }
    // With such a reader only: it asks for the PIN and sends the command with it; no program sees
    // it.
    virtual std::expected<Response, ChannelError> transmit_with_pin(const PinEntry& /*entry*/) {
        return std::unexpected(ChannelError::garbled);
    }
};

}  // namespace mado::card
