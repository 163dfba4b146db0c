// Path, who may call, handler: one row each.
#pragma once

#include <vector>

#include "exchange.hpp"
#include "http/http.hpp"
#include "http/metrics.hpp"

namespace mado::relay {

// For participants, over mutual TLS. `exchange` and `shared` outlive the server.
std::vector<http::Route> participant_routes(http::asio::io_context& io, Shared& shared,
                                            Exchange& exchange);
// For the operator, on loopback.
std::vector<http::Route> operator_routes(Shared& shared, http::Metrics& metrics);

}  // namespace mado::relay
