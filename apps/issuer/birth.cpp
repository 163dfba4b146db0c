#include "birth.hpp"

#include <algorithm>
#include <chrono>

namespace mado::issuer {
namespace {

std::unexpected<Misfit> misfit(Misfit why) {
    return std::unexpected(why);
}

OrderName of_filing(OrderKind kind, const Case& one, const Filing& filing) {
    return of_place(kind, static_cast<std::size_t>(&filing - one.filings.data()));
}

Filing* find_filing(Case& one, int place) {
    const auto at = static_cast<std::size_t>(place);
    return place < 0 || at >= one.filings.size() ? nullptr : &one.filings[at];
}

// With whom there is nothing to lose: the parent is insured there under this very number.
bool may_file(const Case& one, int parent, const wire::PersonNumber& insurer) {
    if (parent < 0 || static_cast<std::size_t>(parent) >= one.parents.size()) return false;
    const auto& linked = one.parents[static_cast<std::size_t>(parent)].linked;
    return std::ranges::any_of(linked, [&insurer](const Claim& claim) {
        return claim.role == Role::medical && claim.number == insurer;
    });
}

// A card that is given up leaves the child's numbers as they are: what is linked is followed.
bool is_over(const Case& one) {
    return one.cancelled && !one.has_done(link_order) && !one.is_in_doubt(link_order);
}

bool is_refused(const Case& one, OrderName order) {
    return one.refused.contains(order) && !one.open.contains(order);
}

}  // namespace

bool is_newborn(const Attributes& child, Date today) {
    const auto days = std::chrono::sys_days(today) - std::chrono::sys_days(child.birth_date);
    return days.count() >= 0 && days.count() <= newborn_days_max;
}

// A signature that has ended before its tell was accepted is given anew.
std::optional<ToSign> to_sign(const Case& one) {
    if (one.kind != Kind::birth || !one.person || is_over(one)) return std::nullopt;
    const auto wants = [&one](const SignedFor& application, OrderName order) {
        return !one.has_done(order) && !one.open.contains(order) &&
               (!application.is_there() || is_refused(one, order));
    };
    const auto& last = one.filings.back();
    const bool filing = last.state == FilingState::open && !last.claim &&
                        wants(last.application, of_filing(OrderKind::file, one, last));
    if (!one.has_done(notify_order)) {
        if (!wants(one.notice, notify_order)) return std::nullopt;
        return ToSign{.parent = 0, .notice = true, .filing = filing && last.parent == 0};
    }
    if (!filing) return std::nullopt;
    return ToSign{.parent = last.parent, .notice = false, .filing = true};
}

// ---- what happened ----

BirthResult apply_birth(Case& one, const Applied& applied) {
    const auto& form = applied.newborn;
    const bool fits = form && !form->relation.empty() && applied.claims.empty() &&
                      !applied.signing && may_file(one, form->parent, form->insurer);
    if (!fits) return misfit(Misfit::unexpected);
    one.person = applied.person;
    one.newborn = form;
    one.filings.push_back({.parent = form->parent, .insurer = form->insurer});
    return {};
}

BirthResult name_parent(Case& one, const Parent& parent) {
    if (one.kind != Kind::birth || parent.issuing.empty()) return misfit(Misfit::unexpected);
    const auto known = std::ranges::find(one.parents, parent.issuing, &Parent::issuing);
    if (known != one.parents.end()) return {};
    if (is_over(one)) return misfit(Misfit::too_late);
    if (one.parents.size() >= parents_max) return misfit(Misfit::unexpected);
    one.parents.push_back(parent);
    return {};
}

BirthResult take_signature(Case& one, const Signed& what) {
    const auto is_same = [&what](const SignedFor& known) { return known.mandate == what.mandate; };
    if (what.mandate.empty()) return misfit(Misfit::unexpected);
    if (is_same(one.notice) || std::ranges::any_of(one.filings, is_same, &Filing::application)) {
        return {};
    }
    const auto wanted = to_sign(one);
    const ToSign given{
        .parent = what.parent, .notice = !what.notice.empty(), .filing = !what.filing.empty()};
    if (wanted != given) return misfit(Misfit::unexpected);
    if (given.notice) {
        one.notice = {.mandate = what.mandate, .payload = what.notice};
        one.refused.erase(notify_order);
    }
    if (given.filing) {
        auto& last = one.filings.back();
        last.application = {.mandate = what.mandate, .payload = what.filing};
        one.refused.erase(of_filing(OrderKind::file, one, last));
    }
    return {};
}

BirthResult take_number(Case& one, const Given& given) {
    Claim claim;
    claim.number = given.number;
    if (given.order == notify_order) {
        claim.role = Role::resident;
        one.claims.insert(one.claims.begin(), std::move(claim));
    } else {
        auto* filing = find_filing(one, given.order.item);
        if (given.order.kind != OrderKind::file || filing == nullptr) {
            return misfit(Misfit::unexpected);
        }
        claim.role = Role::medical;
        filing->claim = static_cast<int>(one.claims.size());
        filing->given = given.number;
        one.claims.push_back(std::move(claim));
    }
    one.done.insert(given.order);
    return {};
}

BirthResult wait_for_decision(Case& one, int filing, UnixTime now) {
    const OrderName order{OrderKind::ask_decision, filing};
    auto* found = find_filing(one, filing);
    if (found == nullptr || one.open.erase(order) == 0) return misfit(Misfit::unexpected);
    found->ask_from = now + ask_every_s;
    return {};
}

// What is declined was never the child's: it is taken out, and its link is ended.
BirthResult take_decision(Case& one, int filing, FilingState state, const std::string& reason) {
    const OrderName order{OrderKind::ask_decision, filing};
    auto* found = find_filing(one, filing);
    if (found == nullptr || !found->claim || one.open.erase(order) == 0) {
        return misfit(Misfit::unexpected);
    }
    one.done.insert(order);
    if (found->state != FilingState::open) return {};
    found->state = state;
    found->reason = reason;
    if (state != FilingState::declined) return {};
    auto& claim = one.claims.at(static_cast<std::size_t>(*found->claim));
    claim.finding = Finding::not_applied;
    claim.writing.clear();
    return {};
}

BirthResult file_elsewhere(Case& one, const FiledElsewhere& what) {
    if (one.kind != Kind::birth || one.filings.empty()) return misfit(Misfit::unexpected);
    if (is_over(one)) return misfit(Misfit::too_late);
    auto& last = one.filings.back();
    const bool is_stuck = last.state == FilingState::open && !last.claim &&
                          is_refused(one, of_filing(OrderKind::file, one, last));
    if (last.state == FilingState::accepted) return misfit(Misfit::too_late);
    if (last.state == FilingState::open && !is_stuck) return misfit(Misfit::too_early);
    if (one.filings.size() >= filings_max || !may_file(one, what.parent, what.insurer)) {
        return misfit(Misfit::unexpected);
    }
    if (is_stuck) last.state = FilingState::closed;
    one.filings.push_back({.parent = what.parent, .insurer = what.insurer});
    return {};
}

BirthResult close_filing(Case& one, OrderName order) {
    auto* filing = find_filing(one, order.item);
    const bool of_filing_order =
        order.kind == OrderKind::file || order.kind == OrderKind::ask_decision;
    if (!of_filing_order || filing == nullptr || filing != &one.filings.back()) {
        return misfit(Misfit::unexpected);
    }
    if (filing->state == FilingState::open && is_refused(one, order)) {
        one.refused.erase(order);
        filing->state = FilingState::closed;
        return {};
    }
    // Declined, and the family files nowhere else by this case.
    if (filing->state != FilingState::declined) return misfit(Misfit::unexpected);
    one.filings.back().state = FilingState::closed;
    return {};
}

void close_filing_of(Case& one, int claim) {
    const auto found = std::ranges::find(one.filings, std::optional(claim), &Filing::claim);
    if (found != one.filings.end()) found->state = FilingState::closed;
}

// ---- what is to do ----

std::vector<NextOfBirth> next_of_filing(const Case& one) {
    std::vector<NextOfBirth> out;
    if (is_over(one)) return out;
    const auto signed_or_sent = [&](const SignedFor& application, Step step, OrderName order) {
        if (application.is_there()) {
            out.push_back({.step = step, .order = order});
        } else {
            out.push_back({.step = Step::sign, .actor = Actor::person});
        }
    };
    if (!one.has_done(notify_order)) {
        signed_or_sent(one.notice, Step::notify, notify_order);
        return out;
    }
    const auto& last = one.filings.back();
    if (last.state == FilingState::declined) {
        out.push_back({.step = Step::file_elsewhere, .actor = Actor::clerk});
    }
    if (last.state != FilingState::open) return out;
    if (!last.claim) {
        signed_or_sent(last.application, Step::file, of_filing(OrderKind::file, one, last));
        return out;
    }
    out.push_back({.step = Step::decide,
                   .order = of_filing(OrderKind::ask_decision, one, last),
                   .claim = last.claim,
                   .from = last.ask_from});
    return out;
}

std::vector<NextOfBirth> next_of_links(const Case& one) {
    std::vector<NextOfBirth> out;
    for (std::size_t i = 0; i < one.claims.size(); ++i) {
        const auto claim = static_cast<int>(i);
        const auto start = of_place(OrderKind::start_link, i);
        const auto end = of_place(OrderKind::end_link, i);
        if (is_declined(one, claim)) {
            // What is under way may still make the link: it ends when that is answered.
            if (one.open.contains(start)) {
                out.push_back({.step = Step::link, .order = start, .claim = claim});
            } else if (may_be_linked(one, claim) && !one.open.contains(link_order) &&
                       !one.has_done(end)) {
                out.push_back({.step = Step::link, .order = end, .claim = claim});
            }
        } else if (one.has_done(link_order) && one.claims[i].finding == Finding::same &&
                   !one.first_linked.contains(claim) && !one.has_done(start)) {
            out.push_back({.step = Step::link, .order = start, .claim = claim});
        }
    }
    return out;
}

bool may_link(const Case& one) {
    const bool is_filing = one.filings.size() == 1 &&
                           one.filings.front().state == FilingState::open &&
                           !one.filings.front().claim;
    return one.has_done(notify_order) && !is_filing;
}

bool is_declined(const Case& one, int claim) {
    return std::ranges::any_of(one.filings, [claim](const Filing& filing) {
        // Closed after it was declined: it has a reason.
        return filing.claim == claim &&
               (filing.state == FilingState::declined || !filing.reason.empty());
    });
}

bool may_be_linked(const Case& one, int claim) {
    const OrderName start{OrderKind::start_link, claim};
    return one.first_linked.contains(claim) || one.has_done(start) || one.is_in_doubt(start);
}

bool is_in_first_link(const Case& one, int claim) {
    const auto& found = one.claims.at(static_cast<std::size_t>(claim));
    return found.finding == Finding::same &&
           (one.first_linked.empty() || one.first_linked.contains(claim));
}

void note_first_link(Case& one) {
    auto linked = one.first_linked;
    for (int i = 0; i < static_cast<int>(one.claims.size()); ++i) {
        if (is_in_first_link(one, i)) linked.insert(i);
    }
    one.first_linked = std::move(linked);
}

}  // namespace mado::issuer
