// What the issuer tells a certificate authority, and what it answers about a person's certificates
// (docs/protocols/certificates.md). The authority is a holder like others; its number of the person
// is the scheme certificate-number.
//
// The tell `certificate` (電子証明書の発行). Parameter act: issue-authentication, issue-signing.
// Payload:
//   { "public_key": SubjectPublicKeyInfo in base64url,
//     of a signing key: "name", "kana"?, "address", "birth_date": date, "sex" }
// The tell `certificate-status` (失効・一時停止). Parameter act: suspend, resume, revoke. Payload:
//   { "serial": 40 of 0-9 a-f, "reason": text }
// Data of both acceptances: { }. They say that the order is kept; what became of it says:
//
// The ask `certificates` (電子証明書の一覧), without parameters:
//   { "certificates": [{ "serial", "use": "authentication" | "signing", "not_before": time,
//                        "not_after": time, "status": "good" | "suspended" | "revoked",
//                        "since": time, "reason"?, "certificate": DER in base64url }],
//     "orders": [{ "order": the entry, "act", "received": time,
//                  "outcome": "waiting" | "issued" | "changed" | "unchanged" | "refused",
//                  "serial"?, "refusal"? }] }
#pragma once

#include "wire/services/catalogue.hpp"

namespace mado::wire {

constexpr std::size_t certificates_max = 200;
constexpr std::size_t certificate_orders_max = 1'000;
constexpr std::size_t certificate_text_bytes_max = 8 * 1024;

const Contract& certificate_contract();
const Contract& certificate_status_contract();
const Contract& certificates_contract();

}  // namespace mado::wire
