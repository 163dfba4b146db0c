// The directory (docs/protocols/directory.md): who takes part, with which certificates and keys;
// the access logs and their witnesses; the card authorities; the hashes of the policy and of the
// number schemes. One JWS by the supervising authority, whose key everybody pins. Whoever reads it
// has verified it: the only way to make a Directory is open_directory.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "crypto/x509.hpp"
#include "tlog/cosignature.hpp"
#include "wire/address.hpp"
#include "wire/ids.hpp"

namespace mado::wire {

struct Participant {
    ParticipantId id;
    std::string name;
    CodeId kind;                     // "relay", "clinic", "medical-insurer", …
    std::vector<Hash> certificates;  // x5t#S256 of its TLS certificates (a holder: its gateway's)
    std::map<std::string, crypto::PublicKey> signing_keys;  // by kid
    std::vector<ServiceId> services;                        // what it answers
    std::map<std::string, crypto::PublicKey> sealing_keys;  // by kid: for payloads to it
    std::vector<Address> addresses;                         // a relay: where it listens
    std::vector<std::string> redirect_uris;                 // a site: where an agent may return to
    std::optional<Hash> web_build;  // a site: of what it serves to browsers (web_build.hpp)

    [[nodiscard]] bool has_certificate(const Hash& certificate) const;
    [[nodiscard]] bool offers(const ServiceId& service) const;
    // Null when it has no such key.
    [[nodiscard]] const crypto::PublicKey* signing_key(const std::optional<std::string>& kid) const;
};

// A log or a witness: its key, and where it serves over HTTPS without client certificates.
template <class Verifier>
struct PublicService {
    Verifier key;
    UrlPrefix url;
    Hash certificate{};  // x5t#S256 of the TLS certificate that it shows there
};
using AccessLog = PublicService<tlog::NoteVerifier>;   // the verifier's name is the log's origin
using Witness = PublicService<tlog::WitnessVerifier>;  // submission and monitoring prefix are one

struct Directory {
    std::int64_t version = 0;
    std::vector<Participant> participants;
    std::vector<AccessLog> logs;
    std::vector<Witness> witnesses;
    tlog::Quorum quorum;  // of all these witnesses, in this order
    std::vector<crypto::Certificate> card_authorities;
    Hash policy{};                // SHA-256 of the policy file
    Hash schemes{};               // SHA-256 of the number schemes file
    std::set<Hash> certificates;  // of all participants
    Hash entry{};  // this version's entry in the log: SHA-256("mado/directory/1\n" ‖ JWS)

    [[nodiscard]] const Participant* find(const ParticipantId& id) const;
    [[nodiscard]] const Participant* find(std::string_view id) const;
    // Null when there is none of this origin.
    [[nodiscard]] const AccessLog* log(std::string_view origin) const;
    // Some participant lists this certificate (a gateway's may stand with several holders).
    [[nodiscard]] bool knows_certificate(const Hash& certificate) const;
    // The one participant of kind "relay", with at least one address. Directories without exactly
    // one are refused.
    [[nodiscard]] const Participant& relay() const;
};

constexpr std::size_t directory_bytes_max = 64 * 1024 * 1024;
constexpr std::size_t participants_max = 500'000;
constexpr std::size_t logs_max = 64;
constexpr std::string_view directory_type = "mado-directory+jws";

Parsed<Directory> open_directory(std::string_view jws, const crypto::PublicKey& authority);
// A directory and the very bytes that were verified, for whoever gives it on.
struct DirectoryFile {
    Directory directory;
    std::string jws;
};
// Reads both files; OperatorError (code directory_invalid in its text) when they do not fit.
DirectoryFile load_directory_file(const std::string& path, const std::string& authority_key_path);
Directory load_directory(const std::string& path, const std::string& authority_key_path);

}  // namespace mado::wire
