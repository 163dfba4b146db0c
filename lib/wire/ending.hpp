// What the relay tells an organisation of by itself, as events (docs/protocols/mandate.md): a
// mandate that ended before its time, an answer that is right no longer.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "wire/ids.hpp"

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

// A holder has said that what it answered to this order holds no longer. Nothing of the person: the
// one who asked knows the order.
struct ChangedAnswer {
    Hash order{};  // the entry
    std::uint64_t index = 0;
    ServiceId service;
    bool operator==(const ChangedAnswer&) const = default;
};
constexpr std::string_view changed_event = "answer_changed";
std::string changed_event_data(const ChangedAnswer& changed);
Parsed<ChangedAnswer> read_changed_event(std::string_view data);

// All that was there when the stream began has been told; its data is an empty object.
constexpr std::string_view all_told_event = "all_told";

}  // namespace mado::wire
