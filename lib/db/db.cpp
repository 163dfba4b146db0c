#include "db/db.hpp"

#include <errno.h>
#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include "base/clock.hpp"
#include "db/gathered_writes.hpp"

namespace mado::db {

// When the statement that runs now must be over. SQLite has one progress handler a connection, so
// each step() writes its own statement's deadline here first.
struct Deadline {
    std::int64_t limit_us = 0;        // of every statement; 0 is none
    std::int64_t ends_us = 0;         // of the one that runs; 0 is never
    std::int64_t shared_ends_us = 0;  // of all in the snapshot under way; 0: there is none
    bool passed = false;

    void begin(std::int64_t ends) {
        ends_us = ends;
        passed = false;
    }
    [[nodiscard]] std::int64_t from_now() const {
        if (shared_ends_us != 0) return shared_ends_us;
        return limit_us == 0 ? 0 : monotonic_us() + limit_us;
    }
};

namespace {

constexpr int busy_timeout_ms = 5000;
constexpr std::size_t sql_bytes_max = std::size_t{1024} * 1024;
constexpr std::size_t sql_shown_bytes_max = 60;
// Often enough for milliseconds, seldom enough to cost nothing.
constexpr int instructions_between_looks = 1000;

int stop_when_over(void* data) {
    auto& deadline = *static_cast<Deadline*>(data);
    deadline.passed = deadline.ends_us != 0 && monotonic_us() >= deadline.ends_us;
    return deadline.passed ? 1 : 0;
}

// Extended result codes hold the kind of error in their low byte.
int primary(int code) {
    return code & 0xff;
}

// The beginning of a statement, on one line: enough to find it in the source.
std::string shown(std::string_view sql) {
    std::string out(sql.substr(0, sql_shown_bytes_max));
    std::ranges::replace_if(out, [](char c) { return c >= 0 && c < ' '; }, ' ');
    if (sql.size() <= sql_shown_bytes_max) return out;
    // A character cut in half would make the log line invalid UTF-8.
    while (!out.empty() && (static_cast<unsigned char>(out.back()) & 0xc0) == 0x80)
        out.pop_back();
    if (!out.empty() && static_cast<unsigned char>(out.back()) >= 0xc0) out.pop_back();
    return out + "…";
}

std::string message(sqlite3* connection, int code) {
    // The connection's message belongs to its last error, which a misuse does not always set.
    if (sqlite3_extended_errcode(connection) != code) return sqlite3_errstr(code);
    return sqlite3_errmsg(connection);
}

// The last error of the system on one of the connection's files (`which`: the database or its log).
int last_errno(sqlite3* connection, int which) {
    auto* file = open_file_of(connection, which);
    if (file == nullptr) return 0;
    int reason = 0;
    if (file->pMethods->xFileControl(file, SQLITE_FCNTL_LAST_ERRNO, &reason) != SQLITE_OK) return 0;
    return reason;
}

// SQLite says it itself where a write meets the end of a disk, but not where a quota or a flush
// does. (sqlite3_system_errno() is not set by a COMMIT.)
bool means_full(sqlite3* connection, int kind) {
    if (kind == SQLITE_FULL) return true;
    if (kind != SQLITE_IOERR) return false;
    return std::ranges::any_of(std::array{SQLITE_FCNTL_JOURNAL_POINTER, SQLITE_FCNTL_FILE_POINTER},
                               [connection](int which) {
                                   const int reason = last_errno(connection, which);
                                   return reason == ENOSPC || reason == EDQUOT;
                               });
}

[[noreturn]] void fail(sqlite3* connection, int code, std::string_view sql,
                       const Deadline& deadline) {
    const int kind = primary(code);
    if (kind == SQLITE_INTERRUPT && deadline.passed) throw Timeout();
    // Waiting for a lock ends in SQLITE_BUSY, not in the progress handler.
    if (kind == SQLITE_BUSY && deadline.ends_us != 0 && monotonic_us() >= deadline.ends_us) {
        throw Timeout();
    }
    auto what = fmt::format("database: {} in: {}", message(connection, code), shown(sql));
    if (means_full(connection, kind)) throw DiskFull(what);
    if (kind == SQLITE_CONSTRAINT) throw ConstraintBroken(what);
    throw Failure(what);
}

// What an operator can do when a database does not open.
[[noreturn]] void refuse_to_open(sqlite3* connection, int code, const std::string& path,
                                 Access access) {
    const auto why = connection == nullptr ? sqlite3_errstr(code) : message(connection, code);
    std::error_code ignored;
    const auto folder = std::filesystem::path(path).parent_path();
    switch (primary(code)) {
        case SQLITE_CANTOPEN:
            if (!folder.empty() && !std::filesystem::exists(folder, ignored)) {
                throw OperatorError(fmt::format(
                    "the folder of the database {} does not exist: make it, or correct the path",
                    path));
            }
            if (access != Access::create && !std::filesystem::exists(path, ignored)) {
                throw OperatorError(fmt::format(
                    "the database {} does not exist: correct the path, restore the file from its "
                    "backup, or set this program up first",
                    path));
            }
            [[fallthrough]];
        case SQLITE_PERM:
        case SQLITE_AUTH:
        case SQLITE_READONLY:
            throw OperatorError(fmt::format(
                "the database {} cannot be opened ({}): give this program's user the right to "
                "read and write it and its folder",
                path, why));
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            throw OperatorError(fmt::format(
                "the database {} is locked by another program: stop that program, then try again",
                path));
        case SQLITE_NOTADB:
        case SQLITE_CORRUPT:
            throw OperatorError(fmt::format(
                "the file {} is not a whole SQLite database ({}): correct the path, or restore it "
                "from its backup",
                path, why));
        default:  // open set: SQLite may add codes
            throw Failure(fmt::format("cannot open the database {}: {}", path, why));
    }
}

// PRAGMAs of our own while opening: the value of the first column of the first row, or empty.
std::string opening_answer(sqlite3* connection, const std::string& sql, const std::string& path,
                           Access access) {
    std::string answer;
    const auto keep = [](void* out, int columns, char** values, char**) {
        if (columns > 0 && values[0] != nullptr) *static_cast<std::string*>(out) = values[0];
        return 0;
    };
    const int code = sqlite3_exec(connection, sql.c_str(), keep, &answer, nullptr);
    if (code != SQLITE_OK) refuse_to_open(connection, code, path, access);
    return answer;
}

void set_option(sqlite3* connection, int option, int wanted) {
    int now = -1;
    const int code = sqlite3_db_config(connection, option, wanted, &now);
    if (code != SQLITE_OK || now != wanted) throw Failure("this SQLite lacks a needed option");
}

// What a program wrote to the log and did not flush, because it was killed, counts as committed for
// whoever opens the database next. It is flushed before anybody relies on it.
void flush_log(sqlite3* connection, const std::string& path, Access access) {
    // SQLite opens the log when it reads.
    opening_answer(connection, "SELECT count(*) FROM sqlite_schema", path, access);
    auto* log = open_file_of(connection, SQLITE_FCNTL_JOURNAL_POINTER);
    if (log == nullptr) throw Failure("SQLite has no write-ahead log of " + path);
    const int code = log->pMethods->xSync(log, SQLITE_SYNC_NORMAL);
    if (code != SQLITE_OK) refuse_to_open(connection, code, path, access);
}

void make_durable(sqlite3* connection, const std::string& path, Access access) {
    if (path == ":memory:" && access == Access::create) return;
    if (sqlite3_db_readonly(connection, "main") != 0) {
        refuse_to_open(connection, SQLITE_READONLY, path, access);
    }
    // Answers with the mode that is really in force, for a file system may not support the wished
    // one.
    if (opening_answer(connection, "PRAGMA journal_mode=WAL", path, access) != "wal") {
        throw OperatorError(fmt::format(
            "the database {} cannot use a write-ahead log: move it to a local file system", path));
    }
    opening_answer(connection, "PRAGMA synchronous=FULL", path, access);
    if (opening_answer(connection, "PRAGMA synchronous", path, access) != "2") {
        throw Failure("SQLite does not write durably: " + path);
    }
    flush_log(connection, path, access);
}

// SQLite counts its memory under one lock for all threads, and nobody reads the count. Too late
// (and only slower) when something else of this process has used SQLite before.
void count_no_memory() {
    static const int done = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    (void)done;
}

int open_flags(Access access) {
    // A connection belongs to one thread at a time, so SQLite's own lock is not needed.
    constexpr int always = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    switch (access) {
        case Access::read_only:
            return always | SQLITE_OPEN_READONLY;
        case Access::read_write:
            return always | SQLITE_OPEN_READWRITE;
        case Access::create:
            return always | SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    }
    throw Failure("unknown kind of database access");
}

void check_sql(std::string_view sql) {
    if (sql.size() > sql_bytes_max) throw Failure("SQL is too long: " + shown(sql));
    // SQLite would stop reading there without a word.
    if (sql.contains('\0')) throw Failure("SQL holds a NUL: " + shown(sql));
}

// Compiles the first statement of `sql` and cuts it off; null when only blanks and comments are
// left.
sqlite3_stmt* compile_first(sqlite3* connection, std::string_view& sql, const Deadline& deadline) {
    sqlite3_stmt* statement = nullptr;
    const char* tail = nullptr;
    const int code = sqlite3_prepare_v3(connection, sql.data(), static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &statement, &tail);
    if (code != SQLITE_OK) fail(connection, code, sql, deadline);
    sql.remove_prefix(tail == nullptr ? sql.size() : static_cast<std::size_t>(tail - sql.data()));
    return statement;
}

}  // namespace

// ---- Connection ----

void Connection::Close::operator()(sqlite3* handle) const {
    sqlite3_progress_handler(handle, 0, nullptr, nullptr);
    // Fails only for a handle that is none.
    (void)sqlite3_close_v2(handle);
}

Connection::Connection(const std::string& path, Access access)
    : deadline_(std::make_shared<Deadline>()) {
    // SQLite takes an empty name for a temporary database that nobody finds again.
    if (path.empty() || path.contains('\0')) {
        throw OperatorError("the path of the database is empty or holds a NUL: set it");
    }
    count_no_memory();
    sqlite3* opened = nullptr;
    const int code = sqlite3_open_v2(path.c_str(), &opened, open_flags(access), gathered_writes());
    handle_.reset(opened);  // also after a failure there is something to close
    if (code != SQLITE_OK) refuse_to_open(opened, code, path, access);
    // First of all: the journal mode below needs a lock that another connection may hold.
    if (sqlite3_busy_timeout(opened, busy_timeout_ms) != SQLITE_OK) {
        throw Failure("cannot set the database's busy timeout");
    }
    set_option(opened, SQLITE_DBCONFIG_ENABLE_FKEY, 1);
    set_option(opened, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0);
    // A misspelt column in double quotes must be an error, not a text.
    set_option(opened, SQLITE_DBCONFIG_DQS_DDL, 0);
    set_option(opened, SQLITE_DBCONFIG_DQS_DML, 0);
    if (access == Access::read_only) {
        // Neither the mode nor any other file is this connection's business.
        sqlite3_limit(opened, SQLITE_LIMIT_ATTACHED, 0);
        // SQLite reads the file only when asked something.
        opening_answer(opened, "SELECT count(*) FROM sqlite_schema", path, access);
    } else {
        make_durable(opened, path, access);
    }
}

Connection::~Connection() = default;
Connection::Connection(Connection&&) noexcept = default;
Connection& Connection::operator=(Connection&&) noexcept = default;

Statement Connection::prepare(std::string_view sql) {
    check_sql(sql);
    deadline_->begin(0);
    std::string_view rest = sql;
    Statement statement(compile_first(handle(), rest, *deadline_), handle(), deadline_);
    if (!statement.handle_) throw Failure("no statement in: " + shown(sql));
    const std::unique_ptr<sqlite3_stmt, Statement::Finalize> second(
        compile_first(handle(), rest, *deadline_));
    if (second) throw Failure("more than one statement in: " + shown(sql));
    return statement;
}

void Connection::run(std::string_view sql) {
    check_sql(sql);
    while (!sql.empty()) {
        deadline_->begin(0);
        Statement statement(compile_first(handle(), sql, *deadline_), handle(), deadline_);
        if (!statement.handle_) return;
        if (sqlite3_bind_parameter_count(statement.handle_.get()) != 0) {
            throw Failure("a parameter without a value in: " +
                          shown(sqlite3_sql(statement.handle_.get())));
        }
        statement.execute();
    }
}

std::int64_t Connection::changes() const {
    return sqlite3_changes64(handle());
}

std::int64_t Connection::total_changes() const {
    return sqlite3_total_changes64(handle());
}

void Connection::limit_ms(std::int64_t statement_ms_max) {
    constexpr std::int64_t day_ms = std::int64_t{24} * 3600 * 1000;
    if (statement_ms_max < 0 || statement_ms_max > day_ms) {
        throw Failure("a statement's time limit must be between 0 and a day");
    }
    deadline_->limit_us = statement_ms_max * 1000;
    const bool limited = statement_ms_max > 0;
    sqlite3_progress_handler(handle(), limited ? instructions_between_looks : 0, stop_when_over,
                             deadline_.get());
    const int wait_ms =
        limited ? static_cast<int>(std::min<std::int64_t>(statement_ms_max, busy_timeout_ms))
                : busy_timeout_ms;
    if (sqlite3_busy_timeout(handle(), wait_ms) != SQLITE_OK) {
        throw Failure("cannot set the database's busy timeout");
    }
}

void Connection::leave_checkpoints() {
    run("pragma wal_autocheckpoint = 0");
}

// ---- Statement ----

void Statement::Finalize::operator()(sqlite3_stmt* handle) const {
    // Repeats the error of the last step, which step() has already reported.
    (void)sqlite3_finalize(handle);
}

Statement::Statement(sqlite3_stmt* handle, sqlite3* connection, std::shared_ptr<Deadline> deadline)
    : deadline_(std::move(deadline)), handle_(handle), connection_(connection) {
    const int count = sqlite3_bind_parameter_count(handle);
    for (int i = 1; i <= count; ++i) {
        const char* name = sqlite3_bind_parameter_name(handle, i);
        if (name == nullptr || name[0] != ':') {
            throw Failure("a parameter is not written as :name in: " + shown(sqlite3_sql(handle)));
        }
        names_.emplace_back(name + 1);
    }
}
Statement::Statement(Statement&&) noexcept = default;
Statement& Statement::operator=(Statement&&) noexcept = default;
Statement::~Statement() = default;

void Statement::check(int code) const {
    if (code != SQLITE_OK) fail(connection_, code, sqlite3_sql(handle_.get()), *deadline_);
}

int Statement::parameter(std::string_view name) const {
    const int index = find_parameter(name);
    if (index == 0) {
        throw Failure(
            fmt::format("no parameter :{} in: {}", name, shown(sqlite3_sql(handle_.get()))));
    }
    return index;
}

// A statement has few; asking SQLite by name would need a copy of the name each time.
int Statement::find_parameter(std::string_view name) const {
    const auto found = std::ranges::find(names_, name);
    return found == names_.end() ? 0 : static_cast<int>(found - names_.begin()) + 1;
}

Statement& Statement::bind(std::string_view name, std::int64_t value) {
    check(sqlite3_bind_int64(handle_.get(), parameter(name), value));
    return *this;
}

Statement& Statement::bind(std::string_view name, std::string_view text) {
    // A null pointer would be NULL, not the empty text.
    const char* data = text.empty() ? "" : text.data();
    check(sqlite3_bind_text64(handle_.get(), parameter(name), data, text.size(), SQLITE_TRANSIENT,
                              SQLITE_UTF8));
    return *this;
}

Statement& Statement::bind(std::string_view name, ByteView blob) {
    const int index = parameter(name);
    if (blob.empty()) {
        check(sqlite3_bind_zeroblob(handle_.get(), index, 0));
    } else {
        check(
            sqlite3_bind_blob64(handle_.get(), index, blob.data(), blob.size(), SQLITE_TRANSIENT));
    }
    return *this;
}

Statement& Statement::bind_null(std::string_view name) {
    check(sqlite3_bind_null(handle_.get(), parameter(name)));
    return *this;
}

bool Statement::has_parameter(std::string_view name) const {
    return find_parameter(name) != 0;
}

std::vector<std::string> Statement::parameters() const {
    return {names_.begin(), names_.end()};
}

bool Statement::reads_only() const {
    return sqlite3_stmt_readonly(handle_.get()) != 0;
}

bool Statement::step() {
    if (!running_) {
        ends_us_ = deadline_->from_now();
        running_ = true;
    }
    deadline_->begin(ends_us_);
    const int code = sqlite3_step(handle_.get());
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) {
        reset();
        return false;
    }
    try {
        check(code);
    } catch (...) {
        reset();  // only now: resetting may change the connection's message
        throw;
    }
    throw Failure("a statement stepped without a row, an end or an error");
}

