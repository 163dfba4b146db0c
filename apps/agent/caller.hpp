// Whose program is at the other end of a connection within this computer.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>

#include "http/http.hpp"

namespace mado::agent {

// Two ends of a TCP connection, both at 127.0.0.1.
struct LocalPorts {
    std::uint16_t caller = 0;
    std::uint16_t ours = 0;
};
// The user who owns the caller's socket, as the kernel says it (sock_diag(7)); none when it has
// hung up, or is not of this network namespace. Failure: the kernel does not tell.
std::optional<uid_t> calling_user(LocalPorts ports);

// OperatorError where it does not: some kernels leave that out, and say of everybody that nobody is
// there.
void demand_known_callers();

// Whether it is the user who runs this program, who calls its port `ours`. Not even root: programs
// that hand connections on for others run as root.
bool is_own_user(const http::Peer& caller, std::uint16_t ours);

}  // namespace mado::agent
