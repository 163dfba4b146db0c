// What a site asks the card of a person to sign: the query of the redirect
// (docs/protocols/agent.md) against the directory and the policy. Values in, values out.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/form.hpp"
#include "wire/directory.hpp"
#include "wire/policy.hpp"

namespace mado::agent {

// What the signing key is to sign; the person sees all of it, and the agent itself seals it.
struct Document {
    const wire::Participant* to = nullptr;  // who can open it
    std::string text;
};

struct Asked {
    const wire::Participant* site = nullptr;
    std::string redirect_uri;
    wire::MandateKind kind = wire::MandateKind::login;
    std::vector<wire::ServiceId> scope;
    std::string nonce;
    std::string state;                      // the site's own; handed back
    UnixTime expires = 0;                   // of the nonce
    std::optional<Document> document = {};  // of an application
    std::vector<Document> handed_on = {};   // with it, to others: forms for programs
    std::optional<Hash> delegate = {};      // who will act: x5t#S256 of that card's certificate
    std::optional<Hash> same_card_as = {};  // with that log-in certificate, and no other
    std::optional<crypto::PublicKey> seal_to = {};  // the site's, P-256, for what comes back

    // The certificate of a signing key has the person's name and address: it goes to whom the
    // document is for, to verify it, and never into an address.
    [[nodiscard]] bool may_see_signer() const {
        return document && document->to == site && seal_to;
    }
};

// Why nothing is signed, before a PIN is asked.
enum class Refusal {
    malformed,
    site_unknown,   // not in the directory
    site_unlisted,  // the directory does not list that address for it
    audience,       // for another relay
    scope,          // beyond what the policy gives the site
    document,       // too long, or it would not show all that it says
    recipient,      // nobody who can be sent something sealed
    expired,
};

// Only a form on its own page brings a document; a redirect asks for everything else.
enum class Way { redirect, document };
struct AskedFacts {
    const http::Form& form;
    Way way = Way::redirect;
    const wire::Directory& directory;
    const wire::Policy& policy;
    UnixTime now;
};
std::expected<Asked, Refusal> judge(const AskedFacts& facts);

// Eight digits for a card, "1234 5678", which two people read to each other: another card with the
// same ones would have to be issued, one in a hundred million (decision 26).
std::string delegate_number(const Hash& thumbprint);

// What was signed: the mandate, and for an application the document, sealed (JWE).
struct Signed {
    std::string mandate;
    std::string payload = {};
    std::vector<std::string> handed_on = {};
    std::string certificate = {};  // of the key that signed: DER in base64url; "" for others
};
// The address to return to, with the answer in its fragment: sealed to `seal_to` where the site has
// sent one, because a browser keeps addresses on disk.
std::string signed_address(const Asked& asked, const Signed& what);
std::string refused_address(const Asked& asked);

}  // namespace mado::agent
