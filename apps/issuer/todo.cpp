// What is to do in a case, by whom and until when.
#include <algorithm>

#include "base/result.hpp"
#include "birth.hpp"
#include "case.hpp"

namespace mado::issuer {
namespace {

constexpr std::int64_t day_s = 86'400;

// A death is the other way round: the register is asked whether it has nobody any more.
bool is_settled(const Case& one, const Claim& claim) {
    if (claim.finding == Finding::not_applied) return true;
    return claim.finding == (one.kind == Kind::end ? Finding::gone : Finding::same);
}

Actor who_does(OrderKind kind) {
    switch (kind) {
        case OrderKind::confirm:
        case OrderKind::tell:
        case OrderKind::notify:
        case OrderKind::file:
        case OrderKind::ask_decision:
            return Actor::register_holder;
        case OrderKind::link:
        case OrderKind::start_link:
        case OrderKind::end_link:
        case OrderKind::activate:
        case OrderKind::stop:
        case OrderKind::resume_card:
        case OrderKind::revoke_card:
        case OrderKind::reset:
        case OrderKind::end_number:
            return Actor::relay;
        case OrderKind::certify:
        case OrderKind::collect:
        case OrderKind::take_back:
        case OrderKind::suspend:
        case OrderKind::resume:
        case OrderKind::end_old:
        case OrderKind::trace:
        case OrderKind::drop:
            return Actor::authority;
    }
    return Actor::relay;
}

Waiting waiting(const Todo& what) {
    return {.step = what.step,
            .order = what.order,
            .claim = what.claim,
            .refused = !what.refused.empty()};
}

class Todos {
  public:
    explicit Todos(const Case& one) : case_(one) {}

    // By people, or at the window.
    void add(Step step, Actor actor, std::optional<int> claim = {}) {
        out_.push_back({.step = step,
                        .actor = actor,
                        .order = {},
                        .claim = claim,
                        .refused = {},
                        .since = 0,
                        .until = 0});
    }
    // One that was refused waits for a clerk.
    void order(Step step, OrderName order, std::optional<int> claim = {}, UnixTime from = 0) {
        const auto refused = case_.refused.find(order);
        if (refused == case_.refused.end()) {
            add(step, who_does(order.kind), claim);
        } else {
            add(step, Actor::clerk, claim);
            out_.back().refused = refused->second;
        }
        out_.back().order = order;
        out_.back().from = from;
    }
    void add(const NextOfBirth& next) {
        if (next.order) {
            order(next.step, *next.order, next.claim);
        } else {
            add(next.step, next.actor, next.claim);
        }
        out_.back().from = next.from;
    }
    // Unless it was done.
    void need(Step step, OrderName name) {
        if (!case_.has_done(name)) order(step, name);
    }
    // The same of the authority about each certificate before that is of its own.
    void need_each(Step step, OrderKind kind) {
        for (std::size_t i = 0; i < case_.before.size(); ++i) {
            if (!case_.before[i].foreign) need(step, of_place(kind, i));
        }
    }
    [[nodiscard]] bool empty() const { return out_.empty(); }
    // What was to do before this happened goes on waiting since then.
    std::vector<Todo> take() {
        for (auto& one : out_) {
            const auto found = case_.since.find(waiting(one));
            one.since = found == case_.since.end() ? case_.changed : found->second;
            one.until = one.since + info(one.step).days * day_s;
        }
        return std::move(out_);
    }

