// For tests: a reader with a keypad. None was at hand: this one reads the structure of PC/SC part
// 10 byte for byte, as the standard describes it, and has a virtual card in it.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <string>

#include "card/pin_pad.hpp"
#include "chip/inserted.hpp"

namespace mado::chip {

// What somebody does at the keypad.
struct Hand {
    std::string digits = {};
    bool cancels = false;
    bool sleeps = false;
    std::function<void()> before = {};  // takes its time
};

class KeypadReader final : public card::Channel {
  public:
    KeypadReader(const std::string& card, const Hand& hand) : card_(card), hand_(&hand) {}
    std::expected<card::Response, card::ChannelError> transmit(
        const card::Command& command) override {
        return card_.transmit(command);
    }
    bool has_keypad() override { return true; }
    std::expected<card::Response, card::ChannelError> transmit_with_pin(
        const card::PinEntry& entry) override {
        const auto bytes = card::pin_verify_structure(entry);
        if (hand_->before) hand_->before();
        if (hand_->sleeps) return answer(card::status::pin_timeout);
        if (hand_->cancels) return answer(card::status::pin_cancelled);
        const std::size_t most = bytes.at(5);
        const std::size_t least = bytes.at(6);
        const auto typed = hand_->digits.size();
        if (typed < least || typed > most) return answer(card::status::pin_length);
        // At the left of its place, which begins right behind the length of the data.
        Bytes command(bytes.begin() + 19, bytes.end());
        EXPECT_EQ(bytes.at(2), 0x82);
        EXPECT_EQ(command.size(), bytes.at(15));
        EXPECT_EQ(command.at(4), bytes.at(3));
        std::ranges::copy(hand_->digits, command.begin() + 5);
        return card_.transmit(card::parse_command(command).value());
    }

  private:
    static card::Response answer(card::Status status) { return {.data = {}, .status = status}; }
    Inserted card_;
    const Hand* hand_;
};

}  // namespace mado::chip
