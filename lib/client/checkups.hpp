// What a medical insurer answered to `checkups`, read for showing it to the person.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "client/client.hpp"

namespace mado::client {

struct CheckupValue {
    std::string code, name;
    std::string value, unit;       // "62.3", "kg"; or words, "(-)"
    std::string low, high, range;  // as the holder states them; "" where it states none
    std::optional<bool> outside;   // of the range; unknown where the holder states none
};

struct Checkup {
    std::string id;    // the holder's
    std::string day;   // YYYY-MM-DD
    std::string kind;  // "specific", "late-elderly"
    std::string institution;
    std::string metabolic, guidance;  // "none", …; "" where it was not judged
    std::string doctor;
    std::vector<CheckupValue> values;
    std::string report;  // FHIR R4 DiagnosticReport, JSON
};

struct Checkups {
    std::string from, to;
    std::string arrived_to;         // results of later months have not come in yet
    std::vector<Checkup> checkups;  // newest first
};

// Bad: the document has not its form, or is about other months than `parameters` asked for.
Parsed<Checkups> read_checkups(const Answered& answered,
                               const std::map<std::string, std::string>& parameters);

}  // namespace mado::client
