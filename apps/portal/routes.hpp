// Path, who may call, handler.
#pragma once

#include <string>
#include <vector>

#include "asking.hpp"
#include "base/log.hpp"
#include "client/client.hpp"
#include "http/http.hpp"
#include "national.hpp"
#include "sessions.hpp"
#include "wire/policy.hpp"
#include "wire/web_build.hpp"

namespace mado::portal {

// What pages read to check what they are given, as it was verified at the start.
struct Signed {
    std::string directory;  // JWS
    std::string authority;  // JWK
    std::string policy;
};

struct Shared {
    const wire::Directory& directory;
    const wire::Policy& policy;
    const client::Identity& identity;
    const Signed& texts;
    const wire::WebBuild& web;
    const National& national;
    const page::ServiceNames& services;
    std::string origin;        // "https://127.0.0.1:7455": of this portal
    std::string redirect_uri;  // where the agent returns to; the directory lists it
    std::string agent;         // "http://127.0.0.1:7453": on the person's own computer
    const Log& log;
    Sessions sessions = {};
    Askers askers{directory, identity};
};

// Of the portal's server, but for where it listens: what stands in every answer, whose connections
// give way, and how refusals look.
http::ServerOptions server_options(const Shared& shared);
std::vector<http::Route> routes(Shared& shared);

}  // namespace mado::portal
