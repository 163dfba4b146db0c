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

// Sizes are below 2^63.
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
      count_contradictions_(
          connection_.prepare("select count(*) from contradiction where origin = :origin")),
      find_contradiction_(connection_.prepare(
          "select 1 from contradiction where origin = :origin and size = :size and root = :root")),
      add_contradiction_(connection_.prepare(
          "insert into contradiction (origin, size, root, found_at, proof) values "
          "(:origin, :size, :root, :found_at, :proof)")) {}

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

Kept Store::keep(const tlog::Checkpoint& submitted, const Found& found) {
    const auto& origin = submitted.origin;
    try {
        db::Transaction transaction(connection_);
        find_contradiction_.bind("origin", origin)
            .bind("size", column(submitted.size))
            .bind("root", submitted.root);
        const db::ResetAtEnd reset_find(find_contradiction_);
        if (find_contradiction_.step()) return Kept::known;
        count_contradictions_.bind("origin", origin);
        const db::ResetAtEnd reset_count(count_contradictions_);
        const bool counted = count_contradictions_.step();
        if (counted && count_contradictions_.integer(0) >= contradictions_max) return Kept::full;
        count_contradictions_.reset();
        add_contradiction_.bind("origin", origin)
            .bind("size", column(submitted.size))
            .bind("root", submitted.root)
            .bind("found_at", found.found_at)
            .bind("proof", tlog::to_json(found.contradiction))
            .execute();
        transaction.commit();
        healthy_ = true;
        return Kept::added;
    } catch (...) {
        add_contradiction_.reset();
        healthy_ = false;
        throw;
    }
}

std::uint64_t Store::contradiction_count() {
    auto statement = connection_.prepare("select count(*) from contradiction");
    statement.step();
    return static_cast<std::uint64_t>(statement.integer(0));
}

Contradictions read_contradictions(const std::string& path) {
    db::Connection connection(path, db::Access::read_only);
    auto statement =
        connection.prepare("select proof, found_at from contradiction order by origin, size, root");
    Contradictions out;
    while (statement.step()) {
        auto contradiction = tlog::parse_contradiction(statement.text(0));
        if (!contradiction) {
            ++out.unreadable;
            continue;
        }
        out.found.push_back(
            {.contradiction = *std::move(contradiction), .found_at = statement.integer(1)});
    }
    return out;
}

}  // namespace mado::witness
