// What every program offers its operator on loopback: /healthz, /readyz, /metrics.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "http/http.hpp"
#include "http/metrics.hpp"

namespace mado::http {

// `not_ready`: why the program cannot serve just now, in plain words; empty when it can. It and
// `metrics` outlive the server.
std::vector<Route> operator_routes(std::function<std::optional<std::string>()> not_ready,
                                   const Metrics& metrics);

}  // namespace mado::http
