#include "caller.hpp"

#include <arpa/inet.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <cerrno>
#include <cstring>

#include "base/result.hpp"

namespace mado::agent {
namespace {

struct Question {
    nlmsghdr header{};
    inet_diag_req_v2 what{};
};

// One connection, by both of its ends, seen from the caller's.
Question question(LocalPorts ports) {
    Question out;
    out.header.nlmsg_len = sizeof out;
    out.header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
    out.header.nlmsg_flags = NLM_F_REQUEST;
    out.what.sdiag_family = AF_INET;
    out.what.sdiag_protocol = IPPROTO_TCP;
    out.what.idiag_states = ~0U;
    out.what.id.idiag_sport = htons(ports.caller);
    out.what.id.idiag_dport = htons(ports.ours);
    out.what.id.idiag_src[0] = htonl(INADDR_LOOPBACK);
    out.what.id.idiag_dst[0] = htonl(INADDR_LOOPBACK);
    out.what.id.idiag_cookie[0] = INET_DIAG_NOCOOKIE;
    out.what.id.idiag_cookie[1] = INET_DIAG_NOCOOKIE;
    return out;
}

struct Socket {
    int descriptor = ::socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
    Socket() = default;
    ~Socket() { ::close(descriptor); }
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;
};

}  // namespace

std::optional<uid_t> calling_user(LocalPorts ports) {
    const Socket kernel;
    const auto asked = question(ports);
    std::array<char, 4096> answer{};
    // The kernel answers within the call that asks.
    const bool sent = ::send(kernel.descriptor, &asked, sizeof asked, 0) == sizeof asked;
    const auto size =
        sent ? ::recv(kernel.descriptor, answer.data(), answer.size(), MSG_DONTWAIT) : -1;
    nlmsghdr header{};
    if (size < static_cast<ssize_t>(sizeof header + sizeof(nlmsgerr))) {
        throw Failure("the kernel does not tell whose socket it is (sock_diag)");
    }
    std::memcpy(&header, answer.data(), sizeof header);
    if (header.nlmsg_type == NLMSG_ERROR) {
        nlmsgerr error{};
        std::memcpy(&error, answer.data() + sizeof header, sizeof error);
        if (error.error == -ENOENT) return std::nullopt;
        throw Failure("the kernel does not tell whose socket it is (CONFIG_INET_TCP_DIAG)");
    }
    inet_diag_msg found{};
    if (size < static_cast<ssize_t>(sizeof header + sizeof found)) return std::nullopt;
    std::memcpy(&found, answer.data() + sizeof header, sizeof found);
    // One that was closed belongs to nobody, which the kernel writes as root.
    const bool open = found.idiag_state == TCP_ESTABLISHED && found.idiag_inode != 0;
    return open && found.id.idiag_dport == asked.what.id.idiag_dport
               ? std::optional<uid_t>(found.idiag_uid)
               : std::nullopt;
}

void demand_known_callers() {
    using http::asio::ip::tcp;
    http::asio::io_context io;
    tcp::acceptor acceptor(io, {http::asio::ip::address_v4::loopback(), 0});
    tcp::socket caller(io);
    caller.connect(acceptor.local_endpoint());
    if (calling_user({.caller = caller.local_endpoint().port(),
                      .ours = acceptor.local_endpoint().port()}) == ::geteuid()) {
        return;
    }
    throw OperatorError(
        "this kernel does not say which user calls the agent (CONFIG_INET_TCP_DIAG; modprobe "
        "tcp_diag), so that it could not keep others out");
}

bool is_own_user(const http::Peer& caller, std::uint16_t ours) {
    // All of 127.0.0.0/8 is this computer, and only one of it is looked for.
    return caller.address == "127.0.0.1" &&
           calling_user({.caller = caller.port, .ours = ours}) == ::geteuid();
}

}  // namespace mado::agent
