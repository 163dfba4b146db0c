// A card of another authority's that somebody has, as it comes to be theirs here too
// (docs/protocols/issuer.md, "A card of another authority's"; decision 48): what its signing
// certificate says of the person, the document that it signs, and whether its log-in key is there.
// Values in, values out.
#pragma once

#include <expected>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "crypto/x509.hpp"
#include "decision.hpp"
#include "store.hpp"
#include "wire/directory.hpp"

namespace mado::issuer {

// For which service the log-in key signs: the relay says of its certificate whether it counts.
constexpr std::string_view card_standing_service = "card-standing";

// The register's four attributes (基本4情報) as JPKI's signing certificates have them: otherNames
// in subjectAltName. A name or an address with characters that the certificate's letters do not
// have has others in their place, and says at which places (代替文字).
struct CardWords {
    std::string name, sex, address;  // "female", "male", "unknown"
    Date birth_date{};
    bool name_is_replaced = false, address_is_replaced = false;

    bool operator==(const CardWords&) const = default;
};
// Bad: not all four are there, or one is in no form that JPKI's have.
Parsed<CardWords> card_words(const crypto::Certificate& signing);

// Of a form that is otherwise somebody's: what differs, as a register's answer has it (`writing`
// of a claim); "": nothing. None: another birth date or sex, so it is another person's card, and
// nobody decides about it.
std::optional<std::string> words_differing(const Attributes& applied, const CardWords& card);

// What the log-in key has signed: a `check` for this centre alone, over its own nonce, which no
// relay gave, so that nobody can do anything else with it.
struct Possession {
    std::string mandate, certificate;  // JWS; DER in base64url
};
struct PossessionFacts {
    const wire::Directory& directory;
    const wire::ParticipantId& organisation;
    std::string_view nonce;
    UnixTime begun = 0, now = 0;
};
std::expected<crypto::Certificate, Fault> judge_possession(const Possession& what,
                                                           const PossessionFacts& facts);

// The application, to the byte: who applies, with which numbers, and the log-in certificate that
// counts besides the one that signs. Misfit: nobody has to sign now, or it could not be shown
// whole.
std::expected<std::string, Misfit> existing_document(const CaseFile& file,
                                                     const crypto::Certificate& authentication,
                                                     std::string_view organisation);

// What the relay says of certificates (docs/protocols/log.md, "Whether a certificate counts").
enum class CardStanding { good, unknown, stopped, registered };
// Of all of them: the worst; `own`: those that count already as this person's, which are good if
// another one is new. Bad: the answer says not of each what is asked.
Parsed<CardStanding> read_card_standing(const json::object& data,
                                        const std::vector<Hash>& certificates,
                                        const std::set<Hash>& own = {});

// What is kept in the case: both signatures, and what the relay has said.
struct ExistingEvidence {
    std::string_view signed_evidence;  // as of a decision
    const Possession& possession;
};
std::string existing_evidence(const ExistingEvidence& evidence);

}  // namespace mado::issuer
