// The evidence on a disk that fails: every call with which a commit, a start or a stop changes the
// disk meets every fault, once each. Whatever was told, afterwards every row that was called
// durable is there, and the same rows again are kept once.
#include <gtest/gtest.h>

#include <future>
#include <thread>

#include "db/test_faults.hpp"
#include "evidence.hpp"
#include "test_gateway.hpp"

namespace mado::gateway {
namespace {

constexpr std::uint8_t rows = 5;

// As long as a real one, so that pages spill.
EvidenceRow row(std::uint8_t entry) {
    auto out = test_row(entry);
    out.receipt = std::string(4'000, 'r');
    out.open = EvidenceRow::Open{.question = R"({"parameters":{}})", .said = out.entry};
    return out;
}

// An evidence that can be closed and opened again.
class Store {
  public:
    void open() { evidence.emplace(path, log); }
    void close() { evidence.reset(); }
    // Two commits, always: of a row that holds the writer's thread meanwhile, and of the others.
    std::vector<Kept> keep_all() {
        std::promise<void> release;
        evidence->keep(row(rows + 1),
                       [released = release.get_future().share()](Kept) { released.wait(); });
        while (evidence->queued() > 0)
            std::this_thread::yield();
        std::vector<std::future<Kept>> futures;
        for (std::uint8_t entry = 1; entry <= rows; ++entry) {
            auto promise = std::make_shared<std::promise<Kept>>();
            futures.push_back(promise->get_future());
            evidence->keep(row(entry), [promise](Kept kept) { promise->set_value(kept); });
        }
        release.set_value();
        std::vector<Kept> out;
        for (auto& future : futures)
            out.push_back(future.get());
        return out;
    }
    // Everything that must hold: the file is whole, its rows are those that were given, and the
    // durable ones are among them.
    void check(const std::vector<Kept>& told) const {
        db::Connection connection(path, db::Access::read_only);
        auto whole = connection.prepare("pragma integrity_check");
        ASSERT_TRUE(whole.step());
        EXPECT_EQ(whole.text(0), "ok");
        auto stored = connection.prepare(
            "select log_index, entry = request, length(receipt), outcome from evidence");
        std::set<std::int64_t> found;
        while (stored.step()) {
            EXPECT_TRUE(found.insert(stored.integer(0)).second);
            EXPECT_EQ(stored.integer(1), 1);
            EXPECT_EQ(stored.integer(2), 4'000);
            EXPECT_EQ(stored.text(3), "answered");
        }
        // What is to be looked at again is there with its evidence, or neither is.
        auto alone = connection.prepare(
            "select count(*) from (select entry from evidence union all select entry from "
            "open_answer) group by entry having count(*) <> 2");
        EXPECT_FALSE(alone.step());
        for (std::size_t i = 0; i < told.size(); ++i) {
            if (told[i] == Kept::durable) EXPECT_TRUE(found.contains(std::int64_t(i) + 1));
        }
    }
    // The same rows again.
    void check_once() {
        for (const auto kept : keep_all())
            EXPECT_EQ(kept, Kept::durable);
        EXPECT_TRUE(evidence->healthy());
        for (std::uint8_t entry = 1; entry <= rows; ++entry)
            EXPECT_TRUE(evidence->known(wire::filled(entry)));
        check(std::vector<Kept>(rows, Kept::durable));
        db::Connection connection(path, db::Access::read_only);
        auto count = connection.prepare("select count(*) from evidence");
        ASSERT_TRUE(count.step());
        EXPECT_EQ(count.integer(0), rows + 1);
    }

    TempFolder folder;
    const std::string path = folder.path("evidence.sqlite");
    const Log log{"test", null_device()};
    std::optional<Evidence> evidence;
};

class EvidenceFaults : public db::FaultTable {
  protected:
    void put_back_files() override { files.put_back(); }
    void open_store() override { store.open(); }
    void close_store() override { store.close(); }

    // What it says that it has, after a kill too, no power failure takes away.
    void check_all(std::vector<Kept> told) {
        store.check(told);
        told.resize(rows, Kept::failed);
        for (std::uint8_t entry = 1; entry <= rows; ++entry)
            if (store.evidence->known(wire::filled(entry))) told[entry - 1] = Kept::durable;
        lose_power_if_killed();
        store.check(told);
        store.check_once();
    }

    Store store;
    db::KeptFiles files{store.folder.path("."), db::files_of("evidence.sqlite")};
};

TEST_P(EvidenceFaults, OfACommit) {
    store.open();
    store.close();
    files.keep();
    run_table("evidence, a commit, " + GetParam().name, [this](std::int64_t n, std::uint64_t seed) {
        store.open();
        std::vector<Kept> told;
        with_fault(n, seed, [this, &told] { told = store.keep_all(); });
        EXPECT_TRUE(fired || told == std::vector<Kept>(rows, Kept::durable));
        check_all(told);
    });
}

TEST_P(EvidenceFaults, FromAnEmptyFolderToAStop) {
    run_table("evidence, all, " + GetParam().name, [this](std::int64_t n, std::uint64_t seed) {
        std::vector<Kept> told;
        with_fault(n, seed, [this, &told] {
            try {
                store.open();
                told = store.keep_all();
            } catch (const std::exception&) {
                EXPECT_TRUE(told.empty());
            }
            store.close();
        });
        store.close();
        store.open();
        check_all(told);
    });
}

INSTANTIATE_TEST_SUITE_P(Disk, EvidenceFaults, db::every_fault(), db::fault_name);
INSTANTIATE_TEST_SUITE_P(Reads, EvidenceFaults, db::every_read_fault(), db::fault_name);

// A question to what was kept is answered, or fails; it is never said that nothing was kept.
TEST(EvidenceThatCannotBeRead, SaysNothingWrong) {
    db::TestDisk disk;
    Store store;
    store.open();
    EXPECT_EQ(store.keep_all(), std::vector<Kept>(rows, Kept::durable));
    std::int64_t n = 0;
    std::int64_t failed = 0;
    do {
        store.close();
        store.open();
        disk.fail_at(++n, db::Fault::fails_read);
        for (std::uint8_t entry = 1; entry <= rows; ++entry) {
            try {
                EXPECT_TRUE(store.evidence->known(wire::filled(entry)));
                EXPECT_EQ(store.evidence->open_orders("log.example/1", 1'000, 10).size(), rows + 1);
            } catch (const Failure&) {
                ++failed;
            }
        }
    } while (disk.fired());
    std::cout << "evidence, reads: " << n - 1 << " calls\n";
    EXPECT_EQ(failed, n - 1) << "each is one clear failure";
    EXPECT_GT(n, 2);
    disk.fail_at(0, db::Fault::fails_read);
    store.check_once();
}

TEST(EvidenceOnAFullDisk, StopsSaysSoAndGoesOnByItself) {
    db::TestDisk disk;
    Store store;
    store.open();
    EXPECT_EQ(store.evidence->unwell(), std::nullopt);
    disk.fill();
    EXPECT_EQ(store.keep_all(), std::vector<Kept>(rows, Kept::failed));
    store.check({});
    EXPECT_EQ(store.evidence->unwell(),
              "the disk is full: no evidence can be kept until there is room");
    EXPECT_FALSE(store.evidence->known(wire::filled(1)));
    disk.make_room();
    while (store.evidence->unwell())
        std::this_thread::yield();
    store.check_once();
    disk.fill();
    EXPECT_EQ(store.keep_all(), std::vector<Kept>(rows, Kept::durable)) << "repeats need no room";
}

// What was kept is there, but no more of it gets into the database file.
TEST(EvidenceOnAFullDisk, SaysThatItsWriteAheadLogOnlyGrows) {
    db::TestDisk disk;
    Store store;
    store.open();
    const auto brought_over = [&store] { return std::filesystem::file_size(store.path); };
    // Another row when the disk filled too late for the last one.
    for (std::uint8_t entry = 1;; ++entry) {
        const auto before = brought_over();
        std::promise<Kept> kept;
        store.evidence->keep(row(entry), [&kept](Kept told) { kept.set_value(told); });
        ASSERT_EQ(kept.get_future().get(), Kept::durable);
        disk.fill();
        if (brought_over() == before) break;
        disk.make_room();
    }
    while (!store.evidence->unwell())
        std::this_thread::yield();
    EXPECT_TRUE(store.evidence->healthy());
    disk.make_room();
    while (store.evidence->unwell())
        std::this_thread::yield();
    store.check({Kept::durable});
}

}  // namespace
}  // namespace mado::gateway
