#include "cards.hpp"

#include <algorithm>

namespace mado::agent {

const CardView* Look::find(std::string_view reader) const {
    if (reader.empty()) return cards.size() == 1 ? &cards.front() : nullptr;
    const auto found = std::ranges::find_if(
        cards, [reader](const CardView& card) { return card.reader.name == reader; });
    return found == cards.end() ? nullptr : &*found;
}

CardView Cards::view(const card::Reader& reader) {
    CardView out{.reader = reader};
    const auto opened = readers_.open(reader.name);
    if (!opened) return out;
    auto& card = **opened;
    const auto certificate = card.authentication_certificate();
    const auto tries = card.tries_left(card::KeyUse::authentication);
    const bool without = !tries && tries.error().error == card::CardError::no_pin;
    if (!certificate || !(tries || without)) return out;
    out.readable = true;
    out.thumbprint = certificate->thumbprint();
    out.certificate = certificate->der();
    out.not_after = certificate->not_after();
    if (tries) out.pin_tries = *tries;
    out.pin_at_reader = card.takes_pin_at_reader();
    if (const auto more = card.tries_left(card::KeyUse::signing)) out.password_tries = *more;
    return out;
}

Look Cards::look() {
    Look out;
    const auto readers = readers_.list();
    if (!readers) return out;
    out.service = true;
    out.readers = readers->size();
    for (const auto& reader : *readers) {
        if (reader.has_card) out.cards.push_back(view(reader));
    }
    return out;
}

// Time has passed since the person was shown the card.
card::CardResult<std::unique_ptr<card::Card>> Cards::open(const CardView& seen, card::KeyUse use) {
    const auto gone = std::unexpected(card::CardProblem{.error = card::CardError::gone});
    const auto now = readers_.list();
    if (!now || std::ranges::find(*now, seen.reader) == now->end()) return gone;
    auto card = readers_.open(seen.reader.name);
    if (!card) return card;
    const auto certificate = (*card)->authentication_certificate();
    if (!certificate) return std::unexpected(certificate.error());
    const auto tries = (*card)->tries_left(use);
    if (!tries) return std::unexpected(tries.error());
    if (certificate->thumbprint() != seen.thumbprint ||
        *tries != seen.tries(use == card::KeyUse::signing)) {
        return gone;
    }
    return card;
}

card::CardResult<client::SignedByCard> Cards::sign(const CardView& seen, const Secret& pin,
                                                   const client::MandateRequest& request,
                                                   const wire::Directory& directory,
                                                   const wire::ParticipantId& organisation) {
    const bool application = request.kind == wire::MandateKind::application;
    const auto use = application ? card::KeyUse::signing : card::KeyUse::authentication;
    const auto card = open(seen, use);
    if (!card) return std::unexpected(card.error());
    return client::sign_mandate(**card, pin, request, directory, organisation, unix_now());
}

card::CardResult<void> Cards::change_pin(const CardView& seen, card::KeyUse use, const Secret& pin,
                                         const Secret& new_pin) {
    const auto card = open(seen, use);
    if (!card) return std::unexpected(card.error());
    return (*card)->change_pin(use, pin, new_pin);
}

card::CardResult<std::unique_ptr<card::Channel>> Cards::connect(const card::Reader& seen) {
    const auto now = readers_.list();
    if (!now || std::ranges::find(*now, seen) == now->end()) {
        return std::unexpected(card::CardProblem{.error = card::CardError::gone});
    }
    return readers_.connect(seen.name);
}

}  // namespace mado::agent
