#include "hearing.hpp"

namespace mado::issuer {
namespace {

constexpr std::int64_t after_failure_s = 60;

// True: it is done with.
bool hear(Store& store, Book& book, const NoticeFacts& facts, const Book::Told& told, Heard& out) {
    const auto what = parse_news(told.what);
    if (!what) return true;  // no gateway takes it
    const Said said{.id = told.order_id, .what = *what, .at = told.changed_at};
    const auto hearing = store.hear(told.number, said, told.register_id, facts.now);
    if (hearing.id) {
        for (const auto id : store.of_person(*hearing.id))
            out.cases.insert(id);
    }
    switch (hearing.due) {
        case Due::nothing:
            return true;
        case Due::waits:
            return false;
        case Due::goes_on:
        case Due::opens:
            book.add(notice_of_said(said, told.number,
                                    {.sender = facts.sender,
                                     .address = facts.address,
                                     .hotline = facts.hotline,
                                     .today = facts.policy.day_of(facts.now)}));
            return true;
    }
    return true;
}

}  // namespace

Heard hear_registers(Store& store, Book& book, const NoticeFacts& facts, std::size_t count_max) {
    Heard out;
    for (const auto& told : book.told(facts.now, count_max)) {
        try {
            if (hear(store, book, facts, told, out)) {
                book.done_with(told.order_id, facts.now);
            } else {
                book.look_later(told.order_id, facts.now + hear_again_s);
            }
        } catch (const Failure&) {  // a case that cannot be read keeps no other waiting
            ++out.unreadable;
            book.look_later(told.order_id, facts.now + after_failure_s);
        }
    }
    return out;
}

}  // namespace mado::issuer
