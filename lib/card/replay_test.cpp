#include "card/replay.hpp"

#include <gtest/gtest.h>

namespace mado::card {
namespace {

Command parsed(const Bytes& bytes) {
    return parse_command(bytes).value();
}

TEST(Replay, WhatAsksForNothingTravelsTogether) {
    const std::vector<Response> none;
    Replay chip(none);
    EXPECT_FALSE(chip.waits());
    for (int i = 0; i < 3; ++i)
        EXPECT_EQ(chip.transmit({.ins = 0x44})->status, status::ok);
    EXPECT_FALSE(chip.transmit({.ins = 0x84, .expected = 16})) << "nobody has answered";
    EXPECT_FALSE(chip.transmit({.ins = 0x44})) << "not before that answer";
    EXPECT_EQ(chip.commands().size(), 4U);
    EXPECT_EQ(hex(chip.commands().back()), "0084000010");
}

TEST(Replay, NotTooManyAtOnce) {
    const std::vector<Response> none;
    Replay chip(none);
    while (chip.transmit({.ins = 0x44}))
        ASSERT_LE(chip.commands().size(), Replay::batch_max);
    EXPECT_EQ(chip.commands().size(), Replay::batch_max);
}

TEST(Replay, AnswersComeInTheirOrder) {
    const std::vector<Response> answers{{}, {.data = {1}}, {.data = {}, .status = 0x6a82}};
    Replay chip(answers);
    EXPECT_EQ(chip.transmit({.ins = 0x44})->status, status::ok);
    EXPECT_EQ(chip.transmit({.ins = 0x84, .expected = 1})->data, Bytes{1});
    EXPECT_EQ(chip.transmit({.ins = 0x44})->status, status::not_found);
    EXPECT_FALSE(chip.waits());
    EXPECT_TRUE(chip.transmit({.ins = 0x44})) << "the next one, not answered yet";
    EXPECT_TRUE(chip.waits());
}

TEST(Replay, APinTravelsAlone) {
    const std::vector<Response> none;
    Replay busy(none);
    EXPECT_TRUE(busy.transmit({.ins = 0x44}));
    EXPECT_FALSE(busy.set_pin(KeyUse::signing));
    EXPECT_FALSE(busy.pin());
    EXPECT_EQ(busy.commands().size(), 1U);
    const std::vector<Response> answers{{}};
    Replay chip(answers);
    EXPECT_TRUE(chip.transmit({.ins = 0x44}));
    EXPECT_FALSE(chip.set_pin(KeyUse::signing));
    EXPECT_EQ(chip.pin(), KeyUse::signing);
    EXPECT_FALSE(chip.transmit({.ins = 0x44}));
    EXPECT_TRUE(chip.commands().empty());
}

// Each command of docs/protocols/card-session.md, and none besides.
TEST(IssuingCommands, ThoseOfTheList) {
    const std::string proof(64, '0');
    for (const auto& text :
         {std::string("00a4040c06f04d41444f01"), std::string("00ca010013"),
          std::string("0084000010"), "0082000020" + proof, std::string("004700010111"),
          std::string("00a4020c020101"), std::string("00b0000000"), std::string("00c0000010"),
          std::string("00d60000023082"), std::string("00440000")}) {
        const auto bytes = parse_hex(text).value();  // that the command refers to
        const auto command = parsed(bytes);
        EXPECT_TRUE(is_issuing_command(command)) << text;
        const bool writes =
            text.starts_with("0047") || text.starts_with("00d6") || text.starts_with("0044");
        EXPECT_EQ(is_issuing_command(command, IssuingWork::pin), !writes) << text;
    }
}

TEST(IssuingCommands, NoPinAndNoOtherApplication) {
    for (const auto* text : {
             "00a4040c0ad392f000260100000001",  // JPKI
             "00a4040009a0000003080000100000",  // PIV
             "00a4040c05f04d41444f",            // the beginning of an AID
             "00a4000c02000a",                  // by another way
             "0020008004"
             "31323334",  // VERIFY
             "00200080",  // how many tries are left
             "0024008008"
             "3132333435363738",    // CHANGE
             "002c02010431323334",  // RESET RETRY COUNTER
             "00820000"
             "04"
             "31323334",  // no proof: it could be a PIN
             "0082000120"
             "3132333431323334313233343132333431323334313233343132333431323334",
             "802a00800431323334"
             "00",  // a signature of JPKI
             "0087119a047c028200"
             "00",                      // of PIV
             "00cb3fff055c035fc10500",  // an object of PIV
             "80d60000023082",          // another class
             "10d60000023082",          // chained
             "00e0000001"
             "00",  // something new
         }) {
        EXPECT_FALSE(is_issuing_command(parsed(parse_hex(text).value()))) << text;
    }
}

}  // namespace
}  // namespace mado::card
