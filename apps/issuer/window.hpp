// What a window's page asks and is shown (docs/protocols/issuer.md): values in, JSON out.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "happenings.hpp"
#include "store.hpp"

namespace mado::issuer {

constexpr std::size_t window_body_max = 64 * 1024;

// How a case is found: by the number on the slip, or by who it is. Never in an address.
struct Who {
    Date birth_date{};
    std::string kana;
};
using Search = std::variant<std::string, Who>;
Parsed<Search> read_search(std::string_view body);

// Something that a person did, or a clerk: of a case, by its number. What registers, relay and
// authority answer no page can say.
struct Act {
    std::string number;
    Happening what;
};
Parsed<Act> read_act(std::string_view body, const wire::Schemes& schemes);

// A line of the day's list.
json::object summary_json(const CaseFile& file, UnixTime now);
// All of it, with what happened.
json::object case_json(const CaseFile& file, const std::vector<Line>& lines, UnixTime now);

}  // namespace mado::issuer
