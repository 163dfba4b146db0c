// For searches of all states of a case: the case, the world around it, and when two of them are
// one.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "people.hpp"

namespace mado::issuer {

// Of each claim: the number of the application, and the one that corrects it.
constexpr int number_versions = 2;
wire::PersonNumber number_of_version(int version);
int version_of(const Claim& claim);
// Keys are made once, or a second time: these are the texts that stand for them. -1: none.
std::string key_of_version(int version);
int version_of(const std::map<Use, std::string>& keys);

// What a request says that is on its way: it was written down when it was made.
struct WorldRequest {
    std::vector<int> numbers;   // by claim; -1: not in it
    int keys = -1;              // which version of them
    bool tells_number = false;  // the health-care number is in it
    std::optional<Happening> result;
    Activation at_sending = Activation::done;  // of the card that a stop is about
};

enum class AtAuthority { nothing, refused, good, taken_back };
// A certificate of the card before, at the relay or at the authority.
enum class AtOthers { active, suspended, revoked, unknown };

struct CaseWorld {
    std::map<OrderName, WorldRequest> requests;
    // Claim and version: its holder has said so of the number that the claim has now. What it has
    // said of another one before is no reason for a link.
    std::set<std::pair<int, int>> confirmed;
    std::optional<std::vector<int>> linked;
    std::map<std::pair<Use, int>, AtAuthority> authority;  // of which keys
    bool active = false;
    int active_keys = -1;
    bool new_number = false, former_ended = false;
    std::set<int> told, told_number;  // claims whose holder was told, or told the number
    bool gone = false;                // the register has nobody any more
    std::vector<AtOthers> at_relay, at_authority;
    std::set<int> stopped;  // the relay has accepted it, and nobody has found the card; places
    bool reset_recorded = false;
    bool second_clerk = false;
    bool delivered = false;  // a clerk has handed it over, whatever the case says of it
    // Of the card that is stopped, as the case says it that has it made.
    Activation activation = Activation::done;
};

struct CaseState {
    Case one;
    CaseWorld world;
};

// Two states of one text are one state: they do the same from here on.
std::string text_of(const CaseState& state);

// What may be exchanged for each other in a search, with everything that is about it.
enum class Alike {
    nothing,
    uses,    // the two certificates that are made once, of a person without a card before
    places,  // the two certificates of the card before
};
// One state for all that do the same from here on, which are fewer than those of one text:
// * That an order lapsed is asked of few of them (`is_in_doubt`, `lapsed`): of the others it is
//   forgotten.
// * Of a request stays what whoever carries it out, or reads its answer, looks at.
// * A claim's two numbers have names only, where the relay has neither: the one that it has now is
//   called the first one.
// * What became of the orders of a stop that nobody asks for any more is forgotten.
// * What is alike has no order.
CaseState as_one(const CaseState& state, Alike alike);

}  // namespace mado::issuer
