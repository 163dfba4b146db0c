// The identifiers that organisations exchange. Persons' numbers are not here: see number.hpp.
#pragma once

#include <string_view>

#include "base/id.hpp"

namespace mado::wire {

namespace detail {
// 1 to 64 of a-z 0-9 and '-' '.', beginning with a letter or digit.
Parsed<void> check_code(std::string_view text);
}  // namespace detail

struct ParticipantTag {
    static Parsed<void> check(std::string_view text) { return detail::check_code(text); }
};
// An organisation in the directory: requester, holder, relay, issuer.
using ParticipantId = Id<ParticipantTag>;

struct ServiceTag {
    static Parsed<void> check(std::string_view text) { return detail::check_code(text); }
};
using ServiceId = Id<ServiceTag>;

// A code of a closed national list (kind of organisation, purpose, policy row).
struct CodeTag {
    static Parsed<void> check(std::string_view text) { return detail::check_code(text); }
};
using CodeId = Id<CodeTag>;

}  // namespace mado::wire
