// JOSE's compact serialisation: parts with dots between. Private to lib/crypto.
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "base/json.hpp"

namespace mado::crypto {

// Headers are read before anything is authenticated, so they are kept small.
constexpr std::size_t jose_header_chars_max = 4096;
constexpr JsonLimits jose_header_limits{.text_bytes_max = 3072, .depth_max = 3, .values_max = 64};

template <std::size_t Count>
std::optional<std::array<std::string_view, Count>> split_compact(std::string_view text) {
    std::array<std::string_view, Count> parts;
    for (std::size_t i = 0; i + 1 < Count; ++i) {
        const auto dot = text.find('.');
        if (dot == std::string_view::npos) return std::nullopt;
        parts[i] = text.substr(0, dot);
        text.remove_prefix(dot + 1);
    }
    if (text.contains('.')) return std::nullopt;
    parts[Count - 1] = text;
    return parts;
}

}  // namespace mado::crypto
