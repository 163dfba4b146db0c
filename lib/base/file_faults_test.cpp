// Files on a disk that fails: every call of each way to write one meets every fault, once.
#include <gtest/gtest.h>

#include "base/file.hpp"
#include "base/test_faults.hpp"

namespace mado {
namespace {

class FileFaults : public FaultTable<TestDisk> {
  protected:
    FileFaults() { files.keep(); }
    void put_back_files() override { files.put_back(); }
    void open_store() override {}
    void close_store() override {}
    // False where it says that it failed.
    static bool succeeds(const std::function<void()>& act) {
        try {
            act();
            return true;
        } catch (const Failure&) {
            return false;
        }
    }

    TempFolder folder;
    const std::string path = folder.path("file");
    KeptFiles files{folder.path("."), {"file", "file.new"}};
};

// Old or new, never neither and never half; new for good where that was said.
TEST_P(FileFaults, OfAFileThatIsReplaced) {
    const std::string before(3'000, 'o');
    const std::string after(5'000, 'n');
    replace_file(path, as_bytes(before), 0600);
    files.keep();
    run_table("a file replaced, " + GetParam().name, [&](std::int64_t n, std::uint64_t seed) {
        bool told = false;
        with_fault(n, seed,
                   [&] { told = succeeds([&] { replace_file(path, as_bytes(after), 0600); }); });
        EXPECT_TRUE(told || fired);
        const auto found = read_file(path);
        EXPECT_TRUE(found == after || (!told && found == before)) << found.value_or("nothing");
        EXPECT_EQ(std::filesystem::status(path).permissions(), std::filesystem::perms{0600});
        // What an attempt left behind is in nobody's way.
        replace_file(path, as_bytes(before), 0600);
        disk.cut_power();
        disk.start_again(Unsynced::lost);
        EXPECT_EQ(read_file(path), before);
        EXPECT_FALSE(std::filesystem::exists(path + ".new"));
    });
}

TEST_P(FileFaults, OfAFileThatIsNew) {
    run_table("a new file, " + GetParam().name, [this](std::int64_t n, std::uint64_t seed) {
        bool told = false;
        with_fault(n, seed, [this, &told] {
            told = succeeds([this] { replace_file(path, as_bytes("new"), 0600); });
        });
        const auto found = read_file(path);
        EXPECT_TRUE(found == "new" || (!told && !found)) << found.value_or("nothing");
    });
}

// Every line that was said to be there is, whole, whatever follows.
TEST_P(FileFaults, OfALineThatIsAppended) {
    run_table("lines appended, " + GetParam().name, [this](std::int64_t n, std::uint64_t seed) {
        bool first = false;
        bool second = false;
        with_fault(n, seed, [this, &first, &second] {
            first = succeeds([this] { append_line(path, "first", 0600); });
            second = succeeds([this] { append_line(path, "second", 0600); });
        });
        append_line(path, "third", 0600);
        disk.cut_power();
        disk.start_again(Unsynced::lost);
        const auto text = "\n" + read_file(path).value_or("");
        EXPECT_TRUE(!first || text.contains("\nfirst\n")) << text;
        EXPECT_TRUE(!second || text.contains("\nsecond\n")) << text;
        EXPECT_TRUE(text.ends_with("\nthird\n")) << text;
    });
}

INSTANTIATE_TEST_SUITE_P(Disk, FileFaults, every_fault(), fault_name);

class FileOnADisk : public testing::Test {
  protected:
    TestDisk disk;
    TempFolder folder;
    const std::string path = folder.path("file");
};

TEST_F(FileOnADisk, IsReadWholeOrNotAtAll) {
    const std::string content(5'000, 'c');
    replace_file(path, as_bytes(content), 0600);
    std::int64_t n = 0;
    do {
        disk.fail_at(++n, Fault::fails_read);
        try {
            EXPECT_EQ(read_file(path), content);
            EXPECT_FALSE(disk.fired());
        } catch (const Failure&) {
            EXPECT_TRUE(disk.fired());
        }
    } while (disk.fired());
    EXPECT_GT(n, 5) << "reads come in parts";
}

TEST_F(FileOnADisk, IsTheOldOneWhereThereIsNoRoom) {
    replace_file(path, as_bytes("old"), 0600);
    disk.fill();
    EXPECT_THROW(replace_file(path, as_bytes("new"), 0600), FileFailure);
    EXPECT_EQ(read_file(path), "old");
    EXPECT_FALSE(std::filesystem::exists(path + ".new"));
    disk.make_room();
    replace_file(path, as_bytes("new"), 0600);
    EXPECT_EQ(read_file(path), "new");
}

// The disk itself: without a flush of the content, and of the folder, nothing is for good.
TEST_F(FileOnADisk, OnlyWhatWasSyncedOutlivesAPowerFailure) {
    replace_file(path, as_bytes("old"), 0600);
    disk.lie_about_sync();
    replace_file(path, as_bytes("new"), 0600);
    EXPECT_EQ(read_file(path), "new");
    disk.cut_power();
    EXPECT_THROW((void)read_file(path), Failure);
    EXPECT_THROW(replace_file(path, as_bytes("newer"), 0600), Failure);
    disk.start_again(Unsynced::lost);
    EXPECT_EQ(read_file(path), "old");
    disk.lie_about_sync();
    replace_file(path, as_bytes("new"), 0600);
    disk.start_again(Unsynced::cached);
    EXPECT_EQ(read_file(path), "new");
    disk.cut_power();
    disk.start_again(Unsynced::kept);
    EXPECT_EQ(read_file(path), "new");
}

}  // namespace
}  // namespace mado
