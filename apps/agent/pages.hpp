// The agent's pages, in three languages. No script, nothing from elsewhere; they work by keyboard
// and by the accessibility tree alone.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "asked.hpp"
#include "cards.hpp"

namespace mado::agent {

enum class Language { ja, en, easy };  // easy: やさしい日本語
std::string_view to_text(Language language);
// That of the query's "lang", else Japanese.
Language language_of(std::string_view text);

// A text in every language.
struct Words {
    std::string_view ja, en, easy;
    [[nodiscard]] std::string_view in(Language language) const;
};

// What went wrong with what the person did, shown above the form.
struct Mistake {
    enum class Kind {
        pin_wrong,
        pin_format,
        confirm_last,  // the last try needs a tick
        locked,
        card_gone,
        new_pin_differs,  // typed twice, and not the same
        new_pin_format,
    };
    Kind kind;
    int tries_left = 0;     // pin_wrong
    bool password = false;  // of the signing key, not the PIN
};

struct PageFrame {
    Language language = Language::ja;
    std::string path;        // of this page, for the other languages
    std::string query = {};  // without "lang"
};

struct SignPage {
    const Asked& asked;
    const Look& look;
    std::string reader;  // chosen; "": the only one
    std::string token;
    std::optional<Mistake> mistake;
    std::int32_t utc_offset_s = 0;
};
std::string sign_page(const PageFrame& frame, const SignPage& page);

struct CardPage {
    const Look& look;
    std::size_t open_logins = 0;
    std::int32_t utc_offset_s = 0;
};
std::string card_page(const PageFrame& frame, const CardPage& page);

struct PinPage {
    const Look& look;
    std::string reader = {};
    bool password = false;
    std::string token = {};
    std::optional<Mistake> mistake = {};
    bool done = false;
};
std::string pin_page(const PageFrame& frame, const PinPage& page);

// Nothing is asked of the card, and why. `site`: who sent the person here, when it is known.
std::string refusal_page(const PageFrame& frame, Refusal why);
// The form was used before, or is too old.
std::string stale_page(const PageFrame& frame);

std::string_view style();

}  // namespace mado::agent
