// The service `checkups` (特定健診結果): what a person's check-ups found, as the medical insurer
// has it from whoever examined them, with the ranges and the judgements that the insurer states.
// Columns and document: docs/protocols/gateway.md.
#pragma once

#include "wire/services/catalogue.hpp"

namespace mado::wire {

const Contract& checkups_contract();

// A measured value as a text with its decimals, "62.3"; holders, answers and pages write no other
// numbers of this kind, for JSON has no fractions here. At most six digits before the point and
// three behind it, no sign, no leading zeros.
struct Decimal {
    std::int64_t thousandths = 0;
    int places = 0;  // digits behind the point

    // Without its point, as if it had so many places (at least its own): 62.3 with 2 is 6230.
    [[nodiscard]] std::int64_t scaled(int places_wanted) const;
};
Parsed<Decimal> parse_decimal(std::string_view text);

}  // namespace mado::wire
