// The service `staff-looks` (職員の閲覧): to whom in the holder's own house a person's records were
// shown. What staff read where they work is no order, and so no entry of the access log: here the
// holder says it. Columns and document: docs/protocols/gateway.md.
#pragma once

#include <optional>
#include <string_view>

#include "wire/services/catalogue.hpp"

namespace mado::wire {

// In one answer, the newest; with more than these it says so.
constexpr std::size_t staff_looks_max = 400;

// In which way it was shown.
enum class LookWay {
    list,    // in a list of many
    found,   // among what was searched for
    record,  // by itself
    paper,   // on a document or a letter
    known,   // only that the holder knows the person
};
std::string_view to_text(LookWay way);
std::optional<LookWay> look_way_from(std::string_view text);

const Contract& staff_looks_contract();

}  // namespace mado::wire
