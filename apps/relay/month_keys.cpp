#include "month_keys.hpp"

#include "crypto/digest.hpp"

namespace mado::relay {
namespace {

db::Statement prepare_select(db::Connection& c) {
    return c.prepare("select wrapped from month_key where month = :month");
}

db::Statement prepare_insert(db::Connection& c) {
    return c.prepare("insert into month_key (month, wrapped) values (:month, :wrapped)");
}

}  // namespace

MonthKeys::MonthKeys(db::Connection& connection, const Vault& vault)
    : connection_(connection),
      vault_(vault),
      select_(prepare_select(connection)),
      insert_(prepare_insert(connection)) {}

const Secret* MonthKeys::find(std::int64_t month) {
    if (const auto known = keys_.find(month); known != keys_.end()) return &known->second;
    const db::ResetAtEnd reset(select_);
    select_.bind("month", month);
    if (!select_.step()) return nullptr;
    Bytes key = vault_.open("month_key", row_bytes(month), select_.blob(0));
    Secret secret{ByteView(key)};
    wipe(key);
    return &keys_.emplace(month, std::move(secret)).first->second;
}

const Secret& MonthKeys::find_or_make(std::int64_t month) {
    if (const auto* known = find(month)) return *known;
    Secret secret(32);
    crypto::random_fill(secret.writable());
    insert_.bind("month", month)
        .bind("wrapped", vault_.seal("month_key", row_bytes(month), secret.view()))
        .execute();
    return keys_.emplace(month, std::move(secret)).first->second;
}

void MonthKeys::forget() {
    keys_.clear();
    select_ = prepare_select(connection_);
    insert_ = prepare_insert(connection_);
}

}  // namespace mado::relay
