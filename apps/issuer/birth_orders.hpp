// What a newborn's notice and filing say, to whom, and what comes back
// (docs/protocols/newborn.md). Values in, values out.
#pragma once

#include <boost/json/fwd.hpp>

#include "birth.hpp"
#include "orders.hpp"

namespace mado::issuer {

// What the agent seals: text for one organisation, JSON in one line, as the parent sees it.
struct HandedOn {
    wire::ParticipantId to;
    std::string text;
};
// not_in_directory: the parent has no resident number, or nobody is there.
std::expected<HandedOn, wire::Code> notice_of(const Parties& parties, const Case& one);
std::expected<HandedOn, wire::Code> filing_of(const Parties& parties, const Case& one,
                                              const Filing& filing);

// The tell with what the parent has signed. None signed is a Failure: nothing is told without.
Question tell_of_birth(const Parties& parties, const Case& one, OrderName order);
// The number in an acceptance, or Refused: what it says is no number.
Happening given_by(const Parties& parties, const Case& one, OrderName order,
                   const json::object& data);
// Of the insurer's answer to `dependants`.
Happening decision_in(const Case& one, OrderName order, const json::object& data);

}  // namespace mado::issuer
