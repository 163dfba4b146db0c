#include "vpcd.hpp"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <optional>
#include <string>

namespace mado::softcard {
namespace {

constexpr std::size_t length_bytes = 2;

enum class Control : std::uint8_t { power_off = 0, power_on = 1, reset = 2, atr = 4 };

class Socket {
  public:
    Socket() : descriptor_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        if (descriptor_ < 0) throw Failure("cannot make a socket");
    }
    ~Socket() { ::close(descriptor_); }
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;

    [[nodiscard]] bool connect(std::uint16_t port) const {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (::connect(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address) !=
            0) {
            return false;
        }
        set(TCP_NODELAY);
        return true;
    }
    // False: the other end is gone, or the card is to be pulled.
    [[nodiscard]] bool read(std::span<std::uint8_t> to, int pull) const {
        while (!to.empty()) {
            // The driver writes length and body apart; the second waits for the first's
            // acknowledgement, which would be late by 40 ms. The system forgets it after each read.
            set(TCP_QUICKACK);
            std::array<pollfd, 2> ready{pollfd{.fd = descriptor_, .events = POLLIN, .revents = 0},
                                        pollfd{.fd = pull, .events = POLLIN, .revents = 0}};
            if (::poll(ready.data(), ready.size(), -1) < 0) {
                if (errno == EINTR) continue;
                throw Failure("cannot wait for the reader");
            }
            if (ready[1].revents != 0) return false;
            const auto got = ::recv(descriptor_, to.data(), to.size(), 0);
            if (got < 0 && errno == EINTR) continue;
            if (got <= 0) return false;
            to = to.subspan(static_cast<std::size_t>(got));
        }
        return true;
    }
    [[nodiscard]] bool write(ByteView bytes) const {
        while (!bytes.empty()) {
            const auto put = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (put < 0 && errno == EINTR) continue;
            if (put <= 0) return false;
            bytes = bytes.subspan(static_cast<std::size_t>(put));
        }
        return true;
    }

  private:
    // Speed only.
    void set(int option) const {
        const int on = 1;
        static_cast<void>(::setsockopt(descriptor_, IPPROTO_TCP, option, &on, sizeof on));
    }
    int descriptor_;
};

bool is_pulled(int pull) {
    pollfd ready{.fd = pull, .events = POLLIN, .revents = 0};
    return ::poll(&ready, 1, 0) > 0;
}

// A PIN may be in it.
struct Message {
    Secret body;
};

std::optional<Message> next_message(const Socket& socket, int pull) {
    std::array<std::uint8_t, length_bytes> length{};
    if (!socket.read(length, pull)) return std::nullopt;
    Message out{Secret(static_cast<std::size_t>(length[0] << 8 | length[1]))};
    if (!socket.read(out.body.writable(), pull)) return std::nullopt;
    return out;
}

bool answer(const Socket& socket, ByteView body) {
    Bytes out{static_cast<std::uint8_t>(body.size() >> 8),
              static_cast<std::uint8_t>(body.size() & 0xff)};
    append(out, body);
    return socket.write(out);
}

// False: the reader is gone.
bool control(const Socket& socket, chip::Chip& chip, std::uint8_t what) {
    switch (static_cast<Control>(what)) {
        case Control::power_off:
        case Control::power_on:
        case Control::reset:
            chip.reset();
            return true;
        case Control::atr:
            return answer(socket, chip.atr());
    }
    return true;  // a driver may know more
}

}  // namespace

Ended serve(chip::Chip& chip, std::uint16_t port, int pull) {
    const Socket socket;
    if (!socket.connect(port)) {
        throw OperatorError("there is no virtual reader on port " + std::to_string(port) +
                            ": start pcscd with vsmartcard-vpcd installed");
    }
    chip.reset();
    while (const auto message = next_message(socket, pull)) {
        const auto body = message->body.view();
        if (body.empty()) continue;
        const bool sent =
            body.size() == 1 ? control(socket, chip, body[0]) : answer(socket, chip.transmit(body));
        if (!sent) break;
    }
    return is_pulled(pull) ? Ended::pulled : Ended::reader_gone;
}

}  // namespace mado::softcard
