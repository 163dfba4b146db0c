// `records pension`: where a person was insured for a pension, and what each pension body owes or
// will owe them.
#pragma once

#include "records.hpp"

namespace mado::cli {

// The exit status: 0 every pension body answered, 1 some did, 3 none did, or there is none to ask.
int show_pension(const Places& places, const RecordsOptions& options);

}  // namespace mado::cli
