// The people who are the same in every demo country, whatever its seed and size (people.json).
#pragma once

#include <string>
#include <vector>

#include "person.hpp"

namespace mado::country {

// Throws OperatorError for a file that is missing or wrong, or that tells of days after `on`.
std::vector<Household> read_named_people(const std::string& country_folder, Date on);

}  // namespace mado::country
