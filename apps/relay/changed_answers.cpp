#include "changed_answers.hpp"

#include <boost/json.hpp>

#include "base/json.hpp"

namespace mado::relay {
namespace {

constexpr std::int64_t dropped_rows_max = 1'000;  // at a time: no batch of orders waits for it
// How long the name of an organisation is is nobody's business.
constexpr std::size_t row_block = 256;

}  // namespace

Bytes changed_plain(const ChangedFor& changed) {
    auto text = json::serialize(json::object{{"requester", changed.requester.text()},
                                             {"order", base64url(changed.what.order)},
                                             {"service", changed.what.service.text()}});
    text.resize((text.size() + row_block - 1) / row_block * row_block, ' ');
    return to_bytes(text);
}

ChangedFor read_changed(std::int64_t log_index, UnixTime told_at, ByteView plain) {
    const auto object = parse_json_object(as_text(plain));
    if (!object) throw Failure("a changed answer's row does not have its form");
    Members in(*object);
    auto requester = wire::ParticipantId::parse(in.text("requester", 64));
    const auto order = in.hash("order");
    auto service = wire::ServiceId::parse(in.text("service", 64));
    if (!in.finish() || !requester || !service || log_index < 0) {
        throw Failure("a changed answer's row does not have its members");
    }
    return {.requester = std::move(*requester),
            .what = {.order = order,
                     .index = static_cast<std::uint64_t>(log_index),
                     .service = std::move(*service)},
            .told_at = told_at};
}

std::vector<ChangedFor> stored_changes(db::Connection& connection, const Vault& vault) {
    auto rows = connection.prepare(
        "select log_index, told_at, sealed from changed_answer order by told_at, log_index");
    std::vector<ChangedFor> out;
    while (rows.step()) {
        const auto log_index = rows.integer(0);
        const auto plain = vault.open("changed_answer", row_bytes(log_index), rows.blob(2));
        out.push_back(read_changed(log_index, rows.integer(1), plain));
    }
    return out;
}

ChangedRows::Statements::Statements(db::Connection& c)
    : add(c.prepare("insert into changed_answer (log_index, told_at, sealed) "
                    "values (:log_index, :told_at, :sealed) on conflict do nothing")),
      drop(c.prepare("delete from changed_answer where log_index in (select log_index from "
                     "changed_answer where told_at < :before order by told_at limit :count)")) {}

ChangedRows::ChangedRows(db::Connection& connection, const Vault& vault)
    : connection_(connection), vault_(vault), sql_(connection) {}

void ChangedRows::add(const ChangedFor& changed) {
    const auto log_index = static_cast<std::int64_t>(changed.what.index);
    sql_.add.bind("log_index", log_index)
        .bind("told_at", changed.told_at)
        .bind("sealed", vault_.seal("changed_answer", row_bytes(log_index), changed_plain(changed)))
        .execute();
}

bool ChangedRows::drop_old(UnixTime before) {
    sql_.drop.bind("before", before).bind("count", dropped_rows_max).execute();
    return connection_.changes() == dropped_rows_max;
}

void ChangedRows::forget() {
    sql_ = Statements(connection_);
}

}  // namespace mado::relay
