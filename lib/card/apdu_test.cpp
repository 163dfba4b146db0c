#include "card/apdu.hpp"

#include <gtest/gtest.h>

namespace mado::card {
namespace {

Bytes of_hex(std::string_view text) {
    return parse_hex(text).value();
}

// ISO/IEC 7816-4 section 5.2: the four cases.
TEST(Apdu, TheFourCases) {
    struct Case {
        std::string_view bytes, data;
        std::size_t expected;
    };
    for (const auto& one :
         {Case{"00200080", "", 0}, Case{"00b0000000", "", 256}, Case{"00b00000ff", "", 255},
          Case{"00a4020c02000a", "000a", 0}, Case{"00a4040002a00000", "a000", 256},
          Case{"00a4040002a00010", "a000", 16}}) {
        const auto bytes = of_hex(one.bytes);
        const auto command = parse_command(bytes);
        ASSERT_TRUE(command.has_value()) << one.bytes;
        EXPECT_EQ(hex(command->data), one.data) << one.bytes;
        EXPECT_EQ(command->expected, one.expected) << one.bytes;
        EXPECT_EQ(hex(command_bytes(*command).view()), one.bytes);
    }
}

TEST(Apdu, WhatIsNoCommand) {
    for (const auto* bytes : {"", "00", "00a404", "00a4040c0a00", "00a4040c01000000",
                              "00b000000000", "00b00000000100", "00d60000000100aa"}) {
        EXPECT_FALSE(parse_command(of_hex(bytes)).has_value()) << bytes;
    }
    EXPECT_FALSE(parse_command(Bytes(command_bytes_max + 1, 0xff)).has_value());
}

TEST(Apdu, TheLongestCommand) {
    const Bytes data(255, 0x5a);
    const auto bytes = command_bytes({.ins = 0xd6, .data = data, .expected = 256});
    EXPECT_EQ(bytes.size(), command_bytes_max);
    const auto back = parse_command(bytes.view());
    ASSERT_TRUE(back.has_value());
    EXPECT_EQ(to_bytes(back->data), data);
    const Bytes more(256, 0);
    EXPECT_THROW(command_bytes({.data = more}), Failure);
    EXPECT_THROW(command_bytes({.expected = 257}), Failure);
}

TEST(Apdu, Responses) {
    const auto response = parse_response(of_hex("01026a82"));
    ASSERT_TRUE(response.has_value());
    EXPECT_EQ(response->status, status::not_found);
    EXPECT_EQ(hex(response->data), "0102");
    EXPECT_EQ(hex(response_bytes(*response)), "01026a82");
    EXPECT_FALSE(parse_response(of_hex("90")).has_value());
    EXPECT_TRUE(parse_response(Bytes(258, 0)).has_value());
    EXPECT_FALSE(parse_response(Bytes(259, 0)).has_value());
}

}  // namespace
}  // namespace mado::card
