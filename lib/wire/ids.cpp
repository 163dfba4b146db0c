#include "wire/ids.hpp"

namespace mado::wire::detail {

Parsed<void> check_code(std::string_view text) {
    if (text.empty() || text.size() > 64) return bad("a code must have 1 to 64 characters");
    if (text.front() == '-' || text.front() == '.') return bad("a code begins with a sign");
    for (const char c : text) {
        const bool fits = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
        if (!fits) return bad("a code has a character outside a-z 0-9 - .");
    }
    return {};
}

}  // namespace mado::wire::detail
