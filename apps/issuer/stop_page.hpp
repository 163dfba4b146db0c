// The public page on which whoever has lost a card stops it: with the stop code of the slip and the
// birth date, before any log-in, without a script, day and night (docs/protocols/issuer.md).
#pragma once

#include <expected>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "http/form.hpp"
#include "routes.hpp"

namespace mado::issuer {

constexpr std::string_view stop_path = "/stop";
constexpr std::size_t stop_code_digits = 12;

// As typed by somebody in a hurry: with spaces, hyphens, wide digits.
struct StopAsked {
    std::string code;
    Date birth_date{};
};
enum class StopMistake { code, birth_date };
std::expected<StopAsked, StopMistake> read_stop(const http::Form& form);

// The form for a slip's code and a birth date, and its one button. `typed`: what stands in it.
std::string slip_form(page::Language language, std::string_view action, const page::Words& button,
                      const http::Form& typed = {});

// GET and POST.
std::vector<http::Route> stop_routes(Office& office);

}  // namespace mado::issuer
