#include "db/checkpointer.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <thread>

#include "base/clock.hpp"
#include "base/temp_folder.hpp"
#include "db/db.hpp"
#include "db/test_faults.hpp"

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

    static constexpr Checkpointer::Options fast{
        .pause_ms = 1, .readers_wait_ms = 1, .log_bytes_max = std::int64_t{16} << 20};

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
    disk.fail_at(2, Fault::fails_without);  // the first is of its opening
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

// Nor does the writer stand: it would for as long as somebody reads.
TEST_F(CheckpointerTest, NoWriterWaitsForAReader) {
    Connection reader(path, Access::read_only);
    const Snapshot snapshot(reader);
    EXPECT_TRUE(reader.prepare("select count(*) from t").step());
    add(std::int64_t{1024} * 1024);
    Checkpointer checkpointer(path,
                              {.pause_ms = 1, .readers_wait_ms = 60'000, .log_bytes_max = 500'000});
    const auto start = monotonic_us();
    for (int i = 0; i < 200; ++i) {
        const auto turn = checkpointer.turn();
        add(1);
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    EXPECT_LT(monotonic_us() - start, 30'000'000);
}

// But it is said before the log has filled the disk.
TEST_F(CheckpointerTest, AReaderWhoNeverEndsIsReported) {
    Connection reader(path, Access::read_only);
    std::optional<Snapshot> snapshot(std::in_place, reader);
    EXPECT_TRUE(reader.prepare("select count(*) from t").step());
    add(std::int64_t{1024} * 1024);
    const Checkpointer checkpointer(
        path, {.pause_ms = 1, .readers_wait_ms = 1, .log_bytes_max = 100'000});
    while (!checkpointer.unwell())
        std::this_thread::yield();
    snapshot.reset();
    while (checkpointer.unwell())
        std::this_thread::yield();
}

// A writer that never pauses takes its turn, and so does the checkpointer.
TEST_F(CheckpointerTest, BeginsTheLogAnewBetweenTwoTransactions) {
    Checkpointer checkpointer(path, fast);
    constexpr std::uintmax_t mebibyte = 1024 * 1024;
    bool anew = false;  // sooner or later, on however busy a machine
    for (std::uintmax_t written = 1; written <= 1'000 && !anew; ++written) {
        const auto turn = checkpointer.turn();
        add(mebibyte);
        anew = std::filesystem::file_size(path + "-wal") < written * mebibyte / 2;
    }
    EXPECT_TRUE(anew);
    EXPECT_EQ(checkpointer.unwell(), std::nullopt);
}

// Every call of one tick. Whatever it meets, what was committed is there, the writer writes on, and
// a later tick brings over what this one did not.
class CheckpointFaults : public FaultTable {
  protected:
    static constexpr std::uintmax_t bytes = 30'000;

    void put_back_files() override { files.put_back(); }
    void open_store() override {
        writer.emplace(path, Access::read_write);
        writer->leave_checkpoints();
    }
    void close_store() override { writer.reset(); }
    void add() { writer->run("insert into t(b) values (zeroblob(30000))"); }
    [[nodiscard]] std::int64_t rows() {
        auto whole = writer->prepare("pragma integrity_check");
        EXPECT_TRUE(whole.step());
        EXPECT_EQ(whole.text(0), "ok");
        auto count = writer->prepare("select count(*) from t where length(b) = 30000");
        return count.step() ? count.integer(0) : -1;
    }
    void tick_until(const std::function<bool()>& over) {
        const Checkpointer checkpointer(path, {.pause_ms = 1, .readers_wait_ms = 1});
        while (!over())
            std::this_thread::yield();
    }
    [[nodiscard]] bool brought_over() const { return std::filesystem::file_size(path) > bytes; }

    TempFolder folder;
    const std::string path = folder.path("test.sqlite");
    std::optional<Connection> writer;
    KeptFiles files{folder.path("."), files_of("test.sqlite")};
};

TEST_P(CheckpointFaults, OfATick) {
    Connection(path, Access::create).run("create table t(b blob)");
    files.keep();
    run_table("a tick, " + GetParam().name, [this](std::int64_t n, std::uint64_t seed) {
        open_store();
        add();
        with_fault(n, seed, [this] {
            try {
                tick_until([this] { return disk.fired() || brought_over(); });
            } catch (const std::exception&) {
                EXPECT_TRUE(disk.fired()) << "its opening fails in one way";
            }
        });
        EXPECT_EQ(rows(), 1);
        add();
        tick_until([this] { return brought_over(); });
        disk.cut_power();
        close_store();
        disk.start_again(Unsynced::lost);
        open_store();
        EXPECT_EQ(rows(), 2);
    });
}

INSTANTIATE_TEST_SUITE_P(Disk, CheckpointFaults, every_fault(), fault_name);
INSTANTIATE_TEST_SUITE_P(Reads, CheckpointFaults, every_read_fault(), fault_name);

}  // namespace
}  // namespace mado::db
