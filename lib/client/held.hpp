// What the relay holds about a person now (their numbers and cards) and what a card authority has
// issued to them, against what follows from the person's own entries: what was made behind the
// person's back is in one of them only.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "client/entries.hpp"
#include "client/own.hpp"

namespace mado::client {

struct HeldNumber {
    Number number;
    std::string holder = {};  // "": of no holder
    bool current = false;
    std::optional<std::uint64_t> index = {};  // the entry that linked it; none: taken on
};
struct HeldCard {
    Hash certificate{};  // x5t#S256
    bool signing = false;
    std::string state;  // "active", "suspended", "revoked"
    UnixTime not_after = 0;
    std::optional<std::uint64_t> index = {};
};
// Each as it was when the log had `size` entries.
struct HeldNumbers {
    std::uint64_t size = 0;
    std::vector<HeldNumber> numbers;
};
struct HeldCards {
    std::uint64_t size = 0;
    std::vector<HeldCard> cards;
};
Parsed<HeldNumbers> read_held_numbers(const json::object& data);
Parsed<HeldCards> read_held_cards(const json::object& data);

// What one card authority says (docs/protocols/certificates.md, `certificates`).
struct Issued {
    struct Certificate {
        crypto::Certificate certificate;
        std::string serial;
    };
    struct Order {
        Hash entry{};
        std::string act, outcome, serial;  // "" where there is none
        UnixTime received = 0;
    };
    wire::ParticipantId authority;
    std::uint64_t below = 0;  // the entry by which it was asked
    std::vector<Certificate> certificates;
    std::vector<Order> orders;
};
Parsed<Issued> read_issued(const Answered& answered);

struct Difference {
    enum class Kind {
        not_shown,            // the relay was told something, and does not show what
        number_unknown,       // held at the relay, and no entry linked it
        number_missing,       // an entry linked it, and the relay does not have it
        number_differs,       // current at one of them, and ended at the other
        card_unknown,         // registered at the relay, and no entry did it
        card_missing,         // an entry registered it, or it is the card in use
        card_differs,         // its state is another than the entries say
        order_unknown,        // the authority had an order, and the person's list has no such entry
        order_missing,        // the list has an order to the authority, which does not know it
        certificate_unknown,  // the authority has issued it without an order
        certificate_hidden,   // it is registered, its authority signed it, and does not show it
    };
    Kind kind = Kind::not_shown;
    std::string what;                         // the number, or the certificate's hash or serial
    std::optional<std::uint64_t> index = {};  // of the entry
};
std::string_view to_text(Difference::Kind kind);

// What no entry proves or disproves: the relay's and the authority's word.
struct Unproven {
    std::vector<HeldNumber> numbers;
    std::vector<HeldCard> cards;
    std::vector<Issued::Order> orders;  // that made certificates
};

struct HeldCheck {
    // Why they were not compared: of the relay, of an authority.
    std::vector<std::pair<wire::ParticipantId, Problem>> problems;
    std::size_t numbers = 0, cards = 0, certificates = 0;  // that were compared
    std::vector<Difference> differences;
    Unproven taken_on;  // from before the log: no entry made them
    Unproven erased;    // their entry's retention is over, and what it said is gone
};

struct Held {
    HeldNumbers numbers;
    HeldCards cards;
    std::vector<Issued> issued;
};
// `card`: whose log-in it was. No network. The list must reach as far as what is held.
HeldCheck compare_held(const PersonEntries& entries, const Held& held,
                       const wire::Directory& directory, const crypto::Certificate& card);

// Asks the relay and every authority; what could not be asked is among the problems. The log-in
// must cover `numbers`, `cards` and `certificates`. To be asked before the list is.
struct HeldAnswers {
    std::optional<HeldNumbers> numbers;
    std::optional<HeldCards> cards;
    std::vector<Issued> issued;
    std::vector<std::pair<wire::ParticipantId, Problem>> problems;
};
Task<HeldAnswers> fetch_held(const wire::Directory& directory, const Identity& identity,
                             std::string login_mandate, std::vector<wire::CodeId> authorities);
// What was asked, with the list that was fetched after it.
HeldCheck check_held(HeldAnswers answers, const PersonEntries& entries,
                     const wire::Directory& directory, const crypto::Certificate& card);

}  // namespace mado::client
