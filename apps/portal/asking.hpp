// What a page asks for whoever is logged in: the portal signs the head and passes the answer on,
// sealed to a key of the page's own.
#pragma once

#include <string_view>

#include "site/askers.hpp"

namespace mado::portal {

// {"mandate", "to", "service", "parameters", "seal_to", "payload"?}, as in a head
// (docs/protocols/request.md).
struct PageQuestion {
    Hash mandate{};           // SHA-256 of the log-in that the page is of
    site::Question question;  // `seal_to` is P-256
};
constexpr std::size_t question_bytes_max = 24 * 1024;  // with a question of 6,000 bytes, sealed
Parsed<PageQuestion> read_page_question(std::string_view body);

}  // namespace mado::portal
