// Does what a log says now agree with what it said before? Where not, the log has signed both, and
// that is a contradiction.
#pragma once

#include <optional>
#include <string>

#include "monitor/log_reader.hpp"
#include "tlog/contradiction.hpp"

namespace mado::monitor {

// Empty: both checkpoints (signed notes, in any order) are of one history. Whatever comes back
// passes verify_contradiction. `signature`: one of them is not this log's.
Task<Read<std::optional<tlog::Contradiction>>> compare_trees(LogReader& reader, std::string one,
                                                             std::string other);

// Empty: `now` has the leaf at `index`, which is below its size, that `said` proves to be there.
Task<Read<std::optional<tlog::Contradiction>>> compare_leaf(LogReader& reader, std::uint64_t index,
                                                            tlog::Testimony said, Published now);

}  // namespace mado::monitor
