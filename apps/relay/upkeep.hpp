// What the relay does to its store when a time has come: months whose retention is over are erased.
#pragma once

#include "month_keys.hpp"

namespace mado::relay {

// Belongs to the log writer's thread; inside its transaction.
class Upkeep {
  public:
    Upkeep(db::Connection& connection, MonthKeys& keys);

    // Destroys the key of every month that has ended, which makes its sealed rows unreadable at
    // once, and takes some of these rows away. Tree and proofs stay. True: there are more rows.
    bool erase(UnixTime now);
    void forget();

  private:
    struct Statements {
        explicit Statements(db::Connection& connection);
        db::Statement drop_keys, remember, drop_bells, drop_questions, clear_rows, drop_viewers;
    };
    db::Connection& connection_;
    MonthKeys& keys_;
    Statements sql_;
};

}  // namespace mado::relay
