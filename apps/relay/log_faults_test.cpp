// The log writer on a disk that fails. The tables, in which every call that changes the disk meets
// every fault, are in log_faults_slow_test.cpp.
#include <algorithm>
#include <thread>

#include "test_faults.hpp"

namespace mado::relay {
namespace {

// Told of an error, a requester sends the same bytes again: its own tries are not in its way.
TEST(LogOnADisk, TriesOfABatchThatFailedAreNotOpen) {
    db::TestDisk disk;
    TestStore store;
    store.open();
    store.add_people(1);
    const auto guess = [](int n) {
        return NewOrder{.request = "guess " + std::to_string(n), .miss_path = "path"};
    };
    // All of them fail, together and each alone.
    store.alter(
        "create trigger planted before insert on access when new.log_index > 0 "
        "begin select raise(abort, 'planted'); end");
    auto release = store.hold_writer();
    std::vector<std::future<RecordResult>> failing;
    for (int n = 0; n < misses_max; ++n)
        failing.push_back(store.submit(store.order(guess(n))));
    release.set_value();
    for (auto& future : failing)
        EXPECT_EQ(future.get().error(), wire::Code::internal);
    store.alter("drop trigger planted");
    // The last first: its place in the log is now another one than in the batch that failed.
    for (int n = misses_max; n-- > 0;)
        EXPECT_TRUE(store.record(guess(n)).has_value());
    EXPECT_EQ(store.record(guess(misses_max)).error(), wire::Code::overloaded);
    store.check();
}

// The one thing that no program can survive: a disk that acknowledges what it does not keep. The
// anchor, on another machine, knows better than such a database, and the relay does not begin a
// second history.
TEST(LogOnADisk, ASyncThatLiedIsFoundAtTheNextStart) {
    db::TestDisk disk;
    TestStore store;
    store.open();
    store.add_people(1);
    store.close();
    store.open();
    disk.lie_about_sync();
    EXPECT_TRUE(store.record().has_value());
    const auto anchor = *read_file(store.anchor_path());
    disk.cut_power();
    store.close();
    disk.start_again(db::Unsynced::lost);
    replace_file(store.anchor_path(), as_bytes(anchor), 0600);
    for (int attempt = 0; attempt < 2; ++attempt) {
        try {
            store.open();
            FAIL() << "an acknowledged entry is lost, and the relay starts";
        } catch (const OperatorError& error) {
            EXPECT_NE(
                std::string_view(error.what())
                    .find("the database holds 1 log entries, but a checkpoint over 2 was signed"),
                std::string_view::npos)
                << error.what();
        }
    }
}

// The power fails while the anchor is written: every length of the torn write.
TEST(LogOnADisk, ATornAnchorIsBroughtUp) {
    db::TestDisk disk;
    TestStore store;
    store.open();
    store.add_people(1);
    for (int slot = 0; slot < 2; ++slot) {
        const auto before = *read_file(store.anchor_path());
        ASSERT_TRUE(store.record().has_value());
        const auto after = *read_file(store.anchor_path());
        ASSERT_EQ(before.size(), after.size()) << "the file has its whole size from the start";
        const auto at =
            static_cast<std::size_t>(std::ranges::mismatch(before, after).in1 - before.begin());
        for (std::size_t length = 0; length < 300; length += 23) {
            auto torn = before;
            torn.replace(at, length, after, at, length);
            store.close();
            replace_file(store.anchor_path(), as_bytes(torn), 0600);
            store.open();
            store.check();
        }
    }
}

class FullDisk : public testing::Test {
  protected:
    FullDisk() {
        store.open();
        store.add_people(2);
        store.close();
        files.keep();
    }
    // Asks as an operator's monitor does, until the writer has seen by itself that there is room.
    void wait_until_well() {
        while (store.writer().unwell())
            std::this_thread::yield();
    }

    db::TestDisk disk;
    TestStore store;
    db::KeptFiles files = kept_files(store);
};

TEST_F(FullDisk, StopsSaysSoAndGoesOnByItself) {
    const auto orders = every_order();
    std::int64_t n = 0;
    do {
        ++n;
        SCOPED_TRACE("full from call " + std::to_string(n));
        store.close();
        files.put_back();
        disk.start_again();
        store.open();
        const auto before = *store.record({.request = "before"});
        auto release = store.hold_writer();
        auto told = submit_all(store, orders);
        disk.fail_at(n, db::Fault::fills);
        release.set_value();
        std::size_t refused = 0;
        for (auto& future : told) {
            const auto result = future.get();
            if (result.has_value()) continue;
            EXPECT_EQ(result.error(), wire::Code::not_ready);
            ++refused;
        }
        EXPECT_TRUE(refused == 0 || refused == orders.size());
        EXPECT_EQ(store.writer().healthy(), refused == 0);
        // What is in the log already is given again, also from a full disk.
        EXPECT_EQ(wire::receipt_json(store.record({.request = "before"})->receipt),
                  wire::receipt_json(before.receipt));
        EXPECT_EQ(store.writer().healthy(), refused == 0);
        if (refused > 0) {
            EXPECT_EQ(store.writer().unwell(),
                      "the disk is full: nothing can be recorded until there is room");
        }
        // Later a small batch finds room in what the one that failed has taken.
        if (n == 1) EXPECT_EQ(store.record(orders.front()).error(), wire::Code::not_ready);
        store.check();
        disk.make_room();
        wait_until_well();
        for (auto& again : submit_all(store, orders))
            EXPECT_TRUE(again.get().has_value());
        EXPECT_EQ(store.count("select count(*) from access"),
                  3 + joined_by_every_order + static_cast<std::int64_t>(orders.size()));
        expect_change_once(store);
        store.check();
        ASSERT_LT(n, 1'000);
    } while (disk.fired());
    std::cout << "a full disk: " << n - 1 << " calls\n";
    EXPECT_GT(n, 5);
}

TEST_F(FullDisk, ARelayThatStartsOnItWaitsForRoom) {
    disk.fill();
    store.open();
    store.check();
    EXPECT_EQ(store.record({.request = "r"}).error(), wire::Code::not_ready);
    EXPECT_TRUE(store.writer().unwell());
    disk.make_room();
    EXPECT_TRUE(store.record({.request = "r"}).has_value());
    EXPECT_TRUE(store.writer().healthy());
    store.check();
}

TEST_F(FullDisk, ANewStoreIsMadeWhenThereIsRoom) {
    TestStore other;
    disk.fill();
    EXPECT_THROW(other.open(), std::exception);
    disk.make_room();
    other.open();
    other.add_people(1);
    EXPECT_TRUE(other.record().has_value());
    other.check();
}

}  // namespace
}  // namespace mado::relay
