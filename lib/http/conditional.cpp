#include "http/conditional.hpp"

namespace mado::http {

// Our tags are hashes: none is a part of another one.
bool is_kept(const Request& request, std::string_view tag) {
    const auto kept = request.header("If-None-Match");
    return kept == "*" || kept.contains(tag);
}

}  // namespace mado::http
