// What the authority serves to everybody over plain HTTP: what is served is signed, and a client
// that had to check a TLS certificate first could need the answer for that (RFC 5280 section 8).
#pragma once

#include "base/log.hpp"
#include "http/http.hpp"
#include "office.hpp"

namespace mado::ca {

// Built by main; its one io thread uses it.
struct Shared {
    Office& office;
    const crypto::Certificate& certificate;
    const Log& log;
};

http::Limits public_limits();

// `shared` outlives the server.
std::vector<http::Route> public_routes(Shared& shared);

// What stands behind "/ocsp/" (RFC 6960 appendix A.1): base64 of the request, percent-encoded where
// the client thought so.
Parsed<Bytes> read_ocsp_path(std::string_view rest);

}  // namespace mado::ca
