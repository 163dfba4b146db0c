#include "client/outbox.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "crypto/aead.hpp"

namespace mado::client {
namespace {

constexpr std::int64_t retry_first_s = 1, retry_longest_s = 300, urgent_longest_s = 2;
constexpr std::size_t row_bytes_max = 256 * 1024;

Bytes bound_to(std::string_view name) {
    return to_bytes("outbox\n" + std::string(name));
}

// The private key is in it: wiped.
Bytes seal(const Secret& key, std::string_view name, const Prepared& request) {
    const auto pem = request.seal_to.pem();
    json::object row{{"body", request.body},
                     {"seal_to", as_text(pem.view())},
                     {"values_max", request.values_max}};
    auto text = json::serialize(row);
    const auto sealed = crypto::aead_seal(key.view(), as_bytes(text), bound_to(name));
    wipe(text);
    return sealed;
}

Prepared open(const Secret& key, std::string_view name, ByteView sealed, UnixTime expires) {
    auto text = crypto::aead_open(key.view(), sealed, bound_to(name));
    if (!text) throw Failure("a request that waits does not open: another key, or altered");
    const auto row =
        must(parse_json_object(as_text(*text), {.text_bytes_max = row_bytes_max}), "the outbox");
    wipe(*text);
    Members in(row);
    auto body = in.text("body", row_bytes_max);
    const auto pem = in.text("seal_to", row_bytes_max);
    const auto values_max = static_cast<std::size_t>(in.integer("values_max"));
    if (!in.finish()) throw Failure("a request that waits does not have its form");
    return {.body = std::move(body),
            .seal_to = must(crypto::PrivateKey::from_pem(as_bytes(pem)), "the outbox"),
            .expires = expires,
            .values_max = values_max};
}

}  // namespace

const std::string_view outbox_schema =
#include "lib/client/schema/outbox.sqlite.sql.hpp"
    ;

std::int64_t retry_after_s(std::int64_t tries, bool urgent) {
    const auto longest = urgent ? urgent_longest_s : retry_longest_s;
    std::int64_t out = retry_first_s;
    for (std::int64_t i = 0; i < tries && out < longest; ++i)
        out *= 2;
    return std::min(out, longest);
}

Outbox::Outbox(db::Connection& connection, const Secret& key)
    : key_(key),
      put_(connection.prepare("insert into outbox (name, lane, urgent, expires, next_try, tries, "
                              "sealed) values (:name, :lane, :urgent, :expires, :now, 0, "
                              ":sealed)")),
      remove_(connection.prepare("delete from outbox where name = :name")),
      try_later_(connection.prepare("update outbox set next_try = :next, tries = tries + 1 "
                                    "where name = :name")),
      try_at_(connection.prepare("update outbox set next_try = :next where name = :name")),
      renew_(connection.prepare("update outbox set expires = :expires, sealed = :sealed "
                                "where name = :name")),
      due_(connection.prepare(
          "select name, lane from outbox where urgent = :urgent and next_try <= :now "
          "and lane not in (select value from json_each(:full)) "
          "order by next_try, name limit :count")),
      find_(connection.prepare("select expires, tries, sealed, urgent from outbox "
                               "where name = :name")) {}

void Outbox::put(std::string_view name, const Prepared& request, UnixTime now, const Lane& in) {
    put_.bind("name", name)
        .bind("lane", in.lane)
        .bind("urgent", std::int64_t{in.urgent})
        .bind("expires", request.expires)
        .bind("now", now)
        .bind("sealed", seal(key_, name, request))
        .execute();
}

void Outbox::remove(std::string_view name) {
    remove_.bind("name", name).execute();
}

void Outbox::try_later(std::string_view name, UnixTime now) {
    std::int64_t tries = 0;
    bool urgent = false;
    {
        const db::ResetAtEnd reset(find_);
        find_.bind("name", name);
        if (!find_.step()) return;
        tries = find_.integer(1);
        urgent = find_.integer(3) != 0;
    }
    try_later_.bind("name", name).bind("next", now + retry_after_s(tries, urgent)).execute();
}

void Outbox::try_at(std::string_view name, UnixTime at) {
    try_at_.bind("name", name).bind("next", at).execute();
}

void Outbox::renew(std::string_view name, const Prepared& request) {
    renew_.bind("name", name)
        .bind("expires", request.expires)
        .bind("sealed", seal(key_, name, request))
        .execute();
}

std::vector<Outbox::Waiting> Outbox::due(UnixTime now, std::size_t count_max, const Due& which) {
    std::vector<Waiting> out;
    const db::ResetAtEnd reset(due_);
    due_.bind("urgent", std::int64_t{which.urgent})
        .bind("now", now)
        .bind("full", json::serialize(json::array(which.full.begin(), which.full.end())))
        .bind("count", static_cast<std::int64_t>(count_max));
    while (due_.step())
        out.push_back({.name = due_.text(0), .lane = due_.text(1)});
    return out;
}

std::optional<Prepared> Outbox::find(std::string_view name) {
    const db::ResetAtEnd reset(find_);
    find_.bind("name", name);
    if (!find_.step()) return std::nullopt;
    return open(key_, name, find_.blob(2), find_.integer(0));
}

}  // namespace mado::client
