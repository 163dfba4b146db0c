#include "live_names.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace mado::relay {
namespace {

constexpr std::size_t key_id_bytes = 1;  // of a Vault's index
constexpr std::size_t name_bytes = sizeof(Name);
constexpr std::size_t stored_bytes = name_bytes + 2 * sizeof(std::uint64_t);
// Dropped at a time, so that no batch of orders waits for it: from memory, from the store.
constexpr std::size_t dropped_names_max = 100'000;
constexpr std::int64_t dropped_bytes_max = 1024 * 1024;
constexpr std::int64_t minute_s = 60;

}  // namespace

Name name_of(ByteView index) {
    Name out{};
    if (index.size() < key_id_bytes + name_bytes) throw Failure("an index is too short for a name");
    std::memcpy(out.data(), index.data() + key_id_bytes, name_bytes);
    return out;
}

Bytes live_names_row(const std::vector<LiveName>& names) {
    Bytes out;
    out.reserve(names.size() * stored_bytes);
    for (const auto& one : names) {
        std::array<std::uint8_t, name_bytes> name{};
        std::memcpy(name.data(), one.name.data(), name_bytes);
        append(out, name);
        append_u64(out, static_cast<std::uint64_t>(one.expires));
        append_u64(out, static_cast<std::uint64_t>(one.log_index));
    }
    return out;
}

std::vector<LiveName> read_live_names(ByteView row) {
    if (row.size() % stored_bytes != 0) throw Failure("a row of live names is not whole");
    std::vector<LiveName> out;
    out.reserve(row.size() / stored_bytes);
    for (; !row.empty(); row = row.subspan(stored_bytes)) {
        LiveName one;
        std::memcpy(one.name.data(), row.data(), name_bytes);
        const auto number = [row](std::size_t at) {
            return static_cast<std::int64_t>(read_u64(row.subspan(at).first<8>()));
        };
        one.expires = number(name_bytes);
        one.log_index = number(name_bytes + sizeof(std::uint64_t));
        out.push_back(one);
    }
    return out;
}

std::vector<LiveName> stored_names(db::Connection& connection) {
    auto rows = connection.prepare("select names from live order by id");
    std::vector<LiveName> out;
    while (rows.step()) {
        const auto names = read_live_names(rows.blob(0));
        out.insert(out.end(), names.begin(), names.end());
    }
    return out;
}

LiveNames::Statements::Statements(db::Connection& c)
    : add(c.prepare("insert into live (ends, names) values (:ends, :names) returning id")),
      find(c.prepare("select 1 from live where id = :id")),
      ended(c.prepare("select id, length(names) from live where ends < :now order by ends")),
      drop(c.prepare("delete from live where id = :id")) {}

LiveNames::LiveNames(db::Connection& connection) : connection_(connection), sql_(connection) {
    for (const auto& one : stored_names(connection)) {
        live_.insert_or_assign(one.name, Live{.expires = one.expires, .log_index = one.log_index});
        ending_[one.expires].push_back(one.name);
    }
}

std::optional<std::int64_t> LiveNames::find(const Name& name) const {
    const auto found = live_.find(name);
    return found == live_.end() ? std::nullopt : std::optional(found->second.log_index);
}

void LiveNames::add(const LiveName& one) {
    const Live live{.expires = one.expires, .log_index = one.log_index};
    if (live_.emplace(one.name, live).second) batch_.names.push_back(one);
}

bool LiveNames::drop_ended(UnixTime now) {
    const bool more_names = drop_names(now);
    const bool more_rows = drop_rows(now);
    return more_names || more_rows;
}

bool LiveNames::drop_names(UnixTime now) {
    std::size_t dropped = 0;
    while (!ending_.empty() && ending_.begin()->first < now) {
        if (dropped >= dropped_names_max) return true;
        const auto ended = ending_.extract(ending_.begin());
        for (const auto& name : ended.mapped()) {
            const auto live = live_.find(name);
            if (live != live_.end() && live->second.expires < now) live_.erase(live);
        }
        dropped += ended.mapped().size();
    }
    return false;
}

// A row goes when the last of its names has ended.
bool LiveNames::drop_rows(UnixTime now) {
    std::vector<std::int64_t> rows;
    std::int64_t bytes = 0;
    {
        const db::ResetAtEnd reset(sql_.ended);
        sql_.ended.bind("now", now);
        while (bytes < dropped_bytes_max && sql_.ended.step()) {
            rows.push_back(sql_.ended.integer(0));
            bytes += sql_.ended.integer(1);
        }
    }
    for (const auto row : rows)
        sql_.drop.bind("id", row).execute();
    return bytes >= dropped_bytes_max;
}

void LiveNames::begin() {
    settle(std::exchange(batch_, {}), true);
    while (!doubtful_.empty()) {
        const auto row = doubtful_.back().row;
        const db::ResetAtEnd reset(sql_.find);
        sql_.find.bind("id", row);
        const bool recorded = row && sql_.find.step();
        settle(std::move(doubtful_.back()), recorded);
        doubtful_.pop_back();
    }
}

// Only what was recorded waits for its end: batches that fail again and again leave nothing.
void LiveNames::settle(const Batch& batch, bool recorded) {
    for (const auto& one : batch.names) {
        if (recorded) {
            ending_[one.expires].push_back(one.name);
        } else {
            live_.erase(one.name);
        }
    }
}

// By minutes: the names of many requests do not stay as long as that of one log-in.
void LiveNames::finish() {
    std::map<std::int64_t, std::vector<LiveName>> minutes;
    for (const auto& one : batch_.names)
        minutes[one.expires / minute_s].push_back(one);
    for (const auto& [minute, names] : minutes) {
        const db::ResetAtEnd reset(sql_.add);
        sql_.add.bind("ends", (minute + 1) * minute_s - 1).bind("names", live_names_row(names));
        if (!sql_.add.step()) throw Failure("live names were not inserted");
        batch_.row = sql_.add.integer(0);
    }
}

void LiveNames::forget() {
    sql_ = Statements(connection_);
    auto batch = std::exchange(batch_, {});
    if (!batch.names.empty()) doubtful_.push_back(std::move(batch));
}

}  // namespace mado::relay
