// Registers that are spoiled on purpose, by the error model of docs/protocols/matching.md, and what
// a program makes of them that knows nothing of it. For the tests and for ./mado bench match.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "matching/compare.hpp"

namespace mado::country {

struct DirtyOptions {
    std::string country;  // country/jp
    std::string folder;   // for what the program may read; it exists
    std::string truth;    // a file outside of it
    std::int64_t people = 1000;
    std::uint64_t seed = 1;
    Date on;
};

constexpr std::array<std::string_view, 3> dirty_registers{"insurer", "society", "pension"};

// Writes <folder>/registry.tsv, one file for each register, and applications.tsv; and into the file
// `truth`, for each application, whether the row under its number is the applicant's, and what was
// done to it.
void write_dirty(const DirtyOptions& options);

// The program under test: reads the folder, asks for each application by number and birth date,
// compares, and writes <folder>/decisions.tsv. It has no other way to anything. What decides is
// what decides behind a holder's gateway: is_only_one() of the registry of the city that somebody
// lives in, and compare().
void decide(const std::string& folder, const matching::Tables& tables);

struct Outcomes {
    std::int64_t same = 0;
    std::int64_t variant = 0;
    std::int64_t different = 0;
    std::int64_t no_match = 0;
    std::int64_t wrong = 0;  // of `same`: the row is somebody else's
    [[nodiscard]] std::int64_t all() const { return same + variant + different + no_match; }
};

// By all that they have applied to.
struct PeopleAsked {
    std::int64_t all = 0;
    std::int64_t by_themselves = 0;  // linked everywhere, and nobody has looked
    std::int64_t clerk = 0;          // one has, once at least
    std::int64_t one_reason = 0;     // of those: everywhere for one and the same reason
    [[nodiscard]] std::int64_t asked_again() const { return all - by_themselves - clerk; }
};

struct DirtyReport {
    Outcomes all;
    PeopleAsked people;
    Outcomes others;  // where the number given is another person's
    std::map<std::string, Outcomes> by_register;
    std::map<std::string, Outcomes> by_error;   // "none": nothing was done but what the register is
    std::map<std::string, Outcomes> by_reason;  // of a clerk's cases: attribute and rules
};
DirtyReport judge(const std::string& folder, const std::string& truth);

}  // namespace mado::country
