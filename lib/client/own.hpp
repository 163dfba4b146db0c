// A person's own records, as the portal fetches them for the person whose card signed the log-in:
// of every holder that the person has, or had, of the kinds asked.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "client/client.hpp"

namespace mado::client {

struct OwnQuestion {
    wire::ServiceId service;
    std::vector<wire::CodeId> kinds;  // of holders; each is a line of its own, side by side
    std::map<std::string, std::string> parameters;
    std::string login_mandate;
    std::size_t values_max = wire::document_values_max;  // in each answer's document
};

// One link of the person: newest first, kind after kind.
struct OwnRecord {
    wire::CodeId kind;
    std::int64_t position = 1;
    Result<Answered> answer;
};

// A problem of one holder; with every other one the person's next holder would have it too.
bool is_of_one_holder(const Problem& problem);

// Whether a member of an answer is what this parameter asked for. One that was not asked for is the
// holder's to choose.
bool is_as_asked(const std::map<std::string, std::string>& parameters, const std::string& name,
                 const std::string& answered);

// A holder that gives no answer costs its own records only. What concerns the whole question (it is
// not allowed, the card is revoked) ends its line and is the last record of it. Empty: the person
// has no link of these kinds.
Task<std::vector<OwnRecord>> fetch_own(const wire::Directory& directory, const Identity& identity,
                                       OwnQuestion question);

}  // namespace mado::client
