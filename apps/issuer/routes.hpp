// Path, who may call, handler: what a window's page asks (docs/protocols/issuer.md).
#pragma once

#include <deque>
#include <map>
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
#include "worker.hpp"

namespace mado::issuer {

// How often it may be tried. What is asked for too often is not looked at, whatever it is: a code
// cannot be guessed in the tries that there are, and the telephone is there for everybody else.
class StopTries {
  public:
    static constexpr std::int64_t window_s = 3'600;
    static constexpr std::size_t of_a_network_max = 10;
    // Of 10^11 codes that have their check digit, and with a birth date: guessing stays hopeless.
    // Who would close the page for everybody needs 20,000 networks (one large block of IPv6 has
    // them).
    static constexpr std::size_t in_all_max = 200'000;

    // Counts it. False: too often, from there or in all.
    bool may_try(const std::string& network, UnixTime now);

  private:
    std::deque<std::pair<UnixTime, std::string>> tries_;  // of the last hour; in_all_max at most
    std::map<std::string, std::size_t> of_network_;
};

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
    NoticeBook& book;
    std::string name;            // the centre's
    std::int64_t renewal_s = 0;  // so long before its end a card may be renewed
    Decisions renewals = {};     // documents that people are signing
    // The log-ins that have signed for a renewal, and for which: nobody else goes on with it.
    site::Expiring<Hash, CaseId> renewing{renewing_max};
    StopTries stop_tries = {};
};

// Where a browser is led for a session with a card: the agent, which has the reader.
// `redirect_uri`: to which it returns; the directory lists it.
std::string agent_address(const site::Options& options, const CardSessions::Begun& begun,
                          std::string_view redirect_uri, page::Language language);

std::vector<http::Route> routes(Office& office);

}  // namespace mado::issuer
