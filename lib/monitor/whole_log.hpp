// Reads a published log from its first entry on, and makes its tree anew.
#pragma once

#include <expected>
#include <functional>
#include <string>

#include "monitor/log_reader.hpp"

namespace mado::monitor {

struct WholeLog {
    std::uint64_t tiles = 0;  // compared, those at the right edge included
};
// The page that could not be read, or is not of the tree that the entries make.
struct Misfit {
    ReadError error = ReadError::unreachable;
    std::string path;
};
using EntrySeen = std::function<void(std::uint64_t index, ByteView entry)>;

// Every entry bundle gives leaves; these give every tile, each compared with the published one; and
// the whole tree must have the checkpoint's root. `seen` is called with each entry, before it is
// known whether it fits.
Task<std::expected<WholeLog, Misfit>> read_whole(LogReader& reader, tlog::Checkpoint checkpoint,
                                                 EntrySeen seen);

}  // namespace mado::monitor
