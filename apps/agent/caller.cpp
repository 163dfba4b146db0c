#include "caller.hpp"

#include <fmt/format.h>

#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

namespace mado::agent {
namespace {

// As the kernel writes them: an IPv4 address is one number in the computer's order, and a socket of
// IPv6 that talks IPv4 has it behind ::ffff:0:0.
bool is_loopback(std::string_view address, std::uint16_t port) {
    return address == fmt::format("0100007F:{:04X}", port) ||
           address == fmt::format("0000000000000000FFFF00000100007F:{:04X}", port);
}

std::string read_table(const char* path) {
    std::ifstream in(path);
    return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

std::optional<uid_t> user_in(std::string_view table, LocalPorts ports) {
    std::istringstream lines{std::string(table)};
    std::string line;
    while (std::getline(lines, line)) {
        std::istringstream columns(line);
        std::string number, local, remote, state, queues, timer, retransmits;
        uid_t user = 0;
        columns >> number >> local >> remote >> state >> queues >> timer >> retransmits >> user;
        if (columns && is_loopback(local, ports.caller) && is_loopback(remote, ports.ours)) {
            return user;
        }
    }
    return std::nullopt;
}

std::optional<uid_t> calling_user(LocalPorts ports) {
    for (const auto* path : {"/proc/net/tcp", "/proc/net/tcp6"}) {
        if (const auto user = user_in(read_table(path), ports)) return user;
    }
    return std::nullopt;
}

}  // namespace mado::agent
