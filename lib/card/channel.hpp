// What stands between a program and a card: a reader. Commands go one way, answers the other.
#pragma once

#include <expected>

#include "card/apdu.hpp"

namespace mado::card {

enum class ChannelError {
    removed,  // the card was pulled, or the reader
    garbled,  // the answer was none
};

class Channel {
  public:
    Channel() = default;
    virtual ~Channel() = default;
    Channel(const Channel&) = delete;
    Channel& operator=(const Channel&) = delete;

    virtual std::expected<Response, ChannelError> transmit(const Command& command) = 0;
};

}  // namespace mado::card
