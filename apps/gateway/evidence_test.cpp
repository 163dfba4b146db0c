#include "evidence.hpp"

#include <gtest/gtest.h>

#include <future>
#include <thread>

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
    std::future<Kept> submit(EvidenceRow one) {
        auto promise = std::make_shared<std::promise<Kept>>();
        auto future = promise->get_future();
        evidence->keep(std::move(one), [promise](Kept kept) { promise->set_value(kept); });
        return future;
    }
    Kept keep(EvidenceRow one) { return submit(std::move(one)).get(); }
    // What is submitted until the promise is kept is one batch.
    std::promise<void> hold() {
        std::promise<void> release;
        evidence->keep(test_row(200),
                       [until = release.get_future().share()](Kept) { until.wait(); });
        while (evidence->queued() > 0)
            std::this_thread::yield();
        return release;
    }
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
    EXPECT_EQ(keep(test_row(1)), Kept::durable);
    EXPECT_TRUE(evidence->known(wire::filled(1)));
    EXPECT_FALSE(evidence->known(wire::filled(2)));
    open();
    EXPECT_TRUE(evidence->known(wire::filled(1)));
    EXPECT_EQ(stored("select log_index || holder || number || requester || service || outcome || "
                     "receipt || time from evidence"),
              "106990014numberclinic-1eligibilityansweredreceipt1795312800");
    EXPECT_TRUE(evidence->healthy());
}

TEST_F(EvidenceTest, RepeatKeepsTheFirstRow) {
    EXPECT_EQ(keep(test_row(1)), Kept::durable);
    auto again = test_row(1);
    again.receipt = "another";
    again.outcome = wire::Outcome::failed;
    EXPECT_EQ(keep(again), Kept::durable);
    EXPECT_EQ(stored("select count(*) from evidence"), "1");
    EXPECT_EQ(stored("select receipt || outcome from evidence"), "receiptanswered");
}

TEST_F(EvidenceTest, RepeatThatIsAnsweredAtLastSaysSo) {
    auto first = test_row(1);
    first.outcome = wire::Outcome::failed;
    EXPECT_EQ(keep(first), Kept::durable);
    EXPECT_EQ(stored("select outcome from evidence"), "failed");
    auto missed = test_row(1);
    missed.outcome = wire::Outcome::no_match;
    EXPECT_EQ(keep(missed), Kept::durable);
    EXPECT_EQ(stored("select outcome from evidence"), "failed");
    EXPECT_EQ(keep(test_row(1)), Kept::durable);
    EXPECT_EQ(stored("select outcome from evidence"), "answered");
    EXPECT_EQ(stored("select count(*) from evidence"), "1");
}

// A relay that makes two orders of one signed request.
TEST_F(EvidenceTest, OneRequestMakesOneOrder) {
    EXPECT_EQ(keep(test_row(1)), Kept::durable);
    auto second = test_row(2);
    second.request = test_row(1).request;
    EXPECT_EQ(keep(second), Kept::other_order);
    EXPECT_FALSE(evidence->known(second.entry));
    open();
    EXPECT_EQ(keep(second), Kept::other_order);
    EXPECT_EQ(keep(test_row(1)), Kept::durable);
    EXPECT_EQ(keep(test_row(2)), Kept::durable);
    EXPECT_TRUE(evidence->healthy());
}

TEST_F(EvidenceTest, ManyAtOnce) {
    std::vector<std::future<Kept>> kept;
    for (int i = 0; i < 200; ++i)
        kept.push_back(submit(test_row(static_cast<std::uint8_t>(i % 100))));
    for (auto& one : kept)
        EXPECT_EQ(one.get(), Kept::durable);
    EXPECT_EQ(stored("select count(*) from evidence"), "100");
}

TEST_F(EvidenceTest, WhatCannotBeWrittenIsNotCalledKept) {
    alter("create trigger planted before insert on evidence begin select raise(abort, 'p'); end");
    EXPECT_EQ(keep(test_row(1)), Kept::failed);
    EXPECT_FALSE(evidence->healthy());
    EXPECT_FALSE(evidence->known(wire::filled(1)));
    alter("drop trigger planted");
    EXPECT_EQ(keep(test_row(1)), Kept::durable);
    EXPECT_TRUE(evidence->healthy());
    EXPECT_TRUE(evidence->known(wire::filled(1)));
}

TEST_F(EvidenceTest, RowThatCannotBeWrittenTakesNoOtherWithIt) {
    alter(
        "create trigger planted before insert on evidence when new.number = 'bad' "
        "begin select raise(abort, 'p'); end");
    EXPECT_EQ(keep(test_row(1)), Kept::durable);
    auto release = hold();
    auto second_of_one = test_row(2);
    second_of_one.request = test_row(1).request;
    auto bad = test_row(3);
    bad.number = "bad";
    auto other_order = submit(second_of_one);
    auto failed = submit(bad);
    auto good = submit(test_row(4));
    auto repeat = submit(test_row(1));
    release.set_value();
    EXPECT_EQ(other_order.get(), Kept::other_order);
    EXPECT_EQ(failed.get(), Kept::failed);
    EXPECT_EQ(good.get(), Kept::durable);
    EXPECT_EQ(repeat.get(), Kept::durable);
    EXPECT_TRUE(evidence->healthy());
    EXPECT_EQ(
        stored("select group_concat(log_index || receipt) from evidence where log_index < 200"),
        "1receipt,4receipt");
}

// More than one portion: the next is asked for as soon as one is erased.
TEST_F(EvidenceTest, WhatIsOverIsErasedToTheEnd) {
    alter(
        "with recursive n(i) as (select 1 union all select i + 1 from n where i < 1001) "
        "insert into evidence (entry, request, log_index, origin, time, keep_until, holder, "
        "number, requester, service, outcome, receipt, settled) "
        "select cast(i as blob), cast(i as blob), i, '', 0, 10, '', '', '', '', '', '', 1 from n");
    alter("update evidence set settled = 0 where log_index = 7");
    EXPECT_EQ(keep(test_row(1)), Kept::durable);
    evidence->erase(10);
    for (int portion = 0; portion < 3; ++portion)
        EXPECT_EQ(keep(test_row(1)), Kept::durable);
    EXPECT_EQ(stored("select count(*) from evidence"), "1002") << "kept to the end of its time";
    evidence->erase(11);
    // A portion has asked for the next one before a row that was queued after it is kept.
    for (int portion = 0; portion < 3; ++portion)
        EXPECT_EQ(keep(test_row(1)), Kept::durable);
    EXPECT_EQ(
        stored("select group_concat(log_index) from (select log_index from evidence order by 1)"),
        "1,7")
        << "what is not settled stays";
}

TEST_F(EvidenceTest, AfterTheStopNothingIsTaken) {
    auto last = submit(test_row(1));
    evidence->stop();
    EXPECT_EQ(last.get(), Kept::durable) << "what was accepted is finished";
    EXPECT_EQ(keep(test_row(2)), Kept::failed);
}

TEST_F(EvidenceTest, FolderThatIsNotThere) {
    EXPECT_THROW(Evidence(folder.path("none/evidence.sqlite"), log), OperatorError);
}

}  // namespace
}  // namespace mado::gateway
