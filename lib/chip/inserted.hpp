// A virtual card in a reader within this program: for tests and the demo.
#pragma once

#include "card/channel.hpp"
#include "chip/chip.hpp"

namespace mado::chip {

class Inserted final : public card::Channel {
  public:
    explicit Inserted(const std::string& card) : chip_(card) {}
    std::expected<card::Response, card::ChannelError> transmit(
        const card::Command& command) override;

  private:
    Chip chip_;
};

}  // namespace mado::chip
