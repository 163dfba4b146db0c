#include "entry_rows.hpp"

#include "crypto/digest.hpp"
#include "wire/order.hpp"

namespace mado::relay {

EntryRows::Statements::Statements(db::Connection& c)
    : next_seq(c.prepare("update person set seq = seq + 1 where id = :person "
                         "returning seq, link_number")),
      link_number(c.prepare("select link_number from person where id = :person")),
      add(c.prepare("insert into access (log_index, entry, person, seq, month, opens, sealed, "
                    "request_index, content_index, mandate_use) values (:log_index, :entry, "
                    ":person, :seq, :month, :opens, :sealed, :request, :content, "
                    ":mandate_use)")) {}

EntryRows::EntryRows(db::Connection& connection, LogTree& tree, MonthKeys& keys)
    : connection_(connection), tree_(tree), keys_(keys), sql_(connection) {}

Hash EntryRows::commit_person(const NewEntry& entry, std::optional<std::int64_t>& seq) {
    const auto& salt = entry.record.person_salt;
    if (entry.opens) {
        const db::ResetAtEnd reset(sql_.link_number);
        sql_.link_number.bind("person", entry.person);
        if (!sql_.link_number.step()) throw Failure("a person is missing");
        return wire::commit_sealed_person(salt, sql_.link_number.blob(0), *entry.opens);
    }
    const db::ResetAtEnd reset(sql_.next_seq);
    sql_.next_seq.bind("person", entry.person);
    if (!sql_.next_seq.step()) throw Failure("a person is missing");
    seq = sql_.next_seq.integer(0);
    return wire::commit_person(salt, sql_.next_seq.blob(1), static_cast<std::uint64_t>(*seq));
}

void EntryRows::append(NewEntry& entry) {
    auto& record = entry.record;
    record.person_salt = crypto::random_hash();
    std::optional<std::int64_t> seq;
    record.content = wire::complete_order(std::move(record.content), commit_person(entry, seq));
    const Hash bytes = wire::log_entry(record.kind, record.salt, as_bytes(record.content));
    const Bytes sealed =
        Vault::seal_with(keys_.find_or_make(entry.month), "access",
                         access_row(next_index(), entry.person), access_plain(record));
    sql_.add.bind("log_index", next_index())
        .bind("entry", bytes)
        .bind("person", entry.person)
        .bind("seq", seq)
        .bind("month", entry.month)
        .bind("opens", entry.opens)
        .bind("sealed", sealed)
        .bind("request", entry.request_index)
        .bind("content", entry.content_index)
        .bind("mandate_use", entry.mandate_use)
        .execute();
    tree_.append(bytes);
}

void EntryRows::append_public(const Hash& entry, const std::optional<Bytes>& request_index) {
    sql_.add.bind("log_index", next_index())
        .bind("entry", entry)
        .bind("request", request_index)
        .execute();
    tree_.append(entry);
}

void EntryRows::forget() {
    sql_ = Statements(connection_);
    keys_.forget();
}

}  // namespace mado::relay
