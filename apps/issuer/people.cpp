#include "people.hpp"

#include <algorithm>
#include <utility>

#include "birth.hpp"
#include "orders.hpp"

namespace mado::issuer {
namespace {

bool may_be_done(const Case& one, OrderName order) {
    return one.has_done(order) || one.is_in_doubt(order);
}

// A card of another authority's may keep its log-in certificate when it gets another for signing;
// a stop from before it may have revoked that since, which is for good.
bool is_known(const std::vector<IssuedCard>& issued, const std::string& certificate) {
    return std::ranges::any_of(issued, [&certificate](const IssuedCard& one) {
        return one.card.certificate == certificate;
    });
}

// A card that may be active, or is about to be, counts as one.
void add_issued(const Case& one, std::vector<IssuedCard>& issued) {
    if (!may_be_done(one, activate_order) && !is_to_do(one, Step::activate)) return;
    for (const auto& [use, certificate] : one.certificates) {
        if (is_known(issued, certificate)) continue;
        for (auto& before : issued) {
            if (before.card.use == use && one.has_done(activate_order)) {
                before.standing = Standing::revoked;
            }
        }
        issued.push_back({.card = {.use = use,
                                   .certificate = certificate,
                                   .chip = one.chip,
                                   .foreign = info(one.kind).foreign}});
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
        case Kind::renewal:
        case Kind::exchange:
            return one.has_done(activate_order) ? std::optional(Standing::revoked) : std::nullopt;
        case Kind::first:
        case Kind::unlock:
        case Kind::existing:
        case Kind::number:
        case Kind::birth:
            return std::nullopt;
    }
    return std::nullopt;
}

void add_ends(const Case& one, std::vector<IssuedCard>& issued) {
    const auto standing = standing_after(one);
    if (!standing) return;
    for (const auto& before : one.before) {
        if (stays(one, before)) continue;
        for (auto& card : issued) {
            if (card.card == before && card.standing != Standing::revoked) {
                card.standing = *standing;
            }
        }
    }
}

void add_linked(const Case& one, std::vector<Claim>& linked) {
    if (!one.has_done(link_order) || one.kind == Kind::number) return;
    for (std::size_t i = 0; i < one.claims.size(); ++i) {
        const auto& claim = one.claims[i];
        if (claim.finding != Finding::same) continue;
        if (one.kind == Kind::birth && !may_be_linked(one, static_cast<int>(i))) continue;
        std::erase_if(linked, [&](const Claim& known) { return known.number == claim.number; });
        linked.insert(linked.begin(),
                      {.role = claim.role, .number = claim.number, .giver = claim.giver});
    }
}

void add_resident(const Case& one, std::optional<Claim>& resident) {
    const auto claim = std::ranges::find(one.claims, Role::resident, &Claim::role);
    const bool is_same = claim != one.claims.end() && claim->finding == Finding::same;
    if (is_same && !one.cancelled) resident = *claim;
}

// Confirmed by the registers that were asked.
bool is_confirmed(const Case& one) {
    return one.person && info(one.kind).applies && !one.claims.empty() &&
           one.claims.front().finding == Finding::same &&
           (info(one.kind).is_known || one.has_done(link_order));
}

// As the resident register writes them, where a clerk has agreed to that; what it has not shown
// stays as it was applied with.
Attributes attributes_of(const Case& one) {
    const auto& person = *one.person;
    const auto& writing = one.claims.front().writing;
    if (writing.empty()) return person;
    auto out = as_register_writes(person, writing);
    for (auto member :
         {&Attributes::name, &Attributes::kana, &Attributes::sex, &Attributes::address}) {
        if ((out.*member).empty()) out.*member = person.*member;
    }
    return out;
}

bool has_use(const std::vector<Before>& cards, Use use) {
    return std::ranges::find(cards, use, &Before::use) != cards.end();
}

// None: the register writes the person as they are known, or the number is another one now.
std::optional<Agreed> agreed_of(const KnownPerson& person) {
    const auto number = std::ranges::find(person.linked, Role::resident, &Claim::role);
    const auto& resident = person.resident;
    if (!resident || !resident->decision || number == person.linked.end() ||
        number->number != resident->number) {
        return std::nullopt;
    }
    return Agreed{.writing = resident->writing, .decision = *resident->decision};
}

// That the person logs in with, and that this centre can write into.
bool is_one_chip(const std::vector<Before>& cards) {
    const auto in_chip = [&cards](const Before& card) {
        return !card.chip.empty() && card.chip == cards.front().chip;
    };
    return has_use(cards, Use::authentication) && std::ranges::all_of(cards, in_chip);
}

// Which of the person's certificates a case is about, besides that they are not revoked. In a chip
// of another authority's this centre writes nothing.
bool is_about(const Asked& asked, const Before& card, Standing standing) {
    switch (asked.kind) {
        case Kind::unlock:
            return standing == Standing::active && !card.foreign &&
                   std::ranges::find(asked.uses, card.use) != asked.uses.end();
        case Kind::renewal:
            return standing == Standing::active && !card.foreign;
        case Kind::change:
            return card.use == Use::signing;
        case Kind::first:
        case Kind::replacement:
        case Kind::stop:
        case Kind::from_abroad:
        case Kind::end:
        case Kind::existing:
        case Kind::exchange:
        case Kind::number:
        case Kind::birth:
            return true;
    }
    return true;
}

// Whoever stops a card now stops every certificate that may count: a stop of an earlier card is
// not that.
bool stops_all(const Case& stop, const std::vector<IssuedCard>& issued) {
    return !stop.overtaken && !stop.given_up &&
           std::ranges::all_of(issued, [&stop](const IssuedCard& one) {
               return one.standing == Standing::revoked ||
                      std::ranges::find(stop.before, one.card.certificate, &Before::certificate) !=
                          stop.before.end();
           });
}

}  // namespace

std::string giver_of_resident(const std::vector<Claim>& claims, const wire::Schemes& schemes) {
    const auto resident = std::ranges::find(claims, Role::resident, &Claim::role);
    if (resident == claims.end()) return {};
    const auto* scheme = schemes.find(resident->number.scheme);
    return scheme == nullptr ? std::string() : std::string(scheme->giver(resident->number));
}

std::string municipality_of(const Case& one, const wire::Schemes& schemes) {
    if (auto own = giver_of_resident(one.claims, schemes); !own.empty()) return own;
    if (one.invited) {
        if (auto own = giver_of_resident(one.invited->claims, schemes); !own.empty()) return own;
    }
    if (info(one.kind).applies && !one.municipality.empty()) return one.municipality;
    if (auto before = giver_of_resident(one.linked, schemes); !before.empty()) return before;
    if (one.parents.empty()) return one.municipality;
    return giver_of_resident(one.parents.front().linked, schemes);
}

std::string home_of(const KnownPerson& person, const wire::Schemes& schemes) {
    return giver_of_resident(person.linked, schemes);
}

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
        // A new health-care number that was given up before it was linked is nobody's.
        if (!one.cancelled || one.kind != Kind::number) out.numbers = one.numbers;
        if (is_confirmed(one)) {
            out.attributes = attributes_of(one);
            is_known = true;
        }
        add_linked(one, out.linked);
        add_resident(one, out.resident);
        add_issued(one, out.issued);
        add_ends(one, out.issued);
        if (has_ended(one)) continue;
        if (info(one.kind).is_alone && !only_tells(one)) out.alone = i;
        if (one.kind == Kind::stop) {
            out.stop = i;
            out.is_stopping = !one.found;
        }
    }
    if (out.stop && !stops_all(cases[*out.stop], out.issued)) {
        out.stop.reset();
        out.is_stopping = false;
    }
    return is_known ? std::optional(std::move(out)) : std::nullopt;
}

