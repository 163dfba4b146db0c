#include "tlog/witness.hpp"

#include <fmt/format.h>

#include "tlog/lines.hpp"
#include "tlog/tlog.hpp"

namespace mado::tlog {
namespace {

constexpr std::string_view old_start = "old ";

}  // namespace

std::string to_text(const AddCheckpoint& request) {
    auto text = fmt::format("{}{}\n", old_start, request.old_size);
    for (const auto& hash : request.proof)
        text += base64(hash) + "\n";
    text += "\n" + request.checkpoint;
    if (!parse_add_checkpoint(text)) throw Failure("this cannot be submitted to a witness");
    return text;
}

Parsed<AddCheckpoint> parse_add_checkpoint(std::string_view body) {
    if (body.size() > add_checkpoint_bytes_max) return bad("a submission is too long");
    auto line = take_line(body);
    if (!line || !line->starts_with(old_start)) return bad("a submission lacks its old size");
    const auto old_size = parse_number(line->substr(old_start.size()));
    if (!old_size) return std::unexpected(old_size.error());
    AddCheckpoint request{.old_size = *old_size, .proof = {}, .checkpoint = {}};
    for (line = take_line(body); line && !line->empty(); line = take_line(body)) {
        if (request.proof.size() == proof_length_max) {
            return bad("a submission has too many hashes");
        }
        const auto hash = parse_hash_line(*line);
        if (!hash) return std::unexpected(hash.error());
        request.proof.push_back(*hash);
    }
    if (!line) return bad("a submission lacks its checkpoint");
    const auto note = parse_note(body);
    if (!note) return std::unexpected(note.error());
    const auto checkpoint = parse_checkpoint_text(note->text);
    if (!checkpoint) return std::unexpected(checkpoint.error());
    request.checkpoint = body;
    return request;
}

std::string tree_size_text(std::uint64_t size) {
    return fmt::format("{}\n", size);
}

Parsed<std::uint64_t> parse_tree_size(std::string_view body) {
    const auto line = take_line(body);
    if (!line || !body.empty()) return bad("a tree size is not one line");
    return parse_number(*line);
}

Parsed<std::string> take_cosignature(std::string_view body, std::string_view checkpoint,
                                     const WitnessVerifier& witness, UnixTime now) {
    auto note = parse_note(checkpoint);
    if (!note) return std::unexpected(note.error());
    const auto lines = parse_signature_lines(body);
    if (!lines) return std::unexpected(lines.error());
    for (const auto& line : *lines) {
        if (line.id != witness.id() || line.name != witness.name()) continue;
        note->signatures = {line};
        const auto found = cosignatures(*note, {witness}, now);
        if (!found) return std::unexpected(found.error());
        if (!found->empty()) return signature_line(line);
    }
    return bad("a witness's answer has no cosignature of it");
}

}  // namespace mado::tlog
