// A sealing 開示の制限: what a sealing authority signs so that the person does not see an entry
// before a date (docs/protocols/request.md, "Sealed entries"). For one requester, one service and
// one subject, once; relay and holder verify it, and the person does when the entry opens.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "crypto/jws.hpp"
#include "wire/directory.hpp"
#include "wire/errors.hpp"

namespace mado::wire {

struct Sealing {
    ParticipantId issuer;        // of kind "sealing-authority"
    ParticipantId audience;      // the relay
    ParticipantId organisation;  // "for": who may use it
    ServiceId service;
    std::string jti;     // base64url of 16 random bytes: it is used once
    Hash subject{};      // commit_sealed_subject
    UnixTime until = 0;  // then the entry opens
    UnixTime issued_at = 0;
    UnixTime expires = 0;  // for use
};

struct SignedSealing {
    Sealing sealing;
    crypto::Jws jws;
};

constexpr std::size_t sealing_bytes_max = 2 * 1024;
constexpr std::string_view sealing_type = "mado-sealing+jws";
constexpr std::string_view sealing_authority_kind = "sealing-authority";
constexpr std::int64_t sealing_lifetime_s_max = 7 * 86'400;  // from its signature to its use
constexpr std::int64_t sealed_s_max = 3 * 366 * 86'400;      // from its signature to the opening

Parsed<SignedSealing> parse_sealing(std::string_view compact);
std::string sign_sealing(const Sealing& sealing, std::string_view kid,
                         const crypto::PrivateKey& key);

// SHA-256("mado/sealing/1\n" ‖ salt ‖ subject): the holder sees it, and learns nothing from it.
Hash commit_sealed_subject(const Hash& salt, ByteView subject);

struct SealingFacts {
    const Directory& directory;
    const ParticipantId& requester;
    const ServiceId& service;
    UnixTime time;  // of the order
};
// Signed by a sealing authority of the directory, for this requester and service, and in its time;
// the sealing when it holds, sealing_invalid when not. The subject is compared by the relay only.
std::expected<Sealing, Code> verify_sealing(std::string_view compact, const SealingFacts& facts);

}  // namespace mado::wire
