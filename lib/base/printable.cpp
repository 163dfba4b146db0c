#include "base/printable.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/shown.hpp"

namespace mado {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";  // U+FFFD
constexpr std::string_view line_end = " \xE2\x8F\x8E ";   // U+23CE

struct Character {
    char32_t code = 0;
    std::size_t bytes = 1;
    bool valid = false;
};

// RFC 3629: the shortest form, no surrogates, up to U+10FFFF.
Character first_of(std::string_view text) {
    const auto byte = [&text](std::size_t at) { return static_cast<std::uint8_t>(text[at]); };
    const auto lead = byte(0);
    if (lead < 0x80) return {.code = lead, .bytes = 1, .valid = true};
    const std::size_t bytes = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead < 0xC2 || lead > 0xF4 || text.size() < bytes) return {};
    char32_t code = lead & (0xFFU >> (bytes + 1));
    for (std::size_t at = 1; at < bytes; ++at) {
        if ((byte(at) & 0xC0U) != 0x80) return {};
        code = (code << 6U) | (byte(at) & 0x3FU);
    }
    constexpr std::array<char32_t, 5> least{0, 0, 0x80, 0x800, 0x10000};
    const bool valid =
        code >= least.at(bytes) && code <= 0x10FFFF && (code < 0xD800 || code > 0xDFFF);
    return {.code = code, .bytes = bytes, .valid = valid};
}

bool ends_a_line(char32_t code) {
    return code == '\n' || code == 0x85 || code == 0x2028 || code == 0x2029;
}

// C0 and C1 control characters, and those of UAX #9 that turn the direction of writing.
bool steers(char32_t code) {
    return code < 0x20 || (code >= 0x7F && code < 0xA0) || code == 0x061C || code == 0x200E ||
           code == 0x200F || (code >= 0x202A && code <= 0x202E) ||
           (code >= 0x2066 && code <= 0x2069);
}

struct Range {
    char32_t first, last;
    [[nodiscard]] bool has(char32_t code) const { return first <= code && code <= last; }
};

// Default_Ignorable_Code_Point, Unicode 15.1. Those that are not assigned yet are in it too. And
// what is drawn as nothing or differently everywhere: the empty braille cell, marks of annotations,
// and planes 15 and 16, which are for private use. (U+E000 to U+F8FF a register may have for 外字.)
constexpr std::array hidden{
    Range{0x2800, 0x2800},   Range{0xFFF9, 0xFFFB},   Range{0xF0000, 0x10FFFF},
    Range{0x00AD, 0x00AD},   Range{0x034F, 0x034F},   Range{0x061C, 0x061C},
    Range{0x115F, 0x1160},   Range{0x17B4, 0x17B5},   Range{0x180B, 0x180F},
    Range{0x200B, 0x200F},   Range{0x202A, 0x202E},   Range{0x2060, 0x206F},
    Range{0x3164, 0x3164},   Range{0xFE00, 0xFE0F},   Range{0xFEFF, 0xFEFF},
    Range{0xFFA0, 0xFFA0},   Range{0xFFF0, 0xFFF8},   Range{0x1BCA0, 0x1BCA3},
    Range{0x1D173, 0x1D17A}, Range{0xE0000, 0xE0FFF},
};
constexpr std::array selectors{Range{0xFE00, 0xFE0F}, Range{0xE0100, 0xE01EF}};
// Script Han, as far as names are written with it: 々, 〆, 〇, the ideographs and those for
// compatibility.
constexpr std::array han{Range{0x3005, 0x3007}, Range{0x3400, 0x4DBF}, Range{0x4E00, 0x9FFF},
                         Range{0xF900, 0xFAFF}, Range{0x20000, 0x3FFFD}};

template <std::size_t count>
bool is_in(const std::array<Range, count>& ranges, char32_t code) {
    return std::ranges::any_of(ranges, [code](const Range& one) { return one.has(code); });
}

}  // namespace

std::string printable(std::string_view foreign) {
    std::string out;
    out.reserve(foreign.size());
    while (!foreign.empty()) {
        const auto one = first_of(foreign);
        const auto bytes = one.valid ? one.bytes : 1;
        if (one.valid && one.code == '\r' && foreign.starts_with("\r\n")) {
            // Its other half says it.
        } else if (one.valid && ends_a_line(one.code)) {
            out += line_end;
        } else if (!one.valid || steers(one.code)) {
            out += replacement;
        } else {
            out += foreign.substr(0, bytes);
        }
        foreign.remove_prefix(bytes);
    }
    return out;
}

bool shows_all(std::string_view line) {
    char32_t before = 0;
    while (!line.empty()) {
        const auto one = first_of(line);
        if (!one.valid || ends_a_line(one.code) || steers(one.code)) return false;
        const bool varies = is_in(selectors, one.code) && is_in(han, before);
        if (is_in(hidden, one.code) && !varies) return false;
        before = one.code;
        line.remove_prefix(one.bytes);
    }
    return true;
}

}  // namespace mado
