#include "upkeep.hpp"

#include <boost/json.hpp>

#include "crypto/digest.hpp"
#include "wire/order.hpp"

namespace mado::relay {
namespace {

// At a time, so that no batch of orders waits for it.
constexpr std::int64_t opened_max = 500;

}  // namespace

Upkeep::Statements::Statements(db::Connection& c)
    : due(c.prepare("select log_index, entry, person, month from access where opens <= :now "
                    "order by opens limit :count")),
      opened(c.prepare("update access set opens = null where log_index = :log_index")),
      drop_keys(c.prepare("delete from month_key where month < :month returning month")),
      remember(c.prepare("insert into erasure (month, erased_at) values (:month, :time) "
                         "on conflict do nothing")),
      drop_questions(c.prepare("delete from question where month < :month")),
      stretch(c.prepare("select stretch from month_stretch where month < :month limit 1")),
      over(c.prepare("select log_index, person, seq from access "
                     "where log_index >= :first and log_index < :end and month < :month "
                     "and sealed is not null")),
      clear_row(c.prepare("update access set sealed = null, outcome = null "
                          "where log_index = :log_index")),
      clear_own(c.prepare("update own_entry set viewer = null, rung_at = null, first = null "
                          "where id = :id")),
      drop_stretch(
          c.prepare("delete from month_stretch where month < :month and stretch = :stretch")) {}

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
    sql_.due.bind("now", now).bind("count", opened_max);
    while (sql_.due.step()) {
        due.push_back({.log_index = sql_.due.integer(0),
                       .entry = sql_.due.blob(1),
                       .person = sql_.due.integer(2),
                       .month = sql_.due.integer(3)});
    }
    for (const auto& one : due) {
        auto record = new_record("opened");
        record.content = wire::without_person(
            {{"time", now}, {"index", one.log_index}, {"entry", base64url(one.entry)}});
        NewEntry entry{.person = entries_.person(one.person),
                       .month = one.month,
                       .record = record,
                       .time = now,
                       .rings = true};
        entries_.append(entry);
        sql_.opened.bind("log_index", one.log_index).execute();
    }
    return static_cast<std::int64_t>(due.size()) == opened_max;
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
    entries_.ended_before(month);
    sql_.drop_questions.bind("month", month).execute();
    return clear(month);
}

// Rows whose key is gone, and that a bell rang or who had looked: of one stretch of the log, so
// that no batch of orders waits long.
bool Upkeep::clear(std::int64_t month) {
    std::int64_t stretch = 0;
    {
        const db::ResetAtEnd reset(sql_.stretch);
        sql_.stretch.bind("month", month);
        if (!sql_.stretch.step()) return false;
        stretch = sql_.stretch.integer(0);
    }
    struct Over {
        std::int64_t log_index = 0;
        PersonRow person = 0;
        std::optional<std::int64_t> seq;
    };
    std::vector<Over> over;
    const auto first = stretch * EntryRows::stretch_entries;
    sql_.over.bind("first", first)
        .bind("end", first + EntryRows::stretch_entries)
        .bind("month", month);
    while (sql_.over.step()) {
        over.push_back({.log_index = sql_.over.integer(0),
                        .person = sql_.over.integer(1),
                        .seq = sql_.over.optional_integer(2)});
    }
    for (const auto& one : over) {
        sql_.clear_row.bind("log_index", one.log_index).execute();
        // Whoever wrote another number into the row does not keep the rest from being erased.
        const bool listed = one.seq && *one.seq > 0 && *one.seq <= seq_max;
        if (listed) sql_.clear_own.bind("id", own_entry_id(one.person, *one.seq)).execute();
    }
    sql_.drop_stretch.bind("month", month).bind("stretch", stretch).execute();
    return true;
}

void Upkeep::forget() {
    sql_ = Statements(connection_);
}

}  // namespace mado::relay
