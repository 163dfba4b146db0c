// The Online Certificate Status Protocol (RFC 6960; RFC 5019 for many; RFC 9654 for nonces): what a
// responder reads and writes. The signature is the caller's: its key is in a token.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "crypto/x509.hpp"

namespace mado::crypto {

// Which certificate is asked about (CertID).
struct OcspQuestion {
    Bytes id;                      // DER, for the answer
    std::optional<Serial> serial;  // none: one that no certificate here can have
    // The issuer by hashes of its name and its key, of SHA-1 or SHA-256; empty where it is another
    // digest, or another length than its digest's.
    Bytes issuer_name;
    Bytes issuer_key;
};

struct OcspRequest {
    std::vector<OcspQuestion> questions;
    std::optional<Bytes> nonce = {};  // what is in it, to be given back
};

constexpr std::size_t ocsp_request_bytes_max = 8 * 1024;
constexpr std::size_t ocsp_questions_max = 32;
constexpr std::size_t ocsp_nonce_bytes_max = 128;  // RFC 9654 section 2.1

// Any signature of the request is passed over: whoever asks may know (RFC 6960 section 4.1.2).
Parsed<OcspRequest> read_ocsp_request(ByteView der);

// Whether the question is about a certificate of this issuer.
class OcspIssuer {
  public:
    explicit OcspIssuer(const Certificate& issuer);
    [[nodiscard]] bool is_of(const OcspQuestion& question) const;

  private:
    struct Names {
        Bytes name;
        Bytes key;
    };
    std::vector<Names> names_;  // for each digest that questions may use
};

// RFC 5280 section 5.3.1. Without "unspecified", which says nothing: then the reason is left out.
enum class RevocationReason : std::uint8_t {
    key_compromise = 1,
    affiliation_changed = 3,
    superseded = 4,
    cessation_of_operation = 5,
    certificate_hold = 6,
};

struct OcspStatus {
    enum class Kind { good, revoked, unknown };
    Kind kind = Kind::unknown;
    UnixTime since = 0;  // revoked
    std::optional<RevocationReason> reason = {};
};

struct OcspAnswer {
    ByteView id;  // of the question
    OcspStatus status;
};

struct OcspTimes {
    UnixTime produced_at;  // and thisUpdate: the store is looked at for each answer
    UnixTime next_update;
};

// ResponseData (RFC 6960 section 4.2.1), which the responder signs.
Bytes ocsp_response_data(const Certificate& responder, std::span<const OcspAnswer> answers,
                         const OcspTimes& times, const std::optional<Bytes>& nonce);
// The whole answer, with the responder's certificate. `signature` as X.509 has it.
Bytes ocsp_response(ByteView response_data, ByteView signature, const Certificate& responder);

// Answers without a signature (RFC 6960 section 2.3).
enum class OcspError : std::uint8_t { malformed_request = 1, internal_error = 2, try_later = 3 };
Bytes ocsp_error(OcspError error);

}  // namespace mado::crypto
