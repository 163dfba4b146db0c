// What the tests of the relay share: keys, a store in a folder of its own with its log writer, and
// a checker of everything that must always hold between database, log and anchor.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <future>
#include <map>
#include <mutex>
#include <set>
#include <string>

#include "base/file.hpp"
#include "base/temp_folder.hpp"
#include "crypto/digest.hpp"
#include "import.hpp"
#include "log_writer.hpp"
#include "test_country.hpp"

namespace mado::relay {

// A folder with the two keys of a vault.
inline void make_vault_keys(const TempFolder& folder) {
    for (const auto* name : {"seal.key", "index.key"}) {
        replace_file(folder.path(name), crypto::random_bytes(32), 0600);
    }
}

// RFC 6962 section 2.1, word for word: nothing of lib/tlog's tiles is in it.
inline Hash merkle_root(std::span<const Hash> leaves) {
    if (leaves.empty()) return crypto::sha256(ByteView());
    if (leaves.size() == 1) return leaves.front();
    std::size_t split = 1;
    while (split * 2 < leaves.size())
        split *= 2;
    constexpr std::array<std::uint8_t, 1> node{0x01};
    return crypto::sha256(
        {node, merkle_root(leaves.first(split)), merkle_root(leaves.subspan(split))});
}

inline Bytes joined(std::span<const Hash> hashes) {
    Bytes out;
    for (const auto& hash : hashes)
        append(out, hash);
    return out;
}

// The roots over each 16 of a full tile's hashes.
inline Bytes middle_of(std::span<const Hash> tile) {
    Bytes out;
    for (std::size_t first = 0; first < tile.size(); first += 16)
        append(out, merkle_root(tile.subspan(first, 16)));
    return out;
}

struct NewOrder {
    std::variant<PersonRow, NewSeries, Change> person = PersonRow{1};
    std::string request = {};  // "": one of its own
    std::string content = "content";
    std::optional<std::string> check = {};
    std::optional<std::string> miss_path = {};
    UnixTime keep_until = wire::test_now + 400 * 86'400;
    Notice notice = {.requester = "clinic-1",
                     .requester_kind = "clinic",
                     .service = "eligibility",
                     .purpose = "treatment",
                     .month = 2026 * 12 + 10};
};

inline Name test_name(std::string_view text) {
    return name_of(crypto::sha256(as_bytes(text)));
}

// A store that can be closed and opened again, copied and altered.
class TestStore {
  public:
    TestStore() : null_log_("test", ::open("/dev/null", O_WRONLY | O_CLOEXEC)) {
        make_vault_keys(folder_);
        std::filesystem::create_directory(folder_.path("elsewhere"));
        vault_.emplace(folder_.path("."));
        head_ = wire::sign_head(country.head(), wire::kid_of(country.clinic), country.clinic);
    }

    void open() { open(country.log, country.log_key); }
    void open(const tlog::NoteVerifier& log, const crypto::PrivateKey& key) {
        people_.clear();
        writer_ = std::make_unique<LogWriter>(LogWriter::Options{
            .store_path = database(),
            .anchor_path = anchor_path(),
            .log = log,
            .log_key = key,
            .vault = *vault_,
            .program_log = null_log_,
            .observe = [this](const WriterObservation& seen) { batches.push_back(seen.batch); }});
    }
    void close() { writer_.reset(); }
    // Another key file of that name ("seal.key", "index.key"), as a wrong keys folder would bring.
    void swap_key(const std::string& name) {
        replace_file(folder_.path(name), crypto::random_bytes(32), 0600);
        vault_.emplace(folder_.path("."));
    }
    void reopen() {
        close();
        open();
    }
    // Runs SQL from a connection of its own, as somebody with access to the file would.
    void alter(std::string_view sql) {
        db::Connection(database(), db::Access::read_write).run(sql);
    }
    std::int64_t count(const std::string& sql) {
        db::Connection connection(database(), db::Access::read_only);
        auto statement = connection.prepare(sql);
        return statement.step() ? statement.integer(0) : -1;
    }

    void add_people(int count) {
        writer().commit_alone([this, count](db::Connection& connection, EntryRows& entries) {
            PersonRows rows(connection, *vault_);
            for (int i = 0; i < count; ++i)
                rows.add({});
            entries.append_public(crypto::random_hash());
        });
    }

    std::variant<Person, NewSeries, Change> whose(
        const std::variant<PersonRow, NewSeries, Change>& given) {
        if (const auto* series = std::get_if<NewSeries>(&given)) return *series;
        if (const auto* change = std::get_if<Change>(&given)) return *change;
        const auto row = std::get<PersonRow>(given);
        const std::scoped_lock lock(people_mutex_);  // tests make orders on many threads
        const auto [known, is_new] = people_.try_emplace(row);
        if (is_new) known->second = Reader(database(), *vault_).person(row);
        return known->second;
    }

