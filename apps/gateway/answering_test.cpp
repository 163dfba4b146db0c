#include "answering.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "test_answering.hpp"

namespace mado::gateway {
namespace {

TEST_F(AnsweringTest, GoodOrderIsAnsweredAndSealed) {
    const auto delivery = country.deliver(now());
    const auto entry = wire::order_entry(delivery.receipt.salt, delivery.receipt.order);
    const auto reply = deliver(delivery);
    ASSERT_EQ(reply.outcome, wire::Outcome::answered);
    const auto answer = open(reply, entry);
    ASSERT_TRUE(answer.has_value()) << answer.error().why;
    EXPECT_EQ(answer->issuer.text(), "06990014");
    EXPECT_EQ(answer->as_of, 1'795'300'000);
    const auto& data = *answer->data;
    EXPECT_EQ(data.at("result").as_string(), "insured");
    EXPECT_FALSE(open(reply, wire::filled(1)).has_value()) << "bound to the order";
    EXPECT_EQ(reply.answer.find("花子"), std::string::npos);
    EXPECT_EQ(kept(), std::vector<std::string>{"06990014 " + delivery.number +
                                               " clinic-1 eligibility answered"});
}

TEST_F(AnsweringTest, RepeatIsAnsweredAgainAndKeptOnce) {
    const auto delivery = country.deliver(now());
    EXPECT_EQ(told(delivery), "answered");
    EXPECT_EQ(told(delivery), "answered");
    EXPECT_EQ(kept().size(), 1U);
    EXPECT_EQ(told(country.deliver(now())), "answered");
    EXPECT_EQ(kept().size(), 2U);
}

TEST_F(AnsweringTest, ReplayAfterTheHeadsEnd) {
    auto old = now();
    old.now -= 61;
    const auto delivery = country.deliver(old);
    // As if it had been answered when it was new.
    const auto entry = wire::order_entry(delivery.receipt.salt, delivery.receipt.order);
    const auto done = http::await(io, http::completed<Kept>([this, entry](http::Done<Kept> kept) {
                                      EvidenceRow row;
                                      row.entry = entry;
                                      evidence.keep(row, kept);
                                  }));
    EXPECT_EQ(done, Kept::durable);
    EXPECT_EQ(told(delivery), "refused order_replayed");
    EXPECT_EQ(kept().size(), 1U);
}

// The same text with the other signature that ECDSA has for it, (r, n − s): anybody can make it.
std::string with_the_other_signature(const std::string& jws) {
    const Bytes n =
        wire::valid(parse_hex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"));
    const auto dot = jws.rfind('.');
    auto signature = wire::valid(parse_base64url(jws.substr(dot + 1)));
    int borrow = 0;
    for (std::size_t i = 32; i-- > 0;) {
        const int digit = n[i] - signature[32 + i] - borrow;
        borrow = digit < 0 ? 1 : 0;
        signature[32 + i] = static_cast<std::uint8_t>(digit + 256 * borrow);
    }
    return jws.substr(0, dot + 1) + base64url(signature);
}

TEST_F(AnsweringTest, SecondOrderOfOneRequestWithItsOtherSignature) {
    const auto first = country.deliver(now());
    EXPECT_EQ(told(first), "answered");
    const auto order = wire::valid(wire::parse_order(first.receipt.order));
    const auto other = with_the_other_signature(order.head);
    ASSERT_NE(other, order.head);
    auto second = now({.order = [&other](wire::Order& o) { o.head = other; }});
    second.now = order.time;
    EXPECT_EQ(told(country.deliver(second)), "refused order_replayed");
}

// It would find the same person, and leave evidence where that person does not ask.
TEST_F(AnsweringTest, AnotherSpellingOfTheNumber) {
    for (const auto* number :
         {R"({"holder":"06990014","scheme":"insured-number","number": "1"})",
          R"({"scheme":"insured-number","holder":"06990014","number":"1"})",
          R"({"holder":"06990014","scheme":"insured-number","number":"１"})"}) {
        EXPECT_EQ(told(country.deliver(now({.number = number}))), "refused number_mismatch");
    }
    EXPECT_TRUE(kept().empty());
}

// The relay asks again in a clinic's name, about somebody else, with the head it was given.
TEST_F(AnsweringTest, SecondOrderOfOneRequest) {
    const auto first = country.deliver(now());
    EXPECT_EQ(told(first), "answered");
    const auto order = wire::valid(wire::parse_order(first.receipt.order));
    auto second = now({.order = [&order](wire::Order& o) { o.head = order.head; }});
    second.now = order.time;
    EXPECT_EQ(told(country.deliver(second)), "refused order_replayed");
    EXPECT_EQ(kept().size(), 1U);
}

TEST_F(AnsweringTest, StaleAtFirstSight) {
    for (const std::int64_t shift : {-62, 62}) {
        Forgery other{.now = unix_now() + shift};
        EXPECT_EQ(told(country.deliver(other)), "refused order_stale");
    }
    EXPECT_TRUE(kept().empty());
}

TEST_F(AnsweringTest, RubbishBody) {
    for (const auto& body : {std::string(), std::string("rubbish"), std::string("{}"),
                             std::string("[]"), std::string(70'000, ' '), std::string(2'000, '['),
                             wire::replaced(wire::delivery_json(country.deliver(now())),
                                            R"({"receipt")", R"({"more":1,"receipt")")}) {
        const auto reply = wire::valid(wire::parse_delivery_reply(deliver_body(body)));
        EXPECT_EQ(reply.outcome, wire::Outcome::refused);
        EXPECT_EQ(reply.reason, "malformed");
    }
    EXPECT_TRUE(kept().empty());
}

TEST_F(AnsweringTest, ForgeriesNeverReachTheDatabase) {
    auto delivery = country.deliver(now());
    delivery.receipt.salt[0] ^= 1;
    EXPECT_EQ(told(delivery), "refused receipt_invalid");
    EXPECT_EQ(told(country.deliver(now({.signer = &country.relay}))), "refused head_mismatch");
    delivery = country.deliver(now());
    delivery.number_salt[0] ^= 1;
    EXPECT_EQ(told(delivery), "refused number_mismatch");
    EXPECT_TRUE(kept().empty());
}

TEST_F(AnsweringTest, OrderForAHolderThatIsNotHere) {
    const auto to_other =
        now({.order = [](wire::Order& o) { o.holder = wire::participant_id("06990099"); },
             .number = R"({"holder":"06990099","scheme":"insured-number","number":"1"})"});
    EXPECT_EQ(told(country.deliver(to_other)), "refused order_for_other");
    EXPECT_TRUE(kept().empty());
}

TEST_F(AnsweringTest, Parameters) {
    const auto with = [this](std::map<std::string, std::string> parameters) {
        return told(country.deliver(
            now({.head = [&parameters](wire::Head& h) { h.parameters = parameters; }})));
    };
    EXPECT_EQ(with({}), "answered");
    EXPECT_EQ(with({{"on", "2026-11-22"}}), "answered");
    EXPECT_EQ(with({{"on", "22.11.2026"}}), "refused malformed");
    EXPECT_EQ(with({{"on", "2026-11-22"}, {"name", "花子"}}), "refused malformed");
}

// Made at 23:59:59 of a country whose midnight is now, answered on the next day.
TEST_F(AnsweringTest, WhatWasNotAskedForIsFilledInForTheOrdersDay) {
    constexpr std::int64_t day_s = 86'400;
    const auto ordered = unix_now() - 1;
    auto utc_offset_s = day_s - 1 - ordered % day_s;
    if (utc_offset_s > day_s / 2) utc_offset_s -= day_s;
    const auto day = to_text(date_at(ordered, static_cast<std::int32_t>(utc_offset_s)));
    const auto there = wire::valid(wire::Policy::parse(
        wire::replaced(wire::replaced(test_policies, "32400", std::to_string(utc_offset_s)),
                       R"("to":"2026-11-22")", R"("to":"2999-12-31")")));
    Answering at_midnight{{.directory = directory,
                           .policy = there,
                           .allowed = allowed,
                           .log = log,
                           .evidence = evidence,
                           .settling = settling,
                           .holders = holders,
                           .orders = metrics.counters("night", "…", {"service", "outcome"}),
                           .latency_s = metrics.histogram("night_latency", "…", {1})}};
    reg.run("update insured set valid_to = '" + day + "'");
    const auto delivery = country.deliver(
        {.head = [](wire::Head& head) { head.parameters.clear(); }, .now = ordered});
    http::Request request;
    request.body = wire::delivery_json(delivery);
    const auto response = http::await(io, at_midnight.run(std::move(request)));
    const auto reply = wire::valid(wire::parse_delivery_reply(response.body));
    ASSERT_EQ(reply.outcome, wire::Outcome::answered) << reply.reason;
    const auto answer =
        open(reply, wire::order_entry(delivery.receipt.salt, delivery.receipt.order));
    ASSERT_TRUE(answer.has_value()) << answer.error().why;
    const auto& data = *answer->data;
    EXPECT_EQ(data.at("on").as_string(), day);
    EXPECT_EQ(data.at("result").as_string(), "insured");
}

TEST_F(AnsweringTest, MissIsKeptToo) {
    auto delivery = country.deliver(now());
    delivery.birth_date = parse_date("1986-11-23").value();
    EXPECT_EQ(told(delivery), "no_match");
    ASSERT_EQ(kept().size(), 1U);
    EXPECT_TRUE(kept().front().ends_with(" no_match"));
}

TEST_F(AnsweringTest, BrokenRegisterFailsItsOwnOrdersOnly) {
    reg.run("insert into insured values ('2', null, 1, 1, 1, 1, 1, 1, 1)");
    const auto broken =
        now({.number = R"({"holder":"06990014","scheme":"insured-number","number":"2"})"});
    const auto delivery = country.deliver(broken);
    EXPECT_EQ(told(delivery), "failed");
    EXPECT_EQ(told(country.deliver(now())), "answered");
    ASSERT_EQ(kept().size(), 2U);
    // Mended meanwhile: the repeat is answered, and the evidence says so.
    reg.run(
        "update insured set name = 'n', birth_date = '1986-11-22', share_percent = 30, "
        "valid_from = '2024-04-01', valid_to = null where number = '2'");
    EXPECT_EQ(told(delivery), "answered");
    for (const auto& row : kept())
        EXPECT_TRUE(row.ends_with(" answered")) << row;
}

TEST_F(AnsweringTest, WithoutEvidenceNoAnswer) {
    db::Connection(evidence_path, db::Access::read_write)
        .run(
            "create trigger planted before insert on evidence begin select raise(abort, 'p'); end");
    EXPECT_EQ(told(country.deliver(now())), "failed");
    EXPECT_FALSE(evidence.healthy());
    EXPECT_TRUE(kept().empty());
}

TEST_F(AnsweringTest, CountsByServiceAndOutcome) {
    told(country.deliver(now()));
    deliver_body("rubbish");
    const auto text = metrics.text();
    EXPECT_NE(text.find(R"(orders{service="eligibility",outcome="answered"} 1)"), std::string::npos)
        << text;
    EXPECT_NE(text.find(R"(orders{service="",outcome="refused"} 1)"), std::string::npos) << text;
}

}  // namespace
}  // namespace mado::gateway
