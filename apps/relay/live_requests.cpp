#include "live_requests.hpp"

#include <algorithm>
#include <cstring>

namespace mado::relay {
namespace {

constexpr std::size_t key_id_bytes = 1;  // of a Vault's index

}  // namespace

LiveRequests::Statements::Statements(db::Connection& c)
    : all(c.prepare("select request_index, expires, log_index from request")),
      find(c.prepare("select content_index from request "
                     "where expires = :expires and log_index = :log_index")),
      add(c.prepare("insert into request (expires, log_index, request_index, content_index) "
                    "values (:expires, :log_index, :request, :content)")),
      drop(c.prepare("delete from request where expires = "
                     "(select min(expires) from request where expires < :now) "
                     "returning request_index")) {}

LiveRequests::Name LiveRequests::name_of(ByteView request_index) {
    Name out{};
    const auto hmac = request_index.subspan(std::min(request_index.size(), key_id_bytes));
    std::memcpy(out.data(), hmac.data(), std::min(sizeof out, hmac.size()));
    return out;
}

LiveRequests::LiveRequests(db::Connection& connection) : connection_(connection), sql_(connection) {
    while (sql_.all.step()) {
        rows_.emplace(name_of(sql_.all.blob(0)),
                      Row{.expires = sql_.all.integer(1), .log_index = sql_.all.integer(2)});
    }
}

std::optional<Bytes> LiveRequests::content(const Row& row) {
    const db::ResetAtEnd reset(sql_.find);
    sql_.find.bind("expires", row.expires).bind("log_index", row.log_index);
    return sql_.find.step() ? std::optional(sql_.find.blob(0)) : std::nullopt;
}

std::optional<LiveRequests::Known> LiveRequests::find(const RequestKey& request) {
    const auto row = rows_.find(name_of(request.request_index));
    if (row == rows_.end()) return std::nullopt;
    return Known{.log_index = row->second.log_index,
                 .same = content(row->second) == request.content_index};
}

void LiveRequests::add(const RequestKey& request, std::int64_t log_index) {
    sql_.add.bind("expires", request.expires)
        .bind("request", request.request_index)
        .bind("content", request.content_index)
        .bind("log_index", log_index)
        .execute();
    const auto name = name_of(request.request_index);
    rows_.emplace(name, Row{.expires = request.expires, .log_index = log_index});
    added_.push_back(name);
}

bool LiveRequests::drop_ended(UnixTime now) {
    bool dropped = false;
    sql_.drop.bind("now", now);
    while (sql_.drop.step()) {
        rows_.erase(name_of(sql_.drop.blob(0)));
        dropped = true;
    }
    return dropped;
}

void LiveRequests::begin() {
    for (const auto& name : doubtful_) {
        const auto row = rows_.find(name);
        if (row != rows_.end() && !content(row->second)) rows_.erase(row);
    }
    doubtful_.clear();
    added_.clear();
}

void LiveRequests::forget() {
    sql_ = Statements(connection_);
    doubtful_.insert(doubtful_.end(), added_.begin(), added_.end());
    added_.clear();
}

}  // namespace mado::relay
