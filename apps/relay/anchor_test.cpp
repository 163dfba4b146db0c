#include "anchor.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "base/test_faults.hpp"
#include "test_relay.hpp"

namespace mado::relay {
namespace {

constexpr std::size_t slot_bytes = 4096;

// A log's signed sizes, in a file.
class AnchorFile {
  public:
    struct Signed {
        tlog::Checkpoint checkpoint;
        std::string note;
    };
    [[nodiscard]] Signed sign(std::uint64_t size) const {
        const tlog::Checkpoint checkpoint{.origin = country.log.name(),
                                          .size = size,
                                          .root = crypto::sha256(row_bytes(std::int64_t(size)))};
        return {checkpoint,
                tlog::sign_note(tlog::checkpoint_text(checkpoint), country.log, country.log_key)};
    }
    void write(std::uint64_t size) {
        Anchor anchor(path, country.log);
        const auto head = sign(size);
        anchor.write(head.note, head.checkpoint);
    }
    [[nodiscard]] std::optional<tlog::Checkpoint> newest() const {
        return Anchor(path, country.log).newest();
    }
    void damage(std::size_t at, std::string_view bytes) {
        auto content = *read_file(path);
        content.replace(at, bytes.size(), bytes);
        replace_file(path, as_bytes(content), 0600);
    }

