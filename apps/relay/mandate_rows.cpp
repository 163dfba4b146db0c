#include "mandate_rows.hpp"

#include <algorithm>
#include <map>

namespace mado::relay {
namespace {

constexpr std::int64_t minute_s = 60;
constexpr std::int64_t dropped_rows_max = 1'000;  // at a time: no batch of orders waits for it
// How long the names of organisations are is nobody's business.
constexpr std::size_t row_block = 256;

// The byte that says what follows, beside the ending (0: none).
constexpr std::uint8_t has_stop = 0x10;
constexpr std::uint8_t has_card = 0x20;
constexpr std::uint8_t ending_bits = 0x0f;

std::uint8_t number_of(Ending ending) {
    switch (ending) {
        case Ending::stop:
            return 1;
        case Ending::organisation:
            return 2;
        case Ending::revoked:
            return 3;
    }
    return 0;
}

std::optional<Ending> read_ending(std::uint8_t number) {
    if (number == 0) return std::nullopt;
    for (const auto ending : {Ending::stop, Ending::organisation, Ending::revoked}) {
        if (number_of(ending) == number) return ending;
    }
    throw Failure("a live mandate has an ending that there is not");
}

// Takes from the front of a row.
class Row {
  public:
    explicit Row(ByteView rest) : rest_(rest) {}
    ByteView take(std::size_t size) {
        if (rest_.size() < size) throw Failure("a row of live mandates is not whole");
        const auto out = rest_.first(size);
        rest_ = rest_.subspan(size);
        return out;
    }
    Hash hash() { return *to_hash(take(sizeof(Hash))); }
    std::uint8_t byte() { return take(1)[0]; }
    // Only what fills it up is left.
    void end() const {
        if (std::ranges::any_of(rest_, [](std::uint8_t byte) { return byte != 0; })) {
            throw Failure("a row of live mandates has more than it says");
        }
    }
    std::uint64_t number() { return read_u64(take(8).first<8>()); }

  private:
    ByteView rest_;
};

LiveMandate read_one(Row& row) {
    const auto hash = row.hash();
    const auto expires = static_cast<UnixTime>(row.number());
    const auto what = row.byte();
    const auto organisation = wire::ParticipantId::parse(as_text(row.take(row.byte())));
    if (!organisation) throw Failure("a live mandate names an impossible organisation");
    if ((what & ~(has_stop | has_card | ending_bits)) != 0) {
        throw Failure("a live mandate has more than there is");
    }
    LiveMandate out{.hash = hash, .expires = expires, .organisation = *organisation};
    if ((what & has_stop) != 0) out.stop = row.hash();
    if ((what & has_card) != 0) out.card = row.hash();
    out.ended = read_ending(what & ending_bits);
    return out;
}

}  // namespace

// How many, then one after the other; zeros fill it up.
Bytes live_mandates_row(const std::vector<LiveMandate>& mandates) {
    Bytes out;
    append_u64(out, mandates.size());
    for (const auto& one : mandates) {
        append(out, one.hash);
        append_u64(out, static_cast<std::uint64_t>(one.expires));
        out.push_back(static_cast<std::uint8_t>((one.stop ? has_stop : 0) |
                                                (one.card ? has_card : 0) |
                                                (one.ended ? number_of(*one.ended) : 0)));
        const auto& organisation = one.organisation.text();
        out.push_back(static_cast<std::uint8_t>(organisation.size()));  // at most 64
        append(out, organisation);
        if (one.stop) append(out, *one.stop);
        if (one.card) append(out, *one.card);
    }
    out.resize((out.size() + row_block - 1) / row_block * row_block);
    return out;
}

std::vector<LiveMandate> read_live_mandates(ByteView bytes) {
    Row row(bytes);
    std::vector<LiveMandate> out;
    for (auto left = row.number(); left > 0; --left)
        out.push_back(read_one(row));
    row.end();
    return out;
}

std::vector<LiveMandate> stored_mandates(db::Connection& connection, const Vault& vault) {
    auto rows = connection.prepare("select ends, sealed from mandate order by id");
    std::vector<LiveMandate> out;
    while (rows.step()) {
        auto some =
            read_live_mandates(vault.open("mandate", row_bytes(rows.integer(0)), rows.blob(1)));
        out.insert(out.end(), std::make_move_iterator(some.begin()),
                   std::make_move_iterator(some.end()));
    }
    return out;
}

MandateRows::Statements::Statements(db::Connection& c)
    : add(c.prepare("insert into mandate (ends, sealed) values (:ends, :sealed)")),
      drop(c.prepare("delete from mandate where id in (select id from mandate where ends < :now "
                     "order by ends limit :count) returning id")) {}

MandateRows::MandateRows(db::Connection& connection, const Vault& vault)
    : connection_(connection), vault_(vault), sql_(connection) {}

bool MandateRows::drop_ended(UnixTime now) {
    const db::ResetAtEnd reset(sql_.drop);
    sql_.drop.bind("now", now).bind("count", dropped_rows_max);
    std::int64_t dropped = 0;
    while (sql_.drop.step())
        ++dropped;
    return dropped == dropped_rows_max;
}

// By minutes, as live names: checks do not stay as long as a log-in.
void MandateRows::finish() {
    std::map<std::int64_t, std::vector<LiveMandate>> minutes;
    for (auto& one : batch_)
        minutes[one.expires / minute_s].push_back(std::move(one));
    batch_.clear();
    for (const auto& [minute, mandates] : minutes) {
        const std::int64_t ends = (minute + 1) * minute_s - 1;
        sql_.add.bind("ends", ends)
            .bind("sealed", vault_.seal("mandate", row_bytes(ends), live_mandates_row(mandates)))
            .execute();
    }
}

void MandateRows::forget() {
    sql_ = Statements(connection_);
    batch_.clear();
}

}  // namespace mado::relay
