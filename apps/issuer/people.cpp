#include "people.hpp"

#include <algorithm>

#include "birth.hpp"

namespace mado::issuer {
namespace {

bool may_be_done(const Case& one, OrderName order) {
    return one.has_done(order) || one.is_in_doubt(order);
}

// A card that may be active counts as one.
void add_issued(const Case& one, std::vector<IssuedCard>& issued) {
    if (!may_be_done(one, activate_order)) return;
    for (const auto& [use, certificate] : one.certificates) {
        for (auto& before : issued) {
            if (before.card.use == use && one.has_done(activate_order)) {
                before.standing = Standing::revoked;
            }
        }
        issued.push_back({.card = {.use = use, .certificate = certificate, .chip = one.chip}});
    }
}

// Revoked is for good; suspended until all of it was resumed.
std::optional<Standing> standing_after(const Case& one) {
    switch (one.kind) {
        case Kind::stop:
            if (one.given_up || one.overtaken) return Standing::revoked;
            if (one.found && has_ended(one)) return std::nullopt;
            return Standing::suspended;
        case Kind::change:
        case Kind::end:
            return is_ending(one) ? std::optional(Standing::revoked) : std::nullopt;
        case Kind::replacement:
        case Kind::from_abroad:
            return one.has_done(activate_order) ? std::optional(Standing::revoked) : std::nullopt;
        case Kind::first:
        case Kind::unlock:
        case Kind::birth:
            return std::nullopt;
    }
    return std::nullopt;
}

void add_ends(const Case& one, std::vector<IssuedCard>& issued) {
    const auto standing = standing_after(one);
    if (!standing) return;
    for (const auto& before : one.before) {
        for (auto& card : issued) {
            if (card.card == before && card.standing != Standing::revoked) {
                card.standing = *standing;
            }
        }
    }
}

void add_linked(const Case& one, std::vector<Claim>& linked) {
    if (!one.has_done(link_order)) return;
    for (std::size_t i = 0; i < one.claims.size(); ++i) {
        const auto& claim = one.claims[i];
        if (claim.finding != Finding::same) continue;
        if (one.kind == Kind::birth && !may_be_linked(one, static_cast<int>(i))) continue;
        linked.insert(linked.begin(), {.role = claim.role, .number = claim.number});
    }
}

// Confirmed by the registers that were asked.
bool is_confirmed(const Case& one) {
    return one.person && info(one.kind).applies && !one.claims.empty() &&
           one.claims.front().finding == Finding::same &&
           (info(one.kind).is_known || one.has_done(link_order));
}

}  // namespace

std::string_view to_text(Standing standing) {
    switch (standing) {
        case Standing::active:
            return "active";
        case Standing::suspended:
            return "suspended";
        case Standing::revoked:
            return "revoked";
    }
    return "";
}

std::optional<KnownPerson> person_of(const std::vector<Case>& cases) {
    KnownPerson out;
    bool is_known = false;
    for (std::size_t i = 0; i < cases.size(); ++i) {
        const auto& one = cases[i];
        out.numbers = one.numbers;
        if (is_confirmed(one)) {
            out.attributes = *one.person;
            is_known = true;
        }
        add_linked(one, out.linked);
        add_issued(one, out.issued);
        add_ends(one, out.issued);
        if (has_ended(one)) continue;
        if (info(one.kind).is_alone) out.alone = i;
        if (one.kind == Kind::stop) {
            out.stop = i;
            out.is_stopping = !one.found;
        }
    }
    return is_known ? std::optional(std::move(out)) : std::nullopt;
}

std::expected<Parent, Misfit> parent_of(const KnownPerson& person, const std::string& number) {
    const bool can_sign = std::ranges::any_of(person.issued, [](const IssuedCard& issued) {
        return issued.card.use == Use::signing && issued.standing == Standing::active;
    });
    if (!can_sign) return std::unexpected(Misfit::no_card);
    return Parent{.person = number,
                  .issuing = person.numbers.issuing,
                  .attributes = person.attributes,
                  .linked = person.linked};
}

std::expected<Opened, Misfit> opened_for(const KnownPerson& person, const Asked& asked) {
    const auto& kind = info(asked.kind);
    if (!kind.is_known || !has_reason(asked.kind, asked.reason)) {
        return std::unexpected(Misfit::unexpected);
    }
    // The card that a change writes into is in hand: it is not looked for meanwhile.
    if (kind.is_alone && person.alone) return std::unexpected(Misfit::other_case);
    if (asked.kind == Kind::change && person.stop) return std::unexpected(Misfit::other_case);
    Opened out{.numbers = person.numbers,
               .known = person.attributes,
               .kind = asked.kind,
               .reason = asked.reason,
               .linked = person.linked};
    bool had_signing = false;
    for (const auto& [card, standing] : person.issued) {
        had_signing = had_signing || card.use == Use::signing;
        const bool is_asked = asked.kind == Kind::unlock
                                  ? standing == Standing::active &&
                                        std::ranges::find(asked.uses, card.use) != asked.uses.end()
                              : asked.kind == Kind::change ? card.use == Use::signing
                                                           : true;
        if (is_asked && standing != Standing::revoked) out.before.push_back(card);
    }
    const bool of_a_card = asked.kind == Kind::stop || asked.kind == Kind::unlock;
    if (of_a_card && out.before.empty()) return std::unexpected(Misfit::no_card);
    out.signing = asked.signing.value_or(had_signing);
    return out;
}

}  // namespace mado::issuer
