// FHIR R4 in the JP Core profile, as several services write it.
#pragma once

#include <boost/json/fwd.hpp>
#include <string>
#include <string_view>

#include "wire/directory.hpp"
#include "wire/services/catalogue.hpp"

namespace mado::wire {

namespace json = boost::json;

// A text as FHIR's type string allows it (R4 datatypes, string: its pattern has no space but
// U+0020): registers write names with the wide space U+3000.
std::string fhir_text(std::string_view text);
// A CodeableConcept with one coding.
json::object coding(std::string_view system, std::string_view code, std::string_view display = {});
// A HumanName; `representation`: IDE (as written) or SYL (kana), ISO 21090.
json::object human_name(std::string_view text, std::string_view representation);
// The contained Organization "#insurer".
json::object insurer_of(const Participant& holder);
// A Coverage's members that say symbol, number and branch (columns of the row).
void add_insured_number(json::object& coverage, const Row& row, const Participant& holder);

}  // namespace mado::wire
