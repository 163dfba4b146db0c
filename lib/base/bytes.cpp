#include "base/bytes.hpp"

#include <algorithm>
#include <ranges>

namespace mado {
namespace {

constexpr std::string_view url_alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::string_view standard_alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

// 255 stands for a character that is none of them.
constexpr std::array<std::uint8_t, 256> reverse_of(std::string_view alphabet) {
    std::array<std::uint8_t, 256> table{};
    table.fill(255);
    for (std::size_t i = 0; i < alphabet.size(); ++i) {
        table[static_cast<std::uint8_t>(alphabet[i])] = static_cast<std::uint8_t>(i);
    }
    return table;
}

constexpr auto url_values = reverse_of(url_alphabet);
constexpr auto standard_values = reverse_of(standard_alphabet);

// Three bytes are four characters; into a text of the right size, because most of what is exchanged
// passes through here, some of it twice.
std::string encode(ByteView bytes, std::string_view alphabet) {
    std::string out((bytes.size() * 4 + 2) / 3, '\0');
    const char* const characters = alphabet.data();
    char* to = out.data();
    while (bytes.size() >= 3) {
        const auto group = std::uint32_t{bytes[0]} << 16 | std::uint32_t{bytes[1]} << 8 | bytes[2];
        *to++ = characters[group >> 18];
        *to++ = characters[group >> 12 & 63];
        *to++ = characters[group >> 6 & 63];
        *to++ = characters[group & 63];
        bytes = bytes.subspan(3);
    }
    if (bytes.empty()) return out;
    const std::uint32_t second = bytes.size() == 2 ? bytes[1] : 0;
    const auto group = std::uint32_t{bytes[0]} << 16 | second << 8;
    *to++ = characters[group >> 18];
    *to++ = characters[group >> 12 & 63];
    if (bytes.size() == 2) *to++ = characters[group >> 6 & 63];
    return out;
}

Parsed<Bytes> decode(std::string_view text, const std::array<std::uint8_t, 256>& values) {
    const auto value = [&values](char c) {
        return std::uint32_t{values[static_cast<std::uint8_t>(c)]};
    };
    if (text.size() % 4 == 1) return bad("base64 text has an impossible length");
    Bytes out(text.size() * 3 / 4);
    std::uint8_t* to = out.data();
    std::uint32_t seen = 0;  // of all characters
    while (text.size() >= 4) {
        const auto a = value(text[0]), b = value(text[1]), c = value(text[2]), d = value(text[3]);
        seen |= a | b | c | d;
        *to++ = static_cast<std::uint8_t>(a << 2 | b >> 4);
        *to++ = static_cast<std::uint8_t>(b << 4 | c >> 2);
        *to++ = static_cast<std::uint8_t>(c << 6 | d);
        text.remove_prefix(4);
    }
    std::uint32_t unused = 0;  // bits
    if (text.size() >= 2) {
        const auto a = value(text[0]), b = value(text[1]);
        const auto c = text.size() == 3 ? value(text[2]) : 0;
        seen |= a | b | c;
        *to++ = static_cast<std::uint8_t>(a << 2 | b >> 4);
        if (text.size() == 3) *to++ = static_cast<std::uint8_t>(b << 4 | c >> 2);
        unused = text.size() == 3 ? c & 3U : b & 15U;
    }
    if (seen > 63) return bad("character outside the base64 alphabet");
    // RFC 4648 section 3.5: unused bits must be zero, else two texts would mean the same bytes.
    if (unused != 0) return bad("base64 text has set trailing bits");
    return out;
}

int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return -1;
}

}  // namespace

ByteView as_bytes(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

std::string_view as_text(ByteView bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

Bytes to_bytes(std::string_view text) {
    return to_bytes(as_bytes(text));
}

Bytes to_bytes(ByteView bytes) {
    return {bytes.begin(), bytes.end()};
}

std::string to_text(ByteView bytes) {
    return std::string(as_text(bytes));
}

void append(Bytes& to, ByteView more) {
    to.insert(to.end(), more.begin(), more.end());
}

void append(Bytes& to, std::string_view more) {
    append(to, as_bytes(more));
}

void append_u64(Bytes& to, std::uint64_t value) {
    std::array<std::uint8_t, 8> big_endian{};
    for (auto& byte : big_endian | std::views::reverse) {
        byte = static_cast<std::uint8_t>(value);
        value >>= 8;
    }
    append(to, big_endian);
}

std::uint64_t read_u64(std::span<const std::uint8_t, 8> bytes) {
    std::uint64_t value = 0;
    for (const auto byte : bytes)
        value = value << 8 | byte;
    return value;
}

std::string base64url(ByteView bytes) {
    return encode(bytes, url_alphabet);
}

Parsed<Bytes> parse_base64url(std::string_view text) {
    return decode(text, url_values);
}

std::string base64(ByteView bytes) {
    auto out = encode(bytes, standard_alphabet);
    out.append((4 - out.size() % 4) % 4, '=');
    return out;
}

Parsed<Bytes> parse_base64(std::string_view text) {
    if (text.size() % 4 != 0) return bad("base64 text has no whole number of groups");
    std::size_t padding = 0;
    while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=') {
        ++padding;
    }
    return decode(text.substr(0, text.size() - padding), standard_values);
}

std::string hex(ByteView bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out;
    out.reserve(bytes.size() * 2);
    for (const std::uint8_t byte : bytes) {
        out.push_back(digits[byte >> 4]);
        out.push_back(digits[byte & 15]);
    }
    return out;
}

Parsed<Bytes> parse_hex(std::string_view text) {
    if (text.size() % 2 != 0) return bad("hex text has an odd length");
    Bytes out;
    out.reserve(text.size() / 2);
    for (std::size_t i = 0; i < text.size(); i += 2) {
        const int high = hex_value(text[i]);
        const int low = hex_value(text[i + 1]);
        if (high < 0 || low < 0) return bad("character outside lower-case hex");
        out.push_back(static_cast<std::uint8_t>(high * 16 + low));
    }
    return out;
}

Parsed<Hash> to_hash(ByteView bytes) {
    Hash hash;
    if (bytes.size() != hash.size()) return bad("a hash must have 32 bytes");
    std::ranges::copy(bytes, hash.begin());
    return hash;
}

Parsed<Hash> parse_hash(std::string_view base64url_text) {
    auto bytes = parse_base64url(base64url_text);
    if (!bytes) return std::unexpected(bytes.error());
    return to_hash(*bytes);
}

std::size_t utf8_character_bytes(std::string_view text) {
    const auto at = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
    const unsigned lead = at(0);
    if (lead < 0x80) return 1;
    const std::size_t size = lead < 0xc2   ? 0
                             : lead < 0xe0 ? 2
                             : lead < 0xf0 ? 3
                             : lead < 0xf5 ? 4
                                           : 0;
    if (size == 0 || text.size() < size) return 0;
    for (std::size_t i = 1; i < size; ++i) {
        if ((at(i) & 0xc0) != 0x80) return 0;
    }
    // Overlong forms, surrogates, and what lies beyond U+10FFFF.
    if (lead == 0xe0 && at(1) < 0xa0) return 0;
    if (lead == 0xed && at(1) > 0x9f) return 0;
    if (lead == 0xf0 && at(1) < 0x90) return 0;
    if (lead == 0xf4 && at(1) > 0x8f) return 0;
    return size;
}

bool is_utf8(std::string_view text) {
    while (!text.empty()) {
        const auto size = utf8_character_bytes(text);
        if (size == 0) return false;
        text.remove_prefix(size);
    }
    return true;
}

}  // namespace mado
