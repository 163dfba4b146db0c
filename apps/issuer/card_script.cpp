#include "card_script.hpp"

#include <algorithm>

namespace mado::issuer {
namespace {

using card::IssueError;
using card::KeyUse;

KeyUse key_use(Use use) {
    switch (use) {
        case Use::authentication:
            return KeyUse::authentication;
        case Use::signing:
            return KeyUse::signing;
    }
    return KeyUse::authentication;
}

// A card that people log in with gets no new key for that: it would be lost to whoever has it. What
// is written without new keys fits those of this case, or the chip refuses it.
bool is_somebodys(const card::ChipFacts& chip, const CardWork& work) {
    const bool is_new = std::ranges::find(work.make, Use::authentication) != work.make.end();
    const bool is_own = !work.own.empty() && base64url(ByteView(chip.serial)) == work.own;
    return is_new && !is_own &&
           (chip.has_authentication_certificate || chip.has_signing_certificate);
}

CardFailure failure_of(IssueError error, bool writing) {
    switch (error) {
        case IssueError::gone:
            return CardFailure::gone;
        case IssueError::not_ours:
            return CardFailure::not_ours;
        case IssueError::blocked:
            return CardFailure::blocked;
        case IssueError::refused:
            return writing ? CardFailure::other_card : CardFailure::refused;
        case IssueError::forged:
            return CardFailure::forged;
    }
    return CardFailure::refused;
}

// What is missing when a step could not be done: an answer, or the card.
CardStep asks_or(const card::Replay& chip, CardFailure failure) {
    if (chip.pin()) {
        return CardPin{.use = *chip.pin() == KeyUse::signing ? Use::signing : Use::authentication};
    }
    if (!chip.commands().empty()) return CardCommands{.commands = chip.commands()};
    return failure;
}

}  // namespace

std::string_view to_text(CardFailure failure) {
    switch (failure) {
        case CardFailure::gone:
            return "gone";
        case CardFailure::not_ours:
            return "not_ours";
        case CardFailure::blocked:
            return "blocked";
        case CardFailure::used:
            return "used";
        case CardFailure::other_card:
            return "other_card";
        case CardFailure::refused:
            return "refused";
        case CardFailure::forged:
            return "forged";
        case CardFailure::pin:
            return "pin";
        case CardFailure::case_changed:
            return "case_changed";
    }
    return "";
}

CardStep next_step(const Secret& root, const CardWork& work,
                   const std::vector<card::Response>& answers) {
    card::Replay chip(answers);
    // Before the chip is opened to whoever holds it.
    std::optional<CardFailure> unfit;
    auto issuer = card::Personaliser::begin(
        chip,
        [&root, &work,
         &unfit](const card::ChipFacts& facts) -> std::expected<Secret, card::IssueError> {
            if (!work.chip.empty() && base64url(ByteView(facts.serial)) != work.chip) {
                unfit = CardFailure::other_card;
            } else if (is_somebodys(facts, work)) {
                unfit = CardFailure::used;
            }
            if (unfit) return std::unexpected(IssueError::refused);
            return card::chip_issuer_key(root, facts.serial);
        });
    if (unfit) return *unfit;
    if (!issuer) return asks_or(chip, failure_of(issuer.error(), false));
    CardKeys made{.keys = {}, .chip = base64url(ByteView(issuer->chip().serial))};
    for (const auto use : work.make) {
        const auto key = issuer->generate(key_use(use), issuer->chip().key_type(key_use(use)));
        if (!key) return asks_or(chip, failure_of(key.error(), false));
        made.keys.emplace(use, base64url(key->spki()));
    }
    if (work.write.empty() && work.pins.empty()) {
        // The last of the commands may have been taken to be done.
        if (chip.waits()) return asks_or(chip, CardFailure::gone);
        return made;
    }
    for (const auto& [use, pair] : work.write) {
        const auto done = issuer->write_certificate(key_use(use), pair.first, pair.second);
        if (!done) return asks_or(chip, failure_of(done.error(), true));
    }
    for (const auto use : work.pins) {
        const auto answer = chip.set_pin(key_use(use));
        if (!answer) return asks_or(chip, CardFailure::gone);
        if (answer->status != card::status::ok) return CardFailure::pin;
    }
    if (chip.waits()) return asks_or(chip, CardFailure::gone);
    return CardDone{};
}

}  // namespace mado::issuer
