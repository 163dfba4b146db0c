// The "pension" part of a named person (people.json).
#pragma once

#include "base/json.hpp"
#include "pension.hpp"

namespace mado::country {

// What is wrong with it, it refuses in `outer`.
Pension read_pension(Members& outer, const json::object& object);

// No day of it is later than `on`.
bool known_by(const Pension& pension, Date on);

}  // namespace mado::country
