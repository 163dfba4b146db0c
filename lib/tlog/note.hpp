// C2SP signed-note v1.0.0 with Ed25519 keys, tlog-checkpoint v1.0.0 and tlog-proof@v1.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/key.hpp"

namespace mado::tlog {

// signed-note, "Format": 16 signatures must fit, and one may have nearly 5 kB before base64.
constexpr std::size_t note_bytes_max = 128 * 1024;
constexpr std::size_t note_signatures_max = 64;

// signed-note, "Signature types": what a key signs. The same key has another id for each.
enum class SignatureType : std::uint8_t {
    note = 0x01,         // the note's text (a log signs its checkpoints so)
    cosignature = 0x04,  // the text and a time (a witness): tlog/cosignature.hpp
};

// A verifier key: name, key id, Ed25519 key. Text form "<name>+<8 hex>+<base64>". Keys of different
// types do not convert: a witness is no log.
template <SignatureType type>
class VerifierKey {
  public:
    static Parsed<VerifierKey> parse(std::string_view vkey);
    // `key` must be Ed25519, `name` without spaces and plus.
    static Parsed<VerifierKey> make(std::string name, crypto::PublicKey key);
    [[nodiscard]] std::string vkey() const;
    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] std::uint32_t id() const { return id_; }
    [[nodiscard]] const crypto::PublicKey& key() const { return key_; }

  private:
    VerifierKey(std::string name, std::uint32_t id, crypto::PublicKey key);
    std::string name_;
    std::uint32_t id_;
    crypto::PublicKey key_;
};
extern template class VerifierKey<SignatureType::note>;
extern template class VerifierKey<SignatureType::cosignature>;
using NoteVerifier = VerifierKey<SignatureType::note>;

struct NoteSignature {
    std::string name;
    std::uint32_t id = 0;
    Bytes signature;
};

struct Note {
    std::string text;  // ends in a newline
    std::vector<NoteSignature> signatures;
};

Parsed<Note> parse_note(std::string_view note);
// One or more signature lines, each with its newline: what stands below a note's empty line, and
// what a witness answers.
Parsed<std::vector<NoteSignature>> parse_signature_lines(std::string_view lines);
// "— <name> <base64>\n".
std::string signature_line(const NoteSignature& signature);
// Bad when the verifier's signature is missing or any signature of that name and id is wrong.
Parsed<void> verify_note(const Note& note, const NoteVerifier& verifier);
// `text` must end in a newline; the result is the whole note with one signature line. Throws
// Failure when `key` is not the verifier's or the note could not be parsed again.
std::string sign_note(std::string_view text, const NoteVerifier& as, const crypto::PrivateKey& key);

struct Checkpoint {
    std::string origin;
    std::uint64_t size = 0;
    Hash root{};
    bool operator==(const Checkpoint&) const = default;
};

// The note's text form, without extension lines. Throws Failure for what has no such form.
std::string checkpoint_text(const Checkpoint& checkpoint);
Parsed<Checkpoint> parse_checkpoint_text(std::string_view text);
// Parses the note, verifies the log's signature and that the origin is the verifier's name.
Parsed<Checkpoint> open_checkpoint(std::string_view note, const NoteVerifier& log);

constexpr std::size_t log_proof_extra_bytes_max = 16 * 1024;
constexpr std::size_t log_proof_bytes_max = note_bytes_max + 32 * 1024;

// c2sp.org/tlog-proof@v1: one file that anybody's tool can check.
struct LogProof {
    std::optional<Bytes> extra;  // not authenticated; never empty bytes
    std::uint64_t index = 0;
    std::vector<Hash> proof;
    std::string checkpoint;  // the signed note, verbatim
};
// Throws Failure for what parse_log_proof would refuse.
std::string to_text(const LogProof& proof);
// Checks the form, the checkpoint's included, but no signature and no hash.
Parsed<LogProof> parse_log_proof(std::string_view text);

}  // namespace mado::tlog
