#include "card/pin_pad.hpp"

namespace mado::card {
namespace {

constexpr std::uint8_t verify_pin_direct = 0x06;  // section 2.3
constexpr std::size_t control_bytes = 4;

// The fields of section 2.5.2, in their order.
constexpr std::uint8_t timeout_s = 30;
constexpr std::uint8_t ascii_from_the_first_byte = 0x82;  // positions in bytes, at the left
constexpr std::uint8_t no_length_in_the_pin = 0x00;
constexpr std::uint8_t until_the_ok_key = 0x02;
constexpr std::uint8_t one_message = 0x01;
constexpr std::uint16_t japanese = 0x0411;
constexpr std::uint8_t first_message = 0x00;

// Numbers of more than a byte have the computer's order (section 2.5.1): that of all of ours.
void append_little(Bytes& to, std::uint32_t value, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i)
        to.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

}  // namespace

Parsed<std::optional<std::uint32_t>> verify_pin_control(ByteView features) {
    if (features.size() > features_bytes_max) return bad("the list of features is too long");
    std::optional<std::uint32_t> out;
    while (!features.empty()) {
        if (features.size() < 2 || features.size() - 2 < features[1]) {
            return bad("the list of features is cut short");
        }
        const auto tag = features[0];
        const auto value = features.subspan(2, features[1]);
        features = features.subspan(2 + value.size());
        if (tag != verify_pin_direct) continue;
        if (value.size() != control_bytes || out) return bad("a feature has one control code");
        std::uint32_t code = 0;
        for (const auto byte : value)
            code = code << 8 | byte;
        out = code;
    }
    return out;
}

Bytes pin_verify_structure(const PinEntry& entry) {
    Bytes out{timeout_s, timeout_s, ascii_from_the_first_byte,
              static_cast<std::uint8_t>(entry.command.data.size()), no_length_in_the_pin};
    // The least and the most digits: 0xXXYY.
    append_little(out, static_cast<std::uint32_t>(entry.digits << 8 | entry.digits), 2);
    out.push_back(until_the_ok_key);
    out.push_back(one_message);
    append_little(out, japanese, 2);
    out.push_back(first_message);
    append_little(out, 0, 3);  // of T=1 blocks: the reader's business
    const auto command = command_bytes(entry.command);
    append_little(out, static_cast<std::uint32_t>(command.size()), 4);
    append(out, command.view());
    return out;
}

}  // namespace mado::card
