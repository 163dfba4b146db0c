// The question `entries` to the relay itself (docs/protocols/request.md): a person's own entries,
// opened, each with its proof. Answered by the relay, sealed to the asker's key, not logged. Data:
//   { "link_number", "checkpoint", "more": bool, "entries": [ { "seq", "index", "proof", "kind",
//     "content", "salt", "person_salt", "outcome"?, and for orders "subject", "subject_salt",
//     "number", "number_salt", "birth_date"? } | { "seq", "index", "proof", "erased": true } ] }
#pragma once

#include <expected>
#include <string>

#include "exchange.hpp"

namespace mado::relay {

constexpr std::int64_t entries_page_max = 200;

// The sealed answer (JWE). Parameters: "after" (seq, default 0), "limit" (1 to 200, default 200).
std::expected<std::string, wire::Code> answer_entries(const Shared& shared, Reader& reader,
                                                      const wire::Head& head, const Hash& head_hash,
                                                      PersonRow person, UnixTime now);

}  // namespace mado::relay
