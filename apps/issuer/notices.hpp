// Notices before the end of a certificate, 90, 30 and 7 days ahead, of a stop code that somebody
// has got, and of what a register has said of them. They stay with their sender, in its book.
#pragma once

#include <string>

#include "book.hpp"
#include "store.hpp"
#include "wire/policy.hpp"

namespace mado::issuer {

// As they read; `Date`s are of the country's calendar.
struct Telling {
    std::string sender;   // the centre's name
    std::string address;  // of the page where the card is renewed; of the one where it is stopped
    std::string hotline;  // the centre's telephone
    Date today{}, deadline{};
};
Book::Notice notice_of(std::string id, const Before& card, const std::string& number,
                       const Telling& telling);

// A clerk gives out another slip: whoever did not get it has to hear that theirs stops nothing any
// more. In all languages, because somebody may have to act at once.
Book::Notice notice_of_slip(const std::string& number, const Telling& telling);

// What a register has said of somebody, and what it ends. In all languages.
Book::Notice notice_of_said(const Said& said, const std::string& number, const Telling& telling);

// Of what is to be told by now, at most `count_max` certificates after that one: written down, and
// then noted as told, so that what was killed between tells the same notice again. A certificate
// that counts no more ends without one; of a card that is stopped its person is told once it works
// again. What cannot be read is passed over, and tried again the next time.
struct NoticeFacts {
    UnixTime now = 0;
    const wire::Policy& policy;
    std::string sender, address, hotline;
};
struct ToldEndings {
    std::optional<Store::Ending> last;  // none: that was all
    std::size_t written = 0, unreadable = 0;
};
ToldEndings tell_ending(Store& store, Book& book, const NoticeFacts& facts,
                        const Store::Ending& after, std::size_t count_max);

}  // namespace mado::issuer
