// Numbered migrations (db.hpp).
#include <fmt/format.h>
#include <sqlite3.h>

#include "db/db.hpp"

namespace mado::db {
namespace {

// FNV-1a, 64 bits: finds slips, not attackers (who own the database file anyway).
std::string fingerprint(std::string_view text) {
    std::uint64_t value = 0xcbf29ce484222325;
    for (const std::uint8_t byte : as_bytes(text)) {
        value ^= byte;
        value *= 0x100000001b3;
    }
    return fmt::format("{:016x}", value);
}

std::string file_of(const Connection& connection) {
    const char* name = sqlite3_db_filename(connection.handle(), "main");
    return name == nullptr || name[0] == '\0' ? "in memory" : name;
}

// How many of the migrations are applied; throws when those that are do not fit.
std::size_t applied(Connection& connection, std::span<const std::string_view> migrations) {
    auto rows = connection.prepare("SELECT number, fingerprint FROM migration ORDER BY number");
    std::size_t count = 0;
    while (rows.step()) {
        if (count == migrations.size()) {
            throw OperatorError(fmt::format(
                "the database {} was written by a newer version of this program: install that "
                "version, or restore the backup made before the upgrade",
                file_of(connection)));
        }
        if (rows.integer(0) != static_cast<std::int64_t>(count) + 1 ||
            rows.text(1) != fingerprint(migrations[count])) {
            throw OperatorError(fmt::format(
                "migration {} of the database {} differs from this program's: install the version "
                "that wrote the database, or restore its backup",
                count + 1, file_of(connection)));
        }
        ++count;
    }
    return count;
}

}  // namespace

void migrate(Connection& connection, std::span<const std::string_view> migrations) {
    connection.run(
        "CREATE TABLE IF NOT EXISTS migration(number INTEGER PRIMARY KEY, "
        "fingerprint TEXT NOT NULL, applied_at INTEGER NOT NULL)");
    auto note = connection.prepare(
        "INSERT INTO migration(number, fingerprint, applied_at) "
        "VALUES (:number, :fingerprint, unixepoch())");
    std::size_t done = applied(connection, migrations);
    while (done < migrations.size()) {
        Transaction transaction(connection);
        // Another process may have been faster before our lock was granted.
        done = applied(connection, migrations);
        if (done == migrations.size()) return;
        connection.run(migrations[done]);
        if (sqlite3_get_autocommit(connection.handle()) != 0) {
            throw Failure(fmt::format("migration {} ends its own transaction", done + 1));
        }
        note.bind("number", static_cast<std::int64_t>(done) + 1)
            .bind("fingerprint", fingerprint(migrations[done]))
            .execute();
        transaction.commit();
        ++done;
    }
}

void touch(Connection& connection) {
    connection.run("UPDATE migration SET applied_at = applied_at");
}

}  // namespace mado::db
