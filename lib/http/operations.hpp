// What every program offers its operator: /healthz, /readyz and /metrics on loopback, and a line in
// its log for each request.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/log.hpp"
#include "http/http.hpp"
#include "http/metrics.hpp"

namespace mado::http {

// In the answer of /readyz: the process id of the program.
constexpr const char* process_header = "X-Mado-Process";

// `not_ready`: why the program cannot serve just now, in plain words; empty when it can. It and
// `metrics` outlive the server.
std::vector<Route> operator_routes(std::function<std::optional<std::string>()> not_ready,
                                   const Metrics& metrics);

// Every request becomes a line of `log`, and what failed another one. `log` outlives the server.
void log_requests(ServerOptions& options, const Log& log);

}  // namespace mado::http
