// `records checkups`: what a person's check-ups found. The default is five years up to this month.
#pragma once

#include "records.hpp"

namespace mado::cli {

// The exit status: 0 every holder answered, 1 some did, 3 none did, or there is none to ask.
int show_checkups(const Places& places, const RecordsOptions& options);

}  // namespace mado::cli
