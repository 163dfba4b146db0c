// What the issuing centre does with a chip that somebody else holds: a script that is run anew with
// each answer (card/replay.hpp). Values in, values out; card_sessions.hpp has the sessions.
#pragma once

#include <map>
#include <variant>
#include <vector>

#include "card/personalise.hpp"
#include "card/replay.hpp"
#include "case.hpp"

namespace mado::issuer {

// What is to be done with the card, as the case says.
struct CardWork {
    // Keys to be made in the chip; none: they were made, in an earlier session.
    std::vector<Use> make;
    // The person's own, or where the case's keys are, once it is known; no other one is opened.
    std::string chip = {};
    // The person's own, or where the case's keys were: new ones are made in it though it has
    // certificates. Another one that has some is somebody's.
    std::string own = {};
    // To be written, each with its authority's, once all are there; and the PINs after them.
    std::map<Use, std::pair<crypto::Certificate, crypto::Certificate>> write;
    std::vector<Use> pins;
};

// Why a session ends without having done it. Each is a word of docs/protocols/card-session.md.
enum class CardFailure {
    gone,          // pulled out; another session goes on
    not_ours,      // no chip of this centre's, or none at all
    blocked,       // too many wrong issuer keys
    used,          // it is somebody's card already
    other_card,    // the keys of this case, or of this person, are in another one, or gone
    refused,       // the chip does not do what it should
    forged,        // it has not proved that a key is its own
    pin,           // it does not take the PIN
    case_changed,  // it went on without this card, or has ended
};
std::string_view to_text(CardFailure failure);

struct CardCommands {
    std::vector<Bytes> commands;
};
struct CardPin {
    Use use = Use::authentication;
};
struct CardKeys {  // made; certificates for them are next
    std::map<Use, std::string> keys;
    std::string chip;
};
struct CardDone {};
using CardStep = std::variant<CardCommands, CardPin, CardKeys, CardDone, CardFailure>;

// The next step, after these answers to the steps before. While certificates are missing, the last
// one is CardKeys.
CardStep next_step(const Secret& root, const CardWork& work,
                   const std::vector<card::Response>& answers);

}  // namespace mado::issuer