void Statement::execute() {
    while (step()) {
    }
}

void Statement::reset() {
    running_ = false;
    // Both repeat the error of the last step or cannot fail.
    (void)sqlite3_reset(handle_.get());
    (void)sqlite3_clear_bindings(handle_.get());
}

std::size_t Statement::columns() const {
    return static_cast<std::size_t>(sqlite3_column_count(handle_.get()));
}

std::string Statement::column_name(std::size_t column) const {
    if (column >= columns()) throw Failure("no such column");
    const char* name = sqlite3_column_name(handle_.get(), static_cast<int>(column));
    if (name == nullptr) throw Failure("out of memory for a column's name");
    return name;
}

ColumnType Statement::type(std::size_t column) const {
    // Only while there is a row: SQLite leaves anything else undefined.
    if (column >= static_cast<std::size_t>(sqlite3_data_count(handle_.get()))) {
        throw Failure(
            fmt::format("no column {} in a row of: {}", column, shown(sqlite3_sql(handle_.get()))));
    }
    switch (sqlite3_column_type(handle_.get(), static_cast<int>(column))) {
        case SQLITE_NULL:
            return ColumnType::null;
        case SQLITE_INTEGER:
            return ColumnType::integer;
        case SQLITE_FLOAT:
            return ColumnType::real;
        case SQLITE_TEXT:
            return ColumnType::text;
        case SQLITE_BLOB:
            return ColumnType::blob;
        default:  // open set: SQLite may add types
            throw Failure("SQLite has a new column type");
    }
}

