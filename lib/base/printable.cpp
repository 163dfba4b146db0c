#include "base/printable.hpp"

#include <array>
#include <cstdint>

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

}  // namespace mado
