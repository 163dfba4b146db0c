// A text as what a reader takes for one character: a base with its variation selectors and marks.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mado::matching {

// Code points [from, to) of the text that was read. Never parts a base from its selectors.
struct Range {
    std::size_t from = 0;
    std::size_t to = 0;
    bool operator==(const Range&) const = default;
};

// What a fold made of a part of a text. `text` is compared, `at` is where it stood.
struct Unit {
    std::u32string text;
    Range at;

    [[nodiscard]] bool is(std::u32string_view other) const { return text == other; }
};
using Units = std::vector<Unit>;

// Longer texts are not compared: no name is, and an address is not in any register's column.
constexpr std::size_t points_max = 256;

// Nothing for a text that is not UTF-8 or too long.
std::optional<std::u32string> decode(std::string_view text);
std::string encode(std::u32string_view points);

Units units_of(std::u32string_view points);
// The same text in the same order, wherever it stood.
bool equal(const Units& a, const Units& b);

bool is_variation_selector(char32_t point);
// U+F900 to U+FAFF and U+2F800 to U+2FA1F with a canonical mapping, which NFC would carry out. The
// twelve of them that are characters of their own (﨑 U+FA11) are not.
bool is_compatibility_ideograph(char32_t point);
bool is_ideograph(char32_t point);

}  // namespace mado::matching
