#include "matching/units.hpp"

#include <utf8proc.h>

#include <algorithm>

namespace mado::matching {
namespace {

bool is_between(char32_t point, char32_t first, char32_t last) {
    return first <= point && point <= last;
}

// Belongs to what stands before it. The half-width voiced marks are letters to Unicode (Lm), the
// ones with a width of their own are symbols.
bool follows(char32_t point) {
    const auto category = utf8proc_category(static_cast<utf8proc_int32_t>(point));
    return category == UTF8PROC_CATEGORY_MN || category == UTF8PROC_CATEGORY_MC ||
           category == UTF8PROC_CATEGORY_ME || point == U'\uFF9E' || point == U'\uFF9F' ||
           point == U'\u309B' || point == U'\u309C';
}

}  // namespace

std::optional<std::u32string> decode(std::string_view text) {
    std::u32string points;
    const auto* at = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
    auto left = static_cast<utf8proc_ssize_t>(text.size());
    while (left > 0) {
        utf8proc_int32_t point = 0;
        const auto step = utf8proc_iterate(at, left, &point);
        if (step <= 0 || points.size() == points_max) return std::nullopt;
        points.push_back(static_cast<char32_t>(point));
        at += step;
        left -= step;
    }
    return points;
}

std::string encode(std::u32string_view points) {
    std::string out;
    for (const auto point : points) {
        utf8proc_uint8_t bytes[4];
        const auto size = utf8proc_encode_char(static_cast<utf8proc_int32_t>(point), bytes);
        out.append(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
    }
    return out;
}

Units units_of(std::u32string_view points) {
    Units units;
    for (std::size_t at = 0; at < points.size(); ++at) {
        if (!units.empty() && follows(points[at])) {
            units.back().text.push_back(points[at]);
            units.back().at.to = at + 1;
        } else {
            units.push_back({std::u32string(1, points[at]), {at, at + 1}});
        }
    }
    return units;
}

bool equal(const Units& a, const Units& b) {
    return std::ranges::equal(a, b, {}, &Unit::text, &Unit::text);
}

bool is_variation_selector(char32_t point) {
    return is_between(point, U'\uFE00', U'\uFE0F') ||
           is_between(point, U'\U000E0100', U'\U000E01EF');
}

bool is_compatibility_ideograph(char32_t point) {
    if (!is_between(point, U'\uF900', U'\uFAFF') &&
        !is_between(point, U'\U0002F800', U'\U0002FA1F')) {
        return false;
    }
    const auto* property = utf8proc_get_property(static_cast<utf8proc_int32_t>(point));
    return property->decomp_seqindex != UINT16_MAX;
}

bool is_ideograph(char32_t point) {
    return is_between(point, U'\u3400', U'\u9FFF') || is_between(point, U'\uF900', U'\uFAFF') ||
           is_between(point, U'\U00020000', U'\U000323AF') || point == U'々';
}

}  // namespace mado::matching
