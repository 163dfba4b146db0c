#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/printable.hpp"
#include "fuzz.hpp"

namespace mado::fuzz {

// One byte string has exactly one text, and a day too. What is shown stays as it is.
bool encodings(ByteView in) {
    const auto text = as_text(in);
    bool accepted = false;
    if (const auto bytes = parse_base64url(text)) {
        require(base64url(*bytes) == text, "base64url has one form");
        accepted = true;
    }
    if (const auto bytes = parse_base64(text)) {
        require(base64(*bytes) == text, "base64 has one form");
        accepted = true;
    }
    if (const auto bytes = parse_hex(text)) {
        require(hex(*bytes) == text, "hex has one form");
        accepted = true;
    }
    if (const auto hash = parse_hash(text)) {
        require(base64url(*hash) == text, "a hash has one form");
    }
    if (const auto date = parse_date(text)) {
        require(to_text(*date) == text, "a date has one form");
        accepted = true;
    }
    const auto shown = printable(text);
    require(is_utf8(shown) && printable(shown) == shown, "what is shown can be shown");
    return accepted;
}

}  // namespace mado::fuzz
