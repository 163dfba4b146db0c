// Who has not answered. The relay says of which kind, and which in the person's order, but not who:
// the person's own list and the directory tell.
#pragma once

#include <string>
#include <vector>

#include "client/entries.hpp"
#include "client/own.hpp"
#include "office.hpp"
#include "wire/directory.hpp"

namespace mado::cli {

struct Silence {
    std::size_t count = 1;            // so many did not answer
    std::vector<wire::CodeId> kinds;  // of these kinds
    std::vector<wire::ParticipantId> answered;
};

// Those of the person's list that did not answer; where these are fewer than `count`, all of the
// directory that it may have been. Without those that answered.
std::vector<wire::ParticipantId> who_is_silent(const wire::Directory& directory,
                                               const client::PersonEntries& entries,
                                               const Silence& silence);

// "A市国民健康保険", or "A、B のいずれか one of them" where there are more than `count`.
std::string silent_text(const wire::Directory& directory,
                        const std::vector<wire::ParticipantId>& silent, std::size_t count);

// One of a person's holders that did not answer: its name, or those that it may have been.
struct NoAnswer {
    wire::CodeId kind;
    std::string who;
    client::Problem problem;
};
// Names those that have no name yet. `answered` did.
void name_silent(const Office& office, const SignedByCard& by,
                 const std::vector<wire::ParticipantId>& answered, std::vector<NoAnswer>& problems);

// "まどか電機健康保険組合: ", or nothing of nobody.
std::string colon_after(const std::string& who);
// A line for each, among what the others answered.
void print_unanswered(const std::vector<NoAnswer>& problems);
// When nobody answered: on standard error; the exit status. None: the person has no such holder.
int print_no_answers(const std::vector<NoAnswer>& problems);

}  // namespace mado::cli
