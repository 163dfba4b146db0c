// The agent's pages, in three languages. No script, nothing from elsewhere; they work by keyboard
// and by the accessibility tree alone.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "asked.hpp"
#include "card_pipe.hpp"
#include "cards.hpp"
#include "client/card_pipe.hpp"
#include "page/names.hpp"

namespace mado::agent {

using page::Language;
using page::Words;
using PageFrame = page::Frame;

// What went wrong with what the person did, shown above the form.
struct Mistake {
    enum class Kind {
        pin_wrong,
        pin_format,
        new_pin_format,  // of the one that is to be
        no_entry,        // nobody typed it at the reader
        confirm_last,    // the last try needs a tick
        locked,
        card_gone,
        expired,
        new_pin_differs,  // typed twice, and not the same
        no_pin,           // it was issued without
        not_possible,     // not with such a card, or not here
        card_fails,       // it answers as no card does
        number_differs,   // of whom is to act
        other_card,       // not the one that has logged in for this
    };
    Kind kind;
    int tries_left = 0;     // pin_wrong
    bool password = false;  // of the signing key, not the PIN
};

struct SignPage {
    const Asked& asked;
    const page::ServiceNames& services;
    const Look& look;
    std::string reader;  // chosen; "": the only one
    std::string token;
    std::optional<Mistake> mistake;
    std::int32_t utc_offset_s = 0;
};
std::string sign_page(PageFrame frame, const SignPage& page);

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

// A card is to be written by an issuing centre.
struct WritePage {
    const CardAsked& asked;
    const Look& look;
    std::string reader = {};  // chosen; "": the only one, or the one without certificates
    std::string token = {};
    std::optional<Mistake> mistake = {};
};
std::string write_page(PageFrame frame, const WritePage& page);
// It was not done, or not wholly.
std::string not_written_page(const PageFrame& frame, const CardAsked& asked, client::PipeError why);
// It is being done, for that centre; nothing else can be done until then.
std::string busy_page(const PageFrame& frame, std::string_view centre);

// Nothing is asked of the card, and why.
std::string refusal_page(const PageFrame& frame, Refusal why);
// Somebody is to type a PIN at the reader, for that site; nothing else can be done until then.
std::string waiting_page(const PageFrame& frame, std::string_view site);
// The form was used before, or is too old. `back`: where it came from; "" when that is not known.
std::string stale_page(const PageFrame& frame, const std::string& back = {});

}  // namespace mado::agent
