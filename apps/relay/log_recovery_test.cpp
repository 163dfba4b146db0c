// What the log writer does when something outside it goes wrong: failing commits, restarts at every
// size that matters, older copies, lost and torn anchors, other histories, other keys.
#include <fcntl.h>
#include <unistd.h>
#include <algorithm>

#include <filesystem>

#include "test_relay.hpp"

namespace mado::relay {
namespace {

namespace fs = std::filesystem;

// The message of the OperatorError with which the store refuses to open.
std::string refusal(TestStore& store) {
    try {
        store.open();
    } catch (const OperatorError& error) {
        return error.what();
    }
    return "";
}

void expect_part(const std::string& text, const std::string& part) {
    EXPECT_NE(text.find(part), std::string::npos) << text;
}

TEST(LogRecovery, EverySizeAroundATile) {
    TestStore store;
    store.open();
    store.add_people(1);
    std::map<std::string, std::string> receipts;  // by request: never to change
    for (const int size : {2, 255, 256, 257, 511, 512, 513}) {
        const auto now = static_cast<int>(store.count("select count(*) from access"));
        store.record_many(size - now);
        store.check();
        store.reopen();
        store.check();
        receipts["r" + std::to_string(size)];
        for (auto& [request, receipt] : receipts) {
            const auto result = store.record({.request = request});
            ASSERT_TRUE(result.has_value());
            EXPECT_TRUE(wire::verify_receipt(result->receipt, store.directory).has_value());
            const auto text = wire::receipt_json(result->receipt);
            if (receipt.empty()) receipt = text;
            EXPECT_EQ(text, receipt);
        }
    }
    store.check();
}

TEST(LogRecovery, TilesOfTheSecondLevel) {
    TestStore store;
    store.open();
    store.close();
    plant_log(store, 65'400);  // 136 entries before the first tile of the level above is full
    store.open();
    store.add_people(1);
    const NewOrder before{.request = "before"};
    const NewOrder after{.request = "after"};
    const auto first = store.record(before);
    ASSERT_TRUE(first.has_value());
    store.record_many(200);
    const auto second = store.record(after);
    ASSERT_TRUE(second.has_value());
    store.reopen();
    EXPECT_EQ(store.count("select count(*) from tile where id >= 1 << 40"), 1);
    for (const auto& [order, expected] : {std::pair(before, first), std::pair(after, second)}) {
        EXPECT_TRUE(wire::verify_receipt(expected->receipt, store.directory).has_value());
        const auto again = store.record(order);
        ASSERT_TRUE(again.has_value());
        EXPECT_EQ(wire::receipt_json(again->receipt), wire::receipt_json(expected->receipt));
    }
    store.check();
}

// A batch in which an insert, a bookkeeping row or the commit itself fails, and then each job from
// there on.
struct Planted {
    const char* sql;
    int recorded;  // jobs before the first that fails alone
};
class FailingBatch : public testing::TestWithParam<Planted> {};

TEST_P(FailingBatch, SpendsNothingAndTheNextOneWorks) {
    TestStore store;
    store.open();
    store.add_people(2);
    store.record_many(253);  // the failing batch would fill a tile
    const auto recorded = GetParam().recorded;
    store.alter(GetParam().sql);
    const NewOrder in_new_month{.person = PersonRow{2},
                                .request = "r",
                                .keep_until = wire::test_now + 3'000 * std::int64_t{86'400}};
    auto release = store.hold_writer();
    std::vector<std::future<RecordResult>> failing;
    failing.push_back(store.submit(store.order(in_new_month)));
    for (int i = 0; i < 9; ++i)
        failing.push_back(store.submit(store.order({.person = PersonRow{2}})));
    release.set_value();
    for (int i = 0; i < 10; ++i) {
        const auto result = failing[static_cast<std::size_t>(i)].get();
        ASSERT_EQ(result.has_value(), i < recorded);
        if (!result) EXPECT_EQ(result.error(), wire::Code::internal);
    }
    EXPECT_EQ(store.writer().healthy(), recorded > 0);
    store.check();
    store.alter("drop trigger planted");
    EXPECT_EQ(store.count("select count(*) from own_entry where person = 2"), recorded);
    EXPECT_EQ(store.count("select count(*) from month_key"), recorded > 0 ? 2 : 1);

    const auto result = store.record(in_new_month);
    ASSERT_TRUE(result.has_value());
    EXPECT_TRUE(wire::verify_receipt(result->receipt, store.directory).has_value());
    EXPECT_TRUE(store.writer().healthy());
    EXPECT_EQ(store.count("select count(*) from own_entry where person = 2"),
              std::max(recorded, 1));
    EXPECT_EQ(store.count("select count(*) from month_key"), 2);
    store.record_many(10);
    store.check();
    store.reopen();
    store.check();
}

INSTANTIATE_TEST_SUITE_P(
    LogRecovery, FailingBatch,
    testing::Values(
        Planted{"create trigger planted before insert on access when new.log_index = 259 "
                "begin select raise(abort, 'planted'); end",
                4},
        Planted{"create trigger planted before insert on access when new.log_index = 260 "
                "begin select raise(rollback, 'planted'); end",
                5},
        Planted{"create trigger planted before insert on tile "
                "begin select raise(abort, 'planted'); end",
                0},
        Planted{"create trigger planted before insert on head when new.size > 260 "
                "begin select raise(abort, 'planted'); end",
                5},
        // Found only by COMMIT.
        Planted{"create table later (person integer references person deferrable initially "
                "deferred);"
                "create trigger planted after insert on access when new.log_index = 259 "
                "begin insert into later values (-1); end",
                4}));

TEST(LogRecovery, FailedOutcomeIsNotCalledDurable) {
    TestStore store;
    store.open();
    store.add_people(1);
    const auto order = *store.record();
    store.alter("create trigger planted before insert on miss begin select raise(abort, 'p'); end");
    const SetOutcome miss{.log_index = order.log_index,
                          .outcome = wire::Outcome::no_match,
                          .miss_path = to_bytes("path"),
                          .day = 1,
                          .requester = "clinic-1",
                          .time = wire::test_now};
    EXPECT_FALSE(store.set_outcome(miss));
    store.alter("drop trigger planted");
    EXPECT_TRUE(store.set_outcome(miss));
    EXPECT_EQ(store.count("select misses from miss"), 1);
    store.check();
}

TEST(LogRecovery, OlderCopyIsRefused) {
    TestStore store;
    store.open();
    store.add_people(1);
    store.record_many(5);
    store.close();
    fs::copy_file(store.database(), store.folder().path("copy"));
    store.open();
    store.record_many(1);
    store.close();
    fs::copy_file(store.database(), store.folder().path("newer"));
    fs::copy_file(store.folder().path("copy"), store.database(),
                  fs::copy_options::overwrite_existing);
    const auto why = refusal(store);
    expect_part(why, "the database holds 6 log entries, but a checkpoint over 7 was signed");
    expect_part(why, "Restore the newer copy of the state, or open a new log origin");
    fs::copy_file(store.folder().path("newer"), store.database(),
                  fs::copy_options::overwrite_existing);
    store.open();
    store.check();
}

TEST(LogRecovery, EmptyDatabaseBesideAnAnchorIsRefused) {
    TestStore store;
    store.open();
    store.add_people(1);
    store.close();
    fs::remove(store.database());
    expect_part(refusal(store), "this is an older copy");
}

TEST(LogRecovery, MissingAnchorIsRefusedEveryTime) {
    TestStore store;
    store.open();
    store.add_people(1);
    store.close();
    fs::remove(store.anchor_path());
    expect_part(refusal(store), "the anchor file is missing although the log has entries");
    expect_part(refusal(store), "the anchor file is missing although the log has entries");
}

// A crash between the database's commit and the anchor: nothing of that batch has left.
TEST(LogRecovery, AnchorBehindTheDatabaseIsBroughtUp) {
    TestStore store;
    store.open();
    const auto anchor_of = [&store] { return *read_file(store.anchor_path()); };
    const auto empty = anchor_of();
    store.add_people(1);
    const auto one = anchor_of();
    store.record_many(3);
    const auto kept = anchor_of();
    store.record_many(1);
    for (const auto& old : {kept, one, empty}) {
        store.close();
        replace_file(store.anchor_path(), as_bytes(old), 0600);
        store.open();
        store.check();
    }
}

TEST(LogRecovery, TornNewestSlotFallsBackToTheOther) {
    TestStore store;
    store.open();
    store.add_people(1);
    for (int round = 0; round < 3; ++round) {
        store.record_many(1);
        const auto size = store.count("select max(size) from head");
        store.close();
        auto anchor = *read_file(store.anchor_path());
        const auto at = anchor.find("\n" + std::to_string(size) + "\n");
        ASSERT_NE(at, std::string::npos);
        anchor.replace(at + 60, 20, std::string(20, '\0'));
        replace_file(store.anchor_path(), as_bytes(anchor), 0600);
        store.open();
        store.check();
    }
}

TEST(LogRecovery, AnotherHistoryIsRefused) {
    TestStore store;
    store.open();
    store.add_people(1);
    store.close();
    fs::copy_file(store.database(), store.folder().path("fork"));
    store.open();
    store.record_many(2);
    store.close();
    const auto anchor = *read_file(store.anchor_path());
    // The same log key signs another, longer continuation.
    fs::copy_file(store.folder().path("fork"), store.database(),
                  fs::copy_options::overwrite_existing);
    replace_file(store.anchor_path(), as_bytes(anchor), 0600);
    fs::remove(store.anchor_path());
    expect_part(refusal(store), "missing");
    store.alter("delete from head; delete from access; delete from person");
    fs::remove(store.anchor_path());
    store.open();
    store.add_people(1);
    store.record_many(4);
    store.close();
    replace_file(store.anchor_path(), as_bytes(anchor), 0600);
    expect_part(refusal(store), "the database holds another history than the one that was signed");
}

TEST(LogRecovery, AlteredEntryOfTheTailIsFound) {
    TestStore store;
    store.open();
    store.add_people(1);
    store.record_many(5);
    store.close();
    store.alter("update access set entry = zeroblob(32) where log_index = 3");
    expect_part(refusal(store), "another history");
}

TEST(LogRecovery, WrongKeyIsRefused) {
    TestStore store;
    store.open();
    store.add_people(1);
    store.close();
    const auto other = crypto::PrivateKey::generate(crypto::KeyType::ed25519);
    const auto log =
        wire::valid(tlog::NoteVerifier::make(store.country.log.name(), other.public_key()));
    EXPECT_THROW(store.open(log, other), OperatorError);
    const auto renamed = wire::valid(
        tlog::NoteVerifier::make("log.example/2027", store.country.log_key.public_key()));
    EXPECT_THROW(store.open(renamed, store.country.log_key), OperatorError);
    store.open();
    store.check();
}

TEST(LogRecovery, KeysOfAnotherStateAreRefused) {
    for (const auto* name : {"seal.key", "index.key"}) {
        TestStore store;
        store.open();
        store.add_people(1);
        store.close();
        store.swap_key(name);
        expect_part(refusal(store), "are not those that this state was written with");
    }
}

// Whoever can write the database, but has no key, cannot give an entry to another person.
TEST(LogRecovery, AnEntryMovedToAnotherPersonDoesNotOpen) {
    TestStore store;
    store.open();
    store.add_people(2);
    ASSERT_TRUE(store.record().has_value());
    store.close();
    Reader before(store.database(), store.vault());
    EXPECT_EQ(before.entries(1, 0, 10, 1000).size(), 1U);
    store.alter("update own_entry set id = seq + (2 << 32); update access set person = 2");
    Reader after(store.database(), store.vault());
    EXPECT_THROW((void)after.entries(2, 0, 10, 1000), Failure);
}

// The file of the database is put back under a running relay.
TEST(LogRecovery, ShrunkDatabaseStopsARunningWriter) {
    TestStore store;
    store.open();
    store.add_people(1);
    store.record_many(1);
    const auto result = store.record();
    ASSERT_TRUE(result.has_value());
    store.alter(
        "delete from access where log_index = 2; delete from head where size = 3;"
        "delete from own_entry where log_index = 2");
    for (int attempt = 0; attempt < 3; ++attempt) {
        const auto refused = store.record();
        ASSERT_FALSE(refused.has_value());
        EXPECT_EQ(refused.error(), wire::Code::internal);
        EXPECT_FALSE(store.writer().healthy());
    }
    EXPECT_EQ(store.count("select count(*) from access"), 2);
}

// Puts another file under the descriptor with which a file is open.
class Swapped {
  public:
    Swapped(const std::string& path, const char* instead) {
        for (const auto& entry : fs::directory_iterator("/proc/self/fd")) {
            std::error_code gone;
            if (fs::read_symlink(entry.path(), gone) != path) continue;
            descriptor_ = std::stoi(entry.path().filename());
        }
        EXPECT_GE(descriptor_, 0);
        kept_ = ::dup(descriptor_);
        const int other = ::open(instead, O_RDWR | O_CLOEXEC);
        EXPECT_EQ(::dup2(other, descriptor_), descriptor_);
        ::close(other);
    }
    ~Swapped() {
        EXPECT_EQ(::dup2(kept_, descriptor_), descriptor_);
        ::close(kept_);
    }
    Swapped(const Swapped&) = delete;
    Swapped& operator=(const Swapped&) = delete;

