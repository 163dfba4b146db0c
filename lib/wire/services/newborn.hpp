// What a newborn's filings are told to (docs/protocols/newborn.md): the parents' municipality and
// the insurer of one of them. Both by the issuing centre, with the parent's signed application.
//
// The tell `dependant` (被扶養者の届出), to a medical insurer, about the parent. Payload:
//   { "name": text, "kana"?: text, "birth_date": date, "sex": "female" | "male",
//     "address"?: text, "relation": text }
// Data of the acceptance: what the insurer has given the child, until it decides:
//   { "symbol", "number", "branch" ("" for none), "provisional": true }
// The ask `dependants`, about the parent, without parameters: what became of the filings.
//   { "filings": [{ "order": the entry of the tell, "received": time, "symbol", "number", "branch",
//                   "outcome": "waiting" | "accepted" | "refused", "reason"? }] }
//
// The tell `birth` (出生届), to a municipality. It may not know the parent by a link: the payload
// says who it is. Payload:
//   { "name": text, "kana"?: text, "birth_date": date, "sex": "female" | "male", "relation": text,
//     "parent_number"?: resident number, needed when the order has none,
//     "parent_birth_date": date }
// Data of the acceptance: { "number": the child's resident number }
#pragma once

#include "wire/services/catalogue.hpp"

namespace mado::wire {

// Who is older is no newborn: an insurer's provisional answer is for these only.
constexpr std::int64_t newborn_days_max = 366;
constexpr std::size_t filings_max = 200;

const Contract& dependant_contract();
const Contract& dependants_contract();
const Contract& birth_contract();

}  // namespace mado::wire
