// The tell `resident-changed` (異動等のお知らせ): a municipality's register tells the issuing
// centre that somebody of its residents has died, gone abroad, or is written otherwise now; not
// how. Payload:
//   { "what": "died" | "left" | "changed", "at": unix time, when the register was changed }
// Data of the acceptance: { }
#pragma once

#include "wire/services/catalogue.hpp"

namespace mado::wire {

const Contract& resident_changed_contract();

}  // namespace mado::wire
