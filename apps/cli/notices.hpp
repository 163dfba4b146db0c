// `records notices`: what a person's holders have to tell them, and opening one of them. The
// default is 24 months up to this one.
#pragma once

#include "records.hpp"

namespace mado::cli {

// The exit status: 0 every holder answered (the notice was opened), 1 some did, 3 none did, or
// there is none to ask.
int show_notices(const Places& places, const RecordsOptions& options);

}  // namespace mado::cli
