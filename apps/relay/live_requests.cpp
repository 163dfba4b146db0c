#include "live_requests.hpp"

#include <algorithm>
#include <cstring>

namespace mado::relay {

LiveRequests::Statements::Statements(db::Connection& c)
    : all(c.prepare("select request_index, expires, log_index from request")),
      find(c.prepare("select content_index from request "
                     "where expires = :expires and request_index = :request")),
      add(c.prepare("insert into request (expires, request_index, content_index, log_index) "
                    "values (:expires, :request, :content, :log_index)")),
      drop(c.prepare("delete from request where expires = "
                     "(select min(expires) from request where expires < :now) "
                     "returning request_index")) {}

// The indexes are HMACs behind one byte.
std::size_t LiveRequests::FirstBytes::operator()(const Bytes& index) const {
    std::size_t out = 0;
    const auto bytes = ByteView(index).subspan(std::min<std::size_t>(index.size(), 1));
    std::memcpy(&out, bytes.data(), std::min(sizeof out, bytes.size()));
    return out;
}

LiveRequests::LiveRequests(db::Connection& connection) : connection_(connection), sql_(connection) {
    while (sql_.all.step()) {
        rows_.emplace(sql_.all.blob(0),
                      Row{.expires = sql_.all.integer(1), .log_index = sql_.all.integer(2)});
    }
}

std::optional<Bytes> LiveRequests::content(const Rows::value_type& row) {
    const db::ResetAtEnd reset(sql_.find);
    sql_.find.bind("expires", row.second.expires).bind("request", row.first);
    return sql_.find.step() ? std::optional(sql_.find.blob(0)) : std::nullopt;
}

std::optional<LiveRequests::Known> LiveRequests::find(const RequestKey& request) {
    const auto row = rows_.find(request.request_index);
    if (row == rows_.end()) return std::nullopt;
    return Known{.log_index = row->second.log_index,
                 .same = content(*row) == request.content_index};
}

void LiveRequests::add(const RequestKey& request, std::int64_t log_index) {
    sql_.add.bind("expires", request.expires)
        .bind("request", request.request_index)
        .bind("content", request.content_index)
        .bind("log_index", log_index)
        .execute();
    rows_.emplace(request.request_index, Row{.expires = request.expires, .log_index = log_index});
    added_.push_back(request.request_index);
}

bool LiveRequests::drop_ended(UnixTime now) {
    bool dropped = false;
    sql_.drop.bind("now", now);
    while (sql_.drop.step()) {
        rows_.erase(sql_.drop.blob(0));
        dropped = true;
    }
    return dropped;
}

void LiveRequests::begin() {
    for (const auto& request : doubtful_) {
        const auto row = rows_.find(request);
        if (row != rows_.end() && !content(*row)) rows_.erase(row);
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
