// Internal to lib/http: the server's side of a connection, for a Server and, after an upgrade, for
// the side that dialled.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string_view>
#include <vector>

#include "http/http.hpp"
#include "http/link.hpp"

namespace mado::http {

// A route "/ocsp/%*" takes what is below "/ocsp/" as it came: with percent-encodings, which its
// handler decodes, and empty parts. For paths whose form is somebody else's (RFC 6960 appendix
// A.1).
constexpr std::string_view foreign_path_end = "/%*";

// What serve() answers with; shared by all connections of one server. Belongs to one io thread.
struct Service {
    std::vector<Route> routes;
    bool any_path = false;  // the only route takes every method and path (swapped roles)
    Limits limits;
    std::function<void(const Observation&)> observe;
    std::function<void(std::string_view request_id, std::string_view what)> report;
    std::vector<Header> headers;  // ServerOptions::headers
    std::function<void(const Request&, Response&)> refused;
    // After each answer; `known` as it says.
    std::function<void(Link& link, bool known)> served;
    bool stopping = false;
    std::map<Hash, std::size_t> streams;  // that are open, by the peer's certificate
};

// Answers requests until the connection ends, or until a handler takes it over (101). The
// connection is closed on return unless it was taken over.
Task<void> serve(std::shared_ptr<Link> link, std::shared_ptr<Service> service);

}  // namespace mado::http
