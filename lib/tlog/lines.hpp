// What the lines of C2SP's text formats have in common. For lib/tlog.
#pragma once

#include <optional>
#include <string_view>

#include "base/bytes.hpp"

namespace mado::tlog {

// Cuts the first line off, without its newline; empty when no newline is left.
std::optional<std::string_view> take_line(std::string_view& text);
// ASCII decimal without leading zeros, below 2^63.
Parsed<std::uint64_t> parse_number(std::string_view text);
// 32 bytes in padded Base64.
Parsed<Hash> parse_hash_line(std::string_view line);

}  // namespace mado::tlog
