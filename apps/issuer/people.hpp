// A person at the issuing centre: all cases that have one issuing number. What is known of them,
// and what a next case of theirs begins with. Values in, values out.
#pragma once

#include "case.hpp"

namespace mado::issuer {

// As far as this centre's own cases say.
enum class Standing { active, suspended, revoked };
std::string_view to_text(Standing standing);
struct IssuedCard {
    Before card;
    Standing standing = Standing::active;
};

struct KnownPerson {
    Numbers numbers;
    Attributes attributes;             // as a register last confirmed them
    std::vector<Claim> linked;         // newest first
    std::optional<Claim> resident;     // as that register has last confirmed it
    std::vector<IssuedCard> issued;    // oldest first
    std::optional<std::size_t> alone;  // the open case beside which no other of its sort is opened
    std::optional<std::size_t> stop;   // the open stop; both by their place
    bool is_stopping = false;          // nobody has found the card yet
};
// Of the first resident number among them: the municipality's id. "": there is none.
std::string giver_of_resident(const std::vector<Claim>& claims, const wire::Schemes& schemes);
// Whose window a case is dealt with at (a municipality's id): the giver of the resident number that
// it is about; until one is known of a case that is to bring one, whose window opened it. "":
// nobody's but the centre's own.
std::string municipality_of(const Case& one, const wire::Schemes& schemes);
// Where the person lives, by the newest resident number that the relay has of them. "": none.
std::string home_of(const KnownPerson& person, const wire::Schemes& schemes);

// `cases`: in the order in which they were opened. None: the relay does not know the person yet.
std::optional<KnownPerson> person_of(const std::vector<Case>& cases);

// Whether the relay has a certificate of the person's, by the case that had it made.
enum class Activation { none, coming, done };
// Of certificates that a case is about, by their place.
using Activations = std::map<int, Activation>;
Activations activations_of(const std::vector<Case>& cases, const Case& one,
                           const std::vector<int>& places);
// What it means that the relay knows no such card, of an order of a stop's. None: it may have come
// to know it meanwhile, or will; the same once more. `at_sending`: as it was when it left.
std::optional<Happening> when_unknown(OrderName order, const Activations& at_sending,
                                      const Activations& now);
// A stop that nobody has ended by finding the card keeps that from being activated.
bool is_kept_stopped(const std::vector<Case>& cases, const Case& one);

// Whoever applies for a newborn signs it: no_card when they have no card that can.
std::expected<Parent, Misfit> parent_of(const KnownPerson& person, const std::string& number);

// What is to be done of what a register has said by itself (decision 60). nothing: whoever it is
// about has nothing that it ends. waits: until another case of theirs has ended. goes_on: the open
// case is about it. noted: one that was opened for the like is open.
enum class Due { nothing, waits, goes_on, noted, opens };
// What a certificate says is as of the centre's clock, and what a register says of the register's.
constexpr std::int64_t two_clocks_s = 3'600;
// `register_id`: whose register it was; only the one of where the person lives is heard.
Due due_of(const std::vector<Case>& cases, const Said& said, std::string_view register_id,
           const wire::Schemes& schemes);
// Whoever has died does not come for it any more, nor who has left for what waits for anybody, and
// the end of their card does not wait for that.
bool is_given_up_by(const Case& one, News what);

struct Asked {
    Kind kind = Kind::first;
    std::string reason = {};
    std::vector<Use> uses = {};        // unlock: which PINs
    std::optional<bool> signing = {};  // none: as the card before
    std::string health_care = {};      // number: the new one, which nobody has had
};
// Whoever opens such a case goes on with this one.
bool is_opened_for(const Case& one, const Asked& asked);
// other_case: one of this person's is open; no_card: nothing of theirs counts; unexpected: a reason
// that there is not. A stop that is open already is not asked for here.
std::expected<Opened, Misfit> opened_for(const KnownPerson& person, const Asked& asked);

}  // namespace mado::issuer
