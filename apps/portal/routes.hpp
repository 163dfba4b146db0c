// Path, who may call, handler.
#pragma once

#include <string>
#include <vector>

#include "base/log.hpp"
#include "client/client.hpp"
#include "http/http.hpp"
#include "sessions.hpp"
#include "wire/policy.hpp"

namespace mado::portal {

struct Shared {
    const wire::Directory& directory;
    const wire::Policy& policy;
    const client::Identity& identity;
    std::string origin;        // "https://127.0.0.1:7452": of this portal
    std::string redirect_uri;  // where the agent returns to; the directory lists it
    std::string agent;         // "http://127.0.0.1:7450": on the person's own computer
    const Log& log;
    Sessions sessions = {};
};

std::vector<http::Route> routes(Shared& shared);

}  // namespace mado::portal
