// A person's own entries of the access log, as the relay opens them to the person; everything that
// can be checked without other parties is checked here.
#pragma once

#include <string>
#include <vector>

#include "client/client.hpp"

namespace mado::client {

struct PersonEntry {
    std::int64_t seq = 0;
    std::uint64_t index = 0;
    bool erased = false;  // says the relay: its month's key was destroyed. Not proven.
    std::string kind;     // "order" or "refused"
    std::optional<wire::Order> order;
    std::optional<wire::Head> head;  // of the order: who asked, for what
    std::string requester;           // organisation id
    UnixTime time = 0;
    std::string outcome;  // the relay's word; "" while unknown: asked, not known to be answered
    // The mandate in it was signed by the card whose certificate was given: the person's own.
    bool own_card = false;
};

struct PersonEntries {
    std::vector<PersonEntry> entries;  // seq 1, 2, 3, … without a hole
    tlog::Checkpoint checkpoint;       // every entry was proven under it (not yet witnessed)
};

// All entries of the person whose log-in mandate this is, checked: each is in the log, carries the
// person's next number, opens to what it commits to, holds a request that its organisation signed
// and, where there is a mandate of the given card, that card's signature. receipt_invalid (with
// what did not fit as detail) when something is wrong. Whether the relay holds back the newest
// entries cannot be seen here; comparing with the holders will show it.
Task<Result<PersonEntries>> fetch_entries(const wire::Directory& directory,
                                          const Identity& identity, std::string login_mandate,
                                          crypto::Certificate card);

}  // namespace mado::client
