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

// The organisation that somebody says to be, when it is listed and the certificate is its own.
std::expected<const wire::Participant*, Code> own_organisation(
    const wire::Directory& directory, std::string_view id, const std::optional<Hash>& certificate);

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
    std::optional<wire::MandateKind> kind;  // that the policy's row takes
    const wire::ServiceId& service;
    const wire::ParticipantId& relay;
    UnixTime now;
};
std::optional<Code> judge_mandate(const MandateFacts& facts);
// With which of a card's keys a mandate of that kind is signed.
CardUse use_for(wire::MandateKind kind);
// May this card sign mandates now? What its authority's list says is asked of CardLists.
std::optional<Code> judge_card(const CardKey& card, UnixTime now);
// One who acts for another: is the log-in by the very card that was named?
std::optional<Code> judge_delegate(const wire::Mandate& delegate, const wire::SignedMandate& login);
// Is what is handed in what was signed?
std::optional<Code> judge_application(const wire::Mandate& application, const wire::Head& head);

// Whom the order goes to, and with which of the person's numbers.
struct Route {
    wire::ParticipantId holder;
    std::optional<Identifier> identifier;  // the number the holder knows
};
// From the numbers of a person (newest first, current before former).
std::expected<Route, Code> route_linked(const wire::Target& to, const wire::Directory& directory,
                                        const std::vector<Identifier>& identifiers);
// From a number that no holder gave (a health-care number): to the person's links, while it is the
// person's. One that was changed leads nowhere: whoever has it still has misused it, or never
// looked at the new slip.
std::expected<Route, Code> route_given_number(const wire::Target& to,
                                              const wire::Directory& directory,
                                              const wire::PersonNumber& number,
                                              const std::vector<Identifier>& identifiers);
// From a number that a holder gave: to that holder only, whoever else the person is linked to. An
// old insurance card leads to the insurer on it and never to the present one.
std::expected<Route, Code> route_own_number(const wire::Target& to,
                                            const wire::Directory& directory,
                                            const wire::Scheme& scheme,
                                            const wire::PersonNumber& number);

// The head asks the service only what its contract knows. Checked before anything is logged.
bool parameters_fit(const wire::Head& head, Date today);

}  // namespace mado::relay
