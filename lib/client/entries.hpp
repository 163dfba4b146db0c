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
    bool erased = false;  // its month's key was destroyed; the entry still stands
    std::string kind;     // "order" or "refused"
    std::optional<wire::Order> order;
    std::optional<wire::Head> head;  // of the order: who asked, for what
    std::string requester;           // organisation id
    UnixTime time = 0;
    std::string outcome;  // "" while unknown: asked, not known to be answered
};

struct PersonEntries {
    std::vector<PersonEntry> entries;  // seq 1, 2, 3, … without a hole
    tlog::Checkpoint checkpoint;       // every entry was proven under it (not yet witnessed)
};

// All entries of the person whose log-in mandate this is. receipt_invalid (with what did not fit as
// detail) when a proof, a commitment or the numbering is wrong.
Task<Result<PersonEntries>> fetch_entries(const wire::Directory& directory,
                                          const Identity& identity, std::string login_mandate);

}  // namespace mado::client
