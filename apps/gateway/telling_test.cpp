// What a holder is told: taken in once, accepted with a signature, whatever happens in between.
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "crypto/digest.hpp"
#include "crypto/jwe.hpp"
#include "test_answering.hpp"

namespace mado::gateway {
namespace {

constexpr std::string_view good =
    R"({"health_care_number":"621874998319","valid_from":"2026-11-01"})";

void tell_mapping(TestRegister& reg) {
    reg.run("create table told (order_id primary key, at, number, health_number, first_day)");
    reg.write_mapping(R"(
[holder]
id = "06990014"
kind = "medical-insurer"
name = "…"
[service.health-care-number]
rows = "select number, name, as_of from insured where number = :number"
tell = """
insert into told values (:order_id, :time, :number, :health_care_number, :valid_from)
on conflict (order_id) do nothing"""
)");
}

class TellingTest : public AnsweringTest {
  protected:
    TellingTest() : AnsweringTest(tell_mapping) {}

    [[nodiscard]] std::string seal(std::string_view text) const {
        const auto& [kid, key] = *directory.find("06990014")->sealing_keys.begin();
        return crypto::encrypt_jwe(as_bytes(text), key, kid);
    }
    // Of the clinic, which here has the issuer's part.
    wire::Delivery tell(const std::string& payload, Forgery forgery = now()) {
        const auto change = forgery.head;
        forgery.head = [&payload, &change](wire::Head& head) {
            head.to = {.holder = wire::participant_id("06990014"), .kind = {}, .position = 1};
            head.service = wire::service_id("health-care-number");
            head.purpose = wire::code_id("issuing");
            head.parameters.clear();
            head.payload_hash = crypto::sha256(as_bytes(payload));
            head.expires = head.issued_at + wire::tell_lifetime_s;
            change(head);
        };
        const auto change_order = forgery.order;
        forgery.order = [&change_order](wire::Order& order) {
            order.policy = wire::code_id("told");
            order.presence = wire::Presence::none;
            change_order(order);
        };
        auto out = country.deliver(forgery);
        out.birth_date = {};
        out.payload = payload;
        return out;
    }
    [[nodiscard]] std::vector<std::string> taken_in() const {
        std::vector<std::string> out;
        db::Connection connection(reg.database, db::Access::read_only);
        auto rows = connection.prepare(
            "select number || ' ' || health_number || ' ' || first_day from told order by at");
        while (rows.step())
            out.push_back(rows.text(0));
        return out;
    }
    static Hash entry_of(const wire::Delivery& delivery) {
        return wire::order_entry(delivery.receipt.salt, delivery.receipt.order);
    }
    const std::string the_row = "1 621874998319 2026-11-01";
};

TEST_F(TellingTest, TakenInAndAccepted) {
    const auto delivery = tell(seal(good));
    const auto reply = deliver(delivery);
    ASSERT_EQ(reply.outcome, wire::Outcome::answered) << reply.reason;
    const auto accepted = open(reply, entry_of(delivery), "health-care-number");
    ASSERT_TRUE(accepted.has_value()) << accepted.error().why;
    EXPECT_TRUE(accepted->data->empty());
    EXPECT_EQ(crypto::parse_jws(accepted->signed_form, {}).value().type, "mado-accept+jws");
    EXPECT_EQ(taken_in(), std::vector{the_row});
    ASSERT_EQ(kept().size(), 1U);
    EXPECT_TRUE(kept().front().ends_with("clinic-1 health-care-number answered"));
}

// The parent's application, about a child whom the holder does not know yet.
TEST_F(TellingTest, WithoutANumberOnlyWhereTheRowSaysSo) {
    const auto forgery = [](const char* policy) {
        auto out = now();
        const bool newborn = policy == std::string_view("newborn");
        out.head = [newborn](wire::Head& head) {
            if (newborn) head.purpose = wire::code_id("birth");
        };
        out.order = [policy, newborn](wire::Order& order) {
            order.policy = wire::code_id(policy);
            if (newborn) order.presence = wire::Presence::card_pin;
            order.number.reset();
        };
        return out;
    };
    const auto without_number = [&](const char* policy) {
        auto out = tell(seal(good), forgery(policy));
        out.number.clear();
        return out;
    };
    EXPECT_EQ(told(without_number("told")), "refused number_mismatch");
    EXPECT_TRUE(taken_in().empty());
    const auto delivery = without_number("newborn");
    const auto reply = deliver(delivery);
    ASSERT_EQ(reply.outcome, wire::Outcome::answered) << reply.reason;
    EXPECT_TRUE(open(reply, entry_of(delivery), "health-care-number")->data->empty());
    EXPECT_EQ(deliver(delivery).answer, reply.answer) << "a repeat";
    // Nobody's number; what was told is there.
    db::Connection connection(reg.database, db::Access::read_only);
    auto rows = connection.prepare("select number is null, health_number from told");
    ASSERT_TRUE(rows.step());
    EXPECT_EQ(rows.integer(0), 1);
    EXPECT_EQ(rows.text(1), "621874998319");
    EXPECT_FALSE(rows.step());
    // One that comes with a number that is none of the order's.
    auto with_number = tell(seal(good), forgery("newborn"));
    EXPECT_EQ(told(with_number), "refused number_mismatch");
}

// An acceptance is no answer, nor the other way round: who takes one does not take the other.
TEST_F(TellingTest, AnAcceptanceIsNoAnswer) {
    const auto delivery = tell(seal(good));
    const auto reply = deliver(delivery);
    EXPECT_FALSE(wire::open_answer(reply.answer, country.seal_to,
                                   {.from = *directory.find("06990014"),
                                    .order = entry_of(delivery),
                                    .service = wire::service_id("health-care-number"),
                                    .now = unix_now(),
                                    .act = wire::Act::ask}));
}

TEST_F(TellingTest, ARepeatIsTakenInOnceAndGetsTheSameAcceptance) {
    const auto delivery = tell(seal(good));
    const auto first = deliver(delivery);
    ASSERT_EQ(first.outcome, wire::Outcome::answered);
    EXPECT_EQ(deliver(delivery).answer, first.answer);
    EXPECT_EQ(taken_in().size(), 1U);
    EXPECT_EQ(kept().size(), 1U);
}

// The holder was away for days: a tell waits for it, and no longer than its head says.
TEST_F(TellingTest, ItWaitsForItsHolder) {
    auto late = now();
    late.now -= wire::tell_lifetime_s - 100;
    const auto delivery = tell(seal(good), late);
    EXPECT_EQ(told(delivery), "answered");
    EXPECT_EQ(told(delivery), "answered");
    late.now -= 101;
    EXPECT_EQ(told(tell(seal(good), late)), "refused order_stale");
    auto early = now();
    early.now += 62;
    EXPECT_EQ(told(tell(seal(good), early)), "refused order_stale");
    EXPECT_EQ(taken_in().size(), 1U);
}

TEST_F(TellingTest, NoLongerThanAWeek) {
    auto long_lived = now();
    long_lived.head = [](wire::Head& head) { head.expires += 1; };
    EXPECT_EQ(told(tell(seal(good), long_lived)), "refused head_mismatch");
}

// The relay makes two orders of one signed request.
TEST_F(TellingTest, OneRequestIsTakenInOnce) {
    const auto payload = seal(good);
    const auto first = tell(payload);
    EXPECT_EQ(told(first), "answered");
    const auto order = wire::valid(wire::parse_order(first.receipt.order));
    auto second = now({.order = [&order](wire::Order& o) { o.head = order.head; }});
    second.now = order.time;
    EXPECT_EQ(told(tell(payload, second)), "refused order_replayed");
    EXPECT_EQ(taken_in().size(), 1U);
}

TEST_F(TellingTest, ThePayloadIsTheOneThatWasSigned) {
    auto delivery = tell(seal(good));
    delivery.payload = seal(good);
    EXPECT_EQ(told(delivery), "refused head_mismatch");
    delivery.payload = "";
    EXPECT_EQ(told(delivery), "refused head_mismatch");
    auto none = now();
    none.head = [](wire::Head& head) { head.payload_hash = {}; };
    auto unsigned_one = tell(seal(good), none);
    EXPECT_EQ(told(unsigned_one), "refused head_mismatch");
    unsigned_one.payload = "";
    EXPECT_EQ(told(unsigned_one), "refused malformed");
    EXPECT_TRUE(taken_in().empty());
    EXPECT_TRUE(kept().empty());
}

TEST_F(TellingTest, APayloadThatDoesNotFitTheContract) {
    for (const auto* text :
         {"", "rubbish", "{}", "[]", R"({"health_care_number":"621874998319"})",
          R"({"health_care_number":621874998319,"valid_from":"2026-11-01"})",
          R"({"health_care_number":"621874998319","valid_from":"1 November"})",
          R"({"health_care_number":"621874998319","valid_from":"2026-11-01","name":"花子"})",
          R"({"health_care_number":null,"valid_from":"2026-11-01"})"}) {
        EXPECT_EQ(told(tell(seal(text))), "refused malformed") << text;
    }
    EXPECT_EQ(told(tell("rubbish")), "refused malformed");
    const auto other = crypto::PrivateKey::generate(crypto::KeyType::p256);
    EXPECT_EQ(told(tell(crypto::encrypt_jwe(as_bytes(good), other.public_key(), "x"))),
              "refused malformed");
    EXPECT_TRUE(taken_in().empty());
}

TEST_F(TellingTest, SomebodyWhoIsNotHere) {
    const auto other =
        now({.number = R"({"holder":"06990014","scheme":"insured-number","number":"2"})"});
    EXPECT_EQ(told(tell(seal(good), other)), "no_match");
    EXPECT_TRUE(taken_in().empty());
    ASSERT_EQ(kept().size(), 1U);
    EXPECT_TRUE(kept().front().ends_with(" no_match"));
}

// Taken in, and the gateway dies before it is kept that it was: the repeat does the rest.
TEST_F(TellingTest, KilledBetweenTakingInAndKeeping) {
    const auto delivery = tell(seal(good));
    db::Connection(evidence_path, db::Access::read_write)
        .run(
            "create trigger planted before update on evidence begin select raise(abort, 'p'); end");
    EXPECT_EQ(told(delivery), "failed");
    EXPECT_EQ(taken_in(), std::vector{the_row});
    ASSERT_EQ(kept().size(), 1U);
    EXPECT_TRUE(kept().front().ends_with(" failed"));
    db::Connection(evidence_path, db::Access::read_write).run("drop trigger planted");
    EXPECT_EQ(told(delivery), "answered");
    EXPECT_EQ(taken_in(), std::vector{the_row});
    EXPECT_TRUE(kept().front().ends_with(" answered"));
}

TEST_F(TellingTest, WithoutEvidenceNothingIsTakenIn) {
    db::Connection(evidence_path, db::Access::read_write)
        .run(
            "create trigger planted before insert on evidence begin select raise(abort, 'p'); end");
    EXPECT_EQ(told(tell(seal(good))), "failed");
    EXPECT_TRUE(taken_in().empty());
}

// Its own database refuses: nothing was taken in, and the tell goes on waiting.
TEST_F(TellingTest, ARegisterThatTakesNothing) {
    const auto delivery = tell(seal(good));
    reg.run("create trigger planted before insert on told begin select raise(abort, 'p'); end");
    EXPECT_EQ(told(delivery), "failed");
    reg.run("drop trigger planted");
    EXPECT_EQ(told(delivery), "answered");
    EXPECT_EQ(taken_in(), std::vector{the_row});
}

}  // namespace
}  // namespace mado::gateway
