#include "store.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "test_witness.hpp"

namespace mado::witness {
namespace {

constexpr std::string_view origin = "log.example/2026";

class StoreTest : public testing::Test {
  protected:
    StoreTest() { open(); }
    void open() {
        store.reset();
        store.emplace(path);
    }
    // The log grows by `entries`; what a witness keeps of it then.
    Seen grow(std::uint64_t entries, UnixTime time = wire::test_now) {
        log.grow(entries);
        return country.seen(log, time);
    }
    bool advance(const std::optional<Seen>& from, const Seen& to) {
        const bool done = store->advance(origin, from, to);
        check();
        return done;
    }
    // What must hold whatever happened: every row is a checkpoint that the log signed and we
    // cosigned, and there are not more than may be.
    void check() const {
        db::Connection connection(path, db::Access::read_only);
        auto rows = connection.prepare("select size, root, note from cosigned");
        const auto quorum = tlog::Quorum::make({country.witnesses[0]}, 1).value();
        std::int64_t count = 0;
        for (; rows.step(); ++count) {
            const Seen seen{.size = static_cast<std::uint64_t>(rows.integer(0)),
                            .root = to_hash(rows.blob(1)).value(),
                            .note = rows.text(2)};
            EXPECT_TRUE(check_seen(seen, country.log));
            const auto cosigned = tlog::cosigned(seen.note, country.log, quorum, INT64_MAX);
            EXPECT_TRUE(std::holds_alternative<tlog::CosignedCheckpoint>(cosigned.value()));
        }
        EXPECT_LE(count, history_max);
        EXPECT_LE(read_contradictions(path).found.size(),
                  static_cast<std::size_t>(contradictions_max));
    }
    void alter(std::string_view sql) const {
        db::Connection(path, db::Access::read_write).run(sql);
    }
    [[nodiscard]] std::int64_t count(const std::string& sql) const {
        db::Connection connection(path, db::Access::read_only);
        auto statement = connection.prepare(sql);
        return statement.step() ? statement.integer(0) : -1;
    }
    static Found found(std::uint8_t root = 1) {
        return {.contradiction = tlog::TwoRoots{.older = "older \"note\"\n",
                                                .newer = "newer note\n",
                                                .root = wire::filled(root),
                                                .proof = {wire::filled(2), wire::filled(3)}},
                .found_at = wire::test_now};
    }
    Kept keep(std::uint64_t size, std::uint8_t root = 1, std::string_view of = origin) {
        return store->keep({.origin = std::string(of), .size = size, .root = wire::filled(root)},
                           found(root));
    }

