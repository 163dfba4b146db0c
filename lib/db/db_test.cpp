#include "db/db.hpp"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <thread>

#include "base/clock.hpp"
#include "base/temp_folder.hpp"

namespace mado::db {
namespace {

class Db : public ::testing::Test {
  protected:
    [[nodiscard]] std::string path(const std::string& name = "test.db") const {
        return folder_.path(name);
    }
    [[nodiscard]] Connection create() const { return {path(), Access::create}; }

  private:
    TempFolder folder_;
};

// The text of the E that `act` throws; empty when it throws nothing of that kind.
template <class E>
std::string thrown(const std::function<void()>& act) {
    try {
        act();
    } catch (const E& e) {
        return e.what();
    }
    return {};
}

bool has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

std::int64_t number(Connection& connection, std::string_view sql) {
    auto statement = connection.prepare(sql);
    EXPECT_TRUE(statement.step());
    return statement.integer(0);
}

std::string word(Connection& connection, std::string_view sql) {
    auto statement = connection.prepare(sql);
    EXPECT_TRUE(statement.step());
    return statement.text(0);
}

constexpr std::string_view endless =
    "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT count(*) FROM c";

TEST_F(Db, KeepsEveryType) {
    auto connection = create();
    connection.run("CREATE TABLE t(i, s, b, n, r)");
    const std::string text("a\0b", 3);
    const Bytes bytes{0, 255, 0};
    auto insert = connection.prepare("INSERT INTO t VALUES (:i, :s, :b, :n, 0.5)");
    insert.bind("i", INT64_MIN).bind("s", text).bind("b", bytes).bind_null("n").execute();
    EXPECT_EQ(connection.changes(), 1);
    insert.bind("i", INT64_MAX).bind("s", std::string_view()).bind("b", Bytes()).execute();

    auto select = connection.prepare("SELECT i, s, b, n, r FROM t ORDER BY i");
    EXPECT_EQ(select.columns(), 5U);
    EXPECT_EQ(select.column_name(2), "b");
    ASSERT_TRUE(select.step());
    EXPECT_EQ(select.type(0), ColumnType::integer);
    EXPECT_EQ(select.type(1), ColumnType::text);
    EXPECT_EQ(select.type(2), ColumnType::blob);
    EXPECT_EQ(select.type(3), ColumnType::null);
    EXPECT_EQ(select.type(4), ColumnType::real);
    EXPECT_EQ(select.integer(0), INT64_MIN);
    EXPECT_EQ(select.text(1), text);
    EXPECT_EQ(select.blob(2), bytes);
    EXPECT_TRUE(select.is_null(3));
    EXPECT_EQ(select.optional_integer(3), std::nullopt);
    EXPECT_EQ(select.optional_text(3), std::nullopt);
    EXPECT_EQ(select.optional_text(1), text);
    ASSERT_TRUE(select.step());
    EXPECT_EQ(select.optional_integer(0), INT64_MAX);
    EXPECT_EQ(select.type(1), ColumnType::text) << "the empty text is not NULL";
    EXPECT_EQ(select.text(1), "");
    EXPECT_EQ(select.type(2), ColumnType::blob) << "the empty blob is not NULL";
    EXPECT_EQ(select.blob(2), Bytes());
    EXPECT_FALSE(select.step());
}

TEST_F(Db, BindsOptionalsAndHashes) {
    auto connection = create();
    auto select = connection.prepare("SELECT :a, :b, :hash, :unbound");
    Hash hash{};
    hash[31] = 7;
    select.bind("a", std::optional<std::int64_t>()).bind("b", std::optional<std::string>("x"));
    select.bind("hash", hash);
    ASSERT_TRUE(select.step());
    EXPECT_TRUE(select.is_null(0));
    EXPECT_EQ(select.text(1), "x");
    EXPECT_EQ(select.blob(2), to_bytes(ByteView(hash)));
    EXPECT_TRUE(select.is_null(3));
}

TEST_F(Db, RefusesToReadAsAnotherType) {
    auto connection = create();
    auto select = connection.prepare("SELECT 1, 'x', NULL");
    EXPECT_THROW((void)select.integer(0), Failure) << "there is no row yet";
    ASSERT_TRUE(select.step());
    EXPECT_THROW((void)select.text(0), Failure);
    EXPECT_THROW((void)select.integer(1), Failure);
    EXPECT_THROW((void)select.blob(1), Failure);
    EXPECT_THROW((void)select.integer(2), Failure);
    EXPECT_THROW((void)select.text(2), Failure);
    EXPECT_THROW((void)select.text(3), Failure);
    EXPECT_THROW((void)select.column_name(3), Failure);
    EXPECT_FALSE(select.step());
    EXPECT_THROW((void)select.integer(0), Failure) << "there is no row any more";
}

TEST_F(Db, KnowsItsParameters) {
    auto connection = create();
    auto select = connection.prepare("SELECT :second, :first, :second");
    EXPECT_EQ(select.parameters(), (std::vector<std::string>{"second", "first"}));
    EXPECT_TRUE(select.has_parameter("first"));
    EXPECT_FALSE(select.has_parameter("third"));
    EXPECT_FALSE(select.has_parameter(":first"));
    EXPECT_TRUE(has(thrown<Failure>([&] { select.bind("third", 1); }), "no parameter :third"));
    EXPECT_THROW(connection.prepare("SELECT ?"), Failure);
    EXPECT_THROW(connection.prepare("SELECT ?1"), Failure);
    EXPECT_THROW(connection.prepare("SELECT @a"), Failure);
    EXPECT_THROW(connection.prepare("SELECT $a"), Failure);
    EXPECT_THROW(connection.run("SELECT :a"), Failure);
}

TEST_F(Db, KnowsWhatOnlyReads) {
    auto connection = create();
    connection.run("CREATE TABLE t(a)");
    EXPECT_TRUE(connection.prepare("SELECT a FROM t").reads_only());
    EXPECT_FALSE(connection.prepare("DELETE FROM t").reads_only());
    EXPECT_FALSE(connection.prepare("DROP TABLE t").reads_only());
}

TEST_F(Db, PreparesExactlyOneStatement) {
    auto connection = create();
    EXPECT_EQ(number(connection, "-- why\n SELECT 1; -- and how\n "), 1);
    EXPECT_THROW(connection.prepare("SELECT 1; SELECT 2"), Failure);
    EXPECT_THROW(connection.prepare("SELECT 1; garbage"), Failure);
    EXPECT_THROW(connection.prepare(""), Failure);
    EXPECT_THROW(connection.prepare(" -- nothing"), Failure);
    EXPECT_THROW(connection.prepare(std::string_view("SELECT 1\0; DROP TABLE t", 22)), Failure);
    EXPECT_THROW(connection.run(std::string_view("SELECT 1\0; DROP TABLE t", 22)), Failure);
    EXPECT_THROW(connection.prepare("SELECT \"no_such_column\""), Failure);
    EXPECT_THROW(connection.prepare(std::string(2 * 1024 * 1024, ' ')), Failure);
    connection.run(" ; ;; -- nothing");
}

TEST_F(Db, RunsSeveralStatements) {
    auto connection = create();
    connection.run("CREATE TABLE t(a); INSERT INTO t VALUES (1), (2); SELECT a FROM t; -- end");
    EXPECT_EQ(number(connection, "SELECT count(*) FROM t"), 2);
}

TEST_F(Db, NamesTheStatementAndNeverTheValue) {
    auto connection = create();
    connection.run("CREATE TABLE person(number TEXT UNIQUE) STRICT");
    auto insert = connection.prepare("INSERT INTO person\nVALUES (:number)");
    insert.bind("number", "secret-1").execute();
    const auto what =
        thrown<ConstraintBroken>([&] { insert.bind("number", "secret-1").execute(); });
    EXPECT_EQ(what,
              "database: UNIQUE constraint failed: person.number in: "
              "INSERT INTO person VALUES (:number)");
    const auto wrong = thrown<Failure>(
        [&] { connection.prepare("SELECT '" + std::string(50, 'a') + "窓窓窓窓' FROM nowhere"); });
    EXPECT_EQ(wrong, "database: no such table: nowhere in: SELECT '" + std::string(50, 'a') + "…");
}

TEST_F(Db, StatementsAreUsedAgain) {
    auto connection = create();
    auto select = connection.prepare("SELECT :a UNION ALL SELECT 2");
    select.bind("a", 1);
    ASSERT_TRUE(select.step());
    EXPECT_EQ(select.integer(0), 1);
    EXPECT_THROW(select.bind("a", 5), Failure) << "in the middle of its rows";
    select.reset();
    ASSERT_TRUE(select.step());
    EXPECT_TRUE(select.is_null(0)) << "reset clears the bindings";
    while (select.step()) {
    }
    select.bind("a", 3);
    ASSERT_TRUE(select.step());
    EXPECT_EQ(select.integer(0), 3);
}

// SQLite compiles it anew then, and frees what it had.
TEST_F(Db, StatementsSurviveAChangeOfTheSchema) {
    auto connection = create();
    connection.run("create table t (a integer, b text)");
    auto statement = connection.prepare("select a from t where a = :number and b = :branch");
    EXPECT_FALSE(statement.bind("number", 1).bind("branch", "x").step());
    create().run("create index i on t (a); insert into t values (1, 'x')");
    for (int i = 0; i < 2; ++i) {
        EXPECT_TRUE(statement.bind("number", 1).bind("branch", "x").step());
        EXPECT_EQ(statement.parameters(), (std::vector<std::string>{"number", "branch"}));
        statement.reset();
    }
}

TEST_F(Db, StatementsSurviveTheirErrors) {
    auto connection = create();
    connection.run(
        "CREATE TABLE t(a INTEGER PRIMARY KEY CHECK (a > 0)); "
        "CREATE TABLE u(a REFERENCES t(a))");
    auto insert = connection.prepare("INSERT INTO t VALUES (:a)");
    insert.bind("a", 1).execute();
    EXPECT_THROW(insert.bind("a", 1).execute(), ConstraintBroken);
    EXPECT_THROW(insert.bind("a", -1).execute(), ConstraintBroken);
    insert.bind("a", 2).execute();
    EXPECT_EQ(number(connection, "SELECT count(*) FROM t"), 2);
    EXPECT_THROW(connection.run("INSERT INTO u VALUES (9)"), ConstraintBroken)
        << "foreign keys are in force";
}

TEST_F(Db, StatementsMayOutliveAndConnectionsMove) {
    auto first = std::make_unique<Connection>(create());
    first->limit_ms(1000);
    Connection second = std::move(*first);
    first.reset();
    auto select = std::make_unique<Statement>(second.prepare("SELECT 4"));
    second = Connection(path(), Access::read_write);
    ASSERT_TRUE(select->step());
    EXPECT_EQ(select->integer(0), 4);
    Statement moved = std::move(*select);
    select.reset();
    EXPECT_FALSE(moved.step());
}

TEST_F(Db, LongStatementsAreStopped) {
    auto connection = create();
    connection.limit_ms(50);
    auto select = connection.prepare(endless);
    const auto start = monotonic_us();
    EXPECT_THROW(select.step(), Timeout);
    const auto took = monotonic_us() - start;
    EXPECT_GE(took, 50'000);
    EXPECT_LT(took, 2'000'000);
    EXPECT_THROW(connection.run(endless), Timeout);
    EXPECT_EQ(number(connection, "SELECT 1"), 1) << "the connection goes on";
    EXPECT_THROW(connection.limit_ms(-1), Failure);
}

TEST_F(Db, EachStatementHasItsOwnTime) {
    auto connection = create();
    connection.limit_ms(100);
    auto slow = connection.prepare(
        "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT n FROM c");
    ASSERT_TRUE(slow.step());
    std::this_thread::sleep_for(std::chrono::milliseconds(120));
    EXPECT_EQ(number(connection,
                     "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c LIMIT 20000) "
                     "SELECT count(*) FROM c"),
              20000);
    EXPECT_THROW(slow.execute(), Timeout);
    ASSERT_TRUE(slow.step()) << "used again, it begins anew";
    connection.limit_ms(0);
    slow.reset();
    for (int i = 0; i < 20000; ++i)
        ASSERT_TRUE(slow.step());
}

TEST_F(Db, ASnapshotIsOneState) {
    auto writer = create();
    writer.run("CREATE TABLE t(a); INSERT INTO t VALUES (1)");
    Connection reader(path(), Access::read_only);
    {
        const Snapshot snapshot(reader);
        EXPECT_EQ(number(reader, "SELECT count(*) FROM t"), 1);
        writer.run("INSERT INTO t VALUES (2)");
        EXPECT_EQ(number(reader, "SELECT count(*) FROM t"), 1);
        EXPECT_THROW(Snapshot{reader}, Failure) << "one at a time";
        EXPECT_EQ(number(reader, "SELECT count(*) FROM t"), 1);
    }
    EXPECT_EQ(number(reader, "SELECT count(*) FROM t"), 2);
}

TEST_F(Db, StatementsOfASnapshotShareTheirTime) {
    auto connection = create();
    connection.limit_ms(100);
    {
        const Snapshot snapshot(connection);
        EXPECT_EQ(number(connection, "SELECT 1"), 1);
        std::this_thread::sleep_for(std::chrono::milliseconds(120));
        EXPECT_THROW(number(connection,
                            "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c LIMIT "
                            "20000) SELECT count(*) FROM c"),
                     Timeout);
    }
    EXPECT_EQ(number(connection,
                     "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c LIMIT 20000) "
                     "SELECT count(*) FROM c"),
              20000)
        << "afterwards each has its own again";
}

TEST_F(Db, StoppedWritesAreRolledBack) {
    auto connection = create();
    connection.run("CREATE TABLE t(a)");
    connection.limit_ms(30);
    {
        Transaction transaction(connection);
        connection.run("INSERT INTO t VALUES (1)");
        EXPECT_THROW(connection.run("INSERT INTO t WITH RECURSIVE c(n) AS "
                                    "(SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT n FROM c"),
                     Timeout);
        EXPECT_THROW(transaction.commit(), Failure);
    }
    EXPECT_EQ(number(connection, "SELECT count(*) FROM t"), 0);
    Transaction again(connection);
    again.commit();
}

TEST_F(Db, WaitingForALockIsLimitedToo) {
    auto writer = create();
    auto other = create();
    other.limit_ms(30);
    const Transaction transaction(writer);
    EXPECT_THROW(other.run("BEGIN IMMEDIATE"), Timeout);
}

TEST_F(Db, TransactionsCommitOrRollBack) {
    auto connection = create();
    connection.run("CREATE TABLE t(a)");
    {
        const Transaction transaction(connection);
        connection.run("INSERT INTO t VALUES (1)");
    }
    EXPECT_EQ(number(connection, "SELECT count(*) FROM t"), 0);
    try {
        const Transaction transaction(connection);
        connection.run("INSERT INTO t VALUES (1)");
        throw Failure("something else");
    } catch (const Failure&) {
    }
    EXPECT_EQ(number(connection, "SELECT count(*) FROM t"), 0);
    {
        Transaction transaction(connection);
        EXPECT_THROW(Transaction inner(connection), Failure);
        connection.run("INSERT INTO t VALUES (1)");
        transaction.commit();
    }
    EXPECT_EQ(number(connection, "SELECT count(*) FROM t"), 1);
}

TEST_F(Db, AFailedCommitRollsBack) {
    auto connection = create();
    connection.run(
        "CREATE TABLE t(a PRIMARY KEY); "
        "CREATE TABLE u(a REFERENCES t(a) DEFERRABLE INITIALLY DEFERRED)");
    {
        Transaction transaction(connection);
        connection.run("INSERT INTO u VALUES (1)");
        EXPECT_THROW(transaction.commit(), ConstraintBroken);
    }
    EXPECT_EQ(number(connection, "SELECT count(*) FROM u"), 0);
    EXPECT_NE(sqlite3_get_autocommit(connection.handle()), 0);
}

TEST_F(Db, IsDurable) {
    auto connection = create();
    EXPECT_EQ(word(connection, "PRAGMA journal_mode"), "wal");
    EXPECT_EQ(number(connection, "PRAGMA synchronous"), 2);
    EXPECT_EQ(number(connection, "PRAGMA foreign_keys"), 1);
    EXPECT_EQ(number(connection, "PRAGMA trusted_schema"), 0);
    EXPECT_EQ(number(connection, "PRAGMA busy_timeout"), 5000);
    Connection again(path(), Access::read_write);
    EXPECT_EQ(number(again, "PRAGMA synchronous"), 2);
    EXPECT_EQ(number(again, "PRAGMA foreign_keys"), 1);
}

TEST_F(Db, AMemoryDatabaseIsItsConnections) {
    Connection connection(":memory:", Access::create);
    connection.run("CREATE TABLE t(a)");
    EXPECT_EQ(number(connection, "PRAGMA foreign_keys"), 1);
    EXPECT_THROW(Connection(":memory:", Access::read_write), OperatorError);
    EXPECT_FALSE(std::filesystem::exists(":memory:"));
}

TEST_F(Db, ReadsWhileAnotherConnectionWrites) {
    auto writer = create();
    writer.run("CREATE TABLE t(a); INSERT INTO t VALUES (1)");
    Connection reader(path(), Access::read_only);
    EXPECT_EQ(word(reader, "PRAGMA journal_mode"), "wal");
    Transaction transaction(writer);
    writer.run("INSERT INTO t VALUES (2)");
    EXPECT_EQ(number(reader, "SELECT count(*) FROM t"), 1);
    transaction.commit();
    EXPECT_EQ(number(reader, "SELECT count(*) FROM t"), 2);
}

TEST_F(Db, ReadOnlyRefusesWrites) {
    create().run("CREATE TABLE t(a)");
    create().run("CREATE TABLE other(a)");
    Connection reader(path(), Access::read_only);
    EXPECT_TRUE(has(thrown<Failure>([&] { reader.run("INSERT INTO t VALUES (1)"); }), "readonly"));
    EXPECT_THROW(reader.run("DROP TABLE t"), Failure);
    EXPECT_THROW(reader.run("ATTACH '" + path("new.db") + "' AS other"), Failure);
    EXPECT_THROW(reader.run("VACUUM INTO '" + path("new.db") + "'"), Failure);
    EXPECT_FALSE(std::filesystem::exists(path("new.db")));
    EXPECT_EQ(number(reader, "SELECT count(*) FROM t"), 0);
}

TEST_F(Db, ReadOnlyLeavesTheModeAlone) {
    sqlite3* raw = nullptr;
    ASSERT_EQ(sqlite3_open(path().c_str(), &raw), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(raw, "CREATE TABLE t(a)", nullptr, nullptr, nullptr), SQLITE_OK);
    ASSERT_EQ(sqlite3_close(raw), SQLITE_OK);
    Connection reader(path(), Access::read_only);
    EXPECT_EQ(word(reader, "PRAGMA journal_mode"), "delete");
    EXPECT_EQ(number(reader, "SELECT count(*) FROM t"), 0);
    EXPECT_FALSE(std::filesystem::exists(path() + "-wal"));
}

TEST_F(Db, SaysWhyItDoesNotOpen) {
    for (const auto access : {Access::read_only, Access::read_write}) {
        const auto what = thrown<OperatorError>([&] { Connection(path("none.db"), access); });
        EXPECT_TRUE(has(what, path("none.db") + " does not exist")) << what;
        EXPECT_FALSE(std::filesystem::exists(path("none.db")));
    }
    const auto folder =
        thrown<OperatorError>([&] { Connection(path("no/none.db"), Access::create); });
    EXPECT_TRUE(has(folder, "folder of the database")) << folder;
    std::ofstream(path("text")) << std::string(4096, 'x');
    for (const auto access : {Access::read_only, Access::read_write, Access::create}) {
        const auto what = thrown<OperatorError>([&] { Connection(path("text"), access); });
        EXPECT_TRUE(has(what, "not a whole SQLite database")) << what;
    }
    EXPECT_THROW(Connection("", Access::create), OperatorError);
    EXPECT_THROW(Connection(path("."), Access::create), OperatorError);
}

TEST_F(Db, WaitsForTheLockWhileOpening) {
    // In the rollback journal, so that the change to WAL needs the lock.
    sqlite3* raw = nullptr;
    ASSERT_EQ(sqlite3_open(path().c_str(), &raw), SQLITE_OK);
    const std::unique_ptr<sqlite3, int (*)(sqlite3*)> closing(raw, sqlite3_close);
    ASSERT_EQ(sqlite3_exec(raw, "CREATE TABLE t(a); BEGIN EXCLUSIVE", nullptr, nullptr, nullptr),
              SQLITE_OK);
    std::thread other([raw] {
        std::this_thread::sleep_for(std::chrono::milliseconds(200));
        EXPECT_EQ(sqlite3_exec(raw, "COMMIT", nullptr, nullptr, nullptr), SQLITE_OK);
    });
    const auto what = thrown<OperatorError>([&] {
        Connection connection(path(), Access::read_write);
        EXPECT_EQ(word(connection, "PRAGMA journal_mode"), "wal");
    });
    other.join();
    EXPECT_EQ(what, "");
}

TEST_F(Db, ALockedDatabaseIsTheOperators) {
    auto holder = create();
    holder.run("PRAGMA locking_mode=EXCLUSIVE; CREATE TABLE t(a)");
    const auto what = thrown<OperatorError>([&] { Connection(path(), Access::read_only); });
    EXPECT_TRUE(has(what, "locked by another program")) << what;
}

constexpr std::string_view first = "CREATE TABLE a(x); INSERT INTO a VALUES (1)";
constexpr std::string_view second = "CREATE TABLE b(y)";

TEST_F(Db, MigratesOnce) {
    auto connection = create();
    migrate(connection, std::vector{first});
    migrate(connection, std::vector{first});
    EXPECT_EQ(number(connection, "SELECT count(*) FROM a"), 1);
    migrate(connection, std::vector{first, second});
    migrate(connection, std::vector{first, second});
    EXPECT_EQ(number(connection, "SELECT count(*) FROM b"), 0);
    EXPECT_EQ(number(connection, "SELECT count(*) FROM migration"), 2);
    EXPECT_NEAR(static_cast<double>(number(connection, "SELECT max(applied_at) FROM migration")),
                static_cast<double>(unix_now()), 60);
    migrate(connection, std::vector{first, second});
}

TEST_F(Db, RefusesANewerOrOtherDatabase) {
    auto connection = create();
    migrate(connection, std::vector{first, second});
    const auto newer = thrown<OperatorError>([&] { migrate(connection, std::vector{first}); });
    EXPECT_TRUE(has(newer, "newer version")) << newer;
    const std::string_view changed = "CREATE TABLE b(z)";
    const auto other =
        thrown<OperatorError>([&] { migrate(connection, std::vector{first, changed}); });
    EXPECT_TRUE(has(other, "migration 2")) << other;
    EXPECT_TRUE(has(other, path())) << other;
    connection.run("DELETE FROM migration WHERE number = 1");
    EXPECT_THROW(migrate(connection, std::vector{first, second}), OperatorError);
}

TEST_F(Db, AFailedMigrationLeavesNothing) {
    auto connection = create();
    const std::string_view wrong = "CREATE TABLE b(y); INSERT INTO nowhere VALUES (1)";
    EXPECT_THROW(migrate(connection, std::vector{first, wrong}), Failure);
    EXPECT_EQ(number(connection, "SELECT count(*) FROM migration"), 1);
    EXPECT_THROW(connection.prepare("SELECT * FROM b"), Failure);
    migrate(connection, std::vector{first, second});
    const std::string_view ending = "COMMIT";
    EXPECT_THROW(migrate(connection, std::vector{first, second, ending}), Failure);
    EXPECT_EQ(number(connection, "SELECT count(*) FROM migration"), 2);
}

TEST_F(Db, TwoProgramsMigrateAtOnce) {
    const auto made = create();
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([this] {
            EXPECT_EQ(thrown<std::exception>([this] {
                          Connection connection(path(), Access::read_write);
                          migrate(connection, std::vector{first, second});
                      }),
                      "");
        });
    }
    for (auto& thread : threads)
        thread.join();
    auto connection = create();
    EXPECT_EQ(number(connection, "SELECT count(*) FROM a"), 1);
}

}  // namespace
}  // namespace mado::db
