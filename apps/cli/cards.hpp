// Cards in readers: the demo's virtual readers (mado-softcard), or those of this computer.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/secret.hpp"
#include "card/card.hpp"
#include "places.hpp"

namespace mado::cli {

// `--card` without a name: the card that is in a reader.
constexpr const char* card_in_reader = "reader";

// The card of that name, in the reader where it is, else held by this command itself; or the one
// card in a reader. gone: there is none. OperatorError: several cards, another program has it, no
// reader service.
card::CardResult<std::unique_ptr<card::Card>> hold_card(const Places& places,
                                                        const std::string& name);
// What happened, and what to do next.
std::string words_of(const card::CardProblem& problem,
                     card::KeyUse use = card::KeyUse::authentication);

// From --pin, or typed unseen.
Secret read_secret(const std::string& given, const std::string& question);
// A new PIN or password, typed twice when it is not given. OperatorError for what cannot be one:
// the card is not asked.
Secret new_secret(const std::string& given, card::KeyUse use);

struct CardOptions {
    std::string name = card_in_reader;
    std::string pin = {}, new_pin = {};
    bool signing = false;  // the signing key's password instead of the PIN
    int reader = -1;       // insert: which one; -1: the first that is free
    bool rsa = false;      // blank: in the form of today's cards
};
int list_cards(const Places& places);
int show_card(const Places& places, const CardOptions& options);
// Into the demo's reader, which is started when it does not run.
int insert_card(const Places& places, const CardOptions& options);
// From the demo's factory: nothing is in it yet.
int make_blank(const Places& places, const CardOptions& options);
int remove_card(const Places& places, const CardOptions& options);
// What is not given is asked for: the present one once, the new one twice.
int change_pin(const Places& places, const CardOptions& options);

}  // namespace mado::cli
