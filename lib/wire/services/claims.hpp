// The service `claims` (レセプト情報): what was done for a person, month by month, and what it
// cost, as the medical insurer has it from the claims of clinics, pharmacies and dentists. Columns
// and document: docs/protocols/gateway.md.
#pragma once

#include "wire/services/catalogue.hpp"

namespace mado::wire {

const Contract& claims_contract();

}  // namespace mado::wire
