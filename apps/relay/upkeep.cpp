#include "upkeep.hpp"

#include <boost/json.hpp>

#include "crypto/digest.hpp"
#include "wire/order.hpp"

namespace mado::relay {
namespace {

// At a time, so that no batch of orders waits for it.
constexpr std::int64_t rows_max = 500;

}  // namespace

Upkeep::Statements::Statements(db::Connection& c)
    : due(c.prepare("select log_index, entry, person, month from access where opens <= :now "
                    "order by opens limit :count")),
      opened(c.prepare("update access set opens = null where log_index = :log_index")),
      ring(c.prepare("insert into bell (person, log_index, first, rung_at) "
                     "values (:person, :log_index, 0, :time)")),
      drop_keys(c.prepare("delete from month_key where month < :month returning month")),
      remember(c.prepare("insert into erasure (month, erased_at) values (:month, :time) "
                         "on conflict do nothing")),
      drop_bells(c.prepare("delete from bell where log_index in (select log_index from access "
                           "where month < :month and sealed is not null "
                           "order by log_index limit :count)")),
      drop_questions(c.prepare("delete from question where month < :month")),
      clear_rows(c.prepare("update access set sealed = null, outcome = null, content_index = null "
                           "where log_index in (select log_index from access where "
                           "month < :month and sealed is not null "
                           "order by log_index limit :count)")),
      drop_viewers(c.prepare("delete from viewer where month < :month")) {}

Upkeep::Upkeep(db::Connection& connection, EntryRows& entries, MonthKeys& keys)
    : connection_(connection), entries_(entries), keys_(keys), sql_(connection) {}

bool Upkeep::open_sealed(UnixTime now) {
    struct Due {
        std::int64_t log_index = 0;
        Bytes entry;
        PersonRow person = 0;
        std::int64_t month = 0;
    };
    std::vector<Due> due;
    sql_.due.bind("now", now).bind("count", rows_max);
    while (sql_.due.step()) {
        due.push_back({.log_index = sql_.due.integer(0),
                       .entry = sql_.due.blob(1),
                       .person = sql_.due.integer(2),
                       .month = sql_.due.integer(3)});
    }
    for (const auto& one : due) {
        NewEntry entry;
        entry.person = one.person;
        entry.month = one.month;
        entry.record.kind = "opened";
        entry.record.salt = crypto::random_hash();
        entry.record.content = wire::without_person(
            {{"time", now}, {"index", one.log_index}, {"entry", base64url(one.entry)}});
        const auto log_index = entries_.next_index();
        entries_.append(entry);
        sql_.opened.bind("log_index", one.log_index).execute();
        sql_.ring.bind("person", one.person)
            .bind("log_index", log_index)
            .bind("time", now)
            .execute();
    }
    return static_cast<std::int64_t>(due.size()) == rows_max;
}

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
