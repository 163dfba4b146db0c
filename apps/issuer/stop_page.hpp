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
const page::Words& words_of(StopMistake mistake);
std::expected<StopAsked, StopMistake> read_stop(const http::Form& form);
// Any case of the person whose slip and birth date that is. Which of the two is wrong nobody is
// told.
std::optional<CaseId> find_slip(Office& office, const StopAsked& asked);

// What is to be mended, above such a form: it takes the focus, and the fields that it is about
// name it as their description. The window's title begins with it too.
constexpr std::string_view slip_mistake_id = "mistake";
std::string mistake_text(page::Language language, const std::string& said);
std::string mistake_title(page::Language language, const page::Words& of_page);

// Which of the slip's numbers is asked for.
struct SlipCode {
    page::Words label, hint;
};
extern const SlipCode stop_code_asked;

struct SlipWrong {
    bool code = false;
    bool birth_date = false;
};
// The form for a slip's code and a birth date, and its one button. `typed`: what stands in it;
// `wrong`: which fields the mistake is about.
std::string slip_form(page::Language language, std::string_view action, const page::Words& button,
                      const http::Form& typed = {}, SlipWrong wrong = {},
                      const SlipCode& code = stop_code_asked);
// How /stop says that this open stop stands, as HTML; "": it says nothing of it any more.
std::string stop_text(Office& office, page::Language language, CaseId stop);

// GET and POST.
std::vector<http::Route> stop_routes(Office& office);

}  // namespace mado::issuer
