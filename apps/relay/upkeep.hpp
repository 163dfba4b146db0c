// What the relay does to its store when a time has come: sealed entries open, and months whose
// retention is over are erased.
#pragma once

#include "entry_rows.hpp"

namespace mado::relay {

// Belongs to the log writer's thread; inside its transaction.
class Upkeep {
  public:
    Upkeep(db::Connection& connection, EntryRows& entries, MonthKeys& keys);

    // Gives sealed entries whose date has come to their persons: an entry `mado/opened/1` with the
    // next seq, and a bell. True: there are more.
    bool open_sealed(UnixTime now);

    // Destroys the key of every month that has ended, which makes its sealed rows unreadable at
    // once, and takes some of these rows away. Tree and proofs stay. True: there are more rows.
    bool erase(UnixTime now);
    void forget();

  private:
    struct Statements {
        explicit Statements(db::Connection& connection);
        db::Statement due, opened, drop_keys, remember, drop_questions, stretch, over, clear_row,
            clear_own, drop_stretch;
    };
    bool clear(std::int64_t month);

    db::Connection& connection_;
    EntryRows& entries_;
    MonthKeys& keys_;
    Statements sql_;
};

}  // namespace mado::relay
