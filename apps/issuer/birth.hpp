// A newborn's case (docs/protocols/newborn.md, decision 41): the form that a parent signs, the
// municipality that gives the child a number, the insurer that decides. The same machine as every
// case's (case.hpp); here is what only a newborn has. Values in, values out.
#pragma once

#include "case.hpp"

namespace mado::issuer {

constexpr std::size_t parents_max = 2;
constexpr std::size_t filings_max = 8;          // one after the other
constexpr std::int64_t ask_every_s = 86'400;    // for the insurer's decision
constexpr std::int64_t newborn_days_max = 366;  // who is older is none (newborn.md)
bool is_newborn(const Attributes& child, Date today);

constexpr OrderName notify_order{OrderKind::notify, 0};

// What the next signature is to cover, and whose it is. None: nobody has to sign now.
struct ToSign {
    int parent = 0;
    bool notice = false;  // to the municipality
    bool filing = false;  // the last one, to that parent's insurer

    bool operator==(const ToSign&) const = default;
};
std::optional<ToSign> to_sign(const Case& one);

// ---- what happened ----

using BirthResult = std::expected<void, Misfit>;

BirthResult apply_birth(Case& one, const Applied& applied);
BirthResult name_parent(Case& one, const Parent& parent);
BirthResult take_signature(Case& one, const Signed& what);
// The order is known to have been open.
BirthResult take_number(Case& one, const Given& given);
BirthResult wait_for_decision(Case& one, int filing, UnixTime now);
BirthResult take_decision(Case& one, int filing, FilingState state, const std::string& reason);
BirthResult file_elsewhere(Case& one, const FiledElsewhere& what);
// Nobody asks or files any more: on paper, say, or by nobody. unexpected: it is none of a filing's.
BirthResult close_filing(Case& one, OrderName order);
void close_filing_of(Case& one, int claim);

// ---- what is to do ----

struct NextOfBirth {
    Step step = Step::sign;
    Actor actor = Actor::person;  // who acts when there is no order
    std::optional<OrderName> order = {};
    std::optional<int> claim = {};
    UnixTime from = 0;
};
// Of notice and filings, one after the other.
std::vector<NextOfBirth> next_of_filing(const Case& one);
// Of links, beside the first one: what was given later is started, what was declined is ended.
std::vector<NextOfBirth> next_of_links(const Case& one);
// The first link waits for what it is to lead to.
bool may_link(const Case& one);

// A number that an insurer has declined: no link of the child's, whatever else is said of it.
bool is_declined(const Case& one, int claim);
// The relay may have it.
bool may_be_linked(const Case& one, int claim);
bool is_in_first_link(const Case& one, int claim);
// It is sent now. The next one, when nobody knows what became of it, has none besides.
void note_first_link(Case& one);

}  // namespace mado::issuer
