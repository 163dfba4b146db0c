// How far a case is on the way that its kind takes: which steps are done and since when, which
// wait, which come later, and whose each is. Drawn by the window's page and by /status, which have
// no table of their own.
#pragma once

#include <vector>

#include "store.hpp"

namespace mado::issuer {

// The steps that a kind goes through, when all goes well. Settling is shown as a part of being
// confirmed.
std::vector<Step> way_of(Kind kind);

enum class StepState { done, waits, later, not_needed, given_up };
std::string_view to_text(StepState state);

struct Progress {
    Step step = Step::opened;
    StepState state = StepState::later;
    std::optional<UnixTime> at;  // done since
    std::vector<Todo> todo;      // what waits
    std::vector<Doer> who;       // in this case: a newborn's parent acts for it
    Where where = Where::anywhere;
};
// `lines`: all that happened in it.
std::vector<Progress> progress_of(const Case& one, const std::vector<Line>& lines);

}  // namespace mado::issuer
