// A document that a card has signed for an organisation, with all that shows it to others
// (docs/protocols/issuer.md, "The evidence"): what the issuing centre keeps of a decision, and
// gives out. Whoever has it and the directory sees which text which card has signed, and that the
// relay has said that the card counted; neither a key nor a word of the organisation is needed.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "crypto/x509.hpp"
#include "wire/answer.hpp"
#include "wire/directory.hpp"
#include "wire/mandate.hpp"

namespace mado::wire {

// For which service a card signs: the relay says whether the signature is good. Of a decision that
// two writings mean one person it keeps that it has said so, for the order that names it.
constexpr std::string_view signature_service = "signature";
constexpr std::string_view decision_service = "decision";

constexpr std::size_t signed_document_bytes_max = 64 * 1024;

struct SignedDocument {
    std::string document;     // the text
    std::string mandate;      // JWS: an application
    std::string payload;      // the text, sealed to the organisation: JWE
    Hash key{};               // of the content of that one JWE; opens nothing else
    std::string certificate;  // of the signing key, DER in base64url
    std::string head;         // what the relay was asked: JWS
    std::string answer;       // and has answered: JWS
};
std::string to_json(const SignedDocument& what);
Parsed<SignedDocument> parse_signed_document(std::string_view text);

// What shows what, one after another.
// document: the text is what was sealed, and the card was to sign that and nothing else.
// signature: it was signed by the key of that certificate.
// certificate: a card authority of the directory has issued it for signing, and it counted then by
// its dates; whether it was revoked, the relay says.
// answer: the relay's, to the organisation that the card has signed for, about that document.
enum class ProofStep { document, signature, certificate, answer };
struct NotProven {
    ProofStep step;
    const char* why;
};
struct Proven {
    SignedMandate mandate;
    crypto::Certificate certificate;
    Answer answer;
};
std::expected<Proven, NotProven> prove(const SignedDocument& what, const Directory& directory,
                                       UnixTime now);

bool is_by_one_of(const std::vector<crypto::Certificate>& authorities,
                  const crypto::Certificate& certificate);

}  // namespace mado::wire
