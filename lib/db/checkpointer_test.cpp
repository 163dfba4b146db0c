#include "db/checkpointer.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <thread>

#include "base/temp_folder.hpp"
#include "db/db.hpp"
#include "db/test_vfs.hpp"

namespace mado::db {
namespace {

class CheckpointerTest : public testing::Test {
  protected:
    CheckpointerTest() {
        writer.leave_checkpoints();
        writer.run("create table t(b blob)");
    }
    void add(std::int64_t bytes) {
        writer.prepare("insert into t(b) values (zeroblob(:bytes))").bind("bytes", bytes).execute();
    }
    [[nodiscard]] std::uintmax_t brought_over() const { return std::filesystem::file_size(path); }

    static constexpr Checkpointer::Options fast{.pause_ms = 1, .readers_wait_ms = 1};

    TestDisk disk;
    TempFolder folder;
    const std::string path = folder.path("test.sqlite");
    Connection writer{path, Access::create};
};

TEST_F(CheckpointerTest, BringsOverWhatWasCommitted) {
    add(100'000);
    EXPECT_LT(brought_over(), 100'000U);
    const Checkpointer checkpointer(path, fast);
    while (brought_over() < 100'000)
        std::this_thread::yield();
    EXPECT_EQ(checkpointer.unwell(), std::nullopt);
}

TEST_F(CheckpointerTest, SaysThatItDoesNotGetOnUntilItDoes) {
    add(100'000);
    disk.fill();
    const Checkpointer checkpointer(path, fast);
    while (!checkpointer.unwell())
        std::this_thread::yield();
    EXPECT_EQ(checkpointer.unwell(),
              "the write-ahead log cannot be brought into the database file, and grows");
    EXPECT_LT(brought_over(), 100'000U);
    disk.make_room();
    while (checkpointer.unwell())
        std::this_thread::yield();
    EXPECT_GT(brought_over(), 100'000U);
}

TEST_F(CheckpointerTest, OneFailureIsMadeUpForByTheNextTime) {
    add(100'000);
    disk.fail_at(1, Fault::fails_without);
    const Checkpointer checkpointer(path, fast);
    while (brought_over() < 100'000)
        std::this_thread::yield();
    EXPECT_TRUE(disk.fired());
    EXPECT_EQ(checkpointer.unwell(), std::nullopt);
}

// A reader of old pages keeps the log from being begun anew: that is no fault of the disk.
TEST_F(CheckpointerTest, WaitingForAReaderIsNoFailure) {
    Connection reader(path, Access::read_only);
    const Snapshot snapshot(reader);
    EXPECT_TRUE(reader.prepare("select count(*) from t").step());
    add(std::int64_t{20} * 1024 * 1024);
    const Checkpointer checkpointer(path, fast);
    for (int i = 0; i < 200; ++i) {
        add(1);
        EXPECT_EQ(checkpointer.unwell(), std::nullopt);
    }
    EXPECT_LT(brought_over(), 100'000U);
}

}  // namespace
}  // namespace mado::db
