// What the relay is asked itself (docs/protocols/log.md): nothing of it is forwarded or logged.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "client/client.hpp"

namespace mado::client {

struct ToRelay {
    std::string_view service;
    std::string_view purpose;
    std::string subject;
    std::map<std::string, std::string> parameters = {};
    std::string payload = {};  // JSON, sealed to the relay; "" when there is none
};
// Of the person whose log-in this is.
ToRelay own_view(std::string_view service, std::string_view login_mandate);

Task<Result<Answered>> ask_relay(const wire::Directory& directory, const Identity& identity,
                                 ToRelay question);

// Page after page. `take` is given each one's data and says after what the next one begins
// (parameter "after"); nothing, when it was the last. It bounds how many there can be.
using Next = Result<std::optional<std::uint64_t>>;
Task<Result<void>> ask_pages(const wire::Directory& directory, const Identity& identity,
                             ToRelay question, std::function<Next(const json::object& data)> take);

}  // namespace mado::client
