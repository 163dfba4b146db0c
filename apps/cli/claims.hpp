// `records claims`: a person's own claims. The default is twelve months up to this one.
#pragma once

#include "records.hpp"

namespace mado::cli {

// The exit status: 0 every holder answered, 1 some did, 3 none did, or there is none to ask.
int show_claims(const Places& places, const RecordsOptions& options);

}  // namespace mado::cli
