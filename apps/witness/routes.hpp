// What the witness serves over HTTPS to everybody (C2SP tlog-witness), and what its handlers share.
#pragma once

#include <string>
#include <vector>

#include "base/log.hpp"
#include "http/http.hpp"
#include "http/metrics.hpp"
#include "store.hpp"

namespace mado::witness {

// Built by main. Everything is used by its one io thread.
struct Shared {
    const wire::Directory& directory;
    const tlog::WitnessVerifier& name;  // ours in the directory
    const crypto::PrivateKey& key;
    const Log& log;
    Store& store;
    http::CounterFamily& submissions;       // by result
    http::Counter& contradictions;          // kept, also by earlier runs
    http::Counter& contradictions_dropped;  // that found no room
};

// Nobody is authenticated before the body is read: the limits are narrow.
http::Limits public_limits();

// "/<SHA-256 of the origin, hex>/checkpoint", one for each log of the directory, in its order.
std::vector<std::string> checkpoint_paths(const wire::Directory& directory);

// `paths` are those, and outlive the server, as `shared` does.
std::vector<http::Route> public_routes(Shared& shared, const std::vector<std::string>& paths);

}  // namespace mado::witness
