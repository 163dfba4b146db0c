#include "service.hpp"

#include <algorithm>

#include "wire/services/catalogue.hpp"

namespace mado::relay {
std::expected<const wire::Participant*, Code> own_organisation(
    const wire::Directory& directory, std::string_view id, const std::optional<Hash>& certificate) {
    const auto* organisation = directory.find(id);
    if (organisation == nullptr) return std::unexpected(Code::not_in_directory);
    if (!certificate || !organisation->has_certificate(*certificate)) {
        return std::unexpected(Code::certificate_mismatch);
    }
    return organisation;
}

std::expected<const wire::Participant*, Code> authenticate(const CallerFacts& facts) {
    const auto& head = facts.head.head;
    if (!facts.certificate || !facts.directory.knows_certificate(*facts.certificate)) {
        return std::unexpected(Code::not_in_directory);
    }
    const auto caller = own_organisation(facts.directory, head.issuer.text(), facts.certificate);
    if (!caller) return caller;
    if (head.audience != facts.directory.relay().id) return std::unexpected(Code::head_audience);
    if (!wire::head_is_fresh(head, facts.now, wire::lifetime_s_max(head.service)))
        return std::unexpected(Code::head_stale);
    const auto* key = (*caller)->signing_key(facts.head.jws.key_id);
    if (key == nullptr || !crypto::verify_jws(facts.head.jws, *key)) {
        return std::unexpected(Code::head_signature);
    }
    return caller;
}

std::optional<Code> judge_mandate(const MandateFacts& facts) {
    const auto& mandate = facts.mandate;
    if (mandate.audience != facts.relay) return Code::mandate_for_other;
    if (mandate.organisation != facts.caller.id) return Code::mandate_for_other;
    if (mandate.expires <= facts.now) return Code::mandate_expired;
    if (mandate.issued_at > facts.now + wire::clock_skew_s) return Code::mandate_expired;
    const auto lifetime = mandate.expires - mandate.issued_at;
    if (lifetime <= 0 || lifetime > wire::lifetime_s_max(mandate.kind)) {
        return Code::mandate_expired;
    }
    // A log-in cannot stand in for a check: it lives longer and may be used often.
    if (mandate.kind != facts.kind) return Code::mandate_scope;
    if (!mandate.covers(facts.service)) return Code::mandate_scope;
    return std::nullopt;
}

CardUse use_for(wire::MandateKind kind) {
    switch (kind) {
        case wire::MandateKind::login:
        case wire::MandateKind::check:
        case wire::MandateKind::consent:
        case wire::MandateKind::delegate:
            return CardUse::authentication;
        case wire::MandateKind::application:
            return CardUse::signing;
    }
    return CardUse::authentication;
}

std::optional<Code> judge_delegate(const wire::Mandate& delegate,
                                   const wire::SignedMandate& login) {
    return delegate.delegate == login.jws.certificate ? std::nullopt
                                                      : std::optional(Code::mandate_for_other);
}

std::optional<Code> judge_application(const wire::Mandate& application, const wire::Head& head) {
    const auto& hashes = application.payload_hashes;
    const bool signed_for =
        head.payload_hash && std::ranges::find(hashes, *head.payload_hash) != hashes.end();
    return signed_for ? std::nullopt : std::optional(Code::mandate_scope);
}

std::optional<Code> judge_card(const CardKey& card, UnixTime now) {
    if (card.status != CardStatus::active) return Code::card_revoked;
    if (card.not_after <= now) return Code::card_expired;
    return std::nullopt;
}

std::expected<Route, Code> route_linked(const wire::Target& to, const wire::Directory& directory,
                                        const std::vector<Identifier>& identifiers) {
    std::int64_t position = 0;
    for (const auto& identifier : identifiers) {
        if (!identifier.holder) continue;
        if (to.holder) {
            if (*identifier.holder == *to.holder) return Route{*to.holder, identifier};
            continue;
        }
        const auto* holder = directory.find(*identifier.holder);
        if (holder == nullptr || holder->kind != *to.kind) continue;
        if (++position == to.position) return Route{holder->id, identifier};
    }
    return std::unexpected(Code::no_link);
}

std::expected<Route, Code> route_given_number(const wire::Target& to,
                                              const wire::Directory& directory,
                                              const wire::PersonNumber& number,
                                              const std::vector<Identifier>& identifiers) {
    const bool counts = std::ranges::any_of(identifiers, [&number](const Identifier& one) {
        return one.current && one.number == number;
    });
    if (!counts) return std::unexpected(Code::no_match);
    return route_linked(to, directory, identifiers);
}

std::expected<Route, Code> route_own_number(const wire::Target& to,
                                            const wire::Directory& directory,
                                            const wire::Scheme& scheme,
                                            const wire::PersonNumber& number) {
    const auto* holder = directory.find(scheme.giver(number));
    if (holder == nullptr || holder->kind != *scheme.kind) return std::unexpected(Code::no_match);
    const bool asked =
        to.holder ? *to.holder == holder->id : *to.kind == holder->kind && to.position == 1;
    if (!asked) return std::unexpected(Code::no_match);
    return Route{holder->id, Identifier{.number = number, .holder = holder->id, .current = true}};
}

bool parameters_fit(const wire::Head& head, Date today) {
    const auto* contract = wire::find_contract(head.service.text());
    if (contract == nullptr) return true;  // a question to the relay itself: it reads them
    return wire::read_parameters(*contract, head.parameters, today).has_value();
}

}  // namespace mado::relay
