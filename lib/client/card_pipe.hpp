// The pipe between an issuing centre and a card in a reader here (docs/protocols/card-session.md):
// the centre says which commands, this side has the card and the PINs. A command of the centre that
// has no business here does not reach the card.
#pragma once

#include <expected>
#include <string>

#include "card/channel.hpp"
#include "card/personalise.hpp"
#include "card/replay.hpp"
#include "http/http.hpp"
#include "wire/directory.hpp"

namespace mado::client {

// What the person has chosen; empty: not asked for.
struct NewPins {
    Secret authentication, signing;
};

enum class PipeError {
    unreachable,  // the centre does not answer, or broke off
    not_lawful,   // it asked for what is not on the list, or answered nothing that can be read
    no_pin,       // it wants a PIN that nobody was asked for
    over,         // the session's time, or another session took its place
    gone,         // the card was pulled
    not_ours,     // no blank card of that centre's
    used,         // it is somebody's card already
    other_card,   // the case's keys are in another one
    refused,      // the card, or the centre, does not do it
};
std::string_view to_text(PipeError error);

// What was done, for whoever measures.
struct PipeCounts {
    int calls = 0, commands = 0, waits = 0;
    std::int64_t call_us = 0, command_us = 0, wait_us = 0;  // in all
};

struct Pipe {
    const wire::Participant& centre;  // whose certificates the directory pins
    std::string address;              // one of its redirect URIs: the same origin is called
    std::string session;
    card::IssuingWork work = card::IssuingWork::card;  // what the person was told that it is for
};
// Until the centre says that the card is done. On the caller's thread: the card's answers are
// waited for. What it has to be undone by is another session.
http::Task<std::expected<PipeCounts, PipeError>> run_pipe(const Pipe& pipe, card::Channel& card,
                                                          const NewPins& pins);

// ---- without a network ----

struct PipeStep {
    std::vector<Bytes> commands = {};
    std::optional<card::KeyUse> pin = {};
    std::int64_t wait_ms = 0;
    std::string failed = {};
    bool done = false;
};
// Of the centre's answer. Exactly one of them.
Parsed<PipeStep> read_pipe_step(std::string_view body);
PipeError read_failure(std::string_view word);

}  // namespace mado::client
