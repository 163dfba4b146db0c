// Identifiers are types: only parse() makes one, different kinds do not compare, and what names a
// person is masked when it is printed.
#pragma once

#include <compare>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace mado {

// A Tag says what an identifier looks like:
//   struct HolderTag { static Parsed<void> check(std::string_view text); };
template <class Tag>
class Id {
  public:
    static Parsed<Id> parse(std::string_view text) {
        if (auto ok = Tag::check(text); !ok) return std::unexpected(ok.error());
        return Id(std::string(text));
    }
    [[nodiscard]] const std::string& text() const { return text_; }
    auto operator<=>(const Id&) const = default;

  private:
    explicit Id(std::string text) : text_(std::move(text)) {}
    std::string text_;
};

}  // namespace mado
