// The public page on which whoever has a slip sees how far their cases are, whom each waits for,
// since when and until when, and what they have to do: by a number of the slip and the birth date,
// before any log-in, without a script (docs/protocols/issuer.md). It names nobody and no number.
#pragma once

#include "routes.hpp"

namespace mado::issuer {

constexpr std::string_view status_path = "/status";
// A case that has ended is shown for so long.
constexpr std::int64_t status_ended_s = 90 * 86'400;

// GET and POST.
std::vector<http::Route> status_routes(Office& office);

}  // namespace mado::issuer
