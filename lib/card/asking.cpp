#include "card/asking.hpp"

#include <array>

#include "card/pin_pad.hpp"
#include "crypto/digest.hpp"

namespace mado::card {
namespace {

constexpr std::size_t whole_answer_bytes_max = 16 * 1024;
// DigestInfo of SHA-256 up to the digest (RFC 8017 section 9.2, note 1).
constexpr std::array<std::uint8_t, 19> sha256_info{0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60,
                                                   0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02,
                                                   0x01, 0x05, 0x00, 0x04, 0x20};

CardResult<Response> read_channel(std::expected<Response, ChannelError> response) {
    if (response) return std::move(*response);
    switch (response.error()) {
        case ChannelError::removed:
            return problem(CardError::gone);
        case ChannelError::garbled:
            return problem(CardError::broken);
    }
    return problem(CardError::broken);
}

// What a status says in its second byte, where 0 is 256.
std::size_t length_in(Status answer) {
    const std::size_t length = answer & 0xff;
    return length == 0 ? answer_bytes_max : length;
}

bool has_more(Status answer) {
    return (answer & 0xff00) == status::more_bytes;
}

// A card that wants another Le has done nothing yet (6Cxx), and is asked once more.
CardResult<Response> transmit(Channel& channel, const Command& command) {
    auto out = read_channel(channel.transmit(command));
    const bool again =
        out && command.expected > 0 && (out->status & 0xff00) == status::exact_length;
    if (!again) return out;
    auto exact = command;
    exact.expected = length_in(out->status);
    return read_channel(channel.transmit(exact));
}

}  // namespace

std::unexpected<CardProblem> problem(CardError error, int tries_left) {
    return std::unexpected(CardProblem{.error = error, .tries_left = tries_left});
}

CardResult<Response> ask(Channel& channel, const Command& command) {
    auto out = transmit(channel, command);
    while (out && has_more(out->status)) {
        const auto next = transmit(channel, {.ins = 0xc0, .expected = length_in(out->status)});
        if (!next) return std::unexpected(next.error());
        // A card that goes on for ever is none.
        const bool goes_on = !next->data.empty() || !has_more(next->status);
        append(out->data, next->data);
        if (!goes_on || out->data.size() > whole_answer_bytes_max) {
            return problem(CardError::broken);
        }
        out->status = next->status;
    }
    return out;
}

bool is_count(Status answer) {
    return (answer & 0xfff0) == status::tries_left;
}

CardResult<void> read_verified(Status answer) {
    if (answer == status::ok) return {};
    if (answer == status::blocked) return problem(CardError::pin_locked);
    if (answer == status::no_reference) return problem(CardError::no_pin);
    if (!is_count(answer)) return problem(CardError::broken);
    return problem(CardError::pin_wrong, answer & 0x0f);
}

CardResult<void> verify_at_reader(Channel& channel, const PinEntry& entry) {
    if (!channel.has_keypad()) return problem(CardError::pin_format);
    const auto response = read_channel(channel.transmit_with_pin(entry));
    if (!response) return std::unexpected(response.error());
    switch (response->status) {
        case status::pin_timeout:
        case status::pin_cancelled:
            return problem(CardError::no_entry);
        case status::pin_length:
            return problem(CardError::pin_format);
        default:  // open set: the rest is the card's own
            return read_verified(response->status);
    }
}

CardResult<int> read_tries(Status answer) {
    if (answer == status::no_reference) return problem(CardError::no_pin);
    if (answer == status::blocked) return 0;
    if (!is_count(answer)) return problem(CardError::broken);
    return answer & 0x0f;
}

Bytes sha256_digest_info(ByteView message) {
    Bytes out = to_bytes(ByteView(sha256_info));
    append(out, crypto::sha256(message));
    return out;
}

}  // namespace mado::card
