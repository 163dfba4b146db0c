// The requester's side (ARCHITECTURE.md): make the head, seal, send, open, verify the answer and
// its receipt. What comes back from here was checked; there is no way to get an unchecked answer.
#pragma once

#include <expected>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "card/card.hpp"
#include "http/http.hpp"
#include "wire/answer.hpp"
#include "wire/directory.hpp"
#include "wire/errors.hpp"
#include "wire/exchange.hpp"
#include "wire/head.hpp"
#include "wire/mandate.hpp"

namespace mado::client {

using http::Task;

// The organisation that asks: its id and its two keys.
struct Identity {
    wire::ParticipantId id;
    std::string kid;
    crypto::PrivateKey signing_key;
    http::TlsContext tls;
};
// Reads `folder`/signing.key, and `tls_folder`/tls.crt and tls.key: its own, or its gateway's. The
// kid is the signing key's RFC 7638 thumbprint. Accepts the relay's certificate that the directory
// lists, and no other.
Identity load_identity(const std::string& id, const std::string& folder,
                       const std::string& tls_folder, const wire::Directory& directory);

// Why there is no answer. `detail` is a further code where there is one (`unavailable`: "absent",
// "slow", "unwell"; `answer_invalid`: what did not fit), never input or internals.
struct Problem {
    wire::Code code;
    std::string detail;
    std::string request_id;
    std::optional<int> tries_left;  // pin_wrong
    // What came was read here and does not fit; without it somebody else only says so.
    bool found_here = false;
};
// What came as an answer does not fit what was signed: the relay or the holder is at fault, and
// nothing that may be over in a minute.
bool is_lie(const Problem& problem);

// A sealing authority's order for one request, and what opens its subject to the relay.
struct SealedRequest {
    std::string sealing;  // JWS
    Hash salt{};
};

struct Ask {
    wire::Target to;
    wire::ServiceId service;
    wire::CodeId purpose;
    wire::Parameters parameters;
    Bytes subject;
    bool card_seen = false;
    std::string payload = {};                            // JWE to the one who is asked
    std::size_t values_max = wire::document_values_max;  // in the answer's document
    // Who asks, in this organisation: keeps name and a fresh salt for the head's `jti`, durably,
    // and returns what the head says (wire::commit_operator). Two heads share no salt.
    std::function<Hash(const std::string& jti)> keep_operator = nullptr;
    // Where the person is to see the entry later only: a fresh order of a sealing authority.
    std::function<SealedRequest(const Ask&)> obtain_sealing = nullptr;
};

struct Answered {
    wire::Answer answer;
    std::optional<wire::Receipt> receipt;  // none for questions to the relay itself
    std::optional<wire::Order> order;
    Hash subject_salt{};
    Hash entry{};  // the order's in the log
};

// What was asked and what came back, unread.
struct Passed {
    std::string head;   // JWS
    std::string reply;  // the relay's, JSON
};

template <class T>
using Result = std::expected<T, Problem>;

// A request that is signed, and what opens its answer. Until it expires the same bytes may go out
// again: they are one order.
struct Prepared {
    std::string body;
    crypto::PrivateKey seal_to;  // P-256, for this request only
    UnixTime expires = 0;
    std::size_t values_max = wire::document_values_max;  // in the answer's document
};

// To one organisation, by a sealing key that the directory lists for it; directory_invalid when
// there is none.
Result<std::string> seal_payload(const wire::Participant& to, std::string_view text);

// Asks over one connection, one request at a time; several Askers ask side by side.
class Asker {
  public:
    Asker(const wire::Directory& directory, const Identity& identity);

    // A nonce for a mandate; bound to this organisation, 5 minutes.
    Task<Result<std::string>> nonce();
    // Ends a mandate for this organisation before its time: log-out, withdrawal. By its SHA-256;
    // mandate_unknown when the relay does not know it, or not any more.
    Task<Result<void>> end_mandate(Hash mandate);
    Task<Result<Answered>> ask(Ask question);
    // The two halves of it, for what must be sent again after a restart (Outbox). A request is sent
    // as it was prepared, by this organisation.
    [[nodiscard]] Prepared prepare(const Ask& question) const;
    Task<Result<Answered>> send(Prepared request);
    // Sends all of them on one stream, and on another what the first one lost, while that brings
    // anything and they have not expired. `answered` is called once for each, as the answers come.
    using OnAnswer = std::function<void(std::size_t which, Result<Answered> result)>;
    Task<void> send_all(std::vector<Prepared> requests, OnAnswer answered);
    // The same for somebody who has the private half of `seal_to` and checks everything: the reply
    // is passed on unread.
    Task<Result<Passed>> pass(Ask question, crypto::PublicKey seal_to);

  private:
    // When the reply is lost, the same bytes go out once more, on a new connection, before `until`:
    // the relay answers them with the same order (docs/protocols/request.md).
    Task<Result<http::Response>> post(std::string path, std::string body, UnixTime until);
    // The request, and the end of its head.
    struct Signed {
        wire::Request request;
        UnixTime expires = 0;
    };
    [[nodiscard]] Signed sign(const Ask& question, const crypto::PublicKey& seal_to) const;
    Result<Answered> check(const Prepared& prepared, std::string_view body) const;
    struct Batch;
    Task<std::optional<Problem>> stream(Batch& batch);
    Task<bool> stream_lines(Batch& batch, http::Connection& connection);
    Task<bool> stream_answers(Batch& batch, http::Connection& connection);

    const wire::Directory& directory_;
    const Identity& identity_;
    std::optional<http::Connection> connection_;
};

// ---- what it reads besides, without a network ----

// Of problem+json. A relay that sends something else is not trusted to say what is wrong.
Problem read_problem(std::string_view body);
Parsed<std::string> read_nonce(std::string_view body);

// ---- the card ----

// What a card is asked to sign.
struct MandateRequest {
    wire::MandateKind kind = wire::MandateKind::check;
    std::vector<wire::ServiceId> scope;
    std::string nonce;
    std::optional<Hash> stop = {};          // SHA-256 of the secret that ends it
    std::optional<Hash> delegate = {};      // x5t#S256 of the other one's certificate
    std::vector<Hash> payload_hashes = {};  // of an application
};
// The mandate's JWS, and the certificate of the key that signed it.
struct SignedByCard {
    std::string mandate;
    crypto::Certificate certificate;
};
// Signed by the card for `organisation`, for as long as its kind may last. By the authentication
// key and its PIN; an application by the signing key and its password.
card::CardResult<SignedByCard> sign_mandate(card::Card& card, const Secret& pin,
                                            const MandateRequest& request,
                                            const wire::Directory& directory,
                                            const wire::ParticipantId& organisation, UnixTime now);
// What a card's refusal is called.
std::unexpected<Problem> card_problem(const card::CardProblem& why);

}  // namespace mado::client
