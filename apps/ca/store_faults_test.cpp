// The authority's store on a disk that fails: every call with which it opens, decides, counts its
// lists and closes meets every fault, once. What it said that it kept it never forgets, and no
// order gets two certificates.
#include "db/test_faults.hpp"
#include "store.hpp"
#include "test_ca.hpp"

namespace mado::ca {
namespace {

constexpr UnixTime now = 1'795'575'600;

class StoreFaults : public db::FaultTable {
  protected:
    void put_back_files() override { files.put_back(); }
    void open_store() override { store.emplace(path); }
    void close_store() override { store.reset(); }

    static Issued issued(std::uint8_t serial, std::vector<std::string> supersedes = {}) {
        crypto::Serial number{};
        number[0] = 0x40;
        number.back() = serial;
        return {.serial = number,
                .use = Use::authentication,
                .key = Hash{serial},
                .validity = {.not_before = now, .not_after = now + day_s},
                .der = Bytes{serial},
                .supersedes = std::move(supersedes)};
    }
    void order(const std::string& id) {
        db::Connection gateway(path, db::Access::read_write);
        add_order(gateway, id, {.number = "1", .act = "issue-authentication"});
    }
    static std::string old_serial() { return serial_text(issued(1).serial); }
    std::string status_of_old() {
        const auto row = store->status(issued(1).serial);
        return row ? std::string(to_text(row->status)) : "none";
    }

    TempFolder folder;
    const std::string path = folder.path("ca.sqlite");
    std::optional<Store> store;
    db::KeptFiles files{folder.path("."), db::files_of("ca.sqlite")};
};

TEST_P(StoreFaults, OfACertificateThatSupersedesAnother) {
    open_store();
    order("first");
    store->decide(store->undecided(1).at(0), issued(1), now);
    order("second");
    close_store();
    files.keep();
    run_table("a certificate, " + GetParam().name, [&](std::int64_t n, std::uint64_t seed) {
        const bool told = told_under_fault(n, seed, [&] {
            store->decide(store->undecided(1).at(0), issued(2, {old_serial()}), now);
        });
        const auto waits = store->undecided(10);
        // Both or neither.
        EXPECT_EQ(waits.empty(), status_of_old() == "revoked");
        EXPECT_EQ(waits.empty(), store->status(issued(2).serial).has_value());
        if (told) {
            EXPECT_TRUE(waits.empty());
        }
        lose_power_if_killed();
        EXPECT_EQ(store->undecided(10).size(), waits.size());
        // The next start goes on, with another serial number.
        for (const auto& order : store->undecided(10))
            store->decide(order, issued(3, {old_serial()}), now);
        const auto counts = store->counts();
        EXPECT_EQ(counts.ordered, 2);
        EXPECT_EQ(counts.decided, 2);
        EXPECT_EQ(counts.certificates, 2);
        EXPECT_EQ(status_of_old(), "revoked");
    });
}

TEST_P(StoreFaults, OfAStatus) {
    open_store();
    order("first");
    store->decide(store->undecided(1).at(0), issued(1), now);
    order("second");
    close_store();
    files.keep();
    run_table("a status, " + GetParam().name, [&](std::int64_t n, std::uint64_t seed) {
        const Change change{
            .serial = old_serial(), .to = Status::suspended, .reason = std::string("lost")};
        const bool told = told_under_fault(
            n, seed, [&] { store->decide(store->undecided(1).at(0), change, now); });
        const bool kept = store->undecided(10).empty();
        EXPECT_EQ(kept, status_of_old() == "suspended");
        EXPECT_EQ(store->listed(now).size(), kept ? 1U : 0U);
        EXPECT_TRUE(kept || !told);
        lose_power_if_killed();
        for (const auto& order : store->undecided(10))
            store->decide(order, change, now);
        EXPECT_EQ(status_of_old(), "suspended");
    });
}

TEST_P(StoreFaults, OfAListsNumber) {
    open_store();
    const auto before = store->next_list(now, day_s);
    close_store();
    files.keep();
    run_table("a list's number, " + GetParam().name, [&](std::int64_t n, std::uint64_t seed) {
        std::uint64_t newest = before.number;
        told_under_fault(n, seed, [&] { newest = store->next_list(now - 1, day_s).number; });
        lose_power_if_killed();
        const auto next = store->next_list(now - 1, day_s);
        EXPECT_GT(next.number, newest) << "a number that was given out comes once";
        EXPECT_EQ(next.this_update, now - 1);
    });
}

// Full from each call on: the order waits, what was known is known, and with room again it goes on.
TEST(FullDisk, OrdersWaitUntilThereIsRoom) {
    const TempFolder folder;
    db::TestDisk disk;
    const auto path = folder.path("ca.sqlite");
    std::optional<Store> store(path);
    db::Connection gateway(path, db::Access::read_write);
    std::int64_t waited = 0;
    for (std::uint8_t n = 1; n <= 12; ++n) {
        SCOPED_TRACE("full from call " + std::to_string(n));
        add_order(gateway, std::to_string(n), {.number = "1", .act = "issue-authentication"});
        const auto order = store->undecided(10).at(0);
        crypto::Serial serial{};
        serial[0] = 0x40;
        serial.back() = n;
        const Issued issued{.serial = serial,
                            .use = Use::authentication,
                            .key = Hash{n},
                            .validity = {.not_before = now, .not_after = now + day_s},
                            .der = Bytes(20'000, n),
                            .supersedes = {}};
        disk.fail_at(n, db::Fault::fills);
        try {
            store->decide(order, issued, now);
        } catch (const DiskFull&) {
            ++waited;
            EXPECT_FALSE(store->status(serial));
            EXPECT_EQ(store->undecided(10).size(), 1U);
            disk.make_room();
            store->decide(order, issued, now);
        }
        disk.fail_at(0, db::Fault::fills);
        disk.make_room();
        EXPECT_TRUE(store->status(serial));
        EXPECT_TRUE(store->undecided(10).empty());
    }
    EXPECT_GT(waited, 0);
}

INSTANTIATE_TEST_SUITE_P(Disk, StoreFaults, db::every_fault(), db::fault_name);
INSTANTIATE_TEST_SUITE_P(Reads, StoreFaults, db::every_read_fault(), db::fault_name);

}  // namespace
}  // namespace mado::ca
