#include "crypto/der.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <vector>

namespace mado::crypto::der {
namespace {

constexpr std::uint8_t tag_boolean = 0x01;
constexpr std::uint8_t tag_integer = 0x02;
constexpr std::uint8_t tag_bits = 0x03;
constexpr std::uint8_t tag_octets = 0x04;
constexpr std::uint8_t tag_null = 0x05;
constexpr std::uint8_t tag_oid = 0x06;
constexpr std::uint8_t tag_enumerated = 0x0a;
constexpr std::uint8_t tag_utf8 = 0x0c;
constexpr std::uint8_t tag_printable = 0x13;
constexpr std::uint8_t tag_ia5 = 0x16;
constexpr std::uint8_t tag_utc_time = 0x17;
constexpr std::uint8_t tag_generalized_time = 0x18;
constexpr std::uint8_t tag_sequence = 0x30;
constexpr std::uint8_t tag_set = 0x31;
constexpr std::uint8_t context = 0x80;
constexpr std::uint8_t constructed = 0x20;
constexpr std::uint8_t number_max = 30;  // of a tag of one byte
constexpr std::size_t arcs_max = 32;
constexpr UnixTime year_2050 = 2'524'608'000;  // its first second

// X.690 section 8.1.3, in the shortest form.
void append_length(Bytes& out, std::size_t size) {
    if (size < 0x80) {
        out.push_back(static_cast<std::uint8_t>(size));
        return;
    }
    Bytes digits;
    for (auto rest = size; rest != 0; rest >>= 8)
        digits.insert(digits.begin(), static_cast<std::uint8_t>(rest & 0xff));
    out.push_back(static_cast<std::uint8_t>(0x80 | digits.size()));
    append(out, digits);
}

std::optional<std::vector<std::uint64_t>> arcs_of(std::string_view dotted) {
    std::vector<std::uint64_t> out;
    while (out.size() <= arcs_max) {
        std::uint64_t arc = 0;
        const auto dot = std::min(dotted.find('.'), dotted.size());
        const auto digits = dotted.substr(0, dot);
        const auto [end, error] =
            std::from_chars(digits.data(), digits.data() + digits.size(), arc);
        const bool canonical = !digits.empty() && (digits == "0" || digits.front() != '0');
        if (error != std::errc() || end != digits.data() + digits.size() || !canonical ||
            arc >> 63 != 0) {
            return std::nullopt;
        }
        out.push_back(arc);
        if (dot == dotted.size()) break;
        dotted.remove_prefix(dot + 1);
    }
    // X.660: three trees, and 40 branches in the first two.
    const bool good = out.size() >= 2 && out.size() <= arcs_max && out[0] <= 2 &&
                      (out[0] == 2 ? out[1] >> 62 == 0 : out[1] < 40);
    return good ? std::optional(std::move(out)) : std::nullopt;
}

void append_arc(Bytes& out, std::uint64_t arc) {
    Bytes digits{static_cast<std::uint8_t>(arc & 0x7f)};
    for (arc >>= 7; arc != 0; arc >>= 7)
        digits.insert(digits.begin(), static_cast<std::uint8_t>(0x80 | (arc & 0x7f)));
    append(out, digits);
}

// "20261122101500"
std::string digits_of(UnixTime time) {
    auto text = to_rfc3339(time);
    std::erase_if(text, [](char c) { return c < '0' || c > '9'; });
    return text;
}

}  // namespace

Bytes value(std::uint8_t tag, ByteView content) {
    Bytes out{tag};
    append_length(out, content.size());
    append(out, content);
    return out;
}

Bytes joined(std::initializer_list<ByteView> parts) {
    Bytes out;
    for (const auto part : parts)
        append(out, part);
    return out;
}

Bytes sequence(std::initializer_list<ByteView> parts) {
    return value(tag_sequence, joined(parts));
}

Bytes set_of_one(ByteView member) {
    return value(tag_set, member);
}

Bytes integer(ByteView number) {
    const auto* const first =
        std::find_if(number.data(), number.data() + number.size(), [](auto b) { return b != 0; });
    Bytes out(first, number.data() + number.size());
    // The highest bit is the sign.
    if (out.empty() || out.front() >= 0x80) out.insert(out.begin(), 0);
    return value(tag_integer, out);
}

Bytes integer(std::uint64_t number) {
    Bytes bytes;
    append_u64(bytes, number);
    return integer(bytes);
}

Bytes enumerated(std::uint8_t number) {
    if (number >= 0x80) throw Failure("an enumerated value without an encoding here");
    return value(tag_enumerated, Bytes{number});
}

Bytes yes() {
    return value(tag_boolean, Bytes{0xff});
}

Bytes null() {
    return value(tag_null, {});
}

Bytes oid(std::string_view dotted) {
    const auto arcs = arcs_of(dotted);
    if (!arcs) throw Failure("not an object identifier: " + std::string(dotted));
    Bytes out;
    append_arc(out, (*arcs)[0] * 40 + (*arcs)[1]);
    for (std::size_t i = 2; i < arcs->size(); ++i)
        append_arc(out, (*arcs)[i]);
    return value(tag_oid, out);
}

bool is_oid(std::string_view dotted) {
    return arcs_of(dotted).has_value();
}

Bytes utf8(std::string_view text) {
    if (!is_utf8(text)) throw Failure("a text that is not UTF-8");
    return value(tag_utf8, as_bytes(text));
}

Bytes printable(std::string_view text) {
    constexpr std::string_view allowed =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 '()+,-./:=?";
    if (text.find_first_not_of(allowed) != std::string_view::npos) {
        throw Failure("a text that is no PrintableString");
    }
    return value(tag_printable, as_bytes(text));
}

Bytes ia5(std::string_view text) {
    if (std::ranges::any_of(text, [](char c) { return (c & 0x80) != 0; })) {
        throw Failure("a text that is no IA5String");
    }
    return value(tag_ia5, as_bytes(text));
}

Bytes octets(ByteView bytes) {
    return value(tag_octets, bytes);
}

Bytes bits(ByteView bytes) {
    return value(tag_bits, joined({Bytes{0}, bytes}));
}

Bytes named_bits(std::initializer_list<int> numbers) {
    if (numbers.size() == 0) return value(tag_bits, Bytes{0});
    const int highest = std::ranges::max(numbers);
    Bytes bytes(static_cast<std::size_t>(highest / 8 + 1));
    for (const int number : numbers)
        bytes[static_cast<std::size_t>(number / 8)] |=
            static_cast<std::uint8_t>(0x80 >> (number % 8));
    const auto unused = static_cast<std::uint8_t>(7 - highest % 8);
    return value(tag_bits, joined({Bytes{unused}, bytes}));
}

Bytes time(UnixTime time) {
    if (time < 0 || time >= year_2050) return generalized_time(time);
    return value(tag_utc_time, as_bytes(digits_of(time).substr(2) + "Z"));
}

Bytes generalized_time(UnixTime time) {
    return value(tag_generalized_time, as_bytes(digits_of(time) + "Z"));
}

Bytes tagged(std::uint8_t number, ByteView content) {
    if (number > number_max) throw Failure("a tag without an encoding here");
    return value(static_cast<std::uint8_t>(context | constructed | number), content);
}

Bytes tagged_plain(std::uint8_t number, ByteView content) {
    if (number > number_max) throw Failure("a tag without an encoding here");
    return value(static_cast<std::uint8_t>(context | number), content);
}

}  // namespace mado::crypto::der
