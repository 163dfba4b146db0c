// Whose program is at the other end of a connection within this computer.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string_view>

namespace mado::agent {

// A connection over 127.0.0.1: the caller's port, and ours.
struct LocalPorts {
    std::uint16_t caller = 0;
    std::uint16_t ours = 0;
};

// The user who owns the caller's socket, from a table of the kernel (/proc/net/tcp or tcp6,
// proc(5)); none: it is not there.
std::optional<uid_t> user_in(std::string_view table, LocalPorts ports);
// The same from both tables of now. None also when the caller has hung up.
std::optional<uid_t> calling_user(LocalPorts ports);

}  // namespace mado::agent
