// The relay's decisions: values in, values out. Sockets, rows, time and randomness stay outside.
#pragma once

#include <expected>
#include <optional>
#include <vector>

#include "store.hpp"
#include "wire/directory.hpp"
#include "wire/errors.hpp"
#include "wire/head.hpp"
#include "wire/mandate.hpp"
#include "wire/policy.hpp"
#include "wire/subject.hpp"

namespace mado::relay {

using wire::Code;

// The organisation behind a certificate and a head; both must be its own. The head's signature is
// checked last: everything cheaper comes first.
struct CallerFacts {
    const wire::Directory& directory;
    const std::optional<Hash>& certificate;
    const wire::SignedHead& head;
    UnixTime now;
};
std::expected<const wire::Participant*, Code> authenticate(const CallerFacts& facts);

// May this organisation use this mandate for this service now? Signature and nonce are asked
// separately, only at first sight.
struct MandateFacts {
    const wire::Mandate& mandate;
    const wire::Participant& caller;
    const wire::PolicyRow& policy;  // the row that allows the request
    const wire::ParticipantId& relay;
    UnixTime now;
};
std::optional<Code> judge_mandate(const MandateFacts& facts);
// May this card sign mandates now?
std::optional<Code> judge_card(const CardKey& card, UnixTime now);

// Whom the order goes to, and with which of the person's numbers.
struct Route {
    wire::ParticipantId holder;
    std::optional<Identifier> identifier;  // the number the holder knows
};
// From the numbers of a person (newest first, current before former).
std::expected<Route, Code> route_linked(const wire::Target& to, const wire::Directory& directory,
                                        const std::vector<Identifier>& identifiers);
// From a number that nobody has linked: only its own holder, only the first of its kind.
std::expected<Route, Code> route_unlinked(const wire::Target& to, const wire::Directory& directory,
                                          const wire::Scheme& scheme,
                                          const wire::PersonNumber& number);

}  // namespace mado::relay
