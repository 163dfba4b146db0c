// Names that count until their own end: requests that were recorded, checks and sealings that were
// used. All are looked for in memory; the store keeps them for the next start, those of one batch
// that end in the same minute in one row.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <unordered_map>
#include <vector>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "db/db.hpp"

namespace mado::relay {

// The first 128 bits of an index (Vault::index), whose purpose says what it names.
using Name = std::array<std::uint64_t, 2>;
Name name_of(ByteView index);
struct FirstWord {
    std::size_t operator()(const Name& name) const noexcept { return name[0]; }
};

struct LiveName {
    Name name{};
    UnixTime expires = 0;
    std::int64_t log_index = 0;  // of a request: where its order is
};
// A row of the table `live`; one that is not whole is a broken store.
Bytes live_names_row(const std::vector<LiveName>& names);
std::vector<LiveName> read_live_names(ByteView row);
// What the store keeps, oldest first; also what has ended and was not dropped yet.
std::vector<LiveName> stored_names(db::Connection& connection);

// Belongs to the log writer's thread.
class LiveNames {
  public:
    explicit LiveNames(db::Connection& connection);

    [[nodiscard]] bool contains(const Name& name) const { return live_.contains(name); }
    // Where the request's order is; none: it is not live.
    [[nodiscard]] std::optional<std::int64_t> find(const Name& name) const;
    // One that is live already stays as it is.
    void add(const LiveName& one);
    // Those that ended before `now`, not all at a time. True: there may be more.
    bool drop_ended(UnixTime now);
    // Around each batch: before its transaction, and as the last of it.
    void begin();
    void finish();
    // After a batch that failed: all of it was recorded, or nothing. The next one finds out.
    void forget();

  private:
    struct Statements {
        explicit Statements(db::Connection& connection);
        db::Statement add, find, ended, drop;
    };
    struct Live {
        UnixTime expires = 0;
        std::int64_t log_index = 0;
    };
    struct Batch {
        std::optional<std::int64_t> row;  // one of its rows
        std::vector<LiveName> names;
    };
    void settle(const Batch& batch, bool recorded);
    bool drop_names(UnixTime now);
    bool drop_rows(UnixTime now);

    db::Connection& connection_;
    Statements sql_;
    std::unordered_map<Name, Live, FirstWord> live_;
    std::map<UnixTime, std::vector<Name>> ending_;  // of all batches that were recorded
    Batch batch_;                                   // the one under way, or the last one
    std::vector<Batch> doubtful_;                   // that failed
};

}  // namespace mado::relay
