// What the relay is asked itself (docs/protocols/request.md): a person's own entries and the bells
// that rang for them. Answered by the relay, sealed to the asker's key, not logged. Data:
//   entries { "link_number", "last_seq", "checkpoint", "cosigned"?, "consistency"?, "more": bool,
//     "entries": [ { "seq", "index", "proof", "kind", "content", "salt", "person_salt", "outcome"?,
//     and for orders "subject", "subject_salt", "number", "number_salt", "birth_date"? }
//     | { "seq", "index", "proof", "entry", "erased": { "kept_until": "2031-10", "at" } } ] }
//     A proof is under `cosigned` where that covers the entry, else under `checkpoint`;
//     `consistency` leads from the one to the other.
//   bells { "more": bool, "bells": [ { "id", "seq", "first": bool, "at" } ] }
#pragma once

#include <expected>
#include <string>

#include "exchange.hpp"

namespace mado::relay {

constexpr std::int64_t page_max = 200;

struct OwnQuestion {
    const wire::Head& head;
    Hash head_hash{};
    PersonRow person = 0;
    UnixTime now = 0;
};

// The sealed answer (JWE). Parameters: "after" (seq or id, default 0), "limit" (1 to 200, default
// 200).
std::expected<std::string, wire::Code> answer_itself(const Shared& shared, Reader& reader,
                                                     const OwnQuestion& question);

// Used by it.
struct Page {
    std::int64_t after = 0;
    std::int64_t limit = page_max;
};
std::expected<json::object, wire::Code> entries_data(const Shared& shared, Reader& reader,
                                                     PersonRow person, const Page& page);

}  // namespace mado::relay
