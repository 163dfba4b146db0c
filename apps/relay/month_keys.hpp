// The keys that seal what is kept until the end of one month, as the log writer uses them. Each is
// in the store, wrapped; erasing a month is deleting its row.
#pragma once

#include <map>

#include "store.hpp"

namespace mado::relay {

// Belongs to the log writer's thread.
class MonthKeys {
  public:
    MonthKeys(db::Connection& connection, const Vault& vault);

    // Null when there is none: nothing was sealed under it yet, or it was destroyed.
    const Secret* find(std::int64_t month);
    // For a new row: made when it is the month's first. Inside a transaction.
    const Secret& find_or_make(std::int64_t month);
    // After a transaction that failed: what was made in it was rolled back.
    void forget();

  private:
    db::Connection& connection_;
    const Vault& vault_;
    db::Statement select_, insert_;
    std::map<std::int64_t, Secret> keys_;
};

}  // namespace mado::relay
