#include "hearing.hpp"

#include <algorithm>

#include "base/bytes.hpp"

namespace mado::issuer {
namespace {

constexpr std::int64_t after_failure_s = 60;
constexpr std::int64_t ahead_max_s = 86'400;  // by which a register's clock may be wrong

// As a gateway writes it: the order's id is a hash.
std::optional<Said> said_by(const Book::Told& told, UnixTime now) {
    const auto what = parse_news(told.what);
    const auto id = parse_base64url(told.order_id);
    const bool is_in_time = told.changed_at > 0 && told.changed_at <= now + ahead_max_s;
    if (!what || !id || id->size() != std::tuple_size_v<Hash> || !is_in_time) return std::nullopt;
    return Said{.id = told.order_id, .what = *what, .at = told.changed_at};
}

UnixTime next_look(const Book::Told& told, UnixTime now) {
    constexpr std::int64_t doubled_max = 10;
    const auto waits = hear_again_s << std::clamp<std::int64_t>(told.tries, 0, doubled_max);
    return now + std::min(waits, hear_again_max_s);
}

Book::Looked hear(Store& store, const NoticeFacts& facts, const Book::Told& told, Heard& out) {
    Book::Looked looked{.order_id = told.order_id, .next = {}, .notice = {}};
    const auto said = said_by(told, facts.now);
    if (!said) {
        ++out.malformed;
        return looked;
    }
    const auto hearing = store.hear(told.number, *said, told.register_id, facts.now);
    const bool follows = hearing.due == Due::goes_on || hearing.due == Due::opens;
    if (hearing.id && (follows || hearing.wrote)) {
        for (const auto id : store.of_person(*hearing.id))
            out.cases.insert(id);
    }
    if (hearing.due == Due::waits) looked.next = next_look(told, facts.now);
    if (follows || hearing.gave_up) {
        looked.notice = notice_of_said(*said, told.number,
                                       {.sender = facts.sender,
                                        .address = facts.address,
                                        .hotline = facts.hotline,
                                        .today = facts.policy.day_of(facts.now)});
    }
    return looked;
}

}  // namespace

Heard hear_registers(Store& store, Book& book, const NoticeFacts& facts, std::size_t count_max) {
    Heard out;
    std::vector<Book::Looked> looked;
    for (const auto& told : book.told(facts.now, count_max)) {
        try {
            looked.push_back(hear(store, facts, told, out));
        } catch (const Failure&) {  // a case that cannot be read keeps no other waiting
            ++out.unreadable;
            looked.push_back(
                {.order_id = told.order_id, .next = facts.now + after_failure_s, .notice = {}});
        }
    }
    try {
        book.looked(looked, facts.now);
    } catch (const Failure&) {  // what is in the cases goes on
        out.unreadable += looked.size();
    }
    return out;
}

}  // namespace mado::issuer
