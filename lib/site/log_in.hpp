// The way in and out: to the agent with a nonce, back from it with what the card signed, log-out.
#pragma once

#include "http/http.hpp"
#include "site/site.hpp"

namespace mado::site {

// To the agent, with a nonce for this browser session only. Whoever is logged in already goes on
// longer so: the first log-in ends when the second one is there.
http::Task<http::Response> log_in(Site& site, const http::Request& request);
// What the agent answered, as the page that it returned to posts it: where the page goes on.
http::Task<http::Response> finish(Site& site, const http::Request& request);
http::Task<http::Response> log_out(Site& site, const http::Request& request);
// Another window of the same card.
http::Task<http::Response> log_out_other(Site& site, const http::Request& request);

}  // namespace mado::site