  private:
    const Case& case_;
    std::vector<Todo> out_;
};

// Said after the link, of a newborn: a register that was found later has its own.
bool is_told_of(const Case& one, std::size_t claim) {
    if (one.kind != Kind::birth) return true;
    return one.first_linked.contains(static_cast<int>(claim)) ||
           one.has_done(of_place(OrderKind::start_link, claim));
}

// The resident register is asked first: what it says of namesakes the others need to know.
void add_claims(Todos& todos, const Case& one) {
    const bool is_resident = is_settled(one, one.claims.front());
    for (std::size_t i = 0; i < (is_resident ? one.claims.size() : 1); ++i) {
        if (is_settled(one, one.claims[i])) continue;
        const auto claim = static_cast<int>(i);
        switch (one.claims[i].finding) {
            case Finding::open:
            case Finding::agreed:
                todos.order(Step::confirm, of_place(OrderKind::confirm, i), claim, one.ask_from);
                break;
            case Finding::otherwise:
                todos.add(Step::settle, Actor::clerk, claim);
                break;
            case Finding::not_here:
            case Finding::gone:
                todos.add(Step::settle, one.kind == Kind::end ? Actor::clerk : Actor::person,
                          claim);
                break;
            case Finding::same:
            case Finding::not_applied:
                todos.add(Step::settle, Actor::clerk, claim);
                break;
        }
    }
}

// Accepted is not issued yet: then it is collected, or nothing of it is there.
void add_certificates(Todos& todos, const Case& one) {
    for (const auto use : uses_of(one)) {
        if (one.certificates.contains(use)) continue;
        const auto certify = of_use(OrderKind::certify, use);
        todos.order(Step::certify,
                    one.has_done(certify) ? of_use(OrderKind::collect, use) : certify);
    }
}

void add_told(Todos& todos, const Case& one) {
    for (std::size_t i = 0; i < one.claims.size(); ++i) {
        const auto& claim = one.claims[i];
        const auto tell = of_place(OrderKind::tell, i);
        if (told_of(one, claim) != Told::nothing && claim.finding == Finding::same &&
            !one.has_done(tell) && is_told_of(one, i)) {
            todos.order(Step::tell, tell, static_cast<int>(i));
        }
    }
}

// At both: the authority's lists and OCSP are for everybody else.
void add_end(Todos& todos, const Case& one, Step step) {
    if (one.before.empty()) return;
    if (one.not_active.size() < one.before.size()) todos.need(step, revoke_card_order);
    todos.need_each(step, OrderKind::end_old);
}

// The new card works: the relay has revoked those of the same uses with its activation.
void add_old(Todos& todos, const Case& one) {
    const auto uses = uses_of(one);
    const bool all = std::ranges::all_of(one.before, [&uses](const Before& before) {
        return std::ranges::find(uses, before.use) != uses.end();
    });
    if (!all) todos.need(Step::end_old, revoke_card_order);
    todos.need_each(Step::end_old, OrderKind::end_old);
}

// What may exist at the authority is ended there, once it is known whether it does.
void add_taken_back(Todos& todos, const Case& one) {
    if (info(one.kind).foreign) return;  // they are another authority's
    for (const auto use : uses_of(one)) {
        const auto certify = of_use(OrderKind::certify, use);
        const auto collect = of_use(OrderKind::collect, use);
        const auto take_back = of_use(OrderKind::take_back, use);
        if (one.open.contains(certify)) {
            todos.order(Step::take_back, certify);
        } else if (one.certificates.contains(use)) {
            if (!one.has_done(take_back)) todos.order(Step::take_back, take_back);
        } else if (one.has_done(certify) || one.lapsed.contains(certify)) {
            todos.order(Step::take_back, collect);
        }
    }
    const bool ends = one.kind == Kind::change && (is_ending(one) || ends_at_once(one));
    if (ends) add_end(todos, one, Step::end_signing);
}

// Keys that others took the place of: what was ordered for them comes first, then it is seen what
// came of it. Beside everything else; the case ends after it.
void add_dropped(Todos& todos, const Case& one) {
    for (std::size_t i = 0; i < one.dropped.size(); ++i) {
        const auto& dropped = one.dropped[i];
        if (dropped.ended) continue;
        const auto certify = of_use(OrderKind::certify, dropped.use);
        if (one.stale.contains(certify)) {
            todos.order(Step::take_back, certify);
        } else {
            const auto kind = dropped.certificate.empty() ? OrderKind::trace : OrderKind::drop;
            todos.order(Step::take_back, of_place(kind, i));
        }
    }
}

// By keys of this case and their certificates. False: something is to do for that.
bool is_written(Todos& todos, const Case& one) {
    const auto hand = one.kind == Kind::renewal ? Actor::person : Actor::clerk;
    const bool may_open = !info(one.kind).four_eyes || one.approved;
    if (!may_open && !one.written) todos.add(Step::approve, Actor::clerk);
    if (one.keys.empty()) {
        if (may_open) todos.add(Step::make_keys, hand);
        return false;
    }
    add_certificates(todos, one);
    if (one.certificates.size() < uses_of(one).size()) return false;
    if (!one.written && may_open) todos.add(Step::write, hand);
    return one.written;
}

// Who changes or renews has the card in hand already.
void add_to_the_card(Todos& todos, const Case& one) {
    if (one.kind != Kind::existing && !is_written(todos, one)) return;
    if (!info(one.kind).in_hand && !one.handed_over) {
        return todos.add(Step::hand_over, Actor::person);
    }
    if (!one.has_done(activate_order)) return todos.order(Step::activate, activate_order);
    if (one.kind == Kind::change) return;
    add_told(todos, one);
    if (one.kind != Kind::birth) add_old(todos, one);
}

// The person has the card in hand, and has signed with it before a clerk; another one approves, and
// it counts in the place of what they had here.
void add_exchanged(Todos& todos, const Case& one) {
    const bool may_count = one.approved || one.is_in_doubt(activate_order);
    if (one.has_done(activate_order)) return add_old(todos, one);
    if (!may_count) return todos.add(Step::approve, Actor::clerk);
    todos.order(Step::activate, activate_order);
}

// 公的個人認証法: a signing certificate ends when what it says has changed. Whoever has a card has
// their number too: a new insurer hears of it as soon as it is linked.
void add_changed(Todos& todos, const Case& one) {
    if (!is_of_insurers_alone(one)) {
        if (!ends_at_once(one)) add_end(todos, one, Step::end_signing);
        if (todos.empty() && one.signing) add_to_the_card(todos, one);
    }
    add_told(todos, one);
}

bool needs_link(const Case& one) {
    if (one.kind == Kind::first || one.kind == Kind::existing) return true;
    return info(one.kind).applies && std::ranges::any_of(one.claims, [&one](const Claim& claim) {
               return claim.finding == Finding::same && !is_linked(one, claim);
           });
}

// Whoever moves is served at another window from then on: no clerk alone makes them.
void add_link(Todos& todos, const Case& one) {
    const bool may_link = !info(one.kind).four_eyes || one.approved || one.is_in_doubt(link_order);
    if (!may_link) return todos.add(Step::approve, Actor::clerk);
    todos.order(Step::link, link_order);
}

void add_made(Todos& todos, const Case& one) {
    if (ends_at_once(one)) add_end(todos, one, Step::end_signing);
    if (!one.person) {
        todos.add(Step::apply, Actor::person);
    } else if ((one.kind == Kind::renewal || info(one.kind).foreign) && !one.requested) {
        todos.add(Step::sign, Actor::person);
    } else if (is_card_otherwise(one)) {
        todos.add(Step::settle, Actor::clerk, card_place);
    } else if (!std::ranges::all_of(
                   one.claims, [&one](const Claim& claim) { return is_settled(one, claim); })) {
        add_claims(todos, one);
    } else if (needs_link(one) && !one.has_done(link_order)) {
        add_link(todos, one);
    } else if (one.kind == Kind::change) {
        add_changed(todos, one);
    } else if (one.kind == Kind::exchange) {
        add_exchanged(todos, one);
    } else {
        add_to_the_card(todos, one);
    }
}

// Without a card the number goes to the parent on paper.
void add_on_paper(Todos& todos, const Case& one) {
    if (!one.handed_over) return todos.add(Step::hand_over, Actor::person);
    add_told(todos, one);
}

// The notice, the filing, and what comes of them, beside the card.
void add_birth(Todos& todos, const Case& one) {
    if (!one.person) return todos.add(Step::apply, Actor::person);
    for (const auto& next : next_of_filing(one))
        todos.add(next);
    if (!one.claims.empty()) add_claims(todos, one);
    for (const auto& next : next_of_links(one))
        todos.add(next);
    const bool is_settled_all = std::ranges::all_of(
        one.claims, [&one](const Claim& claim) { return is_settled(one, claim); });
    if (one.has_done(link_order)) {
        if (one.cancelled) return;
        one.newborn->card ? add_to_the_card(todos, one) : add_on_paper(todos, one);
    } else if ((may_link(one) && is_settled_all) || one.is_in_doubt(link_order)) {
        todos.order(Step::link, link_order);
    }
}

// Each pair's second is not sent while the first may still come, nor the other way round: what
// arrives last would count.
struct Pair {
    OrderName stop, resume;
};
std::vector<Pair> pairs(const Case& one) {
    std::vector<Pair> out;
    for (std::size_t i = 0; i < one.before.size(); ++i) {
        if (!one.not_active.contains(static_cast<int>(i))) {
            out.push_back({of_place(OrderKind::stop, i), of_place(OrderKind::resume_card, i)});
        }
        if (one.before[i].foreign) continue;
        out.push_back({of_place(OrderKind::suspend, i), of_place(OrderKind::resume, i)});
    }
    return out;
}

void add_stop(Todos& todos, const Case& one) {
    if (one.overtaken) return todos.need_each(Step::end_old, OrderKind::end_old);
    if (one.given_up) return add_end(todos, one, Step::end_old);
    for (const auto& [stop, resume] : pairs(one)) {
        if (one.found) {
            one.open.contains(stop) ? todos.order(Step::resume, stop)
                                    : todos.need(Step::resume, resume);
        } else {
            one.open.contains(resume) ? todos.order(Step::stop, resume)
                                      : todos.need(Step::stop, stop);
        }
    }
    if (!one.found && todos.empty()) todos.add(Step::look_for, Actor::person);
}

void add_unlock(Todos& todos, const Case& one) {
    if (!one.approved) return todos.add(Step::approve, Actor::clerk);
    if (!one.has_done(reset_order)) return todos.order(Step::record, reset_order);
    if (!one.pin_set) todos.add(Step::reset, Actor::clerk);
}

// The new one first: nobody is without one. The slip does not wait for insurers, nor they for it.
void add_number(Todos& todos, const Case& one) {
    if (!one.has_done(link_order)) return todos.order(Step::link, link_order);
    if (!one.has_done(end_number_order)) return todos.order(Step::end_number, end_number_order);
    add_told(todos, one);
    if (!one.handed_over) todos.add(Step::hand_over, Actor::person);
}

void add_ended(Todos& todos, const Case& one) {
    if (!one.claims.empty() && !is_settled(one, one.claims.front())) {
        return add_claims(todos, one);
    }
    add_end(todos, one, Step::end_old);
}

}  // namespace

std::vector<Todo> todo(const Case& one) {
    Todos todos(one);
    if (one.taken_on) return {};
    if (one.cancelled) {
        add_taken_back(todos, one);
        add_dropped(todos, one);
        // What is linked stays so, of a change whose card has been stopped too.
        if (one.kind == Kind::change && one.has_done(link_order)) add_told(todos, one);
        if (one.has_done(link_order) || one.is_in_doubt(link_order)) {
            if (one.kind == Kind::birth) add_birth(todos, one);
        }
        return todos.take();
    }
    switch (one.kind) {
        case Kind::first:
        case Kind::replacement:
        case Kind::change:
        case Kind::from_abroad:
        case Kind::renewal:
        case Kind::existing:
        case Kind::exchange:
            add_made(todos, one);
            break;
        case Kind::number:
            add_number(todos, one);
            break;
        case Kind::stop:
            add_stop(todos, one);
            break;
        case Kind::unlock:
            add_unlock(todos, one);
            break;
        case Kind::end:
            add_ended(todos, one);
            break;
        case Kind::birth:
            add_birth(todos, one);
            break;
    }
    add_dropped(todos, one);
    return todos.take();
}

std::map<Waiting, UnixTime> waits_since(const Case& one) {
    std::map<Waiting, UnixTime> out;
    for (const auto& what : todo(one))
        out.emplace(waiting(what), what.since);
    // An approval that lapses leaves the case where it has waited before, and no younger.
    for (const auto& [what, since] : one.since)
        if (one.approved && what.step == Step::approve) out.emplace(what, since);
    return out;
}

bool has_ended(const Case& one) {
    return todo(one).empty();
}

bool stays(const Case& one, const Before& before) {
    const auto found = one.certificates.find(before.use);
    return found != one.certificates.end() && found->second == before.certificate;
}

bool is_card_otherwise(const Case& one) {
    return info(one.kind).foreign && one.requested && !one.card_writing.empty() && !one.card_agreed;
}

bool is_to_do(const Case& one, Step step) {
    return std::ranges::any_of(todo(one), [step](const Todo& what) { return what.step == step; });
}

bool ends_at_once(const Case& one) {
    return one.kind == Kind::change && one.said.has_value();
}

bool is_about(const Case& one, News what) {
    if (what == News::changed) return one.kind == Kind::change;
    return one.kind == Kind::end && one.reason == reason_of(what);
}

bool may_still_take(const Case& one) {
    if (one.kind == Kind::end || one.claims.empty()) return true;
    const bool is_asked = one.open.contains(of_place(OrderKind::confirm, 0));
    return one.claims.front().finding != Finding::same && !is_asked;
}

bool waits_for_anybody(const Case& one) {
    return ends_at_once(one) && !one.person && !one.cancelled;
}

bool can_make_anew(const Case& one) {
    const bool may_open = !info(one.kind).four_eyes || one.approved;
    return may_open && !one.keys.empty() && !one.cancelled && !one.handed_over &&
           !one.has_done(activate_order) && !one.is_in_doubt(activate_order) &&
           one.dropped.size() + one.keys.size() <= dropped_max;
}

bool is_approved(const Case& one, UnixTime now) {
    return !info(one.kind).four_eyes || (one.approved && now < *one.approved + approval_s);
}

OrderName of_use(OrderKind kind, Use use) {
    return {kind, static_cast<int>(use)};
}

OrderName of_place(OrderKind kind, std::size_t place) {
    return {kind, static_cast<int>(place)};
}

bool only_tells(const Case& one) {
    const auto todos = todo(one);
    return !todos.empty() &&
           std::ranges::all_of(todos, [](const Todo& what) { return what.step == Step::tell; });
}

Told told_of(const Case& one, const Claim& claim) {
    switch (claim.role) {
        case Role::resident:
        case Role::public_expense:  // it has no use for either
            return Told::nothing;
        case Role::medical:
            return Told::health_care_number;
        case Role::pension:
        case Role::care:
            break;
    }
    if (one.kind == Kind::change) return Told::nothing;  // no card is handed over
    const bool is_own = !claim.giver.empty() && claim.giver == one.claims.front().giver;
    return is_own ? Told::nothing : Told::delivery;
}

const std::optional<Attributes>& who_of(const Case& one) {
    return one.person ? one.person : one.known;
}

std::vector<Use> uses_of(const Case& one) {
    if (one.kind == Kind::change) {
        const bool makes = one.signing && !is_of_insurers_alone(one);
        return makes ? std::vector{Use::signing} : std::vector<Use>{};
    }
    return one.signing ? std::vector{Use::authentication, Use::signing}
                       : std::vector{Use::authentication};
}

bool is_in_old_chip(const Case& one) {
    return info(one.kind).in_hand || one.kind == Kind::unlock;
}

// The newest one alone: who moves back is linked by that number again. Every other number that is
// brought is linked, also by the same one again: its holder may have ended that link since, and of
// public expense there are several at once.
bool is_linked(const Case& one, const Claim& claim) {
    if (claim.role != Role::resident) return false;
    const auto newest = std::ranges::find(one.linked, claim.role, &Claim::role);
    return newest != one.linked.end() && newest->number == claim.number;
}

// Where certificates have begun to end, or keys were made, that is done to its end.
bool is_of_insurers_alone(const Case& one) {
    return one.kind == Kind::change && !one.said && one.claims.size() > 1 &&
           one.person == one.known && is_linked(one, one.claims.front()) &&
           one.claims.front().writing.empty() && one.keys.empty() && !is_ending(one);
}

// Of what was given up while nobody knew what had become of it, the relay says it itself.
const Claim* linked_resident(const Case& one) {
    const auto resident = std::ranges::find(one.claims, Role::resident, &Claim::role);
    if (resident == one.claims.end()) return nullptr;
    const bool may_be = one.kind == Kind::birth
                            ? may_be_linked(one, static_cast<int>(resident - one.claims.begin()))
                            : one.has_done(link_order) || one.open.contains(link_order) ||
                                  (one.lapsed.contains(link_order) && !one.cancelled);
    return may_be ? &*resident : nullptr;
}

std::vector<int> places_at_relay(const Case& one, OrderName order) {
    const bool is_of_all = order.kind == OrderKind::revoke_card || order.kind == OrderKind::reset;
    if (!is_of_all) return {order.item};
    std::vector<int> out;
    for (int place = 0; place < static_cast<int>(one.before.size()); ++place) {
        if (!one.not_active.contains(place)) out.push_back(place);
    }
    return out;
}

bool is_ending(const Case& one) {
    const auto may_be = [&one](OrderName order) {
        return one.has_done(order) || one.is_in_doubt(order);
    };
    for (std::size_t i = 0; i < one.before.size(); ++i) {
        if (may_be(of_place(OrderKind::end_old, i))) return true;
    }
    return may_be(revoke_card_order);
}

}  // namespace mado::issuer
