// Whoever reads a write-ahead log finds what was written to it, although it was gathered; and it
// was handed on in few pieces. (That a failing disk is noticed: test_vfs_test.cpp and the tables of
// the stores.)
#include "db/gathered_writes.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include "base/temp_folder.hpp"
#include "db/db.hpp"
#include "db/test_vfs.hpp"

namespace mado::db {
namespace {

constexpr std::int64_t row_bytes = 3000;

class GatheredWrites : public testing::Test {
  protected:
    [[nodiscard]] Connection open(Access access = Access::create) const {
        Connection connection(folder.path("test.sqlite"), access);
        connection.leave_checkpoints();
        return connection;
    }
    // Of another size than SQLite's own: a database that is there keeps it.
    void make_with_pages_of(int bytes) const {
        sqlite3* raw = nullptr;
        ASSERT_EQ(sqlite3_open(folder.path("test.sqlite").c_str(), &raw), SQLITE_OK);
        const auto sql = fmt::format("pragma page_size = {}; vacuum", bytes);
        EXPECT_EQ(sqlite3_exec(raw, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK);
        EXPECT_EQ(sqlite3_close(raw), SQLITE_OK);
    }
    static void add(Connection& connection, std::int64_t rows) {
        auto add = connection.prepare("insert into t(b) values (randomblob(:size))");
        for (std::int64_t i = 0; i < rows; ++i)
            add.bind("size", row_bytes).execute();
    }
    static std::int64_t number(Connection& connection, std::string_view sql) {
        auto statement = connection.prepare(sql);
        return statement.step() ? statement.integer(0) : -1;
    }
    static std::int64_t rows(Connection& connection) {
        auto whole = connection.prepare("pragma integrity_check");
        EXPECT_TRUE(whole.step());
        EXPECT_EQ(whole.text(0), "ok");
        whole.reset();
        return number(connection, "select count(*) from t where length(b) = 3000");
    }

    TempFolder folder;
};

TEST_F(GatheredWrites, ATransactionIsFewWrites) {
    TestDisk disk;
    auto connection = open();
    connection.run("create table t(a integer primary key, b blob)");
    disk.fail_at(0, Fault::fails_without);
    {
        Transaction transaction(connection);
        add(connection, 400);
        transaction.commit();
    }
    // 400 pages of 4 KiB, 64 KiB at a time, and the flush; one by one it would be 800.
    EXPECT_GE(disk.calls(), 26);
    EXPECT_LE(disk.calls(), 32);
    EXPECT_EQ(rows(connection), 400);
}

// Without its flush a commit is not handed on, and nothing of it may be acknowledged.
TEST_F(GatheredWrites, ACommitThatDoesNotFlushIsAFault) {
    auto connection = open();
    connection.run("create table t(a integer primary key, b blob); pragma synchronous = off");
    Transaction transaction(connection);
    add(connection, 1);
    EXPECT_THROW(transaction.commit(), Failure);
}

// A transaction that is larger than the cache writes pages before its end, and reads them again.
TEST_F(GatheredWrites, AreReadByTheirOwnTransaction) {
    auto connection = open();
    auto other = open(Access::read_only);
    connection.run("create table t(a integer primary key, b blob); pragma cache_size = 10");
    {
        Transaction transaction(connection);
        add(connection, 500);
        connection.run("update t set b = b where a % 3 = 0");
        EXPECT_EQ(rows(connection), 500);
        EXPECT_EQ(rows(other), 0);
    }
    EXPECT_EQ(rows(connection), 0) << "taken back";
    {
        Transaction transaction(connection);
        add(connection, 500);
        transaction.commit();
    }
    EXPECT_EQ(rows(other), 500);
}

// What it wrote before its end and took back is nobody's: the place in the log is another's now.
TEST_F(GatheredWrites, OfATransactionThatWasTakenBackAreGone) {
    auto connection = open();
    connection.run("create table t(a integer primary key, b blob); pragma cache_size = 10");
    {
        auto other = open(Access::read_write);
        {
            Transaction transaction(connection);
            add(connection, 50);
        }
        add(other, 20);
        EXPECT_EQ(rows(connection), 20);
        EXPECT_EQ(rows(other), 20);
    }
    auto later = open();
    EXPECT_EQ(rows(later), 20);
}

// The same after a commit that failed, whose beginning was gathered already.
TEST_F(GatheredWrites, OfACommitThatFailedAreGone) {
    TestDisk disk;
    auto connection = open();
    connection.run("create table t(a integer primary key, b blob)");
    for (const auto fault : {Fault::fails_without, Fault::fails_with, Fault::finds_no_room}) {
        for (std::int64_t n = 1;; ++n) {
            connection.run("delete from t");
            auto other = open(Access::read_write);
            disk.fail_at(n, fault);
            try {
                Transaction transaction(connection);
                add(connection, 40);
                transaction.commit();
            } catch (const Failure&) {
                EXPECT_TRUE(disk.fired());
            }
            const bool fired = disk.fired();
            disk.fail_at(0, fault);
            other.run("delete from t");
            add(other, 20);
            EXPECT_EQ(rows(connection), 20) << n;
            if (!fired) break;
            ASSERT_LT(n, 50);
        }
    }
}

TEST_F(GatheredWrites, OfTheLargestPages) {
    make_with_pages_of(65536);
    auto connection = open();
    connection.run("create table t(a integer primary key, b blob)");
    add(connection, 100);
    auto other = open(Access::read_only);
    EXPECT_EQ(number(other, "pragma page_size"), 65536);
    EXPECT_EQ(rows(other), 100);
}

TEST_F(GatheredWrites, AreThereWhenTheLastConnectionCloses) {
    {
        auto connection = open();
        connection.run("create table t(a integer primary key, b blob)");
        add(connection, 20);
    }
    auto connection = open();
    EXPECT_EQ(rows(connection), 20);
}

// Of several pieces, each of which fails, tears or is lost.
TEST_F(GatheredWrites, ATransactionIsWholeOrNotAtAll) {
    TestDisk disk;
    open().run("create table t(a integer primary key, b blob)");
    constexpr std::int64_t added = 30;  // of 4 KiB: two pieces
    // True: it says that it is durable.
    const auto add_all = [this] {
        try {
            auto connection = open();
            Transaction transaction(connection);
            add(connection, added);
            transaction.commit();
            return true;
        } catch (const std::exception&) {
            return false;
        }
    };
    for (const auto& [fault, unsynced] :
         std::initializer_list<std::pair<Fault, Unsynced>>{{Fault::fails_without, Unsynced::kept},
                                                           {Fault::fails_with, Unsynced::kept},
                                                           {Fault::tears, Unsynced::kept},
                                                           {Fault::tears, Unsynced::mixed},
                                                           {Fault::loses_power, Unsynced::mixed}}) {
        for (std::int64_t n = 1;; ++n) {
            open().run("delete from t");
            disk.fail_at(n, fault);
            const bool told = add_all();
            const bool fired = disk.fired();
            disk.start_again(unsynced, static_cast<std::uint64_t>(n));
            disk.fail_at(0, fault);
            auto connection = open();
            const auto now = rows(connection);
            EXPECT_TRUE(now == added || (now == 0 && !told)) << n;
            if (!fired) break;
            ASSERT_LT(n, 200);
        }
    }
}

// The disk beneath is whichever is SQLite's default when a file is opened.
TEST_F(GatheredWrites, FollowTheDefault) {
    EXPECT_STREQ(gathered_writes(), "mado-gathered-writes");
    const TestDisk disk;
    auto connection = open();
    EXPECT_GT(disk.calls(), 0);
}

}  // namespace
}  // namespace mado::db
