// What this organisation was answered and may change: answers that an insurer gave before it had
// decided. `check` keeps them, `answers` hears from the relay which of them hold no longer.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "client/eligibility.hpp"
#include "places.hpp"

namespace mado::cli {

// An order that was answered provisionally.
struct KeptAnswer {
    Hash order{};
    std::uint64_t index = 0;
    UnixTime at = 0;
    std::string holder, name;  // of the insurer its id, and whom it is about
    bool changed = false;
};
// The organisation's own file (Places::answers_of), a line for each answer and each change.
// Lines that were cut short by a crash are passed over.
std::vector<KeptAnswer> parse_answers(std::string_view text);
std::string answer_line(const KeptAnswer& answer);
std::string changed_line(const Hash& order);

// Those of a check, before its answer is shown: whoever reads it can hear of the change.
void keep_answers(const Places& places, const std::string& organisation,
                  const client::Eligibility& result);

struct AnswersOptions {
    std::string as = "clinic-1";
    std::int64_t wait_s = 0;  // listens so long, until something changes
    bool json = false;
};
// The exit status: 0 nothing has changed, 1 something has, 3 the relay does not answer.
int show_answers(const Places& places, const AnswersOptions& options);

}  // namespace mado::cli
