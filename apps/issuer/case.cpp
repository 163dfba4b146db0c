#include "case.hpp"

#include <algorithm>
#include <utility>

#include "base/result.hpp"
#include "birth.hpp"
#include "crypto/digest.hpp"
#include "decision.hpp"

namespace mado::issuer {
namespace {

// ---- what happened ----

using Result = std::expected<void, Misfit>;

// Numbers may not change while a link with them may exist, nor under what follows from them: an end
// that a register has said does not.
bool is_frozen(const Case& one) {
    return one.has_done(link_order) || one.is_in_doubt(link_order) || !one.keys.empty() ||
           (is_ending(one) && !ends_at_once(one));
}

bool is_to_do(const Case& one, OrderName order) {
    return std::ranges::any_of(todo(one), [&](const Todo& what) { return what.order == order; });
}

// The answer says nothing of the keys that there are now.
bool is_stale(Case& one, OrderName order) {
    if (one.stale.erase(order) == 0) return false;
    one.open.erase(order);
    return true;
}

Claim* find_claim(Case& one, int claim) {
    if (claim < 0 || static_cast<std::size_t>(claim) >= one.claims.size()) return nullptr;
    return &one.claims[static_cast<std::size_t>(claim)];
}

// The answer to an order that is open; to no other. An earlier one that lapsed had the same
// content, and was done by now.
bool close(Case& one, OrderName order) {
    if (one.open.erase(order) == 0) return false;
    one.lapsed.erase(order);
    return true;
}

// Who is told the new number: the medical insurers that the relay has confirmed.
void add_medical(Case& one) {
    constexpr std::size_t told_max = 16;
    for (const auto& claim : one.linked) {
        if (claim.role != Role::medical || one.claims.size() == told_max) continue;
        one.claims.push_back(
            {.role = claim.role, .number = claim.number, .finding = Finding::same});
    }
}

Result happen(Case& one, const Opened& opened) {
    if (one.numbers == opened.numbers) return {};
    if (!one.numbers.issuing.empty()) return std::unexpected(Misfit::unexpected);
    const auto& kind = info(opened.kind);
    if (opened.known.has_value() != kind.is_known || !has_reason(opened.kind, opened.reason) ||
        opened.parent.has_value() != (opened.kind == Kind::birth)) {
        return std::unexpected(Misfit::unexpected);
    }
    one.kind = opened.kind;
    one.reason = opened.reason;
    one.numbers = opened.numbers;
    one.known = opened.known;
    if (!kind.applies) one.person = opened.known;
    one.signing = opened.known && opened.signing;
    one.invited = opened.invited;
    one.linked = opened.linked;
    one.before = opened.before;
    one.former = opened.former;
    one.agreed = opened.agreed;
    one.municipality = opened.municipality;
    if (opened.parent) one.parents.push_back(*opened.parent);
    // A card that is given back needs no register's word.
    const auto resident = std::ranges::find(one.linked, Role::resident, &Claim::role);
    // What a signing certificate says of the person its authority takes from that register alone.
    const bool asks = (one.kind == Kind::end && one.reason != "returned") ||
                      one.kind == Kind::renewal || one.kind == Kind::exchange ||
                      (one.kind == Kind::replacement && one.signing);
    if (asks && resident != one.linked.end()) {
        one.claims.push_back({.role = Role::resident, .number = resident->number});
    }
    if (one.kind == Kind::number) add_medical(one);
    return {};
}

Result happen(Case& one, const Applied& applied) {
    if (one.person || one.cancelled) return std::unexpected(Misfit::too_late);
    if (one.numbers.issuing.empty()) return std::unexpected(Misfit::too_early);
    if (one.kind == Kind::birth) return apply_birth(one, applied);
    if (applied.newborn) return std::unexpected(Misfit::unexpected);
    const auto residents = std::ranges::count(applied.claims, Role::resident, &Claim::role);
    if (residents != 1 || applied.claims.front().role != Role::resident) {
        return std::unexpected(Misfit::unexpected);
    }
    // Names and numbers change, the day of birth does not: those are somebody else's papers.
    if (one.known && one.known->birth_date != applied.person.birth_date) {
        return std::unexpected(Misfit::other_person);
    }
    one.person = applied.person;
    one.claims = applied.claims;
    // This centre makes no keys in a chip of another authority's, and has no other to write into.
    const bool in_foreign =
        one.kind == Kind::change && !one.before.empty() &&
        std::ranges::all_of(one.before, [](const Before& card) { return card.foreign; });
    one.signing = applied.signing && !in_foreign;
    return {};
}

// Nothing of it was asked or ordered here, and all of it is so.
Result happen(Case& one, const TakenOn& taken) {
    if (one.taken_on) return {};
    if (one.numbers.issuing.empty()) return std::unexpected(Misfit::too_early);
    if (one.person || one.cancelled) return std::unexpected(Misfit::too_late);
    const bool fits = one.kind == Kind::first && !taken.claims.empty() &&
                      taken.claims.front().role == Role::resident &&
                      taken.certificates.contains(Use::authentication);
    if (!fits) return std::unexpected(Misfit::unexpected);
    one.person = taken.person;
    one.claims = taken.claims;
    for (auto& claim : one.claims)
        claim.finding = Finding::same;
    one.signing = taken.certificates.contains(Use::signing);
    one.certificates = taken.certificates;
    one.chip = taken.chip;
    one.done = {link_order, activate_order};
    one.written = one.handed_over = one.taken_on = true;
    return {};
}

Result happen(Case& one, const Sent& sent) {
    if (one.open.contains(sent.order)) return {};
    if (one.refused.contains(sent.order) || !is_to_do(one, sent.order)) {
        return std::unexpected(Misfit::unexpected);
    }
    if (one.kind == Kind::birth && sent.order == link_order) note_first_link(one);
    one.open.insert(sent.order);
    return {};
}

Result find(Case& one, int claim, Finding finding, std::string writing) {
    auto* found = find_claim(one, claim);
    if (found == nullptr || !close(one, {OrderKind::confirm, claim})) {
        return std::unexpected(Misfit::unexpected);
    }
    // Whatever it says of what was declined, or taken out meanwhile.
    if (is_declined(one, claim) || found->finding == Finding::not_applied) return {};
    found->finding = finding;
    found->writing = std::move(writing);
    if (found->writing.empty() || finding == Finding::otherwise) found->decision.reset();
    return {};
}

Result happen(Case& one, const Confirmed& confirmed) {
    if (one.kind == Kind::end) return std::unexpected(Misfit::unexpected);
    auto* claim = find_claim(one, confirmed.claim);
    // What a clerk has agreed to is the register's own writing, which is what it has confirmed.
    const bool agreed = claim != nullptr && claim->finding == Finding::agreed;
    auto writing = agreed ? claim->writing : std::string();
    if (auto ok = find(one, confirmed.claim, Finding::same, std::move(writing)); !ok) return ok;
    if (claim->finding != Finding::same) return {};
    claim->answer = confirmed.answer;
    claim->index = confirmed.index;
    claim->only_one = confirmed.only_one;
    return {};
}

// Of a renewal the register is asked once by what a clerk has decided for the card before: it says
// itself whether it writes exactly that still.
Result happen(Case& one, const WritesOtherwise& otherwise) {
    auto ok = find(one, otherwise.claim, Finding::otherwise, otherwise.writing);
    auto* claim = find_claim(one, otherwise.claim);
    if (!ok || one.kind != Kind::renewal || !one.agreed) return ok;
    const auto agreed = std::exchange(one.agreed, std::nullopt);
    claim->finding = Finding::agreed;
    claim->writing = agreed->writing;
    claim->decision = agreed->decision;
    return {};
}

Result happen(Case& one, const NotHere& not_here) {
    return find(one, not_here.claim, Finding::not_here, {});
}

Result happen(Case& one, const Gone& gone) {
    return find(one, gone.claim, Finding::gone, {});
}

// What was resumed and is stopped again meanwhile is not resumed.
Result happen(Case& one, const Done& done) {
    if (is_stale(one, done.order)) return {};
    if (one.has_done(done.order)) return {};
    if (!close(one, done.order)) return std::unexpected(Misfit::unexpected);
    const auto kind = done.order.kind;
    if (kind == OrderKind::notify || kind == OrderKind::file) {  // an acceptance says a number
        return std::unexpected(Misfit::unexpected);
    }
    const bool undone = !one.found && (kind == OrderKind::resume || kind == OrderKind::resume_card);
    if (!undone) one.done.insert(done.order);
    if (kind == OrderKind::drop) {
        one.dropped.at(static_cast<std::size_t>(done.order.item)).ended = true;
    }
    return {};
}

Result happen(Case& one, const Certified& certified) {
    if (is_stale(one, of_use(OrderKind::collect, certified.use))) return {};
    if (one.certificates.contains(certified.use)) return {};
    if (!close(one, of_use(OrderKind::collect, certified.use))) {
        return std::unexpected(Misfit::unexpected);
    }
    one.certificates.emplace(certified.use, certified.certificate);
    return {};
}

Result happen(Case& one, const NotIssued& not_issued) {
    if (is_stale(one, of_use(OrderKind::collect, not_issued.use))) return {};
    if (!close(one, of_use(OrderKind::collect, not_issued.use))) {
        return std::unexpected(Misfit::unexpected);
    }
    const auto certify = of_use(OrderKind::certify, not_issued.use);
    one.done.erase(certify);
    one.lapsed.erase(certify);
    if (!not_issued.code.empty()) one.refused[certify] = not_issued.code;
    return {};
}

// This one was not done. Of an earlier one that lapsed it says nothing.
Result happen(Case& one, const Refused& refused) {
    if (is_stale(one, refused.order)) return {};
    if (one.open.erase(refused.order) == 0) return std::unexpected(Misfit::unexpected);
    one.refused[refused.order] = refused.code;
    // Of a revoked card there is no doubt, whatever an order before has done.
    if (refused.order == activate_order && refused.code == "card_revoked") {
        one.lapsed.erase(activate_order);
    }
    if (refused.order == link_order && !one.lapsed.contains(link_order)) one.first_linked.clear();
    return {};
}

Result happen(Case& one, const Lapsed& lapsed) {
    if (is_stale(one, lapsed.order)) return {};
    if (one.open.erase(lapsed.order) == 0) return std::unexpected(Misfit::unexpected);
    one.lapsed.insert(lapsed.order);
    return {};
}

// It was of what the case said before, or is over.
void take_approval_back(Case& one) {
    one.approved.reset();
    one.approved_by.clear();
}

// A claim that people may still change.
std::expected<Claim*, Misfit> open_claim(Case& one, int claim) {
    auto* found = find_claim(one, claim);
    if (found == nullptr) return std::unexpected(Misfit::unexpected);
    // Those of a new number are linked already.
    if (one.kind == Kind::number) return std::unexpected(Misfit::unexpected);
    // A register that was asked anew after the link, and writes otherwise now, is decided about.
    const bool is_late = one.kind == Kind::birth
                             ? may_be_linked(one, claim) || is_declined(one, claim)
                             : is_frozen(one) && found->finding != Finding::otherwise;
    const bool is_over = one.cancelled && (one.kind != Kind::birth || has_ended(one));
    if (is_over || is_late) return std::unexpected(Misfit::too_late);
    take_approval_back(one);
    return found;
}

// Not while its register is asked: the answer would be about what it was.
std::expected<Claim*, Misfit> answered_claim(Case& one, int claim) {
    auto found = open_claim(one, claim);
    if (found && one.open.contains({OrderKind::confirm, claim})) {
        return std::unexpected(Misfit::too_early);
    }
    return found;
}

// What was refused for the old state of a claim says nothing about the new one.
void forget_refusals(Case& one, int claim) {
    one.refused.erase({OrderKind::confirm, claim});
    one.lapsed.erase({OrderKind::confirm, claim});
    one.refused.erase(link_order);
    one.refused.erase({OrderKind::start_link, claim});
    one.ask_from = 0;
}

// It is another person's: somebody's own has to sign, or the case is given up.
Result decide_card(Case& one, bool same_person) {
    if (one.cancelled) return std::unexpected(Misfit::too_late);
    if (!is_card_otherwise(one)) return std::unexpected(Misfit::unexpected);
    one.card_agreed = same_person;
    if (same_person) return {};
    one.requested = false;
    one.certificates.clear();
    one.card_writing.clear();
    return {};
}

Result happen(Case& one, const Decided& decided) {
    if (decided.claim == card_place) return decide_card(one, decided.same_person);
    auto claim = answered_claim(one, decided.claim);
    if (!claim) return std::unexpected(claim.error());
    if ((*claim)->finding != Finding::otherwise) return std::unexpected(Misfit::unexpected);
    (*claim)->finding = decided.same_person ? Finding::agreed : Finding::not_here;
    (*claim)->decision = decided.same_person ? decision_of(decided.decision) : std::nullopt;
    return {};
}

Result happen(Case& one, const Corrected& corrected) {
    auto claim = answered_claim(one, corrected.claim);
    if (!claim) return std::unexpected(claim.error());
    // The next card is of who the one before says; who has moved changes it first.
    const bool is_next =
        one.kind == Kind::renewal || one.kind == Kind::replacement || one.kind == Kind::exchange;
    if (corrected.role != (*claim)->role || is_next) {
        return std::unexpected(Misfit::unexpected);
    }
    Claim anew;
    anew.role = corrected.role;
    anew.number = corrected.number;
    anew.giver = corrected.giver;
    **claim = std::move(anew);
    forget_refusals(one, corrected.claim);
    return {};
}

// Also while it is asked: a register that is silent keeps nobody waiting for all others. Nobody
// gets a card without being a resident. Of a death a clerk may know better than a register that was
// not told yet.
Result happen(Case& one, const TakenOut& taken_out) {
    auto claim = open_claim(one, taken_out.claim);
    if (!claim) return std::unexpected(claim.error());
    if ((*claim)->role == Role::resident && one.kind != Kind::end) {
        return std::unexpected(Misfit::unexpected);
    }
    (*claim)->finding = Finding::not_applied;
    (*claim)->writing.clear();
    (*claim)->decision.reset();
    forget_refusals(one, taken_out.claim);
    close_filing_of(one, taken_out.claim);
    return {};
}

// The authority does not take what the resident register has said, or no longer: the register is
// asked once more, with what a clerk has agreed to.
void ask_register_anew(Case& one, std::string_view code) {
    if (code != "link_unconfirmed" && !code.starts_with("register_")) return;
    const auto claim = std::ranges::find(one.claims, Role::resident, &Claim::role);
    if (claim == one.claims.end() || claim->finding != Finding::same) return;
    claim->finding = claim->writing.empty() ? Finding::open : Finding::agreed;
}

// The relay does not know the decision, or no longer: the register says again how it writes, and a
// clerk decides again.
void decide_anew(Case& one, OrderName order, std::string_view code) {
    if (order.kind != OrderKind::confirm || code != "mandate_unknown") return;
    auto* claim = find_claim(one, order.item);
    if (claim == nullptr || claim->finding != Finding::agreed) return;
    claim->finding = Finding::open;
    claim->writing.clear();
    claim->decision.reset();
}

// A decision that is asked for tomorrow is asked for now.
Result happen(Case& one, const TryAgain& again) {
    if (again.order.kind == OrderKind::ask_decision && !one.refused.contains(again.order)) {
        if (!is_to_do(one, again.order)) return std::unexpected(Misfit::unexpected);
        one.filings.back().ask_from = 0;
        return {};
    }
    const auto refused = one.refused.find(again.order);
    if (refused == one.refused.end()) return std::unexpected(Misfit::unexpected);
    const auto code = std::exchange(refused->second, {});
    one.refused.erase(refused);
    if (again.order == of_use(OrderKind::certify, Use::signing)) ask_register_anew(one, code);
    decide_anew(one, again.order, code);
    return {};
}

Result happen(Case& one, const Waived& waived) {
    if (one.kind == Kind::birth && waived.order.kind != OrderKind::tell) {
        return close_filing(one, waived.order);
    }
    if (waived.order.kind != OrderKind::tell || one.refused.erase(waived.order) == 0) {
        return std::unexpected(Misfit::unexpected);
    }
    one.done.insert(waived.order);
    return {};
}

void forget(Case& one, OrderName order) {
    one.done.erase(order);
    one.lapsed.erase(order);
    one.refused.erase(order);
}

// What the authority may have made of the keys before ends, whatever is on its way still.
void drop_keys(Case& one) {
    for (const auto& [use, key] : one.keys) {
        const auto certify = of_use(OrderKind::certify, use);
        const auto certificate = one.certificates.find(use);
        const bool is_known = certificate != one.certificates.end();
        const bool is_sent = one.open.contains(certify) && !one.stale.contains(certify);
        if (is_known || is_sent || one.has_done(certify) || one.lapsed.contains(certify)) {
            one.dropped.push_back(
                {.use = use, .key = key, .certificate = is_known ? certificate->second : ""});
        }
        for (const auto order : {certify, of_use(OrderKind::collect, use)}) {
            forget(one, order);
            if (one.open.contains(order)) one.stale.insert(order);
        }
        one.certificates.erase(use);
    }
}

Result happen(Case& one, const KeysMade& made) {
    if (one.keys == made.keys) return {};
    if (!is_to_do(one, Step::make_keys) && !can_make_anew(one)) {
        return std::unexpected(Misfit::too_early);
    }
    for (const auto use : uses_of(one)) {
        if (!made.keys.contains(use)) return std::unexpected(Misfit::unexpected);
    }
    drop_keys(one);
    one.keys = made.keys;
    one.chip = made.chip;
    one.written = false;
    return {};
}

Result happen(Case& one, const Traced& traced) {
    const auto place = static_cast<std::size_t>(traced.place);
    if (!close(one, of_place(OrderKind::trace, place))) return std::unexpected(Misfit::unexpected);
    auto& dropped = one.dropped.at(place);
    dropped.certificate = traced.certificate;
    dropped.ended = traced.certificate.empty();
    return {};
}

// A renewal may be asked for again, by another log-in, while the old key that signs is in the chip.
Result request_again(Case& one, const Requested& requested) {
    const auto request = crypto::sha256(as_bytes(requested.application));
    if (one.kind != Kind::renewal || one.request == request) return {};
    if (one.cancelled || !one.keys.empty()) return std::unexpected(Misfit::too_late);
    one.request = request;
    return {};
}

// Its certificates are those that count, of a card of another authority's; of this centre's own
// they are still to be made.
Result happen(Case& one, const Requested& requested) {
    if (one.requested) return request_again(one, requested);
    if (!is_to_do(one, Step::sign)) return std::unexpected(Misfit::too_early);
    const bool foreign = info(one.kind).foreign;
    if (requested.certificates.empty() == foreign || (!foreign && !requested.writing.empty())) {
        return std::unexpected(Misfit::unexpected);
    }
    one.requested = true;
    if (!foreign) one.request = crypto::sha256(as_bytes(requested.application));
    one.certificates = requested.certificates;
    one.card_writing = requested.writing;
    if (foreign) one.signing = requested.certificates.contains(Use::signing);
    return {};
}

Result happen(Case& one, const Written&) {
    if (one.written) return {};
    if (!is_to_do(one, Step::write)) return std::unexpected(Misfit::too_early);
    one.written = true;
    return {};
}

Result happen(Case& one, const HandedOver& handed) {
    if (one.handed_over) return {};
    if (!is_to_do(one, Step::hand_over)) {
        return std::unexpected(one.cancelled ? Misfit::too_late : Misfit::too_early);
    }
    one.handed_over = true;
    one.stop_index = handed.stop_index;
    return {};
}

Result happen(Case& one, const NewSlip& slip) {
    const bool has_slip = one.handed_over || (one.kind == Kind::stop && one.found);
    if (!has_slip) return std::unexpected(Misfit::too_early);
    if (slip.stop_index.empty()) return std::unexpected(Misfit::unexpected);
    one.stop_index = slip.stop_index;
    return {};
}

// The new number may be linked: the rest of it follows.
bool is_numbered(const Case& one) {
    return one.kind == Kind::number && (one.has_done(link_order) || one.is_in_doubt(link_order));
}

// Not once the card may be active: such a card is stopped, not taken back.
// A stop is given up or found; of an end that has begun the rest follows.
Result happen(Case& one, const Cancelled& cancelled) {
    if (one.cancelled) return {};
    if (one.kind == Kind::stop) return std::unexpected(Misfit::unexpected);
    if (one.has_done(activate_order) || one.is_in_doubt(activate_order) ||
        (one.kind == Kind::end && is_ending(one)) || is_numbered(one) || has_ended(one) ||
        (one.kind == Kind::change && only_tells(one)) ||
        (one.newborn && !one.newborn->card && one.handed_over)) {
        return std::unexpected(Misfit::too_late);
    }
    one.cancelled = cancelled.reason;
    return {};
}

// ---- a stop ----

Result of_open_stop(const Case& one) {
    if (one.kind != Kind::stop) return std::unexpected(Misfit::unexpected);
    if (one.given_up || one.overtaken || has_ended(one)) {
        return std::unexpected(Misfit::too_late);
    }
    return {};
}

Result happen(Case& one, const Found& found) {
    if (one.kind == Kind::stop && one.found) return {};
    if (auto ok = of_open_stop(one); !ok) return ok;
    one.found = true;
    one.stop_index = found.stop_index;
    return {};
}

// Whatever of it was done may have been undone.
Result happen(Case& one, const StoppedAgain&) {
    if (one.kind == Kind::stop && !one.found && !one.given_up) return {};
    if (auto ok = of_open_stop(one); !ok) return ok;
    one.found = false;
    one.not_active.clear();
    for (std::size_t i = 0; i < one.before.size(); ++i) {
        for (const auto kind :
             {OrderKind::stop, OrderKind::suspend, OrderKind::resume_card, OrderKind::resume}) {
            forget(one, of_place(kind, i));
        }
    }
    return {};
}

// Revoked is for good, whatever else is still on its way. A card that was found may have become
// active meanwhile.
Result happen(Case& one, const GivenUp&) {
    if (one.kind == Kind::stop && one.given_up) return {};
    if (auto ok = of_open_stop(one); !ok) return ok;
    if (one.found) one.not_active.clear();
    one.found = false;
    one.given_up = true;
    return {};
}

Result happen(Case& one, const Overtaken&) {
    if (one.kind != Kind::stop) return std::unexpected(Misfit::unexpected);
    if (one.overtaken) return {};
    if (has_ended(one)) return std::unexpected(Misfit::too_late);
    one.found = false;
    one.overtaken = true;
    return {};
}

// Once the card is to be revoked, only what is answered to that says for what it is left out.
Result happen(Case& one, const NotActive& none) {
    const auto place = static_cast<std::size_t>(none.place);
    const bool fits = none.order == revoke_card_order ||
                      none.order == of_place(OrderKind::stop, place) ||
                      none.order == of_place(OrderKind::resume_card, place);
    if (one.kind != Kind::stop || !fits || place >= one.before.size() || !close(one, none.order)) {
        return std::unexpected(Misfit::unexpected);
    }
    if (none.order == revoke_card_order || !one.given_up) one.not_active.insert(none.place);
    return {};
}

// ---- a register that speaks by itself ----

// The register had the person still, or wrote otherwise, before it has said this.
void ask_of_end_anew(Case& one) {
    if (one.claims.empty()) return;
    auto& claim = one.claims.front();
    if (claim.finding == Finding::gone || claim.finding == Finding::not_applied) return;
    if (claim.finding != Finding::agreed) {
        claim.finding = Finding::open;
        claim.writing.clear();
        claim.decision.reset();
    }
    forget_refusals(one, 0);
}

// A case of another kind only shows it, and one that was opened for the like too.
Result happen(Case& one, const Said& said) {
    if (one.numbers.issuing.empty()) return std::unexpected(Misfit::too_early);
    const bool is_taken = is_about(one, said.what) && !one.said && may_still_take(one);
    if (one.said == said || (!is_taken && one.noted.contains(said.id))) return {};
    if (one.cancelled || has_ended(one)) return std::unexpected(Misfit::too_late);
    if (is_taken) {
        one.said = said;  // it may have been noted here while the register was asked
        one.noted.erase(said.id);
    } else if (one.noted.size() < noted_max) {
        one.noted.insert(said.id);
    } else {
        return {};
    }
    if (one.kind == Kind::end && is_about(one, said.what)) ask_of_end_anew(one);
    return {};
}

// Who dies today is a resident today, and who goes abroad until the day on which they go.
Result wait_for_register(Case& one, const StillHere& here, UnixTime now) {
    auto* found = find_claim(one, here.claim);
    const bool fits = one.kind == Kind::end && one.said && found != nullptr;
    if (!fits || !close(one, {OrderKind::confirm, here.claim})) {
        return std::unexpected(Misfit::unexpected);
    }
    if (found->finding == Finding::not_applied) return {};
    if (now < std::max(one.opened, one.said->at) + still_here_max_s) {
        one.ask_from = now + still_here_again_s;
        return {};
    }
    found->finding = Finding::otherwise;
    found->writing = here.writing;
    found->decision.reset();
    return {};
}

// Until when: `after` says.
Result happen(Case&, const StillHere&) {
    return std::unexpected(Misfit::unexpected);
}

// ---- four eyes ----

// Whose card it is to be rests on these.
bool says_who(const Happening& what) {
    return std::holds_alternative<Opened>(what) || std::holds_alternative<Applied>(what) ||
           std::holds_alternative<Decided>(what) || std::holds_alternative<Corrected>(what) ||
           std::holds_alternative<TakenOut>(what) || std::holds_alternative<Requested>(what);
}

// In whose hand the chip is, and who gets it.
bool has_the_card(const Happening& what) {
    return std::holds_alternative<KeysMade>(what) || std::holds_alternative<Written>(what) ||
           std::holds_alternative<PinSet>(what) || std::holds_alternative<HandedOver>(what);
}

Result approve(Case& one, std::string_view clerk, UnixTime now) {
    if (!info(one.kind).four_eyes || clerk.empty()) return std::unexpected(Misfit::unexpected);
    if (one.approved) return {};
    if (one.cancelled) return std::unexpected(Misfit::too_late);
    if (one.hands.contains(std::string(clerk))) return std::unexpected(Misfit::same_hand);
    if (!is_to_do(one, Step::approve)) return std::unexpected(Misfit::too_early);
    one.approved = now;
    one.approved_by = clerk;
    one.approvers.insert(std::string(clerk));
    return {};
}

// What was recorded for it says nothing of the next one: that comes into the person's list anew.
Result lapse_approval(Case& one, UnixTime now) {
    if (!one.approved) return {};
    if (one.cancelled || has_ended(one)) return std::unexpected(Misfit::too_late);
    if (is_approved(one, now)) return std::unexpected(Misfit::too_early);
    take_approval_back(one);
    forget(one, reset_order);
    if (one.open.contains(reset_order)) one.stale.insert(reset_order);
    return {};
}

// Whose hand it was, and when: `after` says.
Result happen(Case&, const Approved&) {
    return std::unexpected(Misfit::unexpected);
}

Result happen(Case&, const ApprovalLapsed&) {
    return std::unexpected(Misfit::unexpected);
}

Result happen(Case& one, const PinSet&) {
    if (one.pin_set) return {};
    if (!is_to_do(one, Step::reset)) return std::unexpected(Misfit::too_early);
    one.pin_set = true;
    return {};
}

// ---- a newborn ----

Result happen(Case& one, const ParentNamed& named) {
    return name_parent(one, named.parent);
}

Result happen(Case& one, const Signed& what) {
    return take_signature(one, what);
}

Result happen(Case& one, const Given& given) {
    if (one.has_done(given.order)) return {};
    if (!close(one, given.order)) return std::unexpected(Misfit::unexpected);
    return take_number(one, given);
}

// Until when: `after` says.
Result happen(Case&, const Undecided&) {
    return std::unexpected(Misfit::unexpected);
}

Result happen(Case& one, const Accepted& accepted) {
    return take_decision(one, accepted.filing, FilingState::accepted, {});
}

Result happen(Case& one, const Declined& declined) {
    return take_decision(one, declined.filing, FilingState::declined, declined.reason);
}

Result happen(Case& one, const FiledElsewhere& what) {
    return file_elsewhere(one, what);
}

// What needs to know whose hand it was, or when.
Result happen_at(Case& one, const Happening& what, UnixTime now, std::string_view clerk) {
    if (std::holds_alternative<Approved>(what)) return approve(one, clerk, now);
    if (std::holds_alternative<ApprovalLapsed>(what)) return lapse_approval(one, now);
    if (const auto* undecided = std::get_if<Undecided>(&what)) {
        return wait_for_decision(one, undecided->filing, now);
    }
    if (const auto* here = std::get_if<StillHere>(&what)) {
        return wait_for_register(one, *here, now);
    }
    return std::visit([&one](const auto& each) { return happen(one, each); }, what);
}

// The first answer to it is of now; one that is sent again changes nothing of that.
bool asks_residents(const Case& one, OrderName order) {
    const auto place = static_cast<std::size_t>(order.item);
    return order.kind == OrderKind::confirm && place < one.claims.size() &&
           one.claims[place].role == Role::resident && !one.open.contains(order);
}

}  // namespace

bool is_approver(const Case& one, std::string_view clerk) {
    return one.approvers.contains(std::string(clerk));
}

std::expected<Case, Misfit> after(const Case& before, const Happening& what, UnixTime now,
                                  std::string_view clerk) {
    Case out = before;
    if (has_the_card(what) && is_approver(before, clerk)) {
        return std::unexpected(Misfit::same_hand);
    }
    const auto ok = happen_at(out, what, now, clerk);
    if (!ok) return std::unexpected(ok.error());
    if (std::holds_alternative<Opened>(what) && before.numbers.issuing.empty()) out.opened = now;
    if (out.requested && (!before.requested || out.request != before.request)) {
        out.requested_at = now;
    }
    if (out.handed_over && !before.handed_over) out.handed_over_at = now;
    const auto* sent = std::get_if<Sent>(&what);
    if (sent != nullptr && asks_residents(before, sent->order)) out.asked_at = now;
    if (out == before) return out;
    if ((says_who(what) || has_the_card(what)) && !clerk.empty())
        out.hands.insert(std::string(clerk));
    out.changed = now;
    out.since = waits_since(out);
    return out;
}

}  // namespace mado::issuer
