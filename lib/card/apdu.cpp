#include "card/apdu.hpp"

#include <algorithm>

namespace mado::card {
namespace {

constexpr std::size_t header_bytes = 4;
constexpr std::size_t status_bytes = 2;

std::size_t length_expected(std::uint8_t le) {
    return le == 0 ? answer_bytes_max : le;
}

}  // namespace

// The four cases of section 5.2: nothing, Le, Lc and data, Lc and data and Le.
Parsed<Command> parse_command(ByteView bytes) {
    if (bytes.size() < header_bytes) return bad("a command has no whole header");
    Command out{.cla = bytes[0], .ins = bytes[1], .p1 = bytes[2], .p2 = bytes[3]};
    const auto body = bytes.subspan(header_bytes);
    if (body.empty()) return out;
    if (body.size() == 1) {
        out.expected = length_expected(body[0]);
        return out;
    }
    const std::size_t data_bytes = body[0];
    if (data_bytes == 0) return bad("a command of extended length");
    const auto rest = body.subspan(1);
    if (rest.size() != data_bytes && rest.size() != data_bytes + 1) {
        return bad("a command's length is not that of its data");
    }
    out.data = rest.first(data_bytes);
    if (rest.size() > data_bytes) out.expected = length_expected(rest.back());
    return out;
}

Secret command_bytes(const Command& command) {
    const bool fits = command.data.size() <= 255 && command.expected <= answer_bytes_max;
    if (!fits) throw Failure("a command is too long for the short form");
    const auto data_bytes = command.data.size();
    Secret out(header_bytes + (data_bytes == 0 ? 0 : 1 + data_bytes) +
               (command.expected == 0 ? 0 : 1));
    const auto to = out.writable();
    const std::array<std::uint8_t, header_bytes> header{command.cla, command.ins, command.p1,
                                                        command.p2};
    std::ranges::copy(header, to.begin());
    if (data_bytes > 0) {
        to[header_bytes] = static_cast<std::uint8_t>(data_bytes);
        std::ranges::copy(command.data, to.subspan(header_bytes + 1).begin());
    }
    if (command.expected > 0) to.back() = static_cast<std::uint8_t>(command.expected & 0xff);
    return out;
}

Parsed<Response> parse_response(ByteView bytes) {
    if (bytes.size() < status_bytes || bytes.size() > answer_bytes_max + status_bytes) {
        return bad("a card's answer is too short or too long");
    }
    const auto end = bytes.last(status_bytes);
    return Response{.data = to_bytes(bytes.first(bytes.size() - status_bytes)),
                    .status = static_cast<Status>(end[0] << 8 | end[1])};
}

Bytes response_bytes(const Response& response) {
    Bytes out = response.data;
    out.push_back(static_cast<std::uint8_t>(response.status >> 8));
    out.push_back(static_cast<std::uint8_t>(response.status & 0xff));
    return out;
}

}  // namespace mado::card