    TempFolder folder;
    const std::string path = folder.path("witness.sqlite");
    WitnessCountry country;
    TestLog log{country};
    std::optional<Store> store;
};

TEST_F(StoreTest, RemembersAlsoAfterARestart) {
    EXPECT_EQ(store->newest(origin), std::nullopt);
    const auto first = grow(3);
    EXPECT_TRUE(advance(std::nullopt, first));
    EXPECT_EQ(store->newest(origin), first);
    EXPECT_EQ(store->newest("another"), std::nullopt);
    open();
    EXPECT_EQ(store->newest(origin), first);
    const auto second = grow(4);
    EXPECT_TRUE(advance(first, second));
    open();
    EXPECT_EQ(store->newest(origin), second);
    const auto directory = country.directory();
    const auto submission = read_submission(log.body(3), directory).value();
    const auto history = store->history(submission);
    EXPECT_EQ(history.newest, second);
    EXPECT_EQ(history.at_size, second);
    EXPECT_EQ(history.at_old_size, first);
}

TEST_F(StoreTest, NewerCosignatureOfOneSizeReplacesTheOlder) {
    const auto first = grow(3, 100);
    const auto again = country.seen(log, 200);
    EXPECT_TRUE(advance(std::nullopt, first));
    EXPECT_TRUE(advance(first, again));
    EXPECT_EQ(store->newest(origin), again);
    EXPECT_EQ(count("select count(*) from cosigned"), 1);
}

TEST_F(StoreTest, ComparesBeforeItSwaps) {
    const auto first = grow(3);
    const auto second = grow(4);
    const auto third = grow(5);
    EXPECT_FALSE(advance(first, second)) << "there is none yet";
    EXPECT_TRUE(advance(std::nullopt, first));
    EXPECT_FALSE(advance(std::nullopt, second));
    EXPECT_TRUE(advance(first, third));
    EXPECT_FALSE(advance(first, second)) << "rolls back";
    EXPECT_FALSE(advance(third, second)) << "older than the newest";
    EXPECT_EQ(store->newest(origin), third);
    auto altered = third;
    altered.note += "x";
    EXPECT_FALSE(advance(altered, third)) << "another cosignature in between";
    EXPECT_TRUE(store->healthy());
}

TEST_F(StoreTest, OneSizeHasOneRoot) {
    const auto first = grow(3);
    EXPECT_TRUE(advance(std::nullopt, first));
    TestLog other{country};
    other.grow(3);
    EXPECT_THROW(store->advance(origin, first, country.seen(other)), Failure);
    EXPECT_EQ(store->newest(origin), first);
    check();
}

// The race of tlog-witness: of two submissions that were judged by the same newest checkpoint one
// is kept.
TEST_F(StoreTest, OfTwoAtOnceOneWins) {
    auto newest = grow(1);
    ASSERT_TRUE(advance(std::nullopt, newest));
    for (int round = 0; round < 20; ++round) {
        const auto shorter = grow(1);
        const auto longer = grow(1);
        std::atomic<int> won = 0;
        {
            std::vector<std::jthread> both;
            for (const auto& next : {shorter, longer}) {
                both.emplace_back([this, &won, newest, next] {
                    Store own(path);
                    won += own.advance(origin, newest, next) ? 1 : 0;
                });
            }
        }
        EXPECT_EQ(won, 1) << round;
        newest = store->newest(origin).value();
        check();
        if (newest == longer) continue;
        ASSERT_TRUE(advance(newest, longer));
        newest = longer;
    }
}

TEST_F(StoreTest, HistoryHasAnEnd) {
    const auto first = grow(1);
    ASSERT_TRUE(advance(std::nullopt, first));
    // As if it had cosigned every size up to the limit; only the keys matter here.
    alter(
        "insert into cosigned with recursive n(i) as (select 2 union all select i + 1 from n "
        "where i < " +
        std::to_string(history_max) +
        ") select 'log.example/2026', i, root, note from n, cosigned where size = 1");
    const auto newest = store->newest(origin).value();
    EXPECT_EQ(newest.size, static_cast<std::uint64_t>(history_max));
    log.grow(static_cast<std::uint64_t>(history_max));
    ASSERT_TRUE(store->advance(origin, newest, country.seen(log)));
    EXPECT_EQ(count("select count(*) from cosigned"), history_max);
    EXPECT_EQ(count("select min(size) from cosigned"), 2);
    EXPECT_EQ(store->newest(origin)->size, static_cast<std::uint64_t>(history_max + 1));
}

// ---- Faults: each write fails; nothing is half done, and what is there is found again ----

TEST_F(StoreTest, WriteThatFailsChangesNothing) {
    const auto first = grow(3);
    ASSERT_TRUE(advance(std::nullopt, first));
    const auto next = grow(4);
    for (const auto* event : {"before insert on cosigned", "after insert on cosigned"}) {
        alter(std::string("create trigger planted ") + event +
              " begin select raise(abort, 'planted'); end");
        EXPECT_THROW(store->advance(origin, first, next), Failure);
        EXPECT_FALSE(store->healthy());
        EXPECT_EQ(store->newest(origin), first);
        check();
        open();
        EXPECT_EQ(store->newest(origin), first);
        alter("drop trigger planted");
    }
    EXPECT_TRUE(advance(first, next));
    EXPECT_TRUE(store->healthy());
}

TEST_F(StoreTest, ContradictionThatCannotBeKeptIsNoSilentLoss) {
    alter(
        "create trigger planted before insert on contradiction begin select raise(abort, 'p'); "
        "end");
    EXPECT_THROW(keep(3), Failure);
    EXPECT_FALSE(store->healthy());
    EXPECT_EQ(store->contradiction_count(), 0U);
    alter("drop trigger planted");
    EXPECT_EQ(keep(3), Kept::added);
    EXPECT_TRUE(store->healthy());
}

// Killed between the commit and the answer, in a process of its own.
TEST_F(StoreTest, KilledAfterTheCommitItKnowsWhatItPromised) {
    const auto first = grow(3);
    ASSERT_TRUE(advance(std::nullopt, first));
    const auto next = grow(4);
    store.reset();
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
        Store own(path);
        const bool kept = own.advance(origin, first, next);
        ::kill(::getpid(), kept ? SIGKILL : SIGTERM);
        ::_exit(1);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status));
    EXPECT_EQ(WTERMSIG(status), SIGKILL);
    open();
    EXPECT_EQ(store->newest(origin), next);
    check();
}

TEST_F(StoreTest, FolderThatIsNotThere) {
    EXPECT_THROW(Store(folder.path("none/witness.sqlite")), OperatorError);
    EXPECT_THROW(read_contradictions(folder.path("none.sqlite")), OperatorError);
}

// ---- Contradictions ----

TEST_F(StoreTest, ContradictionsAreKeptOnceAndReadBack) {
    EXPECT_EQ(keep(9), Kept::added);
    EXPECT_EQ(keep(9), Kept::known);
    EXPECT_EQ(keep(9, 2), Kept::added);
    EXPECT_EQ(keep(7, 3), Kept::added);
    open();
    EXPECT_EQ(keep(9), Kept::known);
    EXPECT_EQ(store->contradiction_count(), 3U);
    const auto kept = read_contradictions(path).found;
    ASSERT_EQ(kept.size(), 3U);
    const std::vector<std::uint8_t> roots{3, 1, 2};
    for (std::size_t i = 0; i < kept.size(); ++i) {
        EXPECT_EQ(tlog::to_json(kept[i].contradiction),
                  tlog::to_json(found(roots[i]).contradiction));
        EXPECT_EQ(kept[i].found_at, wire::test_now);
    }
    check();
}

TEST_F(StoreTest, AlteredContradictionHidesNoOther) {
    ASSERT_EQ(keep(9), Kept::added);
    ASSERT_EQ(keep(7, 3), Kept::added);
    alter("update contradiction set proof = '{}' where size = 7");
    const auto kept = read_contradictions(path);
    EXPECT_EQ(kept.unreadable, 1);
    ASSERT_EQ(kept.found.size(), 1U);
    EXPECT_EQ(tlog::to_json(kept.found[0].contradiction), tlog::to_json(found(1).contradiction));
}

TEST_F(StoreTest, ContradictionsOfOneLogHaveALimit) {
    for (std::int64_t i = 0; i < contradictions_max; ++i)
        ASSERT_EQ(keep(static_cast<std::uint64_t>(i)), Kept::added);
    EXPECT_EQ(keep(5000), Kept::full);
    EXPECT_EQ(keep(5), Kept::known);
    EXPECT_EQ(keep(1, 1, "log.example/2027"), Kept::added);
    EXPECT_EQ(store->contradiction_count(), static_cast<std::uint64_t>(contradictions_max + 1));
}

}  // namespace
}  // namespace mado::witness
