#include "store.hpp"

#include <array>

namespace mado::witness {
namespace {

constexpr std::array<std::string_view, 1> migrations{
#include "apps/witness/schema/001_first.sqlite.sql.hpp"
};

db::Connection open_migrated(const std::string& path) {
    db::Connection connection(path, db::Access::create);
    db::migrate(connection, migrations);
    return connection;
}

Hash hash_of(const Bytes& bytes) {
    const auto hash = to_hash(bytes);
    if (!hash) throw Failure("the witness's store has a root of another length");
    return *hash;
}

// The row under way of a statement that selects size, root and note.
std::optional<Seen> read_seen(db::Statement& statement) {
    const db::ResetAtEnd reset(statement);
    if (!statement.step()) return std::nullopt;
    return Seen{.size = static_cast<std::uint64_t>(statement.integer(0)),
                .root = hash_of(statement.blob(1)),
                .note = statement.text(2)};
}

// Sizes are at most 2^48.
std::int64_t column(std::uint64_t size) {
    return static_cast<std::int64_t>(size);
}

}  // namespace

Store::Store(const std::string& path)
    : connection_(open_migrated(path)),
      newest_(connection_.prepare("select size, root, note from cosigned where origin = :origin "
                                  "order by size desc limit 1")),
      at_(connection_.prepare(
          "select size, root, note from cosigned where origin = :origin and size = :size")),
      put_(connection_.prepare(
          "insert into cosigned (origin, size, root, note) values (:origin, :size, :root, :note) "
          "on conflict (origin, size) do update set note = excluded.note "
          "where root = excluded.root")),
      prune_(connection_.prepare(
          "delete from cosigned where origin = :origin and size <= (select size from cosigned "
          "where origin = :origin order by size desc limit 1 offset :keep)")),
      count_forks_(connection_.prepare("select count(*) from fork where origin = :origin")),
      find_fork_(connection_.prepare(
          "select 1 from fork where origin = :origin and size = :size and root = :root")),
      add_fork_(connection_.prepare(
          "insert into fork (origin, size, root, kind, time, cosigned, body) values "
          "(:origin, :size, :root, :kind, :time, :cosigned, :body)")) {}

std::optional<Seen> Store::newest(std::string_view origin) {
    newest_.bind("origin", origin);
    return read_seen(newest_);
}

std::optional<Seen> Store::at(std::string_view origin, std::uint64_t size) {
    at_.bind("origin", origin).bind("size", column(size));
    return read_seen(at_);
}

History Store::history(const Submission& submission) {
    const auto& origin = submission.checkpoint.origin;
    return {.newest = newest(origin),
            .at_size = at(origin, submission.checkpoint.size),
            .at_old_size = at(origin, submission.request.old_size)};
}

bool Store::advance(std::string_view origin, const std::optional<Seen>& newest, const Seen& next) {
    try {
        const bool advanced = write(origin, newest, next);
        healthy_ = true;
        return advanced;
    } catch (...) {
        put_.reset();
        prune_.reset();
        healthy_ = false;
        throw;
    }
}

// tlog-witness, "add-checkpoint": comparing and writing are one step, or an older checkpoint could
// follow a newer one.
bool Store::write(std::string_view origin, const std::optional<Seen>& newest, const Seen& next) {
    db::Transaction transaction(connection_);
    const auto now = this->newest(origin);
    if (now != newest || (now && next.size < now->size)) return false;
    put_.bind("origin", origin)
        .bind("size", column(next.size))
        .bind("root", next.root)
        .bind("note", next.note)
        .execute();
    // The same size with another root is the caller's mistake, and never written.
    if (connection_.changes() != 1) throw Failure("two roots of one size were to be cosigned");
    prune_.bind("origin", origin).bind("keep", history_max).execute();
    transaction.commit();
    return true;
}

Kept Store::keep(const Fork& fork) {
    try {
        db::Transaction transaction(connection_);
        find_fork_.bind("origin", fork.origin)
            .bind("size", column(fork.size))
            .bind("root", fork.root);
        const db::ResetAtEnd reset_find(find_fork_);
        if (find_fork_.step()) return Kept::known;
        count_forks_.bind("origin", fork.origin);
        const db::ResetAtEnd reset_count(count_forks_);
        if (count_forks_.step() && count_forks_.integer(0) >= forks_max) return Kept::full;
        count_forks_.reset();
        add_fork_.bind("origin", fork.origin)
            .bind("size", column(fork.size))
            .bind("root", fork.root)
            .bind("kind", to_text(fork.kind))
            .bind("time", fork.time)
            .bind("cosigned", fork.cosigned)
            .bind("body", fork.body)
            .execute();
        transaction.commit();
        healthy_ = true;
        return Kept::added;
    } catch (...) {
        add_fork_.reset();
        healthy_ = false;
        throw;
    }
}

std::uint64_t Store::fork_count() {
    auto statement = connection_.prepare("select count(*) from fork");
    statement.step();
    return static_cast<std::uint64_t>(statement.integer(0));
}

std::vector<Fork> read_forks(const std::string& path) {
    db::Connection connection(path, db::Access::read_only);
    auto statement = connection.prepare(
        "select origin, size, root, kind, time, cosigned, body from fork order by origin, size");
    std::vector<Fork> forks;
    while (statement.step()) {
        const auto kind = parse_fork_kind(statement.text(3));
        if (!kind) throw Failure(kind.error().why);
        forks.push_back({.origin = statement.text(0),
                         .size = static_cast<std::uint64_t>(statement.integer(1)),
                         .root = hash_of(statement.blob(2)),
                         .kind = *kind,
                         .time = statement.integer(4),
                         .cosigned = statement.text(5),
                         .body = statement.text(6)});
    }
    return forks;
}

}  // namespace mado::witness