namespace {

Activation activation_of(const std::vector<Case>& cases, const std::string& certificate) {
    for (const auto& one : cases) {
        const auto is_that = [&](const auto& made) { return made.second == certificate; };
        if (std::ranges::none_of(one.certificates, is_that)) continue;
        if (one.has_done(activate_order)) return Activation::done;
        const auto what = todo(one);
        const bool is_coming = std::ranges::any_of(what, [](const Todo& each) {
            return each.order == activate_order && each.refused.empty();
        });
        if (is_coming) return Activation::coming;
    }
    return Activation::none;
}

}  // namespace

Activations activations_of(const std::vector<Case>& cases, const Case& one,
                           const std::vector<int>& places) {
    Activations out;
    for (const auto place : places) {
        const auto& before = one.before.at(static_cast<std::size_t>(place));
        out.emplace(place, activation_of(cases, before.certificate));
    }
    return out;
}

std::optional<Happening> when_unknown(OrderName order, const Activations& at_sending,
                                      const Activations& now) {
    const bool is_coming = std::ranges::any_of(
        now, [](const auto& each) { return each.second == Activation::coming; });
    if (is_coming || at_sending != now) return std::nullopt;
    for (const auto& [place, what] : now) {
        if (what == Activation::none) return NotActive{.order = order, .place = place};
    }
    return Refused{.order = order, .code = "card_unknown"};
}

