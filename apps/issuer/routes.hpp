// Path, who may call, handler: what a window's page asks (docs/protocols/issuer.md).
#pragma once

#include <string>
#include <vector>

#include "card_sessions.hpp"
#include "clerks.hpp"
#include "deciding.hpp"
#include "http/http.hpp"
#include "notices.hpp"
#include "questions.hpp"
#include "site/expiring.hpp"
#include "site/site.hpp"
#include "telephones.hpp"
#include "tries.hpp"
#include "worker.hpp"

namespace mado::issuer {

// A slip's number and a birth date that are nobody's, for each of three pages: that stops a card,
// that says how far a case is, that goes on with a renewal. Each by itself: who mistypes at one
// does not close the one that stops cards. Who is found counts for nothing: a stop is never one too
// many. Of 10^11 codes that have their check digit, and with a birth date, one person's are not
// guessed; that somebody's are, by 20,000 networks and more for hours, is left (THREATS). So nobody
// closes the page that stops cards; who does that with the one for renewals keeps them waiting, and
// windows go on with them.
constexpr Tries::Limits stop_misses_max{
    .window_s = 3'600, .of_one_max = 10, .in_all_max = 200'000, .forgets = true};
constexpr Tries::Limits renew_on_misses_max{
    .window_s = 3'600, .of_one_max = 10, .in_all_max = 200'000};
// By card: what a renewal's document takes of the relay's nonces (20,000 for the whole centre at
// once), half of which stay for clerks.
constexpr Tries::Limits renewal_begins{.window_s = 300, .of_one_max = 5, .in_all_max = 10'000};
// By clerk: numbers that are nobody's. Who types with care misses a few in an hour.
constexpr Tries::Limits number_misses{.window_s = 3'600, .of_one_max = 20, .in_all_max = 100'000};

constexpr std::size_t renewing_max = 10'000;  // the oldest signs again

// The issuing centre: one io thread's.
struct Office {
    site::Site& site;
    Clerks& clerks;
    const wire::Schemes& schemes;
    Store& store;
    Worker& worker;
    Deciding& deciding;
    const QuestionsAtRelay& questions;
    CardSessions& cards;
    Book& book;
    Looks& looks;
    std::string name;  // the centre's
    Telephones telephones;
    std::int64_t renewal_s = 0;  // so long before its end a card may be renewed
    Decisions renewals = {};     // documents that people are signing
    // The log-ins that have signed for a renewal, and for which: nobody else goes on with it.
    site::Expiring<Hash, CaseId> renewing{renewing_max};
    // By log-in: the document that it is signing, by its `state`.
    site::Expiring<Hash, std::string> renewal_begun{decisions_max};
    Tries stop_misses{stop_misses_max};
    Tries status_misses{stop_misses_max};
    Tries renew_on_misses{renew_on_misses_max};
    Tries begins{renewal_begins};
    Tries missed{number_misses};
};

// Where a browser is led for a session with a card: the agent, which has the reader.
// `redirect_uri`: to which it returns; the directory lists it.
std::string agent_address(const site::Options& options, const CardSessions::Begun& begun,
                          std::string_view redirect_uri, page::Language language);

std::vector<http::Route> routes(Office& office);

}  // namespace mado::issuer
