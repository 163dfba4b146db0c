// What a pension body answered to `pension`, read for showing it to the person. Months, yearly
// contributions and the what-if of the national pension fund are My Page's; they are not read here.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "client/client.hpp"

namespace mado::client {

struct PensionSpan {
    std::string scheme;
    std::string from, to;  // YYYY-MM; `to` "" = goes on
    std::string category;  // of the national pension
    std::string workplace;
};

struct PensionPart {
    std::string scheme;
    std::int64_t yearly_yen = 0, monthly_yen = 0;
    std::int64_t from_age = 0;
    std::optional<std::int64_t> until_age;  // nothing: for life
};

struct PensionClaim {
    std::int64_t age = 0;
    std::vector<PensionPart> parts;
};

// What may be earned beside the employees' pension, a month.
struct PensionWorking {
    std::int64_t pension_yen = 0, limit_yen = 0;
    std::int64_t free_until_yen = 0;  // up to this pay nothing is stopped
    std::int64_t none_from_yen = 0;   // from this pay on nothing of `pension_yen` is left
    std::int64_t fiscal_year = 0;
};

struct PensionView {
    std::string body;         // "state", "national-fund", "employees-fund", "federation"
    std::string recorded_to;  // YYYY-MM
    std::string office, telephone;
    std::vector<PensionSpan> spans;
    std::string receiving_since;         // YYYY-MM; "" = nothing is paid yet
    std::vector<PensionPart> receiving;  // what is
    std::string unknown;                 // why nothing can be expected; "" = it can
    std::optional<std::int64_t> counted_months, needed_months;
    std::vector<PensionClaim> so_far, continued;
    std::optional<PensionWorking> working;  // of the state, where there is an employees' pension
    std::string working_unknown;            // why it is not known; "" = it is
};

// Bad: the document has not its form.
Parsed<PensionView> read_pension(const Answered& answered);

}  // namespace mado::client
