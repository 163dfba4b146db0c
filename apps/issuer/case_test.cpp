// Single steps of a case that the exhaustive search (case_states_slow_test.cpp) does not ask for.
#include "case.hpp"

#include <gtest/gtest.h>

#include "orders.hpp"
#include "test_issuer.hpp"

namespace mado::issuer {
namespace {

Case renewal(const wire::Schemes& schemes) {
    const auto application = test_application(schemes);
    return *after({},
                  Opened{.numbers = {"1", "2", "3"},
                         .known = application.person,
                         .signing = true,
                         .kind = Kind::renewal,
                         .linked = {application.claims.front()},
                         .before = {{.use = Use::signing, .certificate = "MII"}}},
                  10);
}

// By the slip a renewal goes on for a day after whoever has signed last.
TEST(Case, ARequestIsAsOldAsItsLastSignature) {
    const auto schemes = test_schemes();
    auto one = *after(renewal(schemes), Requested{"signed"}, 100);
    EXPECT_EQ(one.requested_at, 100);
    one = *after(one, Requested{"signed again"}, 200);
    EXPECT_EQ(one.requested_at, 200);
    one = *after(one, Requested{"signed again"}, 300);
    EXPECT_EQ(one.requested_at, 200) << "the same once more";
}

// The authority did not take the register's answer, and the register writes otherwise now.
TEST(Case, WhatARegisterWritesAfterTheKeysWereMadeIsDecided) {
    const auto schemes = test_schemes();
    auto one = *after(renewal(schemes), Requested{"signed"}, 100);
    one.keys = {{Use::authentication, "key"}, {Use::signing, "key"}};
    one.claims.front().finding = Finding::same;
    EXPECT_EQ(after(one, Decided{0, true, "signed"}, 200).error(), Misfit::too_late);
    one.claims.front().finding = Finding::otherwise;
    const auto decided = after(one, Decided{0, true, "signed"}, 200);
    ASSERT_TRUE(decided);
    EXPECT_EQ(decided->claims.front().finding, Finding::agreed);
}

// An order before may have activated it; now it counts no more. The case can be given up.
TEST(Case, ThereIsNoDoubtOfACardThatIsRevoked) {
    Case one;
    one.kind = Kind::replacement;
    one.handed_over = true;
    one.open = {activate_order};
    one.lapsed = {activate_order};
    EXPECT_TRUE(after(one, Refused{activate_order, "overloaded"}, 10)->is_in_doubt(activate_order));
    EXPECT_FALSE(
        after(one, Refused{activate_order, "card_revoked"}, 10)->is_in_doubt(activate_order));
}

// A stop of two cards, one of which the other has replaced at the relay meanwhile.
TEST(Case, NothingIsLeftToStopOrToResumeOfACardThatIsRevoked) {
    const auto schemes = test_schemes();
    const auto directory = test_directory();
    const Parties parties{
        .directory = directory, .schemes = schemes, .authority = *wire::ParticipantId::parse("ca")};
    Case one;
    one.kind = Kind::stop;
    const auto told = [&](OrderKind kind, wire::Code code) {
        return *happening_of(parties, one, {kind, 1},
                             std::unexpected(client::Problem{code, {}, {}, {}}));
    };
    for (const auto kind : {OrderKind::stop, OrderKind::resume_card}) {
        const auto out = told(kind, wire::Code::card_revoked);
        const auto* none = std::get_if<NotActive>(&out);
        ASSERT_NE(none, nullptr);
        EXPECT_EQ(none->place, 1);
        EXPECT_TRUE(std::holds_alternative<Refused>(told(kind, wire::Code::not_allowed)));
    }
    EXPECT_TRUE(std::holds_alternative<Refused>(told(OrderKind::reset, wire::Code::card_revoked)));
}

// The relay would refuse it when everybody has answered.
TEST(Case, NobodyAppliesWithOneNumberTwice) {
    const auto schemes = test_schemes();
    Case one;
    one.numbers.issuing = "1";
    auto application = test_application(schemes);
    application.claims.push_back(application.claims.back());
    EXPECT_EQ(after(one, application, 1).error(), Misfit::unexpected);
    application.claims.pop_back();
    EXPECT_TRUE(after(one, application, 1));
}

}  // namespace
}  // namespace mado::issuer
