#include "evidence.hpp"

#include <gtest/gtest.h>

#include <future>

#include "test_gateway.hpp"

namespace mado::gateway {
namespace {

class EvidenceTest : public testing::Test {
  protected:
    EvidenceTest() { open(); }
    void open() {
        evidence.reset();
        evidence.emplace(path, log);
    }
    static EvidenceRow row(std::uint8_t entry) {
        return {.entry = wire::filled(entry),
                .position = entry,
                .time = wire::test_now,
                .holder = "06990014",
                .number = "number",
                .requester = "clinic-1",
                .service = "eligibility",
                .outcome = wire::Outcome::answered,
                .receipt = "receipt"};
    }
    std::future<bool> submit(EvidenceRow one) {
        auto promise = std::make_shared<std::promise<bool>>();
        auto future = promise->get_future();
        evidence->keep(std::move(one), [promise](bool durable) { promise->set_value(durable); });
        return future;
    }
    bool keep(EvidenceRow one) { return submit(std::move(one)).get(); }
    [[nodiscard]] std::string stored(const std::string& sql) const {
        db::Connection connection(path, db::Access::read_only);
        auto statement = connection.prepare("select cast((" + sql + ") as text)");
        return statement.step() ? statement.optional_text(0).value_or("null") : "none";
    }
    void alter(std::string_view sql) const {
        db::Connection(path, db::Access::read_write).run(sql);
    }

    TempFolder folder;
    const std::string path = folder.path("evidence.sqlite");
    const Log log{"test", null_device()};
    std::optional<Evidence> evidence;
};

TEST_F(EvidenceTest, KeptIsKnownAlsoAfterARestart) {
    EXPECT_FALSE(evidence->known(wire::filled(1)));
    EXPECT_TRUE(keep(row(1)));
    EXPECT_TRUE(evidence->known(wire::filled(1)));
    EXPECT_FALSE(evidence->known(wire::filled(2)));
    open();
    EXPECT_TRUE(evidence->known(wire::filled(1)));
    EXPECT_EQ(stored("select position || holder || number || requester || service || outcome || "
                     "receipt || time from evidence"),
              "106990014numberclinic-1eligibilityansweredreceipt1795312800");
    EXPECT_TRUE(evidence->healthy());
}

TEST_F(EvidenceTest, RepeatKeepsTheFirstRow) {
    EXPECT_TRUE(keep(row(1)));
    auto again = row(1);
    again.receipt = "another";
    again.outcome = wire::Outcome::failed;
    EXPECT_TRUE(keep(again));
    EXPECT_EQ(stored("select count(*) from evidence"), "1");
    EXPECT_EQ(stored("select receipt || outcome from evidence"), "receiptanswered");
}

TEST_F(EvidenceTest, RepeatThatIsAnsweredAtLastSaysSo) {
    auto first = row(1);
    first.outcome = wire::Outcome::failed;
    EXPECT_TRUE(keep(first));
    EXPECT_EQ(stored("select outcome from evidence"), "failed");
    auto missed = row(1);
    missed.outcome = wire::Outcome::no_match;
    EXPECT_TRUE(keep(missed));
    EXPECT_EQ(stored("select outcome from evidence"), "failed");
    EXPECT_TRUE(keep(row(1)));
    EXPECT_EQ(stored("select outcome from evidence"), "answered");
    EXPECT_EQ(stored("select count(*) from evidence"), "1");
}

TEST_F(EvidenceTest, ManyAtOnce) {
    std::vector<std::future<bool>> kept;
    for (int i = 0; i < 200; ++i)
        kept.push_back(submit(row(static_cast<std::uint8_t>(i % 100))));
    for (auto& one : kept)
        EXPECT_TRUE(one.get());
    EXPECT_EQ(stored("select count(*) from evidence"), "100");
}

TEST_F(EvidenceTest, WhatCannotBeWrittenIsNotCalledKept) {
    alter("create trigger planted before insert on evidence begin select raise(abort, 'p'); end");
    EXPECT_FALSE(keep(row(1)));
    EXPECT_FALSE(evidence->healthy());
    EXPECT_FALSE(evidence->known(wire::filled(1)));
    alter("drop trigger planted");
    EXPECT_TRUE(keep(row(1)));
    EXPECT_TRUE(evidence->healthy());
    EXPECT_TRUE(evidence->known(wire::filled(1)));
}

TEST_F(EvidenceTest, AfterTheStopNothingIsTaken) {
    auto last = submit(row(1));
    evidence->stop();
    EXPECT_TRUE(last.get()) << "what was accepted is finished";
    EXPECT_FALSE(keep(row(2)));
}

TEST_F(EvidenceTest, FolderThatIsNotThere) {
    EXPECT_THROW(Evidence(folder.path("none/evidence.sqlite"), log), OperatorError);
}

}  // namespace
}  // namespace mado::gateway