void Statement::expect(std::size_t column, ColumnType wanted) const {
    if (type(column) == wanted) return;
    throw Failure(fmt::format("column {} has another type than is read from it in: {}", column,
                              shown(sqlite3_sql(handle_.get()))));
}

bool Statement::is_null(std::size_t column) const {
    return type(column) == ColumnType::null;
}

std::int64_t Statement::integer(std::size_t column) const {
    expect(column, ColumnType::integer);
    return sqlite3_column_int64(handle_.get(), static_cast<int>(column));
}

std::string Statement::text(std::size_t column) const {
    expect(column, ColumnType::text);
    // The pointer before the length, as SQLite's manual orders it.
    const auto* data = sqlite3_column_text(handle_.get(), static_cast<int>(column));
    if (data == nullptr) throw Failure("out of memory for a column's text");
    const int size = sqlite3_column_bytes(handle_.get(), static_cast<int>(column));
    return {reinterpret_cast<const char*>(data), static_cast<std::size_t>(size)};
}

Bytes Statement::blob(std::size_t column) const {
    expect(column, ColumnType::blob);
    const void* data = sqlite3_column_blob(handle_.get(), static_cast<int>(column));
    const int size = sqlite3_column_bytes(handle_.get(), static_cast<int>(column));
    if (size == 0) return {};  // the pointer of an empty blob is null
    if (data == nullptr) throw Failure("out of memory for a column's bytes");
    return to_bytes(
        ByteView(static_cast<const std::uint8_t*>(data), static_cast<std::size_t>(size)));
}

