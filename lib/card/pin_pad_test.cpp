// The bytes of PC/SC part 10; what a card does with a PIN that was typed at a reader is in
// chip/card_test.cpp.
#include "card/pin_pad.hpp"

#include <gtest/gtest.h>
#include <reader.h>

#include <cstring>

namespace mado::card {
namespace {

Bytes from_hex(std::string_view text) {
    return parse_hex(text).value();
}

TEST(PinPad, FindsTheControlCode) {
    // As libccid answers for a reader with a keypad: verify, modify, properties, TLV properties.
    const auto pad = from_hex(
        "060442330006"
        "070442330007"
        "0a044233000a"
        "120442330012");
    EXPECT_EQ(verify_pin_control(pad).value(), 0x42330006U);
    // Without a keypad.
    EXPECT_EQ(verify_pin_control(from_hex("120442330012")).value(), std::nullopt);
    EXPECT_EQ(verify_pin_control({}).value(), std::nullopt);
    // A feature of the future may have another length.
    EXPECT_EQ(verify_pin_control(from_hex("7700"
                                          "78021234"
                                          "060400000001"))
                  .value(),
              1U);
}

TEST(PinPad, RefusesOtherLists) {
    for (const auto* list : {"06", "0604", "0604423300", "060342330006", "06054233000600",
                             "060442330006060442330006", "12044233001206"}) {
        EXPECT_FALSE(verify_pin_control(from_hex(list)).has_value()) << list;
    }
    Bytes longest;
    while (longest.size() + 4 <= features_bytes_max)
        append(longest, from_hex("77020000"));
    EXPECT_TRUE(verify_pin_control(longest).has_value());
    append(longest, from_hex("7700"));
    EXPECT_FALSE(verify_pin_control(longest).has_value());
}

// Field by field, as pcsc-lite's reader.h has the structure.
TEST(PinPad, AsksForFourDigits) {
    const Bytes place(4);
    const auto bytes =
        pin_verify_structure({.command = {.ins = 0x20, .p2 = 0x80, .data = place}, .digits = 4});
    EXPECT_EQ(hex(bytes),
              "1e1e8204000404020111040000000009000000"
              "002000800400000000");
    PIN_VERIFY_STRUCTURE read{};
    constexpr std::size_t head = offsetof(PIN_VERIFY_STRUCTURE, abData);
    ASSERT_EQ(bytes.size(), head + 9);
    std::memcpy(&read, bytes.data(), head);
    EXPECT_EQ(read.bTimerOut, 30);
    EXPECT_EQ(read.bTimerOut2, 30);
    EXPECT_EQ(read.bmFormatString, 0x82) << "ASCII, from the first byte, at the left";
    EXPECT_EQ(read.bmPINBlockString, 4) << "no length in it";
    EXPECT_EQ(read.bmPINLengthFormat, 0);
    EXPECT_EQ(+read.wPINMaxExtraDigit, 0x0404) << "at least and at most";
    EXPECT_EQ(read.bEntryValidationCondition, 0x02) << "the key OK";
    EXPECT_EQ(read.bNumberMessage, 1);
    EXPECT_EQ(+read.wLangId, 0x0411) << "Japanese";
    EXPECT_EQ(read.bMsgIndex, 0);
    EXPECT_EQ(read.bTeoPrologue[0] | read.bTeoPrologue[1] | read.bTeoPrologue[2], 0);
    EXPECT_EQ(+read.ulDataLength, 9U);
}

TEST(PinPad, FillsUpAPlace) {
    const Bytes place(8, 0xff);
    const auto bytes =
        pin_verify_structure({.command = {.ins = 0x20, .p2 = 0x80, .data = place}, .digits = 4});
    EXPECT_EQ(hex(bytes),
              "1e1e820800040402011104000000000d000000"
              "0020008008ffffffffffffffff");
}

}  // namespace
}  // namespace mado::card
