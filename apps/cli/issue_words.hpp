// What `issue` says when the window refuses: what it means, and what to do next; and how what is
// typed is understood.
#pragma once

#include <boost/json/fwd.hpp>
#include <string>
#include <string_view>

#include "issue.hpp"

namespace mado::cli {

// `code`: of the window's refusal (docs/protocols/issuer.md); "": no more than the code says.
std::string words_of_refusal(IssueAct act, std::string_view code);
// Of a signature that was not taken; "": no more than its name says.
std::string_view words_of_outcome(std::string_view outcome);
// Of what a register, the relay or the authority has refused of a case, as `todo` says it; "": no
// more than its code.
std::string_view words_of_refused(std::string_view code);

// What of a case, as the window shows it, somebody may leave undone: an insurer that has refused
// the health-care number, or a filing of a newborn's. `claim`: the place of the insurer's number,
// of a filing the filing's; "": there is one such. OperatorError when there is none, or several.
json::object order_to_waive(const json::object& one, const std::string& claim);

// A number as a slip prints it, or as it is typed: without spaces and hyphens, in half-width
// digits.
std::string plain_number(const std::string& typed);

}  // namespace mado::cli
