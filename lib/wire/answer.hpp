// The answer (docs/protocols/order.md): signed by the one who was asked, sealed to the requester's
// fresh key, bound to the order (or, for questions to the relay itself, to the head).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/json.hpp"
#include "crypto/key.hpp"
#include "wire/directory.hpp"
#include "wire/ids.hpp"

namespace mado::wire {

// An ask returns data; a tell hands something over and returns the holder's signed acceptance.
enum class Act { ask, tell };

struct Answer {
    Act act = Act::ask;
    ParticipantId issuer;
    Hash audience{};  // RFC 7638 thumbprint of seal_to
    Hash order{};     // the order's entry; for the relay itself: SHA-256 of the head's JWS
    UnixTime issued_at = 0;
    ServiceId service;
    UnixTime as_of = 0;            // when the holder's records were last brought up to date
    Document data;                 // the service's document
    std::string signed_form = {};  // the holder's JWS, as opened: what the requester keeps as proof
};

std::string_view answer_type(Act act);                // the JWS's typ
constexpr std::size_t document_values_max = 100'000;  // where nobody asks for more

// Signs and seals.
std::string seal_answer(Answer answer, std::string_view kid, const crypto::PrivateKey& key,
                        const crypto::PublicKey& seal_to);

struct AnswerExpected {
    const Participant& from;
    Hash order;
    ServiceId service;
    UnixTime now;
    Act act = Act::ask;
    // JSON values in the document: each takes some 50 bytes here, and as little as two there.
    std::size_t values_max = document_values_max;
};
// Opens, verifies, and refuses what was not asked for.
Parsed<Answer> open_answer(std::string_view jwe, const crypto::PrivateKey& seal_to,
                           const AnswerExpected& expected);
// The same of one that was opened, the holder's JWS. `audience`: thumbprint of the key to which it
// was sealed.
Parsed<Answer> verify_answer(std::string jws, const AnswerExpected& expected, const Hash& audience);
// The same of one that is shown by whoever got it: to which key it was sealed is not known here.
Parsed<Answer> verify_shown_answer(std::string jws, const AnswerExpected& expected);
// What it says, of which nothing is verified: to find out whose it is said to be.
Parsed<Answer> parse_answer(std::string jws, Act act = Act::ask);

}  // namespace mado::wire
