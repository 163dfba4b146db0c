#include "client/outbox.hpp"

#include <gtest/gtest.h>

namespace mado::client {
namespace {

constexpr UnixTime now = 1'800'000'000;

Secret key_of(std::uint8_t byte) {
    return Secret(Bytes(32, byte));
}

Prepared request(std::string body, UnixTime expires = now + 60) {
    return {.body = std::move(body),
            .seal_to = crypto::PrivateKey::generate(crypto::KeyType::p256),
            .expires = expires,
            .values_max = 7};
}

class OutboxTest : public ::testing::Test {
  protected:
    static std::vector<std::string> due(Outbox& outbox, UnixTime at, std::size_t count_max,
                                        const Due& which = {}) {
        std::vector<std::string> names;
        for (auto& one : outbox.due(at, count_max, which))
            names.push_back(std::move(one.name));
        return names;
    }
    OutboxTest() {
        const std::vector migrations{outbox_schema};
        db::migrate(connection, migrations);
    }
    db::Connection connection{":memory:", db::Access::create};
    Secret key = key_of(1);
};

TEST_F(OutboxTest, GivesBackWhatWasPutInToTheByte) {
    Outbox outbox(connection, key);
    const auto put = request("{\"head\":\"…\"}");
    outbox.put("case/1", put, now);
    const auto found = outbox.find("case/1");
    ASSERT_TRUE(found);
    EXPECT_EQ(found->body, put.body);
    EXPECT_EQ(found->expires, put.expires);
    EXPECT_EQ(found->values_max, 7U);
    EXPECT_EQ(found->seal_to.public_key().thumbprint(), put.seal_to.public_key().thumbprint());
    EXPECT_FALSE(outbox.find("case/2"));
}

TEST_F(OutboxTest, TakesOneOfAName) {
    Outbox outbox(connection, key);
    outbox.put("case/1", request("first"), now);
    EXPECT_THROW(outbox.put("case/1", request("second"), now), db::ConstraintBroken);
    EXPECT_EQ(outbox.find("case/1")->body, "first");
    outbox.remove("case/1");
    outbox.put("case/1", request("third"), now);
    EXPECT_EQ(outbox.find("case/1")->body, "third");
}

TEST_F(OutboxTest, WhatIsUrgentAndWhoeverIsNotSlowNeedNotWait) {
    Outbox outbox(connection, key);
    outbox.put("1", request("1"), now, {.lane = "slow"});
    outbox.put("2", request("2"), now, {.lane = "quick"});
    outbox.put("3", request("3"), now, {.lane = "slow", .urgent = true});
    outbox.put("4", request("4"), now);
    using Names = std::vector<std::string>;
    EXPECT_EQ(due(outbox, now, 10), (Names{"1", "2", "4"}));
    EXPECT_EQ(due(outbox, now, 1, {.full = {"slow"}}), (Names{"2"}));
    EXPECT_EQ(due(outbox, now, 10, {.full = {"slow", "quick"}}), (Names{"4"}));
    EXPECT_EQ(due(outbox, now, 10, {.urgent = true}), (Names{"3"}));
    EXPECT_EQ(due(outbox, now, 10, {.urgent = true, .full = {"slow"}}), (Names{}));
    EXPECT_EQ(outbox.due(now, 10)[1].lane, "quick");
    outbox.renew("3", request("again"));
    EXPECT_EQ(due(outbox, now, 10, {.urgent = true}), (Names{"3"})) << "it stays what it is";
}

TEST_F(OutboxTest, TriesLaterAndLaterStill) {
    Outbox outbox(connection, key);
    outbox.put("b", request("b"), now);
    outbox.put("a", request("a"), now + 1);
    EXPECT_EQ(due(outbox, now, 10), (std::vector<std::string>{"b"}));
    EXPECT_EQ(due(outbox, now + 1, 10), (std::vector<std::string>{"b", "a"}));
    EXPECT_EQ(due(outbox, now + 1, 1), (std::vector<std::string>{"b"}));
    outbox.try_later("b", now);
    EXPECT_TRUE(outbox.due(now, 10).empty());
    EXPECT_EQ(due(outbox, now + 1, 10), (std::vector<std::string>{"a", "b"}));
    outbox.try_later("b", now + 1);
    EXPECT_EQ(due(outbox, now + 2, 10), (std::vector<std::string>{"a"}));
    outbox.try_later("nothing", now);
    EXPECT_EQ(retry_after_s(0), 1);
    EXPECT_EQ(retry_after_s(4), 16);
    EXPECT_EQ(retry_after_s(1'000'000), 300);
    EXPECT_EQ(retry_after_s(0, /*urgent=*/true), 1);
    EXPECT_EQ(retry_after_s(1'000'000, /*urgent=*/true), 2);
    outbox.put("stop", request("stop"), now, {.lane = "", .urgent = true});
    for (int i = 0; i < 20; ++i)
        outbox.try_later("stop", now);
    EXPECT_EQ(outbox.due(now + 2, 10, {.urgent = true}).size(), 1U);
}

TEST_F(OutboxTest, IsOneTransactionWithWhatTheSenderNotes) {
    Outbox outbox(connection, key);
    connection.run("create table note (text text)");
    {
        db::Transaction transaction(connection);
        connection.run("insert into note values ('sent')");
        outbox.put("case/1", request("body"), now);
    }  // not committed
    EXPECT_FALSE(outbox.find("case/1"));
    EXPECT_FALSE(connection.prepare("select 1 from note").step());
}

TEST_F(OutboxTest, SaysNothingWithoutItsKeyAndNoticesAChange) {
    Outbox outbox(connection, key);
    outbox.put("case/1", request("a secret"), now);
    auto row = connection.prepare("select sealed from outbox");
    ASSERT_TRUE(row.step());
    EXPECT_EQ(as_text(row.blob(0)).find("secret"), std::string_view::npos);
    row.reset();
    const auto other = key_of(2);
    Outbox stranger(connection, other);
    EXPECT_THROW(stranger.find("case/1"), Failure);
    connection.run("update outbox set name = 'case/2'");  // another case's request
    EXPECT_THROW(outbox.find("case/2"), Failure);
}

}  // namespace
}  // namespace mado::client
