// The frame of a program that is a site: what its configuration says, what it verifies before it
// serves, and how it serves.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/config.hpp"
#include "http/http.hpp"
#include "site/site.hpp"

namespace mado::site {

struct Settings {
    std::string id, keys, directory, authority, policy;
    std::string web;  // folder of the web build
    std::string redirect_uri, agent;
    std::string address;
    std::uint16_t port = 0;
    std::uint16_t operator_port = 0;
};
// Of a configuration that may say more: the caller reads that, and says finish().
Settings read_settings(Config& config);

// A file of the configuration; OperatorError when it is not there.
std::string text_of(const std::string& path);
// OperatorError when something of it is missing or not as the directory lists it, or when the
// policy lets nobody log in for that purpose.
Basis load_basis(const Settings& settings, const wire::CodeId& purpose);

using NotReady = std::function<std::optional<std::string>()>;
// Until SIGTERM. Log-ins end when their time is over and when the relay says so. `not_ready`: why
// this program cannot do its work, besides the relay's events, which are watched here.
void serve(http::asio::io_context& io, Site& site, const Settings& settings,
           std::vector<http::Route> routes, NotReady not_ready = nullptr);

}  // namespace mado::site