// Until the stop has ended: then the card was found, or the authority has revoked it.
bool is_kept_stopped(const std::vector<Case>& cases, const Case& one) {
    return std::ranges::any_of(cases, [&one](const Case& stop) {
        return stop.kind == Kind::stop && !stop.found && !has_ended(stop) &&
               std::ranges::any_of(stop.before, [&one](const Before& before) {
                   return std::ranges::any_of(one.certificates, [&before](const auto& made) {
                       return made.second == before.certificate;
                   });
               });
    });
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

namespace {

// Of which time what the certificate says of its person is.
UnixTime as_of(const std::vector<Case>& cases, const Before& card) {
    for (const auto& one : cases) {
        const auto made = one.certificates.find(card.use);
        if (made != one.certificates.end() && made->second == card.certificate) {
            return one.asked_at;
        }
    }
    return 0;
}

// Something counts still that would not, by what was said: what the register was asked about since
// then is news to nobody. A death is: the register is asked about it anyway.
bool has_what_ends(const std::vector<Case>& cases, const KnownPerson& person, const Said& said) {
    return std::ranges::any_of(person.issued, [&](const IssuedCard& issued) {
        const bool is_meant = said.what != News::changed || issued.card.use == Use::signing;
        return is_meant && issued.standing != Standing::revoked &&
               (said.what == News::died || as_of(cases, issued.card) <= said.at + two_clocks_s);
    });
}

// In the open case that is about the like. None: its register has answered, or will at once, and
// perhaps of before.
std::optional<Due> due_in(const Case& one, const Said& said, bool ends) {
    if (one.cancelled || !is_about(one, said.what) || !may_still_take(one)) return std::nullopt;
    if (one.said) return Due::noted;
    return ends ? Due::goes_on : Due::nothing;
}

// The relay may have the person by a number of that register's, and their case has not heard it.
bool is_coming(const std::vector<Case>& cases, std::string_view register_id,
               const wire::Schemes& schemes) {
    return std::ranges::any_of(cases, [&](const Case& one) {
        return !has_ended(one) && giver_of_resident(one.claims, schemes) == register_id;
    });
}

}  // namespace

Due due_of(const std::vector<Case>& cases, const Said& said, std::string_view register_id,
           const wire::Schemes& schemes) {
    const auto person = person_of(cases);
    if (!person) {
        const bool is_over = std::ranges::all_of(cases, &has_ended);
        return is_over ? Due::nothing : Due::waits;  // the relay knows them sooner than we do
    }
    if (home_of(*person, schemes) != register_id) {
        return is_coming(cases, register_id, schemes) ? Due::waits : Due::nothing;
    }
    const auto* alone = person->alone ? &cases[*person->alone] : nullptr;
    const bool ends = has_what_ends(cases, *person, said);
    if (const auto due = alone == nullptr ? std::nullopt : due_in(*alone, said, ends)) return *due;
    // What is made just now may say of its person what is so no more.
    if (!ends) return alone == nullptr ? Due::nothing : Due::waits;
    // It makes and ends no certificate.
    const bool is_beside =
        alone != nullptr && said.what == News::died && alone->kind == Kind::number;
    if (alone != nullptr && !is_beside) return Due::waits;
    return said.what == News::changed && person->stop ? Due::waits : Due::opens;
}

bool is_given_up_by(const Case& one, News what) {
    if (has_ended(one) || one.cancelled) return false;
    if (what != News::died) return what == News::left && waits_for_anybody(one);
    if (one.kind != Kind::end) return info(one.kind).is_alone || one.kind == Kind::unlock;
    // An end that goes on by itself is what was asked for; of one that waits for a clerk another.
    return !is_about(one, what) && !one.claims.empty() &&
           one.claims.front().finding != Finding::open &&
           one.claims.front().finding != Finding::gone;
}

bool is_opened_for(const Case& one, const Asked& asked) {
    if (asked.kind == Kind::change) return waits_for_anybody(one);
    return asked.kind == Kind::end && one.kind == Kind::end && one.said &&
           one.reason == asked.reason && !has_ended(one);
}

std::expected<Opened, Misfit> opened_for(const KnownPerson& person, const Asked& asked) {
    const auto& kind = info(asked.kind);
    if (!kind.is_known || !has_reason(asked.kind, asked.reason)) {
        return std::unexpected(Misfit::unexpected);
    }
    // The card that a change writes into is in hand: it is not looked for meanwhile.
    if (kind.is_alone && person.alone) return std::unexpected(Misfit::other_case);
    if (kind.in_hand && person.stop) return std::unexpected(Misfit::other_case);
    Opened out{.numbers = person.numbers,
               .known = person.attributes,
               .kind = asked.kind,
               .reason = asked.reason,
               .linked = person.linked};
    if (asked.kind == Kind::number) {
        out.former = std::exchange(out.numbers.health_care, asked.health_care);
        return out;
    }
    bool had_signing = false;
    for (const auto& [card, standing] : person.issued) {
        had_signing = had_signing || card.use == Use::signing;
        if (is_about(asked, card, standing) && standing != Standing::revoked)
            out.before.push_back(card);
    }
    const bool of_a_card =
        asked.kind == Kind::stop || asked.kind == Kind::unlock || asked.kind == Kind::renewal;
    if (of_a_card && out.before.empty()) return std::unexpected(Misfit::no_card);
    out.signing = asked.signing.value_or(had_signing);
    if (asked.kind == Kind::renewal) {  // as many as there are, into the one chip
        out.agreed = agreed_of(person);
        out.signing = has_use(out.before, Use::signing);
        if (!is_one_chip(out.before)) return std::unexpected(Misfit::no_card);
    }
    return out;
}

}  // namespace mado::issuer
