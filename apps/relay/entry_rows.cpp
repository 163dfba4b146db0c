#include "entry_rows.hpp"

#include "crypto/digest.hpp"
#include "wire/order.hpp"

namespace mado::relay {

EntryRows::Statements::Statements(db::Connection& c)
    : newest(c.prepare("select seq, viewer = :viewer from own_entry "
                       "where id between :first and :last order by id desc limit 1")),
      // Newest first: whoever looks often is found soon.
      looked(c.prepare("select 1 from own_entry where id between :first and :last "
                       "and viewer = :viewer order by id desc limit 1")),
      link_number(c.prepare("select link_number from person where id = :person")),
      add(c.prepare("insert into access (log_index, entry, person, seq, month, opens, sealed) "
                    "values (:log_index, :entry, :person, :seq, :month, :opens, :sealed)")),
      add_own(c.prepare("insert into own_entry (id, log_index, viewer, rung_at, first) "
                        "values (:id, :log_index, :viewer, :rung_at, :first)")),
      add_stretch(c.prepare("insert into month_stretch (month, stretch) "
                            "values (:month, :stretch) on conflict do nothing")),
      find_public(c.prepare("select 1 from access where entry = :entry and person is null")),
      add_public(c.prepare("insert into access (log_index, entry) values (:log_index, :entry)")) {}

EntryRows::EntryRows(db::Connection& connection, LogTree& tree, MonthKeys& keys)
    : connection_(connection), tree_(tree), keys_(keys), sql_(connection) {}

Person EntryRows::person(PersonRow row) {
    const db::ResetAtEnd reset(sql_.link_number);
    sql_.link_number.bind("person", row);
    if (!sql_.link_number.step()) throw Failure("a person is missing");
    return {.row = row, .link_number = sql_.link_number.blob(0)};
}

std::int64_t EntryRows::last_seq(PersonRow person) {
    return next_of(person, std::nullopt).seq - 1;
}

EntryRows::Next EntryRows::next_of(PersonRow person, const std::optional<Bytes>& viewer) {
    const auto first = own_entry_id(person, 1);
    const auto last = own_entry_id(person, seq_max);
    const db::ResetAtEnd reset(sql_.newest);
    sql_.newest.bind("first", first).bind("last", last).bind("viewer", viewer);
    if (!sql_.newest.step()) return {.seq = 1, .first = viewer.has_value()};
    const auto seq = sql_.newest.integer(0) + 1;
    if (!viewer || sql_.newest.optional_integer(1) == 1) return {.seq = seq, .first = false};
    const db::ResetAtEnd reset_looked(sql_.looked);
    sql_.looked.bind("first", first).bind("last", last).bind("viewer", viewer);
    return {.seq = seq, .first = !sql_.looked.step()};
}

// The next place in the person's list, and the bell.
std::int64_t EntryRows::add_own(const NewEntry& entry) {
    const auto [seq, first] = next_of(entry.person.row, entry.viewer);
    sql_.add_own.bind("id", own_entry_id(entry.person.row, seq))
        .bind("log_index", next_index())
        .bind("viewer", entry.viewer);
    if (first || entry.rings) {
        sql_.add_own.bind("rung_at", entry.time).bind("first", std::int64_t{first});
    }
    sql_.add_own.execute();
    return seq;
}

// So that the rows of a month that is over are found without an index of all.
void EntryRows::add_stretch(std::int64_t month) {
    const auto stretch = next_index() / stretch_entries;
    const auto [newest, is_new] = newest_stretch_.try_emplace(month, stretch);
    if (!is_new && newest->second == stretch) return;
    newest->second = stretch;
    sql_.add_stretch.bind("month", month).bind("stretch", stretch).execute();
}

void EntryRows::append(NewEntry& entry) {
    auto& record = entry.record;
    std::optional<std::int64_t> seq;
    if (!entry.opens) seq = add_own(entry);
    const auto& number = entry.person.link_number;
    const Hash person =
        seq ? wire::commit_person(record.person_salt, number, static_cast<std::uint64_t>(*seq))
            : wire::commit_sealed_person(record.person_salt, number, *entry.opens);
    record.content = wire::complete_order(std::move(record.content), person);
    const Hash bytes = wire::log_entry(record.kind, record.salt, as_bytes(record.content));
    const Bytes sealed =
        Vault::seal_with(keys_.find_or_make(entry.month), "access",
                         access_row(next_index(), entry.person.row), access_plain(record));
    sql_.add.bind("log_index", next_index())
        .bind("entry", bytes)
        .bind("person", entry.person.row)
        .bind("seq", seq)
        .bind("month", entry.month)
        .bind("opens", entry.opens)
        .bind("sealed", sealed)
        .execute();
    add_stretch(entry.month);
    tree_.append(bytes);
}

void EntryRows::append_public(const Hash& entry) {
    {
        const db::ResetAtEnd reset(sql_.find_public);
        sql_.find_public.bind("entry", entry);
        if (sql_.find_public.step()) return;
    }
    sql_.add_public.bind("log_index", next_index()).bind("entry", entry).execute();
    tree_.append(entry);
}

void EntryRows::ended_before(std::int64_t month) {
    std::erase_if(newest_stretch_, [month](const auto& one) { return one.first < month; });
}

void EntryRows::forget() {
    sql_ = Statements(connection_);
    newest_stretch_.clear();
    keys_.forget();
}

}  // namespace mado::relay
