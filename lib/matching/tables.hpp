// How one country writes names and addresses: characters that are written in several ways, places
// that were renamed. A table only ever turns `different` into `variant`, which is for a clerk to
// decide; what is `same` follows from Unicode and the rules of presentation alone (rules.hpp). So
// whoever alters a table can make no link.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace mado::matching {

// A place that has another name since some day, in the forms in which addresses begin with it.
struct Renamed {
    std::u32string was;
    std::u32string now;
};

class Tables {
  public:
    Tables() = default;  // of a country that has none
    // docs/protocols/matching.md, Tables.
    static Parsed<Tables> parse(std::string_view text);

    // What stands for the character's group; the character itself where it is in none.
    [[nodiscard]] char32_t variant_of(char32_t point) const;
    // Different characters that are taken for each other (斉 and 斎).
    [[nodiscard]] char32_t mistaken_for(char32_t point) const;
    // Characters of different scripts that look alike (力 and カ).
    [[nodiscard]] char32_t looks_like(char32_t point) const;
    // The longest first.
    [[nodiscard]] const std::vector<Renamed>& renamed() const { return renamed_; }

  private:
    using Map = std::map<char32_t, char32_t>;
    Map variants_, mistaken_, look_alikes_;
    std::vector<Renamed> renamed_;
};

}  // namespace mado::matching
