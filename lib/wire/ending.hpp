// A mandate that ended before its time, and the event in which the relay tells of it
// (docs/protocols/mandate.md).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace mado::wire {

enum class Ending {
    stop,          // its secret was told: the card was pulled
    organisation,  // the one that it is for: log-out, withdrawal
    revoked,       // its card is on the authority's list
};
std::string_view to_text(Ending ending);
std::optional<Ending> parse_ending(std::string_view text);

struct EndedMandate {
    Hash mandate{};  // SHA-256 of its JWS
    Ending ending = Ending::stop;
    bool operator==(const EndedMandate&) const = default;
};
constexpr std::string_view ended_event = "mandate_ended";  // the event's name
// Its data.
std::string ended_event_data(const EndedMandate& ended);
// A reason of a newer relay is read as `revoked`: whatever it is, the mandate has ended.
Parsed<EndedMandate> read_ended_event(std::string_view data);

}  // namespace mado::wire
