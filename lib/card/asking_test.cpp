#include "card/asking.hpp"

#include <gtest/gtest.h>

namespace mado::card {
namespace {

// Answers one after the other, whatever it is asked.
struct Script final : Channel {
    explicit Script(std::vector<Response> all) : answers(std::move(all)) {}
    std::expected<Response, ChannelError> transmit(const Command& command) override {
        if (heard.size() == answers.size()) return std::unexpected(ChannelError::removed);
        heard.push_back(hex(command_bytes(command).view()));
        return answers[heard.size() - 1];
    }
    std::vector<Response> answers;
    std::vector<std::string> heard;
};
using Heard = std::vector<std::string>;
constexpr Command read{.ins = 0xb0, .expected = 256};

TEST(Asking, ACardThatNamesTheLengthItWants) {
    Script card({{.status = 0x6c02}, {.data = {1, 2}}});
    EXPECT_EQ(ask(card, read)->data, (Bytes{1, 2}));
    EXPECT_EQ(card.heard, (Heard{"00b0000000", "00b0000002"}));
    // Also of what waits.
    Script more({{.data = {1}, .status = 0x6105}, {.status = 0x6c02}, {.data = {2, 3}}});
    EXPECT_EQ(ask(more, read)->data, (Bytes{1, 2, 3}));
    EXPECT_EQ(more.heard, (Heard{"00b0000000", "00c0000005", "00c0000002"}));
}

TEST(Asking, ItIsAskedOnceMoreOnly) {
    Script card({{.status = 0x6c02}, {.status = 0x6c03}, {}});
    EXPECT_EQ(ask(card, read)->status, 0x6c03);
    // A command that wants nothing back has no Le to be wrong, and a PIN is not sent twice.
    const Bytes pin{0x31, 0x32, 0x33, 0x34};
    Script verify({{.status = 0x6c00}, {}});
    EXPECT_EQ(ask(verify, {.ins = 0x20, .data = pin})->status, 0x6c00);
}

}  // namespace
}  // namespace mado::card