    RecordOrder order(NewOrder given = {}) {
        auto order = country.order();
        order.head = head_;
        order.id = base64url(crypto::random_bytes(16));
        order.keep_until = given.keep_until;
        auto record = new_record("order");
        record.holder = order.holder.text();
        record.subject = R"({"mandate":")" + given.content + R"("})";
        record.subject_salt = crypto::random_hash();
        record.number = R"({"holder":"06990014","scheme":"insured-number","number":"1234567"})";
        record.number_salt = crypto::random_hash();
        order.number = wire::commit_number(record.number_salt, as_bytes(record.number));
        const auto request = given.request.empty() ? order.id : given.request;
        return {
            .order_without_person = wire::order_without_person(order),
            .record = std::move(record),
            .person = whose(given.person),
            .keep_until = given.keep_until,
            .request = {.name = test_name(request),
                        .expires = wire::test_now + wire::ask_lifetime_s},
            .mandates = {},
            .check = given.check ? std::optional(LiveName{.name = test_name(*given.check),
                                                          .expires = wire::test_now + 120})
                                 : std::nullopt,
            .sealing = {},
            .opens = {},
            .miss_path = given.miss_path ? std::optional(to_bytes(*given.miss_path)) : std::nullopt,
            .notice = given.notice,
            .time = wire::test_now};
    }

    std::future<RecordResult> submit(RecordOrder job) {
        auto promise = std::make_shared<std::promise<RecordResult>>();
        auto future = promise->get_future();
        const bool taken = writer().record(std::move(job), [promise](RecordResult result) {
            promise->set_value(std::move(result));
        });
        EXPECT_TRUE(taken);
        return future;
    }
    RecordResult record(NewOrder given = {}) { return submit(order(std::move(given))).get(); }
    void record_many(int count) {
        std::vector<std::future<RecordResult>> results;
        for (int i = 0; i < count; ++i)
            results.push_back(submit(order()));
        for (auto& result : results)
            ASSERT_TRUE(result.get().has_value());
    }
    bool set_outcome(SetOutcome job) {
        std::promise<bool> done;
        const bool taken = writer().set_outcome(std::move(job),
                                                [&done](bool durable) { done.set_value(durable); });
        return taken && done.get_future().get();
    }
    // Erases what is over at `now`, and waits for it.
    void upkeep(UnixTime now) {
        EXPECT_TRUE(writer().upkeep(now));
        flush();
    }
    // Everything that was submitted before is done, or has failed.
    void flush() {
        std::promise<void> done;
        EXPECT_TRUE(writer().keep_cosigned(0, {}, [&done](bool) { done.set_value(); }));
        done.get_future().wait();
    }
    void keep_cosigned(std::uint64_t size, std::string note) {
        std::promise<bool> done;
        EXPECT_TRUE(writer().keep_cosigned(size, std::move(note),
                                           [&done](bool ok) { done.set_value(ok); }));
        EXPECT_TRUE(done.get_future().get());
    }
    // Keeps the writer's thread busy until the result is fulfilled: what is submitted meanwhile
    // becomes one batch.
    std::promise<void> hold_writer() {
        std::promise<void> release;
        auto released = std::make_shared<std::shared_future<void>>(release.get_future());
        std::promise<void> held;
        EXPECT_TRUE(writer().record(order(), [released, &held](const RecordResult&) {
            held.set_value();
            released->wait();
        }));
        held.get_future().wait();
        return release;
    }

    // Everything that must hold after every step.
    void check() { check_store(database(), anchor_path()); }

    LogWriter& writer() { return *writer_; }
    const Vault& vault() const { return *vault_; }
    const TempFolder& folder() const { return folder_; }
    const Log& log() const { return null_log_; }
    std::string database() const { return folder_.path("relay.sqlite"); }
    // In a folder of its own: nothing that is done for the database makes its name durable.
    std::string anchor_path() const { return folder_.path("elsewhere/anchor"); }

    RelayCountry country;
    wire::Directory directory = country.directory();
    std::vector<std::size_t> batches;  // written by the writer's thread; read when it is idle

  private:
    void check_store(const std::string& database, const std::string& anchor_path);
    void check_tiles(db::Connection& connection, const std::vector<Hash>& leaves);
    void check_heads(db::Connection& connection, const std::vector<Hash>& leaves,
                     const std::string& anchor_path);
    void check_people(db::Connection& connection);
    void check_rows(db::Connection& connection);
    void check_ends(db::Connection& connection);

