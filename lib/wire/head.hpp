// The head of a request (docs/protocols/request.md): what an organisation asks, of whom and why,
// signed by that organisation. Codes and dates only.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/json.hpp"
#include "crypto/jws.hpp"
#include "crypto/key.hpp"
#include "wire/ids.hpp"

namespace mado::wire {

struct Directory;

// A person has no more links of one kind than this.
constexpr std::int64_t position_max = 16;

// Of whom: one organisation (`holder`), or the n-th of a kind (`kind`, `position`): exactly one.
struct Target {
    std::optional<ParticipantId> holder;
    std::optional<CodeId> kind;
    std::int64_t position = 1;  // 1 = the person's newest link of that kind
};

Parsed<Target> read_target(const json::object& object);

using Parameters = std::map<std::string, std::string>;
// At most 8 short texts.
Parsed<Parameters> read_parameters(const json::object& object);

struct Head {
    ParticipantId issuer;
    ParticipantId audience;
    std::string jti;  // base64url of 16 random bytes
    UnixTime issued_at = 0;
    UnixTime expires = 0;
    Target to;
    ServiceId service;
    CodeId purpose;
    crypto::PublicKey seal_to;  // P-256
    Parameters parameters;
    std::optional<Hash> payload_hash;
    std::optional<Hash> person_operator;  // "operator": salted hash of the one who asked
    bool card_seen = false;               // "presence": "card-seen"
    std::string sealing = {};             // JWS of a sealing authority; "" when there is none
};

constexpr std::size_t head_bytes_max = 8 * 1024;
constexpr std::string_view head_type = "mado-head+jws";
constexpr std::int64_t ask_lifetime_s = 60;
constexpr std::int64_t tell_lifetime_s = 7 * 86'400;  // it waits for its holder
constexpr std::int64_t clock_skew_s = 60;             // how far clocks of organisations may differ

// The head and the JWS it came in, not yet verified.
struct SignedHead {
    Head head;
    crypto::Jws jws;
};
Parsed<SignedHead> parse_head(std::string_view compact);

// The organisation that it names has signed it, with a key that the directory lists for it.
bool head_is_signed(const SignedHead& head, const Directory& directory);

// What `operator` holds: SHA-256("mado/operator/1\n" ‖ salt ‖ name). The organisation keeps salt
// and name, and opens them when it is questioned.
Hash commit_operator(const Hash& salt, std::string_view name);

std::string sign_head(const Head& head, std::string_view kid, const crypto::PrivateKey& key);

// exp − iat is not above what the service allows (lifetime_s_max of the catalogue), and `now` lies
// between them (with the skew).
bool head_is_fresh(const Head& head, UnixTime now, std::int64_t lifetime_s_max);

}  // namespace mado::wire