    TempFolder folder;
    wire::TestCountry country;
    const std::string path = folder.path("anchor");
};

class AnchorTest : public testing::Test, public AnchorFile {};

TEST_F(AnchorTest, IsMadeWithItsFirstCheckpointAndForItsOwnerOnly) {
    EXPECT_FALSE(newest().has_value());
    EXPECT_FALSE(std::filesystem::exists(path));
    write(0);
    EXPECT_EQ(std::filesystem::file_size(path), 2 * slot_bytes);
    struct stat status{};
    ASSERT_EQ(::stat(path.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_F(AnchorTest, KeepsTheNewestOfManyWrites) {
    Anchor anchor(path, country.log);
    for (const std::uint64_t size : {0U, 1U, 2U, 3U, 10U, 11U}) {
        const auto head = sign(size);
        anchor.write(head.note, head.checkpoint);
        EXPECT_EQ(anchor.newest(), head.checkpoint);
        EXPECT_EQ(newest(), head.checkpoint);
    }
    EXPECT_EQ(std::filesystem::file_size(path), 2 * slot_bytes);
}

TEST_F(AnchorTest, AfterOpeningTheOlderSlotIsOverwritten) {
    for (const std::uint64_t size : {1U, 2U, 3U, 4U, 5U}) {
        write(size);
        EXPECT_EQ(newest(), sign(size).checkpoint);
        if (size == 1) continue;
        // Still there: the one before.
        const auto content = *read_file(path);
        EXPECT_NE(content.find("\n" + std::to_string(size - 1) + "\n"), std::string::npos);
    }
}

TEST_F(AnchorTest, TornSlotFallsBackToTheOther) {
    write(1);
    write(2);
    const auto whole = *read_file(path);
    // Slot 1 holds size 2. A write that is cut anywhere leaves slot 0.
    for (std::size_t cut = 0; cut < sign(2).note.size(); cut += 13) {
        damage(slot_bytes + cut, std::string(slot_bytes - cut, '\0'));
        EXPECT_EQ(newest(), sign(1).checkpoint) << cut;
        write(3);  // goes into the torn slot
        EXPECT_EQ(newest(), sign(3).checkpoint);
        damage(slot_bytes, std::string(slot_bytes, '\0'));
        EXPECT_EQ(newest(), sign(1).checkpoint);
        replace_file(path, as_bytes(whole), 0600);
    }
    damage(0, "x");
    EXPECT_EQ(newest(), sign(2).checkpoint);
}

TEST_F(AnchorTest, FileThatWasCutShort) {
    write(1);
    write(2);
    std::filesystem::resize_file(path, slot_bytes + 100);
    EXPECT_EQ(newest(), sign(1).checkpoint);
}

TEST_F(AnchorTest, OnlyStrangeCheckpointsAreRefused) {
    write(1);
    const auto stranger = crypto::PrivateKey::generate(crypto::KeyType::ed25519);
    const auto log =
        wire::valid(tlog::NoteVerifier::make(country.log.name(), stranger.public_key()));
    EXPECT_THROW(Anchor(path, log), OperatorError);
    damage(0, "x");
    EXPECT_THROW(Anchor(path, country.log), OperatorError);
    replace_file(path, as_bytes("no checkpoint"), 0600);
    EXPECT_THROW(Anchor(path, country.log), OperatorError);
    replace_file(path, as_bytes(std::string(3 * slot_bytes, 'x')), 0600);
    EXPECT_THROW(Anchor(path, country.log), OperatorError);
}

TEST_F(AnchorTest, NoteLargerThanItsSlotIsRefused) {
    Anchor anchor(path, country.log);
    const auto head = sign(1);
    EXPECT_THROW(anchor.write(std::string(slot_bytes, 'x'), head.checkpoint), Failure);
    EXPECT_FALSE(anchor.newest().has_value());
    EXPECT_FALSE(newest().has_value());
}

TEST_F(AnchorTest, FolderThatIsNotThere) {
    EXPECT_THROW(Anchor(folder.path("none/anchor"), country.log), Failure);
    EXPECT_THROW(Anchor(folder.path("."), country.log), Failure);
}

// Every write, flush and renaming of a new anchor and of one that is written for the fourth time.
class AnchorFaults : public FaultTable<TestDisk>, public AnchorFile {
  protected:
    void put_back_files() override { files.put_back(); }
    void open_store() override { anchor.emplace(path, country.log); }
    void close_store() override { anchor.reset(); }

    void table(const std::string& name, std::uint64_t kept) {
        files.keep();
        run_table(name + ", " + GetParam().name, [this, kept](std::int64_t n, std::uint64_t seed) {
            auto told = kept;
            with_fault(n, seed, [this, &told] {
                try {
                    open_store();
                    for (const auto next = told + 2; told < next; ++told) {
                        const auto head = sign(told + 1);
                        anchor->write(head.note, head.checkpoint);
                    }
                } catch (const Failure&) {
                    EXPECT_TRUE(fired || disk.fired());
                }
            });
            if (disk.has_power() && fired) {
                close_store();
                open_store();
            }
            check_newest(told, kept + 2);
            // What it has said once it says for ever, and it goes on.
            const auto said = anchor->newest() ? anchor->newest()->size : 0;
            lose_power_if_killed();
            check_newest(said, said);
            const auto next = sign(kept + 3);
            anchor->write(next.note, next.checkpoint);
            close_store();
            open_store();
            check_newest(kept + 3, kept + 3);
        });
    }
    void check_newest(std::uint64_t from, std::uint64_t to) const {
        const auto size = anchor->newest() ? anchor->newest()->size : 0;
        EXPECT_GE(size, from);
        EXPECT_LE(size, to);
        if (size > 0) EXPECT_EQ(anchor->newest(), sign(size).checkpoint);
    }

    std::optional<Anchor> anchor;
    KeptFiles files{folder.path("."), {"anchor"}};
};

TEST_P(AnchorFaults, OfANewOne) {
    table("a new anchor", 0);
}

TEST_P(AnchorFaults, OfOneWithBothSlots) {
    for (const std::uint64_t size : {1U, 2U, 3U})
        write(size);
    table("an anchor", 3);
}

INSTANTIATE_TEST_SUITE_P(Disk, AnchorFaults, every_fault(), fault_name);

TEST_F(AnchorTest, SaysThatThereIsNoRoomForTheFirst) {
    TestDisk disk;
    Anchor anchor(path, country.log);
    const auto head = sign(1);
    disk.fail_at(1, Fault::finds_no_room);
    EXPECT_THROW(anchor.write(head.note, head.checkpoint), DiskFull);
    EXPECT_TRUE(disk.fired());
    anchor.write(head.note, head.checkpoint);
    EXPECT_EQ(newest(), head.checkpoint);
}

// A disk that is full also for what is written over, as some file systems are.
TEST_F(AnchorTest, SaysThatThereIsNoRoom) {
    TestDisk disk;
    write(1);
    Anchor anchor(path, country.log);
    const auto head = sign(2);
    for (std::int64_t n = 1; n <= 2; ++n) {
        disk.fail_at(n, Fault::finds_no_room);
        EXPECT_THROW(anchor.write(head.note, head.checkpoint), DiskFull);
        EXPECT_TRUE(disk.fired());
        EXPECT_EQ(anchor.newest(), sign(1).checkpoint);
    }
    anchor.write(head.note, head.checkpoint);
    EXPECT_EQ(newest(), head.checkpoint);
}

TEST_F(AnchorTest, ThatCannotBeReadIsNotAnOlderOne) {
    write(1);
    write(2);
    TestDisk disk;
    std::int64_t n = 0;
    do {
        disk.fail_at(++n, Fault::fails_read);
        try {
            EXPECT_EQ(newest(), sign(2).checkpoint);
            EXPECT_FALSE(disk.fired());
        } catch (const Failure&) {
            EXPECT_TRUE(disk.fired());
        }
    } while (disk.fired());
    EXPECT_GT(n, 2) << "reads come in parts";
}

}  // namespace
}  // namespace mado::relay