    TempFolder folder_;
    Log null_log_;
    std::optional<Vault> vault_;
    std::string head_;
    std::mutex people_mutex_;
    std::map<PersonRow, Person> people_;  // as the open store has them
    std::unique_ptr<LogWriter> writer_;
};

inline void TestStore::check_store(const std::string& database, const std::string& anchor_path) {
    db::Connection connection(database, db::Access::read_only);
    std::vector<Hash> leaves;
    auto rows = connection.prepare("select log_index, entry from access order by log_index");
    while (rows.step()) {
        ASSERT_EQ(rows.integer(0), static_cast<std::int64_t>(leaves.size()));
        constexpr std::array<std::uint8_t, 1> leaf{0x00};
        const Bytes entry = rows.blob(1);
        ASSERT_EQ(entry.size(), 32U);
        leaves.push_back(crypto::sha256({leaf, entry}));
    }
    check_tiles(connection, leaves);
    check_heads(connection, leaves, anchor_path);
    check_people(connection);
    check_rows(connection);
    check_ends(connection);
}

inline void TestStore::check_tiles(db::Connection& connection, const std::vector<Hash>& leaves) {
    auto tiles = connection.prepare(
        "select id, root, middle from tile where id between :first and :last order by id");
    auto part = connection.prepare("select hashes from tile_part where id = :id");
    std::vector<Hash> below = leaves;
    std::int64_t rows = 0;
    for (std::int64_t level = 0; level < 4; ++level) {
        const std::int64_t first_row = level << 40;
        std::vector<Hash> roots;
        tiles.bind("first", first_row).bind("last", first_row + (std::int64_t{1} << 40) - 1);
        for (; tiles.step(); ++rows) {
            const auto first = roots.size() * 256;
            const auto id = first_row + static_cast<std::int64_t>(roots.size());
            ASSERT_EQ(tiles.integer(0), id);
            ASSERT_LE(first + 256, below.size());
            const auto hashes = std::span(below).subspan(first, 256);
            roots.push_back(merkle_root(hashes));
            EXPECT_EQ(tiles.blob(1), to_bytes(ByteView(roots.back())));
            EXPECT_EQ(tiles.blob(2), middle_of(hashes));
            for (std::int64_t i = 0; i < 16; ++i) {
                const db::ResetAtEnd reset(part);
                part.bind("id", id * 16 + i);
                ASSERT_TRUE(part.step());
                EXPECT_EQ(part.blob(0),
                          joined(hashes.subspan(static_cast<std::size_t>(i) * 16, 16)));
            }
        }
        EXPECT_EQ(roots.size(), below.size() / 256);
        below = std::move(roots);
    }
    auto parts = connection.prepare("select count(*) from tile_part");
    ASSERT_TRUE(parts.step());
    EXPECT_EQ(parts.integer(0), rows * 16);
}

inline void TestStore::check_heads(db::Connection& connection, const std::vector<Hash>& leaves,
                                   const std::string& anchor_path) {
    auto heads = connection.prepare("select size, note from head order by size");
    std::optional<tlog::Checkpoint> newest;
    while (heads.step()) {
        const auto checkpoint = tlog::open_checkpoint(heads.text(1), country.log);
        ASSERT_TRUE(checkpoint.has_value()) << checkpoint.error().why;
        ASSERT_EQ(heads.integer(0), static_cast<std::int64_t>(checkpoint->size));
        ASSERT_LE(checkpoint->size, leaves.size());
        EXPECT_EQ(checkpoint->root, merkle_root(std::span(leaves).first(checkpoint->size)));
        newest = *checkpoint;
    }
    const Anchor anchor(anchor_path, country.log);
    ASSERT_TRUE(anchor.newest().has_value());
    if (newest) {
        EXPECT_EQ(newest->size, leaves.size());
        EXPECT_EQ(*anchor.newest(), *newest);
    } else {
        EXPECT_EQ(leaves.size(), 0U);
        EXPECT_EQ(anchor.newest()->size, 0U);
    }
}

// Each list goes 1, 2, 3, … and names every entry of its person, and no other.
inline void TestStore::check_people(db::Connection& connection) {
    auto own = connection.prepare(
        "select o.person, o.seq, o.log_index, a.person, a.seq from own_entry o left join access a "
        "using (log_index) order by o.person, o.seq");
    std::map<std::int64_t, std::int64_t> newest;
    std::int64_t rows = 0;
    for (; own.step(); ++rows) {
        EXPECT_EQ(own.integer(1), ++newest[own.integer(0)]);
        EXPECT_EQ(own.integer(3), own.integer(0));
        EXPECT_EQ(own.integer(4), own.integer(1));
    }
    auto entries = connection.prepare("select count(*) from access where seq is not null");
    ASSERT_TRUE(entries.step());
    EXPECT_EQ(entries.integer(0), rows);
}

// Every sealed row opens with the stored key of its month and is what its entry commits to.
inline void TestStore::check_rows(db::Connection& connection) {
    std::map<std::int64_t, Bytes> keys;
    auto months = connection.prepare("select month, wrapped from month_key");
    while (months.step()) {
        keys[months.integer(0)] =
            vault().open("month_key", row_bytes(months.integer(0)), months.blob(1));
    }
    auto rows = connection.prepare(
        "select a.log_index, a.entry, a.seq, a.month, a.sealed, p.link_number, a.person from "
        "access "
        "a "
        "join person p on p.id = a.person where a.sealed is not null and a.seq is not null");
    while (rows.step()) {
        const Secret key{ByteView(keys.at(rows.integer(3)))};
        const auto record = read_access(Vault::open_with(
            key, "access", access_row(rows.integer(0), rows.integer(6)), rows.blob(4)));
        const auto person = wire::commit_person(record.person_salt, rows.blob(5),
                                                static_cast<std::uint64_t>(rows.integer(2)));
        const auto tag = "mado/" + record.kind + "/1\n";
        EXPECT_EQ(to_bytes(ByteView(
                      crypto::sha256({as_bytes(tag), record.salt, as_bytes(record.content)}))),
                  rows.blob(1));
        EXPECT_TRUE(record.content.ends_with("\"person\":\"" + base64url(person) + "\"}"));
    }
}

// What is to be erased is found, and every row of live names ends in its minute.
inline void TestStore::check_ends(db::Connection& connection) {
    auto lost = connection.prepare(
        "select count(*) from access a where a.sealed is not null and not exists (select 1 from "
        "month_stretch m where m.month = a.month and m.stretch = a.log_index / :entries)");
    lost.bind("entries", EntryRows::stretch_entries);
    ASSERT_TRUE(lost.step());
    EXPECT_EQ(lost.integer(0), 0);
    auto names =
        connection.prepare("select ends, count(*), sum(length(names)) from live group by 1");
    std::map<std::int64_t, std::int64_t> of_minute;
    for (const auto& one : stored_names(connection))
        ++of_minute[one.expires / 60];
    while (names.step()) {
        EXPECT_EQ(names.integer(0) % 60, 59);
        EXPECT_EQ(of_minute[names.integer(0) / 60] * 32, names.integer(2));
    }
}

// Writes a log of that size as if it had been written by earlier batches.
inline void plant_log(TestStore& store, std::size_t size) {
    db::Connection connection(store.database(), db::Access::read_write);
    db::Transaction transaction(connection);
    auto add =
        connection.prepare("insert into access (log_index, entry) values (:log_index, :entry)");
    auto add_tile =
        connection.prepare("insert into tile (id, root, middle) values (:id, :root, :middle)");
    auto add_part = connection.prepare("insert into tile_part (id, hashes) values (:id, :hashes)");
    std::vector<Hash> leaves;
    for (std::size_t i = 0; i < size; ++i) {
        const Hash entry = crypto::sha256(row_bytes(static_cast<std::int64_t>(i)));
        add.bind("log_index", static_cast<std::int64_t>(i)).bind("entry", entry).execute();
        leaves.push_back(tlog::leaf_hash(entry));
        if (leaves.size() % 256 != 0) continue;
        const auto tile = std::span(leaves).last(256);
        const auto id = static_cast<std::int64_t>(i / 256);
        add_tile.bind("id", id)
            .bind("root", merkle_root(tile))
            .bind("middle", middle_of(tile))
            .execute();
        for (std::int64_t part = 0; part < 16; ++part) {
            add_part.bind("id", id * 16 + part)
                .bind("hashes", joined(tile.subspan(static_cast<std::size_t>(part) * 16, 16)))
                .execute();
        }
    }
    const auto& country = store.country;
    const auto note = tlog::sign_note(
        tlog::checkpoint_text(
            {.origin = country.log.name(), .size = size, .root = merkle_root(leaves)}),
        country.log, country.log_key);
    connection.prepare("insert into head (size, note) values (:size, :note)")
        .bind("size", static_cast<std::int64_t>(size))
        .bind("note", note)
        .execute();
    transaction.commit();
}

}  // namespace mado::relay
