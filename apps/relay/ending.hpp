// Mandates end before their time: by the secret behind their `stop`, by the organisation that they
// are for, by the revocation of their card (docs/protocols/mandate.md).
#pragma once

#include <expected>
#include <string_view>
#include <vector>

#include "exchange.hpp"

namespace mado::relay {

// They cover nothing any more; for whom they were hears of it. False: the store does not have it
// yet.
Task<bool> end_mandates(Shared& shared, std::vector<Mandates::Ended> ended);
// Of cards that are on a list now.
Task<void> end_mandates_of(Shared& shared, std::vector<Hash> cards);

// POST /v1/stop, for everybody: { "secret": 32 bytes }.
Task<http::Response> stop_mandate(Shared& shared, http::Request request);
// POST /v1/mandates/end, for participants: { "for": itself, "mandate": hash }.
Task<http::Response> end_mandate(Shared& shared, http::Request request);

// GET /v1/events?for=itself, for participants: what has ended, and what ends.
http::Response follow_endings(Shared& shared, const http::Request& request);

// Their bodies, and the query.
constexpr std::size_t ending_body_max = 1024;
Parsed<Hash> read_stop_request(std::string_view body);
struct EndRequest {
    wire::ParticipantId organisation;
    Hash mandate{};
};
Parsed<EndRequest> read_end_request(std::string_view body);
Parsed<wire::ParticipantId> read_events_query(std::string_view query);

}  // namespace mado::relay
