// The service `pension`: in which pension schemes a person was and is, what was paid, and what they
// may expect, as one pension holder has it: the state, a fund, the federation of funds. A requester
// that adds the holders' documents up needs no rule. Columns and document:
// docs/protocols/gateway.md.
#pragma once

#include "wire/services/catalogue.hpp"

namespace mado::wire {

const Contract& pension_contract();

}  // namespace mado::wire