  private:
    int descriptor_ = -1;
    int kept_ = -1;
};

TEST(LogRecovery, NothingLeavesBeforeTheAnchorIsWritten) {
    TestStore store;
    store.open();
    store.add_people(1);
    const NewOrder order{.request = "r"};
    // One has no room, the other takes every byte, but cannot be flushed.
    for (const auto& [broken, expected] :
         {std::pair("/dev/full", wire::Code::not_ready), {"/dev/null", wire::Code::internal}}) {
        const Swapped swapped(fs::canonical(store.anchor_path()), broken);
        for (int attempt = 0; attempt < 3; ++attempt) {  // the repeats find their entry
            const auto result = store.record(order);
            ASSERT_FALSE(result.has_value());
            EXPECT_EQ(result.error(), expected);
            EXPECT_FALSE(store.writer().healthy());
            EXPECT_FALSE(store.record().has_value()) << "and nothing more is added";
        }
    }
    EXPECT_EQ(store.count("select count(*) from access"), 2);
    const auto result = store.record(order);
    ASSERT_TRUE(result.has_value());
    EXPECT_TRUE(wire::verify_receipt(result->receipt, store.directory).has_value());
    EXPECT_TRUE(store.writer().healthy());
    EXPECT_EQ(store.count("select count(*) from access"), 2);
    store.check();
}

}  // namespace
}  // namespace mado::relay
