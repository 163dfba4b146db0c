// What everybody may read (docs/protocols/log.md): the checkpoint, the tiles and the entries of the
// log (C2SP tlog-tiles), the directory, and public counts. Nothing here is about anybody who could
// be named.
#pragma once

#include <string>
#include <vector>

#include "exchange.hpp"

namespace mado::relay {

// Each call's rows belong to the io thread of its `reader`.
// The log: checkpoint and tiles.
std::vector<http::Route> log_routes(Shared& shared, Reader& reader);

// All of it, and the one thing that everybody may bring about: the end of a mandate whose secret
// they know. `directory`: the signed directory's exact text.
std::vector<http::Route> public_routes(Shared& shared, Reader& reader,
                                       const std::string& directory);

}  // namespace mado::relay
