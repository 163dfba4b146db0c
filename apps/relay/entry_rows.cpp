#include "entry_rows.hpp"

#include "crypto/digest.hpp"
#include "wire/order.hpp"

namespace mado::relay {

EntryRows::Statements::Statements(db::Connection& c)
    : next_seq(c.prepare("update person set seq = seq + 1 where id = :person "
                         "returning seq, link_number")),
      add(c.prepare("insert into access (log_index, entry, person, seq, month, sealed, "
                    "request_index, content_index, mandate_use) values (:log_index, :entry, "
                    ":person, :seq, :month, :sealed, :request, :content, :mandate_use)")) {}

EntryRows::EntryRows(db::Connection& connection, LogTree& tree, MonthKeys& keys)
    : connection_(connection), tree_(tree), keys_(keys), sql_(connection) {}

void EntryRows::append(NewEntry& entry) {
    sql_.next_seq.bind("person", entry.person);
    if (!sql_.next_seq.step()) throw Failure("a person is missing");
    const auto seq = sql_.next_seq.integer(0);
    const Bytes link_number = sql_.next_seq.blob(1);
    sql_.next_seq.reset();

    auto& record = entry.record;
    record.person_salt = crypto::random_hash();
    record.content = wire::complete_order(
        std::move(record.content),
        wire::commit_person(record.person_salt, link_number, static_cast<std::uint64_t>(seq)));
    const Hash bytes = wire::log_entry(record.kind, record.salt, as_bytes(record.content));
    const Bytes sealed =
        Vault::seal_with(keys_.find_or_make(entry.month), "access",
                         access_row(next_index(), entry.person), access_plain(record));
    sql_.add.bind("log_index", next_index())
        .bind("entry", bytes)
        .bind("person", entry.person)
        .bind("seq", seq)
        .bind("month", entry.month)
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
