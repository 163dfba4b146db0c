// Eligibility 資格確認: who is insured with this payer on a given day, and what share the person
// pays. Data of the answer:
//   { "on": date, "result": "insured" | "not_on_this_date",
//     "payers": [ { "rank", "share_percent", "guarantee", "special_payment", "symbol", "number",
//     "branch" (as the register writes them, "" when there is none), "coverage": FHIR R4 Coverage
//     in the JP Core profile, "provisional"?: true } ], "last_day"?: date, "end_reason"?: text }
//     — the last two when it ended before `on`; only the reason when it never began
#pragma once

#include "wire/services/catalogue.hpp"

namespace mado::wire {

constexpr std::int64_t rank_max = 100;
constexpr std::size_t payers_max = 64;  // of one holder, for one person on one day

// A payer of public expense (公費負担) pays beside insurers and beside others of its kind: whoever
// asks one of them asks the person's next one too.
bool pays_beside_others(const CodeId& kind);

const Contract& eligibility_contract();

// Of the answer's data. A payer has not decided yet: the answer may be taken back from the
// beginning.
bool is_provisional(const json::object& data);
// SHA-256 of all of it but that, and but whether a payer is bound: what stays as it was answered
// when the payer decides so.
Hash lasting_hash(const json::object& data);

}  // namespace mado::wire
