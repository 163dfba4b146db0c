// Answers that holders have said hold no longer (docs/protocols/issuing.md): what the store keeps
// for whoever asked, so that a start tells it again. Io threads ask EventFeeds.
#pragma once

#include <vector>

#include "base/clock.hpp"
#include "db/db.hpp"
#include "vault.hpp"
#include "wire/ending.hpp"
#include "wire/ids.hpp"

namespace mado::relay {

// A requester that is away so long does not hear of it.
constexpr std::int64_t changed_kept_s = 30 * std::int64_t{86'400};

struct ChangedFor {
    wire::ParticipantId requester;
    wire::ChangedAnswer what;
    UnixTime told_at = 0;
};
// What a row holds, sealed; one that does not have its form is a broken store.
Bytes changed_plain(const ChangedFor& changed);
ChangedFor read_changed(std::int64_t log_index, UnixTime told_at, ByteView plain);
// What the store keeps, as it was told.
std::vector<ChangedFor> stored_changes(db::Connection& connection, const Vault& vault);

// Belongs to the log writer's thread, inside its transaction.
class ChangedRows {
  public:
    ChangedRows(db::Connection& connection, const Vault& vault);

    // The same order again is told already.
    void add(const ChangedFor& changed);
    // Those that were told before `before`, not all at a time. True: there may be more.
    bool drop_old(UnixTime before);
    // After a batch that failed.
    void forget();

  private:
    struct Statements {
        explicit Statements(db::Connection& connection);
        db::Statement add, drop;
    };
    db::Connection& connection_;
    const Vault& vault_;
    Statements sql_;
};

}  // namespace mado::relay
