// Households drawn by chance, with lives that agree: who works, who is whose dependant, when that
// changed, who turned 65, 70, 75. The same options give the same people on every machine.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "names.hpp"
#include "numbering.hpp"
#include "person.hpp"
#include "random.hpp"

namespace mado::country {

struct PopulationOptions {
    std::int64_t people = 1000;
    std::uint64_t seed = 1;
    Date on;
};

class Population {
  public:
    // The health-care numbers in `taken` are not given again.
    Population(const Names& names, const PopulationOptions& options,
               std::vector<std::string> taken);
    // One more household of at most `people_max` (at least 1) people.
    Household next(std::size_t people_max);

  private:
    std::string health_care_number();

    const Names& names_;
    PopulationOptions options_;
    Random random_;
    HealthCareNumbers health_care_numbers_;
    std::vector<std::string> taken_;
    Numbering numbering_;
};

}  // namespace mado::country
