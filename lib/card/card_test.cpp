#include "card/card.hpp"

#include <gtest/gtest.h>

namespace mado::card {
namespace {

TEST(Card, WhatCanBeAPin) {
    const auto fits = [](KeyUse use, std::string_view text) { return is_pin(use, as_bytes(text)); };
    for (const auto* text : {"0000", "1234", "9999"})
        EXPECT_TRUE(fits(KeyUse::authentication, text)) << text;
    for (const auto* text :
         {"", "123", "12345", "12a4", "12A4", "123/", "123:", " 123", "１２３４"})
        EXPECT_FALSE(fits(KeyUse::authentication, text)) << text;
    for (const auto* text : {"ABC123", "123456", "AZ0099", "ABCDEFGH12345678"})
        EXPECT_TRUE(fits(KeyUse::signing, text)) << text;
    for (const auto* text :
         {"", "ABC12", "ABCDEFGH123456789", "abc123", "ABC 123", "ABC12@", "ABC12[", "1234"})
        EXPECT_FALSE(fits(KeyUse::signing, text)) << text;
}

}  // namespace
}  // namespace mado::card
