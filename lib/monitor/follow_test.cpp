#include "monitor/follow.hpp"

#include "crypto/digest.hpp"
#include "test_log.hpp"

namespace mado::monitor {
namespace {

class FollowTest : public LogTest {
  protected:
    FollowTest() {
        // Both witnesses have the log's own address here: what they say is a page of it.
        for (auto& witness : directory.witnesses) {
            witness.url = directory.logs.front().url;
            witness.certificate = directory.logs.front().certificate;
        }
    }
    std::string round(UnixTime time) {
        LogReader fresh(directory.logs.front());
        finding = await(follow(fresh, directory, remembered, time));
        return std::string(to_text(finding.alarm)) +
               (finding.alarm == Alarm::none ? "" : " " + finding.where);
    }
    void witnesses_say(std::string said) {
        log.instead[hex(crypto::sha256(as_bytes(country.log.name()))) + "/checkpoint"] =
            std::move(said);
    }
    void expect_contradiction() {
        ASSERT_TRUE(finding.contradiction);
        EXPECT_TRUE(tlog::verify_contradiction(*finding.contradiction, country.log));
    }
    static constexpr auto ten_minutes = unwitnessed_s_max;

    Remembered remembered{.note = {}, .witnessed_at = now};
    Finding finding;
};

TEST_F(FollowTest, GrowingLog) {
    for (UnixTime time = now; time < now + 1'000; time += 300) {
        log.tree.grow(50);
        log.publish(time);
        EXPECT_EQ(round(time), "ok");
        EXPECT_EQ(remembered.note, log.note);
        EXPECT_EQ(remembered.witnessed_at, time);
        EXPECT_TRUE(finding.published->cosigned);
    }
}

TEST_F(FollowTest, OlderCheckpoint) {
    auto grown = log.tree;
    grown.grow(10);
    const auto before = log.note;
    log.publish(grown, now);
    EXPECT_EQ(round(now), "ok");
    const auto kept = remembered.note;
    log.note = before;
    EXPECT_EQ(round(now + 60), "older_checkpoint checkpoint");
    EXPECT_EQ(remembered.note, kept) << "never back";
}

TEST_F(FollowTest, AnotherHistory) {
    EXPECT_EQ(round(now), "ok");
    const auto kept = remembered.note;
    auto other = log.tree.with(7, "taken out");
    other.grow(10);
    log.publish(other, now + 60);
    EXPECT_EQ(round(now + 60), "fork history");
    expect_contradiction();
    EXPECT_EQ(remembered.note, kept);
    // Before anybody cosigned it.
    log.publish(now + 120, 0);
    EXPECT_EQ(round(now + 120), "fork history");
    expect_contradiction();
}

TEST_F(FollowTest, WitnessWithAnotherHistory) {
    witnesses_say(log.note);
    EXPECT_EQ(round(now), "ok");
    TestTree older;
    older.grow(300);
    witnesses_say(log.sign(older, now));
    EXPECT_EQ(round(now), "ok") << "it is behind, and says the same";
    witnesses_say(log.sign(older.with(7, "taken out"), now));
    EXPECT_EQ(round(now), "fork " + country.witnesses[0].name());
    expect_contradiction();
    witnesses_say("nonsense");
    EXPECT_EQ(round(now), "wrong " + country.witnesses[0].name());
    EXPECT_EQ(finding.error, ReadError::signature);
}

TEST_F(FollowTest, NobodyWitnessesIt) {
    log.publish(now, 1);
    EXPECT_EQ(round(now), "ok") << "it may wait";
    EXPECT_EQ(round(now + ten_minutes), "ok");
    EXPECT_EQ(round(now + ten_minutes + 1), "unwitnessed checkpoint");
    EXPECT_EQ(remembered.note, "");
    log.publish(now + ten_minutes + 1);
    EXPECT_EQ(round(now + ten_minutes + 1), "ok");
    // The last cosigned checkpoint stays as it is.
    EXPECT_EQ(round(now + 2 * ten_minutes + 1), "ok");
    EXPECT_EQ(round(now + 2 * ten_minutes + 2), "unwitnessed checkpoint");
}

TEST_F(FollowTest, WhatCannotBeRead) {
    log.status["checkpoint"] = 503;
    EXPECT_EQ(round(now), "unreachable checkpoint");
    log.status["checkpoint"] = 404;
    EXPECT_EQ(round(now), "unreachable checkpoint");
    EXPECT_EQ(finding.error, ReadError::not_found);
    log.status.clear();
    EXPECT_EQ(round(now), "ok");
    log.tree.grow(1);
    log.publish(now);
    log.status["tile/1/000.p/2"] = 404;
    EXPECT_EQ(round(now), "unreachable history");
    log.status.clear();
    log.instead["tile/1/000.p/2"] = std::string(64, 'x');
    EXPECT_EQ(round(now), "wrong history");
    EXPECT_EQ(finding.error, ReadError::does_not_fit);
    log.instead = {{"checkpoint", "nonsense"}};
    EXPECT_EQ(round(now), "wrong checkpoint");
    log.instead.clear();
    EXPECT_EQ(round(now), "ok");
}

// What another key signed is nothing that this log said.
TEST_F(FollowTest, NewKey) {
    EXPECT_EQ(round(now), "ok");
    country.log_key = crypto::PrivateKey::generate(crypto::KeyType::ed25519);
    country.log =
        wire::valid(tlog::NoteVerifier::make(country.log.name(), country.log_key.public_key()));
    directory.logs.front().key = country.log;
    TestTree other;
    other.grow(3, "other ");
    log.publish(other, now);
    EXPECT_EQ(round(now), "ok");
    EXPECT_EQ(remembered.note, log.note);
}

}  // namespace
}  // namespace mado::monitor
