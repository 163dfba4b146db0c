#include "card/tlv.hpp"

#include <gtest/gtest.h>

namespace mado::card {
namespace {

Bytes of_hex(std::string_view text) {
    return parse_hex(text).value();
}

// BER-TLV (ISO/IEC 7816-4:2020 section 6.3): lengths of one, two and three bytes.
TEST(Tlv, Lengths) {
    const std::pair<std::size_t, std::string_view> heads[] = {
        {0, "5300"},     {127, "537f"},     {128, "538180"},
        {255, "5381ff"}, {256, "53820100"}, {65'535, "5382ffff"}};
    for (const auto& [size, head] : heads) {
        const Bytes value(size, 0x5a);
        auto expected = of_hex(head);
        append(expected, value);
        EXPECT_EQ(tlv(0x53, value), expected) << size;
        EXPECT_EQ(to_bytes(only_tlv(expected, 0x53).value()), value) << size;
    }
    EXPECT_THROW(tlv(0x53, Bytes(65'536)), Failure);
}

TEST(Tlv, OneAfterTheOther) {
    const auto bytes = of_hex("820081022a2b");
    ByteView rest = bytes;
    EXPECT_EQ(take_tlv(rest)->tag, 0x82);
    const auto second = take_tlv(rest);
    ASSERT_TRUE(second.has_value());
    EXPECT_EQ(second->tag, 0x81);
    EXPECT_EQ(hex(second->value), "2a2b");
    EXPECT_TRUE(rest.empty());
}

TEST(Tlv, WhatIsNone) {
    for (const auto* bytes : {"", "53", "5301", "5380", "5381", "538101", "538200", "53820001",
                              "5383000000", "53ff", "5f2f0100", "7f0100"}) {
        const auto owned = of_hex(bytes);
        ByteView view = owned;
        EXPECT_FALSE(take_tlv(view).has_value()) << bytes;
    }
    EXPECT_FALSE(only_tlv(of_hex("530100"), 0x70).has_value());
    EXPECT_FALSE(only_tlv(of_hex("53010000"), 0x53).has_value());
}

}  // namespace
}  // namespace mado::card
