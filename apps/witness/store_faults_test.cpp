// The witness's store on a disk that fails: every call with which it opens, cosigns, keeps what
// convicts a log, and closes meets every fault, once. What it said that it has it never forgets.
#include <functional>

#include "db/test_faults.hpp"
#include "store.hpp"
#include "test_witness.hpp"

namespace mado::witness {
namespace {

constexpr std::string_view origin = "log.example/2026";

class StoreFaults : public db::FaultTable {
  protected:
    void put_back_files() override { files.put_back(); }
    void open_store() override { store.emplace(path); }
    void close_store() override { store.reset(); }
    Seen grow() {
        log.grow(3);
        return country.seen(log, wire::test_now);
    }

    // Opens the store and does `work` under the fault, then opens it again. Was it told as done?
    bool told_under_fault(std::int64_t n, std::uint64_t seed, const std::function<bool()>& work) {
        bool told = false;
        with_fault(n, seed, [&] {
            try {
                open_store();
                told = work();
            } catch (const std::exception&) {
                EXPECT_FALSE(told);
                EXPECT_TRUE(!store || !store->healthy());
            }
            close_store();
        });
        EXPECT_TRUE(told || fired);
        close_store();
        open_store();
        return told;
    }

    TempFolder folder;
    const std::string path = folder.path("witness.sqlite");
    WitnessCountry country;
    TestLog log{country};
    std::optional<Store> store;
    db::KeptFiles files{folder.path("."), db::files_of("witness.sqlite")};
};

TEST_P(StoreFaults, OfACosignature) {
    const auto first = grow();
    const auto second = grow();
    open_store();
    ASSERT_TRUE(store->advance(origin, std::nullopt, first));
    close_store();
    files.keep();
    run_table("a cosignature, " + GetParam().name, [&](std::int64_t n, std::uint64_t seed) {
        const bool told =
            told_under_fault(n, seed, [&] { return store->advance(origin, first, second); });
        const auto said = store->newest(origin);
        EXPECT_TRUE(said == second || (!told && said == first));
        lose_power_if_killed();
        EXPECT_EQ(store->newest(origin), said);
        EXPECT_TRUE(store->advance(origin, said, second));
        EXPECT_EQ(store->newest(origin), second);
    });
}

TEST_P(StoreFaults, OfAContradiction) {
    const tlog::Checkpoint submitted{.origin = std::string(origin), .size = 9, .root = {}};
    const Found found{
        .contradiction =
            tlog::TwoRoots{.older = "older", .newer = "newer", .root = {}, .proof = {}},
        .found_at = wire::test_now};
    open_store();
    close_store();
    files.keep();
    run_table("a contradiction, " + GetParam().name, [&](std::int64_t n, std::uint64_t seed) {
        const bool told =
            told_under_fault(n, seed, [&] { return store->keep(submitted, found) == Kept::added; });
        const auto kept = store->contradiction_count();
        EXPECT_TRUE(kept == 1 || (!told && kept == 0));
        lose_power_if_killed();
        EXPECT_EQ(store->contradiction_count(), kept);
        EXPECT_EQ(store->keep(submitted, found), kept == 1 ? Kept::known : Kept::added);
        close_store();
        const auto read = read_contradictions(path).found;
        ASSERT_EQ(read.size(), 1U);
        EXPECT_EQ(tlog::to_json(read[0].contradiction), tlog::to_json(found.contradiction));
    });
}

INSTANTIATE_TEST_SUITE_P(Disk, StoreFaults, db::every_fault(), db::fault_name);
INSTANTIATE_TEST_SUITE_P(Reads, StoreFaults, db::every_read_fault(), db::fault_name);

}  // namespace
}  // namespace mado::witness
