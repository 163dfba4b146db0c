#include "mandates.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "wire/test_wire.hpp"

namespace mado::relay {
namespace {

using wire::test_now;

class MandatesTest : public testing::Test {
  protected:
    static wire::Mandate with_nonce(const std::string& nonce) {
        return {.audience = wire::participant_id("relay"),
                .organisation = wire::participant_id("clinic-1"),
                .kind = wire::MandateKind::check,
                .scope = {wire::service_id("eligibility")},
                .nonce = nonce,
                .issued_at = test_now,
                .expires = test_now + 120,
                .stop = {}};
    }
    static Name name(std::uint64_t number) { return {number, 0}; }
    std::string nonce(UnixTime now = test_now) {
        return mandates.issue_nonce(clinic, now).value_or("");
    }

    const wire::ParticipantId clinic = wire::participant_id("clinic-1");
    const wire::ParticipantId other = wire::participant_id("clinic-2");
    Mandates mandates;
};

TEST_F(MandatesTest, NonceHas256BitsAndIsNew) {
    const auto one = nonce();
    const auto two = nonce();
    EXPECT_EQ(one.size(), 43U);
    EXPECT_TRUE(parse_hash(one).has_value());
    EXPECT_NE(one, two);
}

TEST_F(MandatesTest, NonceIsSpentOnce) {
    const auto mandate = with_nonce(nonce());
    EXPECT_FALSE(mandates.accepted(name(1)));
    EXPECT_TRUE(mandates.accept(name(1), mandate, test_now));
    EXPECT_TRUE(mandates.accepted(name(1)));
    EXPECT_FALSE(mandates.accept(name(2), mandate, test_now)) << "other bytes, spent nonce";
    EXPECT_FALSE(mandates.accepted(name(2)));
    EXPECT_TRUE(mandates.accept(name(1), mandate, test_now)) << "the same bytes again";
}

TEST_F(MandatesTest, UnknownNonce) {
    EXPECT_FALSE(mandates.accept(name(1), with_nonce("never given out"), test_now));
    EXPECT_FALSE(mandates.accept(name(1), with_nonce(""), test_now));
}

TEST_F(MandatesTest, NonceOfAnotherOrganisation) {
    const auto theirs = mandates.issue_nonce(other, test_now).value_or("");
    EXPECT_FALSE(mandates.accept(name(1), with_nonce(theirs), test_now));
    // And it is not spent by the try.
    auto mandate = with_nonce(theirs);
    mandate.organisation = other;
    EXPECT_TRUE(mandates.accept(name(1), mandate, test_now));
}

TEST_F(MandatesTest, NonceLivesFiveMinutes) {
    const auto first = nonce();
    const auto second = nonce();
    EXPECT_TRUE(mandates.accept(name(1), with_nonce(first), test_now + 299));
    EXPECT_FALSE(mandates.accept(name(2), with_nonce(second), test_now + 300));
}

TEST_F(MandatesTest, AcceptedMandateIsForgottenAfterItsEnd) {
    EXPECT_TRUE(mandates.accept(name(1), with_nonce(nonce()), test_now));
    nonce(test_now + 119);
    EXPECT_TRUE(mandates.accepted(name(1)));
    nonce(test_now + 131);  // what is over is dropped now and then
    EXPECT_FALSE(mandates.accepted(name(1)));
}

TEST_F(MandatesTest, WhatTheStoreHasIsAccepted) {
    const auto mandate = with_nonce(nonce());
    EXPECT_TRUE(mandates.accept(name(1), mandate, test_now));
    EXPECT_FALSE(mandates.stored(name(1))) << "not yet";
    mandates.set_stored(name(1));
    EXPECT_TRUE(mandates.stored(name(1)));
    mandates.set_stored(name(2));
    EXPECT_FALSE(mandates.accepted(name(2))) << "nobody accepted it";

    Mandates later({{.name = name(1), .expires = test_now + 120}});
    EXPECT_TRUE(later.accepted(name(1)));
    EXPECT_TRUE(later.stored(name(1)));
    EXPECT_TRUE(later.accept(name(1), mandate, test_now)) << "its nonce was spent before";
    EXPECT_FALSE(later.accepted(name(2)));
    later.issue_nonce(clinic, test_now + 120);
    EXPECT_FALSE(later.accepted(name(1)));
}

TEST_F(MandatesTest, OneOrganisationCannotUseUpTheNonces) {
    std::size_t given = 0;
    while (given <= 20'000 && !nonce().empty())
        ++given;
    EXPECT_EQ(given, 20'000U);
    EXPECT_TRUE(mandates.issue_nonce(other, test_now).has_value());
    EXPECT_EQ(nonce(test_now + 299), "");
    EXPECT_NE(nonce(test_now + 310), "") << "the old ones are over";
}

TEST_F(MandatesTest, SpentNoncesMakeRoom) {
    for (std::uint64_t i = 0; i < 3; ++i) {
        const auto one = nonce();
        EXPECT_TRUE(mandates.accept(name(i), with_nonce(one), test_now));
    }
    std::size_t given = 0;
    while (given <= 20'000 && !nonce().empty())
        ++given;
    EXPECT_EQ(given, 20'000U);
}

TEST_F(MandatesTest, OneOfManyThreadsGetsTheNonce) {
    for (std::uint64_t round = 0; round < 20; ++round) {
        const auto mandate = with_nonce(nonce());
        std::atomic<int> accepted = 0;
        {
            std::vector<std::jthread> threads;
            for (std::uint64_t t = 0; t < 4; ++t) {
                threads.emplace_back([this, t, round, &mandate, &accepted] {
                    if (mandates.accept({round, t}, mandate, test_now)) ++accepted;
                });
            }
        }
        EXPECT_EQ(accepted, 1);
    }
}

}  // namespace
}  // namespace mado::relay
