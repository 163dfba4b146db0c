// What a clerk decides about a register that writes otherwise, as a document that the clerk's card
// signs (docs/protocols/issuer.md, "A decision"; decision 34). Values in, values out.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/key.hpp"
#include "crypto/x509.hpp"
#include "store.hpp"
#include "wire/directory.hpp"
#include "wire/mandate.hpp"
#include "wire/signed_document.hpp"

namespace mado::issuer {

using wire::decision_service;
using wire::is_by_one_of;
using wire::signature_service;

constexpr std::size_t document_bytes_max = 16 * 1024;  // the agent takes no more

struct Choice {
    int claim = 0;  // or card_place: what a card of another authority's writes
    bool same_person = false;
};

// The text, to the byte. Misfit: there is nothing to decide about that claim now, or what the
// register writes cannot be shown whole.
std::expected<std::string, Misfit> decision_document(const CaseFile& file, const Choice& choice,
                                                     const wire::Schemes& schemes, UnixTime now);

// In a text of which every character has to show: 葛[U+E0100].
std::string with_visible_selectors(std::string_view text);

// What comes back of the agent.
struct SignedDecision {
    std::string mandate;      // JWS
    std::string payload;      // the document, sealed to the issuing centre: JWE
    std::string certificate;  // of the signing key, DER in base64url
    // Sealed by the agent to others, as an application says: JWEs.
    std::vector<std::string> handed_on = {};
};

// Why it is not the decision that was asked for.
enum class Fault {
    malformed,
    other_kind,   // no application, or for somebody else or another service
    other_nonce,  // of another decision
    old,          // over, or signed before it was asked for
    other_text,   // not the document that was shown, or not sealed to us
    other_card,   // not the one that the clerk is known by
    certificate,  // of no card authority, not for signing, or over
    signature,
};
std::string_view to_text(Fault fault);

// Signed after it was asked for, and not over.
bool is_of_now(const wire::Mandate& mandate, UnixTime begun, UnixTime now);

struct DecisionFacts {
    const wire::Directory& directory;
    const wire::ParticipantId& organisation;  // the issuing centre
    const crypto::PrivateKey& sealing_key;    // its own
    std::string_view document;
    std::string_view nonce;  // given for it
    UnixTime begun = 0;
    std::optional<Hash> signing = {};  // whose card: x5t#S256 of its signing certificate
    UnixTime now = 0;
    std::vector<std::string> services = {};  // signed for
    std::size_t handed_on = 0;               // so many seals are signed beside the document
    bool any_card = false;  // whose it is says the certificate: `signing` says nothing
};
// All that can be seen without the relay: that the nonce was not used before, and that the card
// still counts, only the relay knows.
std::expected<void, Fault> judge_decision(const SignedDecision& what, const DecisionFacts& facts);

// What is kept in the case (wire::SignedDocument), and given out: whoever has it, the directory of
// that time and nothing of ours can see who decided what, and that the relay said the card counted.
struct Evidence {
    std::string_view document;
    const SignedDecision& what;             // judged
    std::string_view head;                  // what the relay was asked: JWS
    std::string_view answer;                // and has answered: JWS
    const crypto::PrivateKey& sealing_key;  // which opens the document's seal
};
std::string evidence_text(const Evidence& evidence);
// What the order that follows from a decision names, for everybody who reads the log: SHA-256 of
// the mandate, which has a nonce, so that nobody can try documents with it. None: nobody signed.
std::optional<Hash> decision_of(std::string_view evidence);
// The newest decision of these lines that somebody has signed: about that claim, or of that name,
// where one is given. None: nobody has.
struct EvidenceAsked {
    std::string number;  // of a case
    std::optional<int> claim = {};
    std::optional<Hash> decision = {};
};
std::optional<std::string> evidence_in(const std::vector<Line>& lines, const EvidenceAsked& asked);

}  // namespace mado::issuer
