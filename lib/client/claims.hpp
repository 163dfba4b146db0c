// What a medical insurer answered to `claims`, read for showing it to the person.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "client/client.hpp"

namespace mado::client {

struct ClaimItem {
    std::string code, name;
    std::optional<std::int64_t> points;
    std::optional<std::int64_t> quantity;
    std::int64_t cost_yen = 0;
};

struct Claim {
    std::string month;  // YYYY-MM
    std::string kind;   // "medical", "dental", …
    std::string institution;
    std::int64_t cost_yen = 0;
    std::optional<std::int64_t> points, paid_yen, days;
    std::string withheld;  // why there are no items; "" when they are shown
    std::vector<ClaimItem> items;
    std::string explanation;  // FHIR R4 ExplanationOfBenefit, JSON
};

struct Claims {
    std::string from, to;
    std::string arrived_to;  // claims of later months have not come in yet
    std::vector<Claim> claims;
};

// In one holder's document: 50,000 items have so many.
constexpr std::size_t claims_values_max = 500'000;

// Bad: the document has not its form, or is about other months than `parameters` asked for.
Parsed<Claims> read_claims(const Answered& answered,
                           const std::map<std::string, std::string>& parameters);

}  // namespace mado::client
