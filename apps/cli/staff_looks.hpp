// `records looks`: to whom in a holder's own house the person's records were shown, as that holder
// says it. The default is 12 months up to this one.
#pragma once

#include "records.hpp"
#include "wire/services/staff_looks.hpp"

namespace mado::cli {

// In which way it was shown, in words.
std::string_view words_of(wire::LookWay way);

// The exit status: 0 every holder answered, 1 some did, 3 none did, or there is none to ask.
int show_staff_looks(const Places& places, const RecordsOptions& options);

}  // namespace mado::cli
