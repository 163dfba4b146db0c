// The mandate (docs/protocols/mandate.md): what a person's card signs. For which organisation,
// which services, until when, with the relay's nonce.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "crypto/jws.hpp"
#include "wire/ids.hpp"

namespace mado::wire {

enum class MandateKind {
    login,        // own records
    check,        // at a counter
    consent,      // named services, without the person
    delegate,     // to another person, who uses it with a log-in of their own
    application,  // of a document; the only one that the signing key signs
};

struct Mandate {
    ParticipantId audience;      // the relay
    ParticipantId organisation;  // "for": who may use it
    MandateKind kind = MandateKind::check;
    std::vector<ServiceId> scope;
    std::string nonce;
    UnixTime issued_at = 0;
    UnixTime expires = 0;
    std::optional<Hash> stop;               // SHA-256 of the secret that ends it
    std::optional<Hash> delegate = {};      // `delegate`: x5t#S256 of the other's certificate
    std::vector<Hash> payload_hashes = {};  // `application`: SHA-256 of what is handed in

    [[nodiscard]] bool covers(const ServiceId& service) const;
};

struct SignedMandate {
    Mandate mandate;
    crypto::Jws jws;  // its `certificate` (x5t#S256) names the card's certificate
};

constexpr std::size_t mandate_bytes_max = 4 * 1024;
constexpr std::string_view mandate_type = "mado-mandate+jws";
constexpr std::int64_t login_lifetime_s = 30 * 60;
constexpr std::int64_t check_lifetime_s = 2 * 60;
constexpr std::int64_t consent_lifetime_s = 24 * 60 * 60;  // and delegate, and application
constexpr std::size_t payloads_max = 32;                   // of one application
constexpr std::int64_t nonce_lifetime_s = 5 * 60;

Parsed<SignedMandate> parse_mandate(std::string_view compact);
// The bytes that go into the JWS (the card signs the signing text made of them).
std::string mandate_payload(const Mandate& mandate);
std::string_view to_text(MandateKind kind);
std::optional<MandateKind> parse_mandate_kind(std::string_view text);
std::int64_t lifetime_s_max(MandateKind kind);

}  // namespace mado::wire
