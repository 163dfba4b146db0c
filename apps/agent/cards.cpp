#include "cards.hpp"

#include <algorithm>

#include "card/open.hpp"

namespace mado::agent {

const CardView* Look::find(std::string_view reader) const {
    if (reader.empty()) return cards.size() == 1 ? &cards.front() : nullptr;
    const auto found = std::ranges::find_if(
        cards, [reader](const CardView& card) { return card.reader.name == reader; });
    return found == cards.end() ? nullptr : &*found;
}

std::unique_ptr<card::Card> Cards::open(const std::string& reader) {
    auto channel = readers_.connect(reader);
    if (!channel) return nullptr;
    auto card = card::open_card(std::move(channel));
    return card ? std::move(*card) : nullptr;
}

CardView Cards::view(const card::Reader& reader) {
    CardView out{.reader = reader};
    const auto card = open(reader.name);
    if (!card) return out;
    const auto certificate = card->authentication_certificate();
    const auto tries = card->tries_left(card::KeyUse::authentication);
    if (!certificate || !tries) return out;
    out.readable = true;
    out.not_after = certificate->not_after();
    out.pin_tries = *tries;
    if (const auto more = card->tries_left(card::KeyUse::signing)) out.password_tries = *more;
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

client::Result<std::string> Cards::sign(const std::string& reader, const Secret& pin,
                                        const client::MandateRequest& request,
                                        const wire::Directory& directory,
                                        const wire::ParticipantId& organisation) {
    const auto card = open(reader);
    if (!card) return std::unexpected(client::Problem{wire::Code::card_missing, {}, {}, {}});
    return client::sign_mandate(*card, pin, request, directory, organisation, unix_now());
}

card::CardResult<void> Cards::change_pin(const std::string& reader, card::KeyUse use,
                                         const Secret& pin, const Secret& new_pin) {
    const auto card = open(reader);
    if (!card) return std::unexpected(card::CardProblem{.error = card::CardError::gone});
    return card->change_pin(use, pin, new_pin);
}

}  // namespace mado::agent
