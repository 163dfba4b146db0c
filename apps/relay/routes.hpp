// Path, who may call, handler: one row each.
#pragma once

#include <vector>

#include "exchange.hpp"
#include "http/http.hpp"

namespace mado::relay {

// For participants, over mutual TLS. `exchange` and `shared` outlive the server.
std::vector<http::Route> participant_routes(http::asio::io_context& io, Shared& shared,
                                            Exchange& exchange);

}  // namespace mado::relay
