// Evidence 証跡: what a holder was asked about the person by its own number, from the gateway's own
// store and not from the holder's database; former members too. The person compares it with the
// relay's list (lib/client). Data of the answer:
//   { "after": log index asked from, "more": bool, "rows": [ { "entry": 32 bytes in base64url,
//     "index", "time", "requester", "service", "outcome", "named"?: true } ] }   — by index
// `named`: the number came without the field that people leave out, and this holder found whose it
// is: the relay knows it by the holder's reply only, which may have been lost.
// Rows at or above the index of the order that asked are not in it yet, or of this very question.
#pragma once

#include "wire/services/catalogue.hpp"

namespace mado::wire {

// Of rows in one answer; who wants more asks with `after`.
constexpr std::int64_t evidence_rows_max = 5'000;

const Contract& evidence_contract();

}  // namespace mado::wire
