#include "card/tlv.hpp"

namespace mado::card {
namespace {

constexpr std::uint8_t longer_tag = 0x1f;  // all five bits set: the tag goes on
constexpr std::uint8_t one_byte = 0x81;
constexpr std::uint8_t two_bytes = 0x82;

}  // namespace

Parsed<Tlv> take_tlv(ByteView& bytes) {
    if (bytes.size() < 2) return bad("a data object has no whole head");
    const auto tag = bytes[0];
    if ((tag & longer_tag) == longer_tag) return bad("a data object has a tag of several bytes");
    std::size_t head = 2;
    std::size_t size = bytes[1];
    if (size == one_byte || size == two_bytes) {
        head += size - 0x80;
        if (bytes.size() < head) return bad("a data object has no whole length");
        size = head == 3 ? bytes[2] : static_cast<std::size_t>(bytes[2] << 8 | bytes[3]);
    } else if (size >= 0x80) {
        return bad("a data object's length has a form that cards do not use");
    }
    if (bytes.size() - head < size) return bad("a data object is cut short");
    const Tlv out{.tag = tag, .value = bytes.subspan(head, size)};
    bytes = bytes.subspan(head + size);
    return out;
}

Parsed<ByteView> only_tlv(ByteView bytes, std::uint8_t tag) {
    const auto object = take_tlv(bytes);
    if (!object) return std::unexpected(object.error());
    if (object->tag != tag || !bytes.empty()) return bad("another data object was to come");
    return object->value;
}

void append_tlv(Bytes& to, std::uint8_t tag, ByteView value) {
    if (value.size() > 0xffff) throw Failure("a data object is too large");
    to.push_back(tag);
    if (value.size() > 0xff) {
        to.push_back(two_bytes);
        to.push_back(static_cast<std::uint8_t>(value.size() >> 8));
    } else if (value.size() >= 0x80) {
        to.push_back(one_byte);
    }
    to.push_back(static_cast<std::uint8_t>(value.size() & 0xff));
    append(to, value);
}

Bytes tlv(std::uint8_t tag, ByteView value) {
    Bytes out;
    append_tlv(out, tag, value);
    return out;
}

}  // namespace mado::card
