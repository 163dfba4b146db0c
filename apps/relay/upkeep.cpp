#include "upkeep.hpp"

namespace mado::relay {
namespace {

// At a time, so that no batch of orders waits for it.
constexpr std::int64_t rows_max = 500;

}  // namespace

Upkeep::Statements::Statements(db::Connection& c)
    : drop_keys(c.prepare("delete from month_key where month < :month returning month")),
      remember(c.prepare("insert into erasure (month, erased_at) values (:month, :time) "
                         "on conflict do nothing")),
      drop_bells(c.prepare("delete from bell where log_index in (select log_index from access "
                           "where month < :month and sealed is not null limit :count)")),
      drop_questions(c.prepare("delete from question where month < :month")),
      clear_rows(c.prepare("update access set sealed = null, outcome = null, content_index = null "
                           "where log_index in (select log_index from access where "
                           "month < :month and sealed is not null limit :count)")),
      drop_viewers(c.prepare("delete from viewer where month < :month")) {}

Upkeep::Upkeep(db::Connection& connection, MonthKeys& keys)
    : connection_(connection), keys_(keys), sql_(connection) {}

bool Upkeep::erase(UnixTime now) {
    const auto month = month_of(now);
    std::vector<std::int64_t> ended;
    sql_.drop_keys.bind("month", month);
    while (sql_.drop_keys.step())
        ended.push_back(sql_.drop_keys.integer(0));
    for (const auto one : ended)
        sql_.remember.bind("month", one).bind("time", now).execute();
    if (!ended.empty()) keys_.forget();
    sql_.drop_questions.bind("month", month).execute();
    sql_.drop_viewers.bind("month", month).execute();
    sql_.drop_bells.bind("month", month).bind("count", rows_max).execute();
    sql_.clear_rows.bind("month", month).bind("count", rows_max).execute();
    return connection_.changes() == rows_max;
}

void Upkeep::forget() {
    sql_ = Statements(connection_);
}

}  // namespace mado::relay
