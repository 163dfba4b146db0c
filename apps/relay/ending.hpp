// Mandates end before their time: by the secret behind their `stop`, by the organisation that they
// are for, by the revocation of their card (docs/protocols/mandate.md).
#pragma once

#include <expected>
#include <string_view>
#include <vector>

#include "exchange.hpp"

namespace mado::relay {

// POST /v1/stop, for everybody: { "secret": 32 bytes }.
Task<http::Response> stop_mandate(Shared& shared, http::Request request);
// POST /v1/mandates/end, for participants: { "for": itself, "mandate": hash }.
Task<http::Response> end_mandate(Shared& shared, http::Request request);

// Their bodies.
constexpr std::size_t ending_body_max = 1024;
Parsed<Hash> read_stop_request(std::string_view body);
struct EndRequest {
    wire::ParticipantId organisation;
    Hash mandate{};
};
Parsed<EndRequest> read_end_request(std::string_view body);

}  // namespace mado::relay
