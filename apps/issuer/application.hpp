// What a parent signs for a newborn, as a text in plain words that the agent shows whole, and what
// the agent hands on beside it (docs/protocols/issuer.md, "An application"). Values in, values out.
#pragma once

#include <expected>
#include <string>
#include <vector>

#include "birth_orders.hpp"
#include "store.hpp"

namespace mado::issuer {

struct Application {
    ToSign covers;
    std::string document;               // sealed to the issuing centre itself
    std::vector<HandedOn> handed_on;    // notice, filing: as far as it covers them
    std::vector<std::string> services;  // that the card signs for
    std::string parent;                 // the number on the slip of a case of theirs
};
// too_early: nobody has to sign now; unexpected: it could not be shown whole, or there is nobody
// to hand it to.
std::expected<Application, Misfit> application_of(const CaseFile& file, const Parties& parties);

// The signing certificate of the parent's card that counts now: x5t#S256. None: there is none.
std::optional<Hash> signing_card_of(const KnownPerson& person);

// What happened when the card has signed it. `handed_on`: the seals, in its order.
Signed signed_of(const Application& application, const std::string& mandate,
                 const std::vector<std::string>& handed_on, std::string evidence);

}  // namespace mado::issuer
