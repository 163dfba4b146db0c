// What registers say by themselves of people with a card (docs/protocols/issuer.md, "What a
// register says"): the gateway has written it into the book, the issuer opens the case that follows
// from it, and tells the person.
#pragma once

#include <vector>

#include "book.hpp"
#include "notices.hpp"
#include "store.hpp"

namespace mado::issuer {

// What waits for another case is looked at so soon, and each time after twice as long, at most so.
constexpr std::int64_t hear_again_s = 10, hear_again_max_s = 3'600;

struct Heard {
    std::set<CaseId> cases;  // in which something is to do now
    std::size_t unreadable = 0;
    std::size_t malformed = 0;  // what no gateway has written: done with
};
// Of what may be looked at now, at most `count_max`. The case is durable before its notice, and
// both before the book is done with it: killed between, the same is found once more, and done to
// its end. Where nothing follows nothing is written but when the next look is.
Heard hear_registers(Store& store, Book& book, const NoticeFacts& facts, std::size_t count_max);

}  // namespace mado::issuer
