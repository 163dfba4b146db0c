// Answers for programs: a FHIR R4 Bundle (collection). Its entries are the resources, then for each
// order two Binaries: its receipt (application/json) and the answer as its holder signed it
// (application/jose), which together prove what was answered to what was asked.
#pragma once

#include <boost/json/fwd.hpp>
#include <string>
#include <string_view>

#include "client/client.hpp"

namespace mado::cli {

void add_resource(json::array& entries, std::string_view resource);  // JSON

// What is no resource but must be known: an insurance that ended, a holder that did not answer.
struct OutcomeWords {
    std::string_view severity;  // of FHIR
    std::string_view system, code;
    std::string text;
};
void add_outcome(json::array& entries, const OutcomeWords& words);
void add_problem(json::array& entries, std::string_view system, const client::Problem& problem);

void add_proof(json::array& entries, const client::Answered& answered);
std::string bundle_text(const json::array& entries);

}  // namespace mado::cli
