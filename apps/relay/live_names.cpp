#include "live_names.hpp"

#include <algorithm>
#include <cstring>

namespace mado::relay {
namespace {

constexpr std::size_t key_id_bytes = 1;  // of a Vault's index
constexpr std::size_t name_bytes = sizeof(Name);
constexpr std::size_t stored_bytes = name_bytes + 2 * sizeof(std::uint64_t);
// Dropped at a time, so that no batch of orders waits for it.
constexpr std::int64_t dropped_bytes_max = 1024 * 1024;

Bytes packed(const std::vector<LiveName>& names) {
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

void unpack(ByteView row, std::vector<LiveName>& to) {
    if (row.size() % stored_bytes != 0) throw Failure("a row of live names is not whole");
    for (; !row.empty(); row = row.subspan(stored_bytes)) {
        LiveName one;
        std::memcpy(one.name.data(), row.data(), name_bytes);
        const auto number = [row](std::size_t at) {
            return static_cast<std::int64_t>(read_u64(row.subspan(at).first<8>()));
        };
        one.expires = number(name_bytes);
        one.log_index = number(name_bytes + sizeof(std::uint64_t));
        to.push_back(one);
    }
}

}  // namespace

Name name_of(ByteView index) {
    Name out{};
    if (index.size() < key_id_bytes + name_bytes) throw Failure("an index is too short for a name");
    std::memcpy(out.data(), index.data() + key_id_bytes, name_bytes);
    return out;
}

std::vector<LiveName> stored_names(db::Connection& connection) {
    auto rows = connection.prepare("select names from live");
    std::vector<LiveName> out;
    while (rows.step())
        unpack(rows.blob(0), out);
    return out;
}

LiveNames::Statements::Statements(db::Connection& c)
    : add(c.prepare("insert into live (ends, names) values (:ends, :names) returning batch")),
      find(c.prepare("select 1 from live where batch = :batch")),
      ended(c.prepare("select batch, length(names) from live where ends < :now order by ends")),
      drop(c.prepare("delete from live where batch = :batch")) {}

LiveNames::LiveNames(db::Connection& connection) : connection_(connection), sql_(connection) {
    for (const auto& one : stored_names(connection))
        remember(one);
}

std::optional<std::int64_t> LiveNames::find(const Name& name) const {
    const auto found = live_.find(name);
    return found == live_.end() ? std::nullopt : std::optional(found->second.log_index);
}

void LiveNames::remember(const LiveName& one) {
    live_.insert_or_assign(one.name, Live{.expires = one.expires, .log_index = one.log_index});
    ending_[one.expires].push_back(one.name);
}

void LiveNames::add(const LiveName& one) {
    if (contains(one.name)) return;
    remember(one);
    batch_.names.push_back(one);
}

bool LiveNames::drop_ended(UnixTime now) {
    if (const auto first = ending_.begin(); first != ending_.end() && first->first < now) {
        for (const auto& name : first->second) {
            const auto live = live_.find(name);
            if (live != live_.end() && live->second.expires < now) live_.erase(live);
        }
        ending_.erase(first);
        return true;
    }
    return drop_rows(now);
}

// A row goes when the last of its names has ended.
bool LiveNames::drop_rows(UnixTime now) {
    std::vector<std::int64_t> batches;
    std::int64_t bytes = 0;
    {
        const db::ResetAtEnd reset(sql_.ended);
        sql_.ended.bind("now", now);
        while (bytes < dropped_bytes_max && sql_.ended.step()) {
            batches.push_back(sql_.ended.integer(0));
            bytes += sql_.ended.integer(1);
        }
    }
    for (const auto batch : batches)
        sql_.drop.bind("batch", batch).execute();
    return bytes >= dropped_bytes_max;
}

void LiveNames::begin() {
    while (!doubtful_.empty()) {
        const auto& [row, names] = doubtful_.back();
        const db::ResetAtEnd reset(sql_.find);
        sql_.find.bind("batch", row);
        const bool recorded = row && sql_.find.step();
        for (const auto& one : names) {
            if (!recorded) live_.erase(one.name);
        }
        doubtful_.pop_back();
    }
    batch_ = {};
}

void LiveNames::finish() {
    auto& names = batch_.names;
    if (names.empty()) return;
    const auto last = std::ranges::max_element(names, {}, &LiveName::expires)->expires;
    const db::ResetAtEnd reset(sql_.add);
    sql_.add.bind("ends", last).bind("names", packed(names));
    if (!sql_.add.step()) throw Failure("live names were not inserted");
    batch_.row = sql_.add.integer(0);
}

void LiveNames::forget() {
    sql_ = Statements(connection_);
    auto batch = std::exchange(batch_, {});
    if (!batch.names.empty()) doubtful_.push_back(std::move(batch));
}

}  // namespace mado::relay
