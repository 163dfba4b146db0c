#include "service.hpp"

#include <gtest/gtest.h>

#include "test_gateway.hpp"

namespace mado::gateway {
namespace {

using wire::participant_id;
using wire::test_now;

class GatewayServiceTest : public testing::Test {
  protected:
    using Forgery = GatewayCountry::Forgery;

    [[nodiscard]] std::string verify(const wire::Delivery& delivery) const {
        const auto verified = verify_order(
            {.delivery = delivery, .directory = directory, .policy = policy, .allowed = allowed});
        return verified ? "good" : std::string(wire::info(verified.error()).name);
    }
    std::string verify(const Forgery& forgery) { return verify(country.deliver(forgery)); }
    std::string with_head(std::function<void(wire::Head&)> change) {
        return verify(Forgery{.head = std::move(change)});
    }
    std::string with_order(std::function<void(wire::Order&)> change) {
        return verify(Forgery{.order = std::move(change)});
    }

    // An order that was made that long after its head was signed.
    std::string made_at(std::int64_t after) {
        return with_order([after](wire::Order& o) {
            o.time += after;
            o.keep_until = o.time + GatewayCountry::keep_s;
        });
    }

    GatewayCountry country;
    const wire::Directory directory = country.directory();
    const wire::Policy policy = wire::valid(wire::Policy::parse(test_policies));
    AllowedPolicies allowed{"number", "seen", "check"};
};

TEST_F(GatewayServiceTest, HonestOrder) {
    const auto delivery = country.deliver();
    const auto verified = verify_order(
        {.delivery = delivery, .directory = directory, .policy = policy, .allowed = allowed});
    ASSERT_TRUE(verified.has_value());
    EXPECT_EQ(verified->holder->id.text(), "06990014");
    EXPECT_EQ(verified->head.issuer.text(), "clinic-1");
    EXPECT_EQ(verified->entry, wire::order_entry(delivery.receipt.salt, delivery.receipt.order));
}

TEST_F(GatewayServiceTest, OrderNamesTheHolderOrItsKind) {
    EXPECT_EQ(with_head([](wire::Head& h) {
                  h.to = {.holder = participant_id("06990014"), .kind = {}, .position = 1};
              }),
              "good");
    EXPECT_EQ(with_head([](wire::Head& h) { h.to.position = 5; }), "good");
}

// ---- a relay that lies about the log ----

TEST_F(GatewayServiceTest, OrderThatIsNotInTheLog) {
    auto delivery = country.deliver();
    auto order = country.order();
    order.policy = wire::code_id("number");
    delivery.receipt.order = to_bytes(wire::complete(order));
    EXPECT_EQ(verify(delivery), "receipt_invalid");
}

TEST_F(GatewayServiceTest, AlteredReceipt) {
    const auto good = country.deliver();
    ASSERT_EQ(verify(good), "good");
    auto delivery = good;
    delivery.receipt.order[30] ^= 1;
    EXPECT_EQ(verify(delivery), "receipt_invalid");
    delivery = good;
    delivery.receipt.salt[0] ^= 1;
    EXPECT_EQ(verify(delivery), "receipt_invalid");
    delivery = good;
    ++delivery.receipt.index;
    EXPECT_EQ(verify(delivery), "receipt_invalid");
    delivery = good;
    delivery.receipt.proof.pop_back();
    EXPECT_EQ(verify(delivery), "receipt_invalid");
    delivery = good;
    delivery.receipt.proof.front()[0] ^= 1;
    EXPECT_EQ(verify(delivery), "receipt_invalid");
    delivery = good;
    delivery.receipt.checkpoint = country.deliver().receipt.checkpoint;  // of the larger tree
    EXPECT_EQ(verify(delivery), "receipt_invalid");
    delivery = good;
    delivery.receipt.checkpoint.clear();
    EXPECT_EQ(verify(delivery), "receipt_invalid");
}

TEST_F(GatewayServiceTest, CheckpointByAnotherKey) {
    auto delivery = country.deliver();
    GatewayCountry other;
    other.log =
        wire::valid(tlog::NoteVerifier::make(country.log.name(), other.log_key.public_key()));
    other.tree = country.tree;
    other.prove(delivery.receipt);
    EXPECT_EQ(verify(delivery), "receipt_invalid");
    country.log =
        wire::valid(tlog::NoteVerifier::make("unknown.example", country.log_key.public_key()));
    country.prove(delivery.receipt);
    EXPECT_EQ(verify(delivery), "receipt_invalid") << "a log that the directory does not name";
}

TEST_F(GatewayServiceTest, OrderOfAnotherRelay) {
    EXPECT_EQ(with_order([](wire::Order& o) { o.relay = participant_id("clinic-1"); }),
              "receipt_invalid");
}

// ---- a relay that makes or bends requests ----

TEST_F(GatewayServiceTest, HeadThatNobodySigned) {
    EXPECT_EQ(verify(Forgery{.signer = &country.relay}), "head_mismatch");
    EXPECT_EQ(verify(Forgery{.signer = &country.seal_to}), "head_mismatch");
    EXPECT_EQ(with_order([](wire::Order& o) { o.head = "rubbish"; }), "head_mismatch");
    EXPECT_EQ(with_order([](wire::Order& o) { o.head[o.head.size() - 10] ^= 1; }), "head_mismatch");
}

TEST_F(GatewayServiceTest, HeadOfAnotherOrganisation) {
    // Signed by the relay in the name of the clinic, and by the clinic in the name of another.
    EXPECT_EQ(with_head([](wire::Head& h) { h.issuer = participant_id("06990099"); }),
              "head_mismatch");
    EXPECT_EQ(with_head([](wire::Head& h) { h.issuer = participant_id("nobody"); }),
              "head_mismatch");
    EXPECT_EQ(verify(Forgery{.head = [](wire::Head& h) { h.issuer = participant_id("relay"); },
                             .signer = &country.relay}),
              "not_allowed")
        << "the relay may sign for itself, but no policy lets it ask";
}

TEST_F(GatewayServiceTest, HeadForAnother) {
    EXPECT_EQ(with_head([](wire::Head& h) { h.audience = participant_id("clinic-1"); }),
              "head_mismatch");
    EXPECT_EQ(with_head([](wire::Head& h) {
                  h.to = {.holder = participant_id("06990099"), .kind = {}, .position = 1};
              }),
              "head_mismatch");
    EXPECT_EQ(with_head([](wire::Head& h) { h.to.kind = wire::code_id("care-insurer"); }),
              "head_mismatch");
}

TEST_F(GatewayServiceTest, HeadThatDidNotLiveWhenTheOrderWasMade) {
    EXPECT_EQ(made_at(59), "good");
    EXPECT_EQ(made_at(60), "head_mismatch");
    EXPECT_EQ(made_at(-60), "good");
    EXPECT_EQ(made_at(-61), "head_mismatch");
    EXPECT_EQ(with_head([](wire::Head& h) { h.expires += 1; }), "head_mismatch")
        << "an ask lives a minute";
}

TEST_F(GatewayServiceTest, HeadWithAPayloadThatDidNotCome) {
    EXPECT_EQ(with_head([](wire::Head& h) { h.payload_hash = wire::filled(1); }), "head_mismatch");
}

TEST_F(GatewayServiceTest, OrderForAnotherHolder) {
    EXPECT_EQ(with_order([](wire::Order& o) { o.holder = participant_id("nobody"); }),
              "order_for_other");
    // Of the other insurer's order only its own gateway may answer; the number is not ours either.
    EXPECT_EQ(with_order([](wire::Order& o) { o.holder = participant_id("06990099"); }),
              "number_mismatch");
    EXPECT_EQ(with_order([](wire::Order& o) { o.holder = participant_id("clinic-1"); }),
              "head_mismatch");
}

// ---- numbers ----

TEST_F(GatewayServiceTest, AnotherNumberThanCommitted) {
    const auto good = country.deliver();
    auto delivery = good;
    delivery.number = wire::replaced(good.number, R"("1")", R"("2")");
    EXPECT_EQ(verify(delivery), "number_mismatch");
    delivery = good;
    delivery.number_salt[0] ^= 1;
    EXPECT_EQ(verify(delivery), "number_mismatch");
    delivery = good;
    delivery.number.clear();
    EXPECT_EQ(verify(delivery), "number_mismatch");
    EXPECT_EQ(with_order([](wire::Order& o) { o.number.reset(); }), "number_mismatch");
}

TEST_F(GatewayServiceTest, NumberThatIsNotOurs) {
    for (const auto* number : {R"({"holder":"06990099","scheme":"insured-number","number":"1"})",
                               R"({"scheme":"insured-number","number":"1"})",
                               R"({"holder":6990014,"number":"1"})", "[]", "rubbish"}) {
        EXPECT_EQ(verify(Forgery{.number = number}), "number_mismatch") << number;
    }
}

TEST_F(GatewayServiceTest, NumberWithoutABirthDate) {
    auto delivery = country.deliver();
    delivery.birth_date.reset();
    EXPECT_EQ(verify(delivery), "number_mismatch");
    delivery = country.deliver(Forgery{.order = [](wire::Order& o) {
        o.policy = wire::code_id("check");
        o.presence = wire::Presence::card_pin;
    }});
    EXPECT_EQ(verify(delivery), "good");
    delivery.birth_date.reset();
    EXPECT_EQ(verify(delivery), "good");
}

// ---- policy ----

TEST_F(GatewayServiceTest, PolicyNotAllowedHere) {
    allowed.erase("number");
    EXPECT_EQ(verify(country.deliver()), "not_allowed");
}

TEST_F(GatewayServiceTest, PolicyThatDoesNotFitTheRequest) {
    EXPECT_EQ(with_order([](wire::Order& o) { o.policy = wire::code_id("none"); }), "not_allowed");
    EXPECT_EQ(with_order([](wire::Order& o) { o.policy = wire::code_id("check"); }), "not_allowed");
    EXPECT_EQ(with_head([](wire::Head& h) { h.purpose = wire::code_id("curiosity"); }),
              "not_allowed");
    EXPECT_EQ(with_head([](wire::Head& h) { h.service = wire::service_id("claims"); }),
              "not_allowed");
    allowed.insert("care");
    EXPECT_EQ(with_order([](wire::Order& o) { o.policy = wire::code_id("care"); }), "not_allowed")
        << "a row for care insurers";
}

TEST_F(GatewayServiceTest, PolicyThatIsNotInForce) {
    // The row's last day is the 22nd, in the country's time zone.
    constexpr UnixTime last_second = 1'795'359'599;  // 2026-11-22T14:59:59Z
    EXPECT_EQ(verify(Forgery{.now = last_second}), "good");
    EXPECT_EQ(verify(Forgery{.now = last_second + 1}), "not_allowed");
    EXPECT_EQ(verify(Forgery{.now = 1'577'804'399}), "not_allowed");  // 2019-12-31T14:59:59Z
    EXPECT_EQ(verify(Forgery{.now = 1'577'804'400}), "good");
}

TEST_F(GatewayServiceTest, RetentionIsThePolicys) {
    for (const std::int64_t more : {-86'400, -1, 1, 86'400}) {
        EXPECT_EQ(with_order([more](wire::Order& o) { o.keep_until += more; }), "not_allowed");
    }
}

TEST_F(GatewayServiceTest, CardSeenIsTheRequestersWord) {
    const auto claims_seen = [](wire::Order& o) {
        o.policy = wire::code_id("seen");
        o.presence = wire::Presence::card_seen;
    };
    const auto says_seen = [](wire::Head& h) { h.card_seen = true; };
    EXPECT_EQ(verify(Forgery{.head = says_seen, .order = claims_seen}), "good");
    EXPECT_EQ(with_order(claims_seen), "head_mismatch");
    EXPECT_EQ(with_head(says_seen), "head_mismatch");
}

// ---- time ----

TEST_F(GatewayServiceTest, FreshnessAtFirstSightAndOfRepeats) {
    const auto delivery = country.deliver();
    const auto order = verify_order(
        {.delivery = delivery, .directory = directory, .policy = policy, .allowed = allowed});
    ASSERT_TRUE(order.has_value());
    constexpr bool first = false;
    constexpr bool repeat = true;
    EXPECT_EQ(judge_freshness(*order, wire::Act::ask, first, test_now - 60), std::nullopt);
    EXPECT_EQ(judge_freshness(*order, wire::Act::ask, first, test_now + 60), std::nullopt);
    EXPECT_EQ(judge_freshness(*order, wire::Act::ask, first, test_now - 61), Code::order_stale);
    EXPECT_EQ(judge_freshness(*order, wire::Act::ask, first, test_now + 61), Code::order_stale);
    EXPECT_EQ(judge_freshness(*order, wire::Act::ask, repeat, order->head.expires - 1),
              std::nullopt);
    EXPECT_EQ(judge_freshness(*order, wire::Act::ask, repeat, order->head.expires),
              Code::order_replayed);
    EXPECT_EQ(judge_freshness(*order, wire::Act::ask, repeat, test_now + 86'400),
              Code::order_replayed);
}

}  // namespace
}  // namespace mado::gateway
