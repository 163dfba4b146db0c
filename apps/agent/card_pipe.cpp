#include "card_pipe.hpp"

#include <algorithm>
#include <array>

namespace mado::agent {

std::expected<CardAsked, Refusal> judge_card(const http::Form& form,
                                             const wire::Directory& directory) {
    constexpr std::array<std::string_view, 6> known{"client_id", "redirect_uri", "session",
                                                    "pins",      "work",         "lang"};
    const bool only_known = std::ranges::all_of(form.fields(), [&known](const auto& field) {
        return std::ranges::find(known, field.first) != known.end();
    });
    if (!only_known) return std::unexpected(Refusal::malformed);
    // As with a log-in: who it is comes first.
    const auto* centre = directory.find(form.text("client_id"));
    if (centre == nullptr) return std::unexpected(Refusal::site_unknown);
    const auto& listed = centre->redirect_uris;
    if (std::ranges::find(listed, form.text("redirect_uri")) == listed.end()) {
        return std::unexpected(Refusal::site_unlisted);
    }
    if (centre->kind.text() != "issuer") return std::unexpected(Refusal::scope);
    const auto pins = form.text("pins");
    const bool both = pins == "authentication signing";
    const bool fits = both || pins == "authentication" || pins == "signing" || pins.empty();
    if (!fits || !parse_hash(form.text("session"))) return std::unexpected(Refusal::malformed);
    const bool only_pin = form.text("work") == "pin";
    if (form.has("work") && (!only_pin || pins.empty())) return std::unexpected(Refusal::malformed);
    return CardAsked{.centre = centre,
                     .redirect_uri = std::string(form.text("redirect_uri")),
                     .session = std::string(form.text("session")),
                     .pin = both || pins == "authentication",
                     .password = both || pins == "signing",
                     .work = only_pin ? card::IssuingWork::pin : card::IssuingWork::card};
}

std::string card_address(const CardAsked& asked, CardEnd end) {
    switch (end) {
        case CardEnd::done:
            return asked.redirect_uri + "#card=done";
        case CardEnd::failed:
            return asked.redirect_uri + "#card=failed";
        case CardEnd::cancelled:
            return asked.redirect_uri + "#card=cancelled";
    }
    return asked.redirect_uri;
}

}  // namespace mado::agent
