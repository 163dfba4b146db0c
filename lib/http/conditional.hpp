// Requests for what may be kept already.
#pragma once

#include <string_view>

#include "http/http.hpp"

namespace mado::http {

// Whether whoever asks has it already: If-None-Match with `*`, or a list of tags with this one,
// weak or strong (RFC 9110 section 13.1.2). `tag` with its quotes.
bool is_kept(const Request& request, std::string_view tag);

}  // namespace mado::http
