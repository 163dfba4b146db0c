// The test's disk does what it says; what SQLite makes of it is SQLite's own promise, seen here
// once, so that the tables of the stores above stand on known ground.
#include "db/test_vfs.hpp"

#include <gtest/gtest.h>

#include <functional>

#include "base/temp_folder.hpp"
#include "db/db.hpp"

namespace mado::db {
namespace {

class TestDiskTest : public testing::Test {
  protected:
    TestDiskTest() {
        Connection connection(path, Access::create);
        connection.run("create table t(a integer primary key, b blob)");
        add(connection);
    }
    static void add(Connection& connection) {
        connection.run("insert into t(b) values (zeroblob(10000))");
    }
    [[nodiscard]] std::int64_t rows() const {
        Connection connection(path, Access::read_write);
        auto whole = connection.prepare("pragma integrity_check");
        EXPECT_TRUE(whole.step());
        EXPECT_EQ(whole.text(0), "ok");
        auto count = connection.prepare("select count(*) from t");
        return count.step() ? count.integer(0) : -1;
    }
    // Adds a row on a connection of its own, which is closed again; false when that fails.
    bool try_to_add() {
        try {
            Connection connection(path, Access::read_write);
            add(connection);
            return true;
        } catch (const std::exception&) {
            return false;
        }
    }

    TempFolder folder;
    const std::string path = folder.path("test.sqlite");
    TestDisk disk;
};

TEST_F(TestDiskTest, WithoutAFaultItIsADisk) {
    disk.start_again();
    disk.fail_at(0, Fault::fails_without);
    EXPECT_TRUE(try_to_add());
    EXPECT_GT(disk.calls(), 5);
    EXPECT_FALSE(disk.fired());
    EXPECT_EQ(rows(), 2);
}

TEST_F(TestDiskTest, EveryCallFailsOnce) {
    for (const auto fault : {Fault::fails_without, Fault::fails_with}) {
        std::int64_t expected = rows();
        for (std::int64_t n = 1;; ++n) {
            disk.fail_at(n, fault);
            const bool added = try_to_add();
            const bool fired = disk.fired();
            disk.fail_at(0, fault);
            const auto now = rows();
            // An error after a row became durable is one that says nothing about the row.
            EXPECT_TRUE(now == expected + 1 || (!added && now == expected)) << n;
            expected = now;
            if (!fired) break;
            ASSERT_LT(n, 200);
        }
    }
}

TEST_F(TestDiskTest, WithoutPowerNothingWorksUntilItStartsAgain) {
    {
        Connection connection(path, Access::read_write);
        disk.cut_power();
        EXPECT_THROW(add(connection), Failure);
        EXPECT_THROW(Connection(path, Access::read_write), OperatorError);
        EXPECT_FALSE(disk.has_power());
        EXPECT_THROW(disk.start_again(), Failure) << "a connection is open";
    }
    EXPECT_FALSE(try_to_add());
    disk.start_again();
    EXPECT_EQ(rows(), 1);
    EXPECT_TRUE(try_to_add());
}

TEST_F(TestDiskTest, WhatWasCommittedOutlivesEveryPowerFailure) {
    for (const auto fault : {Fault::tears, Fault::loses_power}) {
        for (const auto unsynced : {Unsynced::lost, Unsynced::kept, Unsynced::mixed}) {
            for (std::int64_t n = 1;; ++n) {
                const auto before = rows();
                disk.fail_at(n, fault);
                const bool added = try_to_add();
                const bool fired = disk.fired();
                disk.start_again(unsynced, static_cast<std::uint64_t>(n));
                const auto now = rows();
                EXPECT_TRUE(now == before + 1 || (!added && now == before)) << n;
                if (!fired) break;
                ASSERT_LT(n, 200);
            }
        }
    }
}

TEST_F(TestDiskTest, ALieAboutSyncLosesWhatWasCommitted) {
    {
        Connection connection(path, Access::read_write);
        disk.lie_about_sync();
        add(connection);
        disk.cut_power();
    }
    disk.start_again(Unsynced::lost);
    EXPECT_EQ(rows(), 1);
}

TEST_F(TestDiskTest, AFullDiskSaysSo) {
    Connection connection(path, Access::read_write);
    add(connection);
    disk.fill();
    EXPECT_THROW(add(connection), DiskFull);
    EXPECT_THROW(add(connection), DiskFull);
    disk.make_room();
    add(connection);
    EXPECT_EQ(rows(), 3);
}

// With delayed allocation it is the flush that finds the disk full.
TEST_F(TestDiskTest, NoRoomIsSaidOfEveryCall) {
    Connection connection(path, Access::read_write);
    add(connection);
    std::int64_t n = 0;
    do {
        ++n;
        disk.fail_at(n, Fault::finds_no_room);
        try {
            add(connection);
            EXPECT_FALSE(disk.fired()) << n;
        } catch (const DiskFull&) {
            EXPECT_TRUE(disk.fired()) << n;
        }
    } while (disk.fired());
    EXPECT_GT(n, 5);
    disk.fail_at(0, Fault::finds_no_room);
    EXPECT_EQ(rows(), 3);
}

TEST_F(TestDiskTest, ThereIsOneAtATime) {
    EXPECT_THROW(TestDisk(), Failure);
}

}  // namespace
}  // namespace mado::db
