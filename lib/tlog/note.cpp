#include "tlog/note.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "crypto/digest.hpp"
#include "tlog/lines.hpp"
#include "tlog/tlog.hpp"

namespace mado::tlog {
namespace {

constexpr std::size_t ed25519_key_bytes = 32;
constexpr std::size_t ed25519_signature_bytes = 64;
constexpr std::size_t key_id_bytes = 4;
constexpr std::size_t vkey_bytes_max = 1024;
constexpr std::string_view signature_start = "— ";  // em dash, space
constexpr std::string_view proof_start = "c2sp.org/tlog-proof@v1\n";

// Cuts the first code point off; empty when the text does not begin with valid UTF-8 (RFC 3629
// section 4: shortest form, no surrogates, at most U+10FFFF).
std::optional<char32_t> take_code_point(std::string_view& text) {
    const auto lead = static_cast<unsigned char>(text.front());
    const std::size_t length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    if ((lead >= 0x80 && lead < 0xc2) || lead > 0xf4 || text.size() < length) return std::nullopt;
    char32_t value = length == 1 ? lead : lead & (0x7fU >> length);
    for (std::size_t i = 1; i < length; ++i) {
        const auto next = static_cast<unsigned char>(text[i]);
        if ((next & 0xc0) != 0x80) return std::nullopt;
        value = (value << 6) | (next & 0x3fU);
    }
    if (length == 3 && (value < 0x800 || (value >= 0xd800 && value < 0xe000))) return std::nullopt;
    if (length == 4 && (value < 0x10000 || value > 0x10ffff)) return std::nullopt;
    text.remove_prefix(length);
    return value;
}

// The characters with the Unicode property White_Space.
bool is_space(char32_t c) {
    return (c >= 0x09 && c <= 0x0d) || c == 0x20 || c == 0x85 || c == 0xa0 || c == 0x1680 ||
           (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f ||
           c == 0x205f || c == 0x3000;
}

// signed-note, "Format": valid UTF-8 without ASCII control characters other than newline.
bool is_note_text(std::string_view text) {
    while (!text.empty()) {
        const auto c = take_code_point(text);
        if (!c || (*c < 0x20 && *c != '\n')) return false;
    }
    return true;
}

// signed-note, "Format": not empty, without Unicode spaces and plus.
bool is_key_name(std::string_view name) {
    if (name.empty()) return false;
    while (!name.empty()) {
        const auto c = take_code_point(name);
        if (!c || *c < 0x20 || *c == '+' || is_space(*c)) return false;
    }
    return true;
}

std::uint32_t key_id_at(ByteView bytes) {
    return std::uint32_t{bytes[0]} << 24 | std::uint32_t{bytes[1]} << 16 |
           std::uint32_t{bytes[2]} << 8 | std::uint32_t{bytes[3]};
}

// signed-note, "Ed25519 signatures"; tlog-cosignature, "Format".
std::uint32_t key_id_of(std::string_view name, SignatureType type, const crypto::PublicKey& key) {
    const std::array<std::uint8_t, 2> middle{'\n', static_cast<std::uint8_t>(type)};
    return key_id_at(crypto::sha256({as_bytes(name), middle, key.raw_ed25519()}));
}

Parsed<NoteSignature> parse_signature_line(std::string_view line) {
    if (!line.starts_with(signature_start)) return bad("a note's signature line has another start");
    line.remove_prefix(signature_start.size());
    const auto space = line.find(' ');
    if (space == std::string_view::npos) return bad("a note's signature line lacks a part");
    const auto name = line.substr(0, space);
    if (!is_key_name(name)) return bad("a note's signature has an impossible key name");
    const auto bytes = parse_base64(line.substr(space + 1));
    if (!bytes) return std::unexpected(bytes.error());
    if (bytes->size() <= key_id_bytes) return bad("a note's signature is too short");
    return NoteSignature{.name = std::string(name),
                         .id = key_id_at(*bytes),
                         .signature = to_bytes(ByteView(*bytes).subspan(key_id_bytes))};
}

}  // namespace

template <SignatureType type>
VerifierKey<type>::VerifierKey(std::string name, std::uint32_t id, crypto::PublicKey key)
    : name_(std::move(name)), id_(id), key_(std::move(key)) {}

template <SignatureType type>
Parsed<VerifierKey<type>> VerifierKey<type>::parse(std::string_view vkey) {
    if (vkey.size() > vkey_bytes_max) return bad("a verifier key is too long");
    const auto first = vkey.find('+');
    if (first == std::string_view::npos) return bad("a verifier key lacks its id");
    const auto second = vkey.find('+', first + 1);  // base64 may hold further ones
    if (second == std::string_view::npos) return bad("a verifier key lacks its key");
    const auto id = parse_hex(vkey.substr(first + 1, second - first - 1));
    if (!id || id->size() != key_id_bytes) return bad("a verifier key's id is not 8 hex digits");
    const auto material = parse_base64(vkey.substr(second + 1));
    if (!material) return std::unexpected(material.error());
    if (material->empty() || material->front() != static_cast<std::uint8_t>(type)) {
        return bad("a verifier key is of another signature type");
    }
    if (material->size() != 1 + ed25519_key_bytes) return bad("a verifier key is not Ed25519");
    auto key = crypto::PublicKey::from_ed25519(ByteView(*material).subspan(1));
    if (!key) return std::unexpected(key.error());
    auto verifier = make(std::string(vkey.substr(0, first)), *std::move(key));
    if (verifier && verifier->id() != key_id_at(*id)) {
        return bad("a verifier key's id is not that of its name and key");
    }
    return verifier;
}

template <SignatureType type>
Parsed<VerifierKey<type>> VerifierKey<type>::make(std::string name, crypto::PublicKey key) {
    if (key.type() != crypto::KeyType::ed25519) return bad("a note's key must be Ed25519");
    if (!is_key_name(name)) return bad("a note's key name is empty or holds a space or plus");
    const auto id = key_id_of(name, type, key);
    VerifierKey verifier(std::move(name), id, std::move(key));
    if (verifier.vkey().size() > vkey_bytes_max) return bad("a note's key name is too long");
    return verifier;
}

template <SignatureType type>
std::string VerifierKey<type>::vkey() const {
    Bytes material{static_cast<std::uint8_t>(type)};
    append(material, key_.raw_ed25519());
    return fmt::format("{}+{:08x}+{}", name_, id_, base64(material));
}

template class VerifierKey<SignatureType::note>;
template class VerifierKey<SignatureType::cosignature>;

Parsed<Note> parse_note(std::string_view note) {
    if (note.size() > note_bytes_max) return bad("a note is too long");
    if (!is_note_text(note)) return bad("a note is not UTF-8 without control characters");
    // The last empty line separates: the text may hold others.
    const auto end = note.rfind("\n\n");
    if (end == std::string_view::npos) return bad("a note has no empty line before signatures");
    auto signatures = parse_signature_lines(note.substr(end + 2));
    if (!signatures) return std::unexpected(signatures.error());
    return Note{.text = std::string(note.substr(0, end + 1)), .signatures = *std::move(signatures)};
}

Parsed<std::vector<NoteSignature>> parse_signature_lines(std::string_view lines) {
    if (lines.empty()) return bad("a note has no signature");
    std::vector<NoteSignature> signatures;
    while (!lines.empty()) {
        const auto line = take_line(lines);
        if (!line) return bad("a note does not end in a newline");
        if (signatures.size() == note_signatures_max) return bad("a note has too many signatures");
        auto signature = parse_signature_line(*line);
        if (!signature) return std::unexpected(signature.error());
        signatures.push_back(*std::move(signature));
    }
    return signatures;
}

std::string signature_line(const NoteSignature& signature) {
    Bytes bytes;
    for (int shift = 24; shift >= 0; shift -= 8) {
        bytes.push_back(static_cast<std::uint8_t>(signature.id >> shift));
    }
    append(bytes, signature.signature);
    return fmt::format("{}{} {}\n", signature_start, signature.name, base64(bytes));
}

Parsed<void> verify_note(const Note& note, const NoteVerifier& verifier) {
    bool signed_by_it = false;
    for (const auto& signature : note.signatures) {
        // signed-note, "Signatures": both must be the known key's, else the line is ignored.
        if (signature.id != verifier.id() || signature.name != verifier.name()) continue;
        if (signature.signature.size() != ed25519_signature_bytes ||
            !verifier.key().verify(as_bytes(note.text), signature.signature)) {
            return bad("a note's signature is wrong");
        }
        signed_by_it = true;
    }
    if (!signed_by_it) return bad("a note lacks the signature of the wanted key");
    return {};
}

std::string sign_note(std::string_view text, const NoteVerifier& as,
                      const crypto::PrivateKey& key) {
    if (key.type() != crypto::KeyType::ed25519 ||
        key.public_key().raw_ed25519() != as.key().raw_ed25519()) {
        throw Failure("a note was to be signed with another key than its verifier's");
    }
    auto note = fmt::format(
        "{}\n{}", text,
        signature_line({.name = as.name(), .id = as.id(), .signature = key.sign(as_bytes(text))}));
    // What is signed must be read back as the same text by everybody.
    const auto parsed = parse_note(note);
    if (!parsed || parsed->text != text) throw Failure("this text cannot be a signed note");
    return note;
}

std::string checkpoint_text(const Checkpoint& checkpoint) {
    auto text =
        fmt::format("{}\n{}\n{}\n", checkpoint.origin, checkpoint.size, base64(checkpoint.root));
    if (parse_checkpoint_text(text) != checkpoint) throw Failure("this cannot be a checkpoint");
    return text;
}

Parsed<Checkpoint> parse_checkpoint_text(std::string_view text) {
    if (text.size() > note_bytes_max) return bad("a checkpoint is too long");
    if (!is_note_text(text)) return bad("a checkpoint is not UTF-8 without control characters");
    const auto origin = take_line(text);
    const auto size_line = take_line(text);
    const auto root_line = take_line(text);
    if (!origin || !size_line || !root_line) return bad("a checkpoint has fewer than three lines");
    if (origin->empty()) return bad("a checkpoint's origin is empty");
    const auto size = parse_number(*size_line);
    if (!size) return std::unexpected(size.error());
    const auto root = parse_hash_line(*root_line);
    if (!root) return std::unexpected(root.error());
    while (!text.empty()) {
        const auto extension = take_line(text);
        if (!extension) return bad("a checkpoint does not end in a newline");
        if (extension->empty()) return bad("a checkpoint has an empty extension line");
    }
    return Checkpoint{.origin = std::string(*origin), .size = *size, .root = *root};
}

Parsed<Checkpoint> open_checkpoint(std::string_view note, const NoteVerifier& log) {
    const auto parsed = parse_note(note);
    if (!parsed) return std::unexpected(parsed.error());
    // signed-note: the text is nothing before its signature is verified.
    const auto verified = verify_note(*parsed, log);
    if (!verified) return std::unexpected(verified.error());
    auto checkpoint = parse_checkpoint_text(parsed->text);
    if (checkpoint && checkpoint->origin != log.name()) {
        return bad("a checkpoint's origin is not the log's name");
    }
    if (checkpoint && checkpoint->size > tree_size_max) {
        return bad("a checkpoint is of a larger tree than tiles can hold");
    }
    return checkpoint;
}

std::string to_text(const LogProof& proof) {
    std::string text(proof_start);
    if (proof.extra) text += fmt::format("extra {}\n", base64(*proof.extra));
    text += fmt::format("index {}\n", proof.index);
    for (const auto& hash : proof.proof)
        text += base64(hash) + "\n";
    text += "\n" + proof.checkpoint;
    if (!parse_log_proof(text)) throw Failure("this cannot be a log proof");
    return text;
}

Parsed<LogProof> parse_log_proof(std::string_view text) {
    if (text.size() > log_proof_bytes_max) return bad("a log proof is too long");
    if (!text.starts_with(proof_start)) return bad("a log proof has another first line");
    text.remove_prefix(proof_start.size());
    LogProof proof;
    auto line = take_line(text);
    if (line && line->starts_with("extra ")) {
        auto extra = parse_base64(line->substr(6));
        if (!extra) return std::unexpected(extra.error());
        // Without extra data the line is left out: one proof has one text.
        if (extra->empty()) return bad("a log proof's extra data are empty");
        if (extra->size() > log_proof_extra_bytes_max) return bad("extra data are too long");
        proof.extra = *std::move(extra);
        line = take_line(text);
    }
    if (!line || !line->starts_with("index ")) return bad("a log proof lacks its index");
    const auto index = parse_number(line->substr(6));
    if (!index) return std::unexpected(index.error());
    if (*index > tree_size_max) return bad("a log proof's index is too large");
    proof.index = *index;
    for (line = take_line(text); line && !line->empty(); line = take_line(text)) {
        if (proof.proof.size() == proof_length_max) return bad("a log proof has too many hashes");
        const auto hash = parse_hash_line(*line);
        if (!hash) return std::unexpected(hash.error());
        proof.proof.push_back(*hash);
    }
    if (!line) return bad("a log proof lacks its checkpoint");
    const auto note = parse_note(text);
    if (!note) return std::unexpected(note.error());
    const auto checkpoint = parse_checkpoint_text(note->text);
    if (!checkpoint) return std::unexpected(checkpoint.error());
    proof.checkpoint = text;
    return proof;
}

}  // namespace mado::tlog
