// What a window's page asks and is shown (docs/protocols/issuer.md): values in, JSON out.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "happenings.hpp"
#include "store.hpp"

namespace mado::issuer {

constexpr std::size_t window_body_max = 64 * 1024;

// `{}`
Parsed<void> read_nothing(std::string_view body);

// What is opened. `person`: the number on the slip of any case of theirs; "": nobody who is known.
struct OpenAsked {
    std::string person;
    Asked asked;
    std::optional<Applied> invited = {};
};
Parsed<OpenAsked> read_open(std::string_view body, const wire::Schemes& schemes);

// People who are to apply, with what is known of them.
constexpr std::size_t invited_max = 1'000;
constexpr std::size_t invited_values_max = 100;  // JSON values of one
constexpr std::size_t invite_body_max = 2 * 1024 * 1024;
Parsed<std::vector<Applied>> read_invite(std::string_view body, const wire::Schemes& schemes);

// How a case is found: by a number on the slip, or by who it is. Never in an address.
struct Who {
    Date birth_date{};
    std::string kana;
};
struct HealthCareNumber {
    std::string number;
};
using Search = std::variant<std::string, Who, HealthCareNumber>;
Parsed<Search> read_search(std::string_view body);

// Which case's card, and whether its keys are made anew.
struct CardAsked {
    std::string number;
    bool anew = false;
};
Parsed<CardAsked> read_card_asked(std::string_view body);

// Something that a person did, or a clerk: of a case, by its number. What registers, relay and
// authority answer no page can say.
struct Act {
    std::string number;
    Happening what;
};
Parsed<Act> read_act(std::string_view body, const wire::Schemes& schemes);

// Somebody, by all of their cases in the order in which they were opened.
json::object person_json(const std::vector<CaseFile>& files, UnixTime now);
// A line of the day's list.
json::object summary_json(const CaseFile& file, UnixTime now);
// All of it, with what happened.
json::object case_json(const CaseFile& file, const std::vector<Line>& lines, UnixTime now);

}  // namespace mado::issuer
