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
    static LiveMandate mandate(std::uint8_t number) {
        return {.hash = wire::filled(number),
                .expires = test_now + 120,
                .organisation = wire::participant_id("clinic-1")};
    }
    bool accepted(std::uint8_t number) {
        return mandates.standing(wire::filled(number)).has_value();
    }
    bool accept(std::uint8_t number, const std::string& nonce, UnixTime now = test_now) {
        return mandates.accept(mandate(number), nonce, now);
    }
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
    const auto one = nonce();
    EXPECT_FALSE(accepted(1));
    EXPECT_TRUE(accept(1, one));
    EXPECT_TRUE(accepted(1));
    EXPECT_FALSE(accept(2, one)) << "other bytes, spent nonce";
    EXPECT_FALSE(accepted(2));
    EXPECT_TRUE(accept(1, one)) << "the same bytes again";
}

TEST_F(MandatesTest, UnknownNonce) {
    EXPECT_FALSE(accept(1, "never given out"));
    EXPECT_FALSE(accept(1, ""));
}

TEST_F(MandatesTest, NonceOfAnotherOrganisation) {
    const auto theirs = mandates.issue_nonce(other, test_now).value_or("");
    EXPECT_FALSE(accept(1, theirs));
    // And it is not spent by the try.
    auto own = mandate(1);
    own.organisation = other;
    EXPECT_TRUE(mandates.accept(own, theirs, test_now));
}

TEST_F(MandatesTest, NonceLivesFiveMinutes) {
    const auto first = nonce();
    const auto second = nonce();
    EXPECT_TRUE(accept(1, first, test_now + 299));
    EXPECT_FALSE(accept(2, second, test_now + 300));
}

TEST_F(MandatesTest, AcceptedMandateIsForgottenAfterItsEnd) {
    EXPECT_TRUE(accept(1, nonce()));
    nonce(test_now + 119);
    EXPECT_TRUE(accepted(1));
    nonce(test_now + 131);  // what is over is dropped now and then
    EXPECT_FALSE(accepted(1));
}

TEST_F(MandatesTest, WhatTheStoreHasIsAccepted) {
    const auto one = nonce();
    const std::vector<LiveMandate> both{mandate(1), mandate(2)};
    EXPECT_TRUE(accept(1, one));
    EXPECT_FALSE(mandates.standing(wire::filled(1))->stored) << "not yet";
    mandates.set_stored(both);
    EXPECT_TRUE(mandates.standing(wire::filled(1))->stored);
    EXPECT_FALSE(accepted(2)) << "nobody accepted it";

    Mandates later({mandate(1)});
    EXPECT_TRUE(later.standing(wire::filled(1))->stored);
    EXPECT_TRUE(later.accept(mandate(1), one, test_now)) << "its nonce was spent before";
    EXPECT_FALSE(later.standing(wire::filled(2)).has_value());
    later.issue_nonce(clinic, test_now + 120);
    EXPECT_FALSE(later.standing(wire::filled(1)).has_value());
}

TEST_F(MandatesTest, EndsByItsStopOnly) {
    auto own = mandate(1);
    own.stop = wire::filled(50);
    EXPECT_TRUE(mandates.accept(own, nonce(), test_now));
    EXPECT_TRUE(accept(2, nonce()));
    EXPECT_TRUE(mandates.end_by_stop(wire::filled(51), test_now).empty());
    EXPECT_FALSE(mandates.standing(wire::filled(1))->ended);

    const auto first = mandates.end_by_stop(wire::filled(50), test_now);
    ASSERT_EQ(first.size(), 1U);
    EXPECT_EQ(first[0].mandate.hash, wire::filled(1));
    EXPECT_EQ(first[0].mandate.organisation, clinic);
    EXPECT_EQ(first[0].mandate.expires, test_now + 120);
    EXPECT_EQ(first[0].mandate.stop, wire::filled(50));
    EXPECT_EQ(first[0].mandate.ended, Ending::stop);
    EXPECT_TRUE(first[0].is_new);
    EXPECT_FALSE(first[0].stored);
    EXPECT_TRUE(mandates.standing(wire::filled(1))->ended);
    EXPECT_FALSE(mandates.standing(wire::filled(2))->ended);

    mandates.set_end_stored(wire::filled(1));
    const auto again = mandates.end_by_stop(wire::filled(50), test_now);
    ASSERT_EQ(again.size(), 1U);
    EXPECT_FALSE(again[0].is_new);
    EXPECT_TRUE(again[0].stored);
    EXPECT_TRUE(mandates.end_by_stop(wire::filled(50), test_now + 120).empty()) << "over anyway";
}

TEST_F(MandatesTest, EndsByItsOwnOrganisationOnly) {
    EXPECT_TRUE(accept(1, nonce()));
    EXPECT_FALSE(mandates.end_for(other, wire::filled(1), test_now).has_value());
    EXPECT_FALSE(mandates.end_for(clinic, wire::filled(2), test_now).has_value());
    EXPECT_FALSE(mandates.standing(wire::filled(1))->ended);
    const auto ended = mandates.end_for(clinic, wire::filled(1), test_now);
    ASSERT_TRUE(ended.has_value());
    EXPECT_EQ(ended->mandate.ended, Ending::organisation);
    EXPECT_TRUE(mandates.standing(wire::filled(1))->ended);
    // The first ending is the one that counts.
    EXPECT_EQ(mandates.end_for(clinic, wire::filled(1), test_now)->mandate.ended,
              Ending::organisation);
}

TEST_F(MandatesTest, ACardsEndIsThatOfAllItsMandates) {
    for (std::uint8_t number = 1; number <= 3; ++number) {
        auto own = mandate(number);
        own.card = wire::filled(number == 3 ? 61 : 60);
        EXPECT_TRUE(mandates.accept(own, nonce(), test_now));
    }
    EXPECT_EQ(mandates.end_by_card(wire::filled(60), test_now).size(), 2U);
    EXPECT_TRUE(mandates.standing(wire::filled(1))->ended);
    EXPECT_TRUE(mandates.standing(wire::filled(2))->ended);
    EXPECT_FALSE(mandates.standing(wire::filled(3))->ended);
}

TEST_F(MandatesTest, WhatTheStoreSaysHasEndedHasEnded) {
    auto accepted_row = mandate(1);
    accepted_row.stop = wire::filled(50);
    auto ended_row = mandate(1);
    ended_row.ended = Ending::organisation;
    Mandates later({accepted_row, ended_row});
    EXPECT_TRUE(later.standing(wire::filled(1))->ended);
    const auto again = later.end_by_stop(wire::filled(50), test_now);
    ASSERT_EQ(again.size(), 1U);
    EXPECT_TRUE(again[0].stored);
    EXPECT_FALSE(again[0].is_new);
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
    for (std::uint8_t i = 0; i < 3; ++i)
        EXPECT_TRUE(accept(i, nonce()));
    std::size_t given = 0;
    while (given <= 20'000 && !nonce().empty())
        ++given;
    EXPECT_EQ(given, 20'000U);
}

TEST_F(MandatesTest, OneOfManyThreadsGetsTheNonce) {
    for (std::uint8_t round = 0; round < 20; ++round) {
        const auto one = nonce();
        std::atomic<int> winners = 0;
        {
            std::vector<std::jthread> threads;
            for (std::uint8_t t = 0; t < 4; ++t) {
                const auto number = static_cast<std::uint8_t>(round * 4 + t);
                threads.emplace_back([this, number, &one, &winners] {
                    if (accept(number, one)) ++winners;
                });
            }
        }
        EXPECT_EQ(winners, 1);
    }
}

}  // namespace
}  // namespace mado::relay
