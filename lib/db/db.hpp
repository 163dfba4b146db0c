// Our thin driver over SQLite (PostgreSQL follows behind the same interface): connection, prepared
// statement with :names, row, transaction, numbered migrations. Nothing else.
// Every error of the database is a Failure, except the few that a caller can act on: of DiskFull
// nothing was kept.
// A connection belongs to one thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"

typedef struct sqlite3 sqlite3;
typedef struct sqlite3_stmt sqlite3_stmt;

namespace mado::db {

enum class Access {
    read_only,   // the file must exist
    read_write,  // the file must exist
    create,      // the file may be made
};

enum class ColumnType { null, integer, real, text, blob };

class Statement;
struct Deadline;

class Connection {
  public:
    // WAL, synchronous=FULL, foreign keys, busy timeout 5 s (set before the journal mode); trusted
    // schema off. Throws OperatorError when the file is missing, locked or not a database.
    // ":memory:" with Access::create is a database of this connection alone (without WAL).
    Connection(const std::string& path, Access access);
    ~Connection();
    Connection(Connection&&) noexcept;
    Connection& operator=(Connection&&) noexcept;

    // One statement, kept by the caller and used many times. Throws Failure on wrong SQL.
    Statement prepare(std::string_view sql);
    // Several statements without parameters; rows are passed over.
    void run(std::string_view sql);
    [[nodiscard]] std::int64_t changes() const;
    // Rows changed since the connection was opened.
    [[nodiscard]] std::int64_t total_changes() const;
    // This connection's commits no longer carry the write-ahead log over: a Checkpointer does.
    void leave_checkpoints();
    // A statement of this connection may run this long (milliseconds) from its first step() on;
    // then it fails with Timeout. 0 is no limit.
    void limit_ms(std::int64_t statement_ms_max);
    [[nodiscard]] sqlite3* handle() const { return handle_.get(); }

  private:
    friend class Snapshot;
    struct Close {
        void operator()(sqlite3* handle) const;
    };
    // Shared with the statements, which SQLite allows to outlive their connection.
    std::shared_ptr<Deadline> deadline_;
    std::unique_ptr<sqlite3, Close> handle_;
};

// A statement ran longer than Connection::limit_ms.
class Timeout : public Failure {
  public:
    Timeout() : Failure("a database statement ran too long") {}
};

// A unique or other constraint was broken: the caller may treat it as an answer.
class ConstraintBroken : public Failure {
  public:
    explicit ConstraintBroken(const std::string& what) : Failure(what) {}
};

// Parameters are named in the SQL as :name. Binding an unknown name is a programmer's error
// (Failure); a name left unbound is NULL.
class Statement {
  public:
    Statement(Statement&&) noexcept;
    Statement& operator=(Statement&&) noexcept;
    ~Statement();

    Statement& bind(std::string_view name, std::int64_t value);
    Statement& bind(std::string_view name, std::string_view text);
    Statement& bind(std::string_view name, const char* text) {
        return bind(name, std::string_view(text));
    }
    Statement& bind(std::string_view name, ByteView blob);
    Statement& bind(std::string_view name, const Bytes& blob) { return bind(name, ByteView(blob)); }
    Statement& bind(std::string_view name, const Hash& blob) { return bind(name, ByteView(blob)); }
    Statement& bind_null(std::string_view name);
    template <class T>
    Statement& bind(std::string_view name, const std::optional<T>& value) {
        return value ? bind(name, *value) : bind_null(name);
    }
    [[nodiscard]] bool has_parameter(std::string_view name) const;
    // Without ':'; in order of first appearance.
    [[nodiscard]] std::vector<std::string> parameters() const;
    [[nodiscard]] bool reads_only() const;

    // Moves to the next row; false at the end. At the end, and when it throws, the statement is
    // reset and its bindings are cleared: it can be bound and used again.
    bool step();
    // For statements without rows: runs to the end.
    void execute();
    // Abandons the rows that are left and clears the bindings.
    void reset();

    // SQLite's silent conversions are refused: reading a column as another type than its own, NULL
    // included (but by optional_…), is a Failure.
    [[nodiscard]] std::size_t columns() const;
    [[nodiscard]] std::string column_name(std::size_t column) const;
    [[nodiscard]] ColumnType type(std::size_t column) const;
    [[nodiscard]] bool is_null(std::size_t column) const;
    [[nodiscard]] std::int64_t integer(std::size_t column) const;
    [[nodiscard]] std::string text(std::size_t column) const;
    [[nodiscard]] Bytes blob(std::size_t column) const;
    [[nodiscard]] std::optional<std::int64_t> optional_integer(std::size_t column) const;
    [[nodiscard]] std::optional<std::string> optional_text(std::size_t column) const;

  private:
    friend class Connection;
    Statement(sqlite3_stmt* handle, sqlite3* connection, std::shared_ptr<Deadline> deadline);
    struct Finalize {
        void operator()(sqlite3_stmt* handle) const;
    };
    [[nodiscard]] int parameter(std::string_view name) const;
    [[nodiscard]] int find_parameter(std::string_view name) const;  // 0: there is none
    void check(int code) const;
    void expect(std::size_t column, ColumnType wanted) const;

    std::shared_ptr<Deadline> deadline_;
    std::unique_ptr<sqlite3_stmt, Finalize> handle_;
    std::vector<std::string> names_;  // of the parameters, by number
    sqlite3* connection_ = nullptr;
    bool running_ = false;
    std::int64_t ends_us_ = 0;  // when the run under way must be over; 0 is never
};

// Resets a statement at the end of a scope, also when a row is not what it should be: one that
// stays half-way cannot be bound again and holds its snapshot of the database.
class ResetAtEnd {
  public:
    explicit ResetAtEnd(Statement& statement) : statement_(statement) {}
    ~ResetAtEnd() { statement_.reset(); }
    ResetAtEnd(const ResetAtEnd&) = delete;
    ResetAtEnd& operator=(const ResetAtEnd&) = delete;

  private:
    Statement& statement_;
};

// BEGIN IMMEDIATE … COMMIT; rolls back when it ends without commit().
class Transaction {
  public:
    explicit Transaction(Connection& connection);
    ~Transaction();
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    void commit();

  private:
    Connection& connection_;
    bool open_ = true;
};

// The SELECTs of a connection see one state of the database while this lives, and limit_ms, set
// before, is for all of them together. Needs no right to write.
class Snapshot {
  public:
    explicit Snapshot(Connection& connection);
    ~Snapshot();
    Snapshot(const Snapshot&) = delete;
    Snapshot& operator=(const Snapshot&) = delete;

  private:
    Connection& connection_;
};

// Migration n (1, 2, 3, …) is the n-th text: applied once, in order, each in its own transaction,
// and remembered with its fingerprint in the table `migration`. Throws OperatorError when
// the database is newer than the program or an applied migration was changed afterwards.
void migrate(Connection& connection, std::span<const std::string_view> migrations);
// In the caller's transaction, of a database that was migrated: writes what is there already, so
// that the commit shows whether the disk takes writes.
void touch(Connection& connection);

}  // namespace mado::db
