// What happens to a case, as the store keeps it: one JSON object each, {"what": …}.
#pragma once

#include "base/json.hpp"
#include "case.hpp"

namespace mado::issuer {

json::object happening_json(const Happening& what);
// What is too long to be read again is not written.
bool is_readable(const Happening& what, const wire::Schemes& schemes);
// Numbers are read again as their schemes say.
Parsed<Happening> read_happening(const json::object& object, const wire::Schemes& schemes);

// For pages and programs too.
json::object application_json(const Applied& application);
Parsed<Applied> read_application(const json::object& object, const wire::Schemes& schemes);
Parsed<TakenOn> read_taken_on(Members& in, const wire::Schemes& schemes);
json::object number_json(const wire::PersonNumber& number);
Parsed<wire::PersonNumber> read_number(const json::object& object, const wire::Schemes& schemes);
json::object attributes_json(const Attributes& person);
Parsed<Attributes> read_attributes(const json::object& object);

}  // namespace mado::issuer
