// What stands behind the attributes of a signing certificate: the resident register's signed answer
// to `existence`, which the order carries
// (docs/decisions/0049-a-register-stands-behind-a-signing-certificate.md). Values in, values out.
// That the answer is about the person of the order the relay has looked at before it passed the
// order on.
#pragma once

#include "service.hpp"
#include "wire/directory.hpp"

namespace mado::ca {

// Whose word counts: all participants of this kind.
struct Registers {
    const wire::Directory& directory;
    wire::CodeId kind;
};

// An answer serves so long, as one does for a link (apps/relay/changes.hpp).
constexpr std::int64_t confirmation_s_max = 90 * std::int64_t{86'400};

// None: a register of the directory has signed, not long ago, that the person of the order that is
// named is in it now and has exactly these attributes.
std::optional<Refusal> judge_confirmation(const Order& order, const Registers& registers,
                                          UnixTime now);

}  // namespace mado::ca
