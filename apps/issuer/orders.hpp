// From what is to do to the request that does it, and from what came back to what has happened
// (docs/protocols/issuer.md). Values in, values out.
#pragma once

#include <optional>

#include "case.hpp"
#include "client/client.hpp"
#include "crypto/x509.hpp"

namespace mado::issuer {

struct Parties {
    const wire::Directory& directory;
    const wire::Schemes& schemes;
    wire::ParticipantId authority;  // which certifies: a holder like others
    // Nobody else's: by it a register's answer commits to what it confirms, for the authority to
    // see and the relay not (Store::salt_key).
    Hash salt_key{};
};

// In the country: this day, and that on which the person got the card.
struct Days {
    Date today{}, delivered_on{};
};

// What cannot be asked is Refused already: an insurer that the directory
// does not list, say.
using Question = std::expected<client::Ask, wire::Code>;
Question question_of(const Parties& parties, const Case& one, OrderName order, const Days& days);

// An ask changes nothing, whatever became of it; a tell may have been done.
bool is_ask(OrderKind kind);

// None: nobody has answered yet, or nobody can say what became of it; the same request once more.
std::optional<Happening> happening_of(const Parties& parties, const Case& one, OrderName order,
                                      const client::Result<client::Answered>& result);

// As a case keeps one, DER in base64url; Failure when it cannot be read.
crypto::Certificate read_certificate(const std::string& text);

// ---- what a register writes ----

// What a register writes otherwise, in the place of what the application writes; empty where it
// writes otherwise and does not show it.
Attributes as_register_writes(const Attributes& person, std::string_view writing);

}  // namespace mado::issuer
