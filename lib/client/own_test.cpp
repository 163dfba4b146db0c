#include "client/own.hpp"

#include <gtest/gtest.h>

namespace mado::client {
namespace {

// docs/protocols/errors.md
TEST(Own, SilenceOfTheRelayIsNotOfOneHolder) {
    const auto of_one = [](wire::Code code, const char* detail) {
        return is_of_one_holder({code, detail, "8p4o3vXGpqEu4wqy", {}});
    };
    for (const auto* reason : {"absent", "slow", "unwell"})
        EXPECT_TRUE(of_one(wire::Code::unavailable, reason));
    for (const auto* reason : {"refused", "timed_out", "closed", "certificate", "malformed", ""})
        EXPECT_FALSE(of_one(wire::Code::unavailable, reason)) << reason;
    EXPECT_TRUE(of_one(wire::Code::holder_failed, ""));
    EXPECT_TRUE(of_one(wire::Code::receipt_invalid, ""));
    EXPECT_FALSE(of_one(wire::Code::no_link, "")) << "the end of the person's links";
    EXPECT_FALSE(of_one(wire::Code::mandate_ended, ""));
    EXPECT_FALSE(of_one(wire::Code::card_revoked, ""));
}

TEST(Own, WhatWasNotAskedForIsTheHoldersToChoose) {
    EXPECT_TRUE(is_as_asked({{"from", "2026-01"}}, "from", "2026-01"));
    EXPECT_FALSE(is_as_asked({{"from", "2026-01"}}, "from", "2026-02"));
    EXPECT_TRUE(is_as_asked({{"from", "2026-01"}}, "to", "2026-02"));
}

}  // namespace
}  // namespace mado::client
