// What an issuing centre's window asks when a card is to be written here
// (docs/protocols/card-session.md): the query of the redirect against the directory. Values only;
// client/card_pipe.hpp is the pipe.
#pragma once

#include <expected>
#include <string>

#include "asked.hpp"
#include "card/replay.hpp"
#include "http/form.hpp"
#include "wire/directory.hpp"

namespace mado::agent {

struct CardAsked {
    const wire::Participant* centre = nullptr;
    std::string redirect_uri;
    std::string session;    // the centre's; nothing here reads it
    bool pin = false;       // the person chooses a PIN
    bool password = false;  // and a signing password
    card::IssuingWork work = card::IssuingWork::card;
};

// Before a PIN is asked. scope: it is no issuing centre.
std::expected<CardAsked, Refusal> judge_card(const http::Form& form,
                                             const wire::Directory& directory);

// Where the browser returns to.
enum class CardEnd { done, failed, cancelled };
std::string card_address(const CardAsked& asked, CardEnd end);

}  // namespace mado::agent
