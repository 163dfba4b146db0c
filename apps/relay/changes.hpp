// What a tell to the relay changes in its store (docs/protocols/issuing.md): links of persons to
// numbers, cards, and which answers hold no longer. Everything here is values in, values out: what
// was told, whether it may be, and what it comes to for what the store has. Written by PersonRows,
// in the transaction of the order's entry.
#pragma once

#include <expected>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "service.hpp"
#include "wire/ending.hpp"

namespace mado::relay {

// ---- what was told ----

struct ToldNumber {
    Bytes index;
    Identifier identifier;
    // The holder's answer to `existence`, and where the relay's log has the order that asked.
    struct Confirmation {
        std::string answer;  // JWS
        std::int64_t log_index = 0;
    };
    std::optional<Confirmation> confirmation = {};
};

enum class LinkAct { first, start, end, correct };
struct LinkTold {
    LinkAct act = LinkAct::start;
    std::vector<ToldNumber> numbers;  // of `correct`: what it is, and what it was
};

// A certificate of a card authority of the directory.
struct NewCard {
    Hash certificate{};
    CardStatus status = CardStatus::revoked;
    CardUse use = CardUse::authentication;
    crypto::PublicKey key;
    UnixTime not_after = 0;
    Hash authority{};
    crypto::Serial serial{};
};

enum class CardAct { activate, suspend, resume, revoke, reset };
struct CardTold {
    CardAct act = CardAct::revoke;
    std::vector<NewCard> cards = {};      // of `activate`
    std::vector<Hash> certificates = {};  // of the others
};

// What the sender answered to that order holds no longer.
struct AnswerTold {
    std::int64_t log_index = 0;
    Hash entry{};
    bool named = false;  // it was made by a family's number, and is in nobody's list itself
    // Who asked for what: as the relay's own log says.
    std::optional<wire::ParticipantId> requester = {};
    std::optional<wire::ServiceId> service = {};
};

struct Reading {
    const wire::Directory& directory;
    const wire::Schemes& schemes;
    const Vault& vault;
};
using Parameters = std::map<std::string, std::string>;  // of a head
// `payload`: as it was opened. A first link is one to `own` too, the sender's number for the
// person.
Parsed<LinkTold> read_link(const Parameters& parameters, std::string_view payload,
                           const wire::PersonNumber& own, const Reading& reading);
Parsed<CardTold> read_card(const Parameters& parameters, std::string_view payload,
                           const wire::Directory& directory);
Parsed<AnswerTold> read_answer_told(const Parameters& parameters);

// Used by it, and for files of first take-on. A number goes to the one who gave it only.
Parsed<ToldNumber> read_told_number(std::string_view scheme, const json::object& fields,
                                    const Reading& reading);
Parsed<NewCard> read_new_card(ByteView der, const wire::Directory& directory);
constexpr std::size_t certificate_bytes_max = 8 * 1024;
// Of a question about certificates (docs/protocols/log.md, "Whether a certificate counts").
Parsed<std::vector<NewCard>> read_asked_cards(std::string_view payload,
                                              const wire::Directory& directory);

// ---- may it be? ----

// A confirmation serves so long, counted from the order that asked for it.
constexpr std::int64_t confirmation_s_max = 90 * std::int64_t{86'400};

struct LinkFacts {
    const wire::Directory& directory;
    const wire::Schemes& schemes;
    const wire::Participant& caller;
    const wire::PersonNumber& own;  // the caller's own number for the person
    UnixTime issued_at = 0;  // of the head: the same bytes are judged alike when they come again
    // What the relay's own log has at the index of each number's confirmation; none: no order.
    std::vector<std::optional<LoggedOrder>> asked;
};
// A person's first links, and those to numbers of others, are the one's who gives numbers that
// nobody else could confirm, and ends them; everybody starts and ends numbers of their own.
std::optional<Code> judge_link(const LinkTold& told, const LinkFacts& facts);
std::optional<Code> judge_cards(const CardTold& told, UnixTime issued_at);

// An order for a signing certificate names the order by which a resident register was asked about
// this person (docs/protocols/issuing.md): the authority, which has the register's answer, cannot
// see whose numbers are one person's.
struct Named {
    std::int64_t log_index = 0;
    Hash entry{};
};
std::optional<Named> read_named(const Parameters& parameters);
struct NamedFacts {
    const wire::Schemes& schemes;
    const wire::Participant& caller;
    const std::vector<Identifier>& numbers;  // of the person whom the new order is about
    UnixTime issued_at = 0;
    std::optional<LoggedOrder> asked;  // what the relay's own log has at that index
};
std::optional<Code> judge_named(const Named& named, const NamedFacts& facts);

// An answer can be told of so long, counted from its order: as long as somebody is a newborn, whose
// insurer has not decided yet (wire/services/newborn.hpp).
constexpr std::int64_t answer_age_s_max = 366 * std::int64_t{86'400};

struct AnswerFacts {
    const wire::Scheme& scheme;  // of `own`
    const wire::Participant& caller;
    const wire::PersonNumber& own;
    UnixTime issued_at = 0;
    std::optional<LoggedOrder> asked;  // what the relay's own log has at that index
    bool named = false;                // as an order about whoever has `own` (Reader::names)
};
// It is an ask that this very caller has answered, by this very number. Says who asked for what.
std::expected<AnswerTold, Code> judge_answer_told(AnswerTold told, const AnswerFacts& facts);

// ---- what it comes to ----

struct Change {
    Bytes own;  // index of the number by which the caller knows the person
    std::variant<LinkTold, CardTold, AnswerTold> told;
    Bytes payload_key = {};  // that opens what was told: see AccessRecord; none without a payload
};

// A row of the store that has one of the numbers.
struct KnownNumber {
    std::int64_t row = 0;
    PersonRow person = 0;
    bool linked = false;  // false: an unlinked series, which nobody has joined yet
    bool current = false;
    std::optional<std::int64_t> since = {};  // the entry that linked it
};
struct LinkPlan {
    std::vector<std::size_t> add;  // which of the numbers
    struct Set {
        std::size_t which = 0;
        KnownNumber row;
        bool current = false;
    };
    std::vector<Set> set;
    std::vector<Set> renew;       // that the person has, and the newest from here on
    std::vector<PersonRow> join;  // series that are the person's now
    // A correction: this row is the first number now, in its place among the person's; or it goes,
    // because the person has that one already.
    std::optional<KnownNumber> replace;
    std::optional<KnownNumber> remove;
};
// `person`: whom the caller knows by that number. `known`: of each number.
std::expected<LinkPlan, Code> plan_link(const LinkTold& told, std::optional<PersonRow> person,
                                        const std::vector<std::vector<KnownNumber>>& known);

struct KnownCard {
    Bytes index;
    CardKey card;
};
struct CardPlan {
    std::vector<std::size_t> add;
    std::vector<std::pair<KnownCard, CardStatus>> set;
};
// Of `reset` nothing changes but the entry, which is there before the issuer opens the chip: its
// cards' log-ins end.
// `told_of`: what the store has of each certificate. A person has one card at a time that is not
// revoked, for each use: activating the next one revokes those before.
std::expected<CardPlan, Code> plan_cards(const CardTold& told, PersonRow person,
                                         const std::vector<std::optional<KnownCard>>& told_of,
                                         const std::vector<KnownCard>& of_person);

}  // namespace mado::relay
