#include "tlog/lines.hpp"

#include <cstdint>

namespace mado::tlog {

std::optional<std::string_view> take_line(std::string_view& text) {
    const auto end = text.find('\n');
    if (end == std::string_view::npos) return std::nullopt;
    const auto line = text.substr(0, end);
    text.remove_prefix(end + 1);
    return line;
}

Parsed<std::uint64_t> parse_number(std::string_view text) {
    constexpr std::size_t digits_max = 19;
    if (text.empty() || text.size() > digits_max)
        return bad("a log's number has no fitting length");
    if (text.size() > 1 && text.front() == '0') return bad("a log's number has leading zeros");
    std::uint64_t value = 0;
    for (const char c : text) {
        if (c < '0' || c > '9') return bad("a log's number has something else than digits");
        value = value * 10 + static_cast<std::uint64_t>(c - '0');
    }
    if (value > INT64_MAX) return bad("a log's number is too large");
    return value;
}

Parsed<Hash> parse_hash_line(std::string_view line) {
    const auto bytes = parse_base64(line);
    if (!bytes) return std::unexpected(bytes.error());
    return to_hash(*bytes);
}

}  // namespace mado::tlog
