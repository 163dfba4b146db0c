// The way in and out: to the agent with a nonce, back from it with what the card signed, log-out.
#pragma once

#include "routes.hpp"

namespace mado::portal {

// The services that the card is asked for: all that the policy lets a portal of that kind ask for
// whoever is logged in, one space between them. "": none.
std::string log_in_scope(const wire::Policy& policy, const wire::CodeId& kind, Date today);

// To the agent, with a nonce for this browser session only. Whoever is logged in already goes on
// longer so: the first log-in ends when the second one is there.
http::Task<http::Response> log_in(Shared& shared, const http::Request& request);
// What the agent answered, as the page that it returned to posts it: where the page goes on.
http::Task<http::Response> finish(Shared& shared, const http::Request& request);
http::Task<http::Response> log_out(Shared& shared, const http::Request& request);
// Another window of the same card.
http::Task<http::Response> log_out_other(Shared& shared, const http::Request& request);

}  // namespace mado::portal
