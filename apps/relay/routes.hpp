// Path, who may call, handler: one row each.
#pragma once

#include <vector>

#include "exchange.hpp"
#include "http/http.hpp"

namespace mado::relay {

// For participants, over mutual TLS. All that is given outlives the server.
std::vector<http::Route> participant_routes(http::asio::io_context& io, Shared& shared,
                                            Reader& reader, Exchange& exchange);

// The bodies of /v1/nonce, for whom, and of /v1/holder, who is connected.
Parsed<wire::ParticipantId> read_nonce_request(std::string_view body);
Parsed<std::vector<std::string>> read_holders(std::string_view body);

}  // namespace mado::relay
