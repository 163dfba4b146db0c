// What everybody may read (docs/protocols/log.md): the checkpoint, the tiles and the entries of the
// log (C2SP tlog-tiles), the directory with policy and number schemes, and public counts. Nothing
// here is about anybody who could be named.
#pragma once

#include <string>
#include <vector>

#include "exchange.hpp"

namespace mado::relay {

// Each call's rows belong to the io thread of its `reader`.
// The log: checkpoint and tiles.
std::vector<http::Route> log_routes(Shared& shared, Reader& reader);

// What the relay goes by, each file's exact text: the signed directory, and the two whose hashes
// stand in it.
struct Rules {
    std::string directory, policy, schemes;
};

// All of it, and the one thing that everybody may bring about: the end of a mandate whose secret
// they know. `rules` outlives the routes.
std::vector<http::Route> public_routes(Shared& shared, Reader& reader, const Rules& rules);

}  // namespace mado::relay