std::optional<std::int64_t> Statement::optional_integer(std::size_t column) const {
    if (is_null(column)) return std::nullopt;
    return integer(column);
}

std::optional<std::string> Statement::optional_text(std::size_t column) const {
    if (is_null(column)) return std::nullopt;
    return text(column);
}

// ---- Transaction ----

Transaction::Transaction(Connection& connection) : connection_(connection) {
    connection_.run("BEGIN IMMEDIATE");
}

Transaction::~Transaction() {
    // Some errors (an interrupted write, a full disk) have already rolled everything back.
    if (!open_ || sqlite3_get_autocommit(connection_.handle()) != 0) return;
    // Should this fail, nothing is committed all the same, and the next BEGIN says so loudly.
    (void)sqlite3_exec(connection_.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
}

void Transaction::commit() {
    const GatheredCommit gathered(connection_.handle());
    connection_.run("COMMIT");
    open_ = false;
    if (!gathered.handed_on()) throw Failure("a commit was not flushed: synchronous is not FULL");
}

Snapshot::Snapshot(Connection& connection) : connection_(connection) {
    connection_.run("BEGIN");  // deferred: the first SELECT chooses the state that is read
    auto& deadline = *connection_.deadline_;
    deadline.shared_ends_us = deadline.from_now();
}

Snapshot::~Snapshot() {
    connection_.deadline_->shared_ends_us = 0;
    if (sqlite3_get_autocommit(connection_.handle()) != 0) return;
    // Nothing was written. Should this fail, the next BEGIN says so loudly.
    (void)sqlite3_exec(connection_.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
}

}  // namespace mado::db
