// Makes the demo country: the holders' databases and what the issuing centre knows.
#pragma once

#include <cstdint>
#include <string>

#include "base/clock.hpp"
#include "base/json.hpp"

namespace mado::country {

constexpr std::int64_t people_min = 50;
constexpr std::int64_t people_max = 2'000'000;

struct GenerateOptions {
    std::string out;      // a folder that does not exist yet or is empty
    std::string country;  // country/jp: schemas, names, named people
    std::int64_t people = 1000;
    std::uint64_t seed = 1;
    Date on;
};

// Writes <out>/holders/<holder id>.sqlite and <out>/people.ndjson; <out> appears when all of it is
// there. Throws OperatorError when the options are wrong.
void generate(const GenerateOptions& options);

// What somebody without a card applies for one with, of their line in people.ndjson: who they are,
// and the numbers on their insurance card, pension book and care card.
json::object application(const json::object& known);

}  // namespace mado::country
