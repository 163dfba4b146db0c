#include "monitor/contradiction.hpp"

#include <boost/json.hpp>

#include "tlog/tlog.hpp"

namespace mado::monitor {
namespace {

constexpr std::string_view form = "mado-log-contradiction/1";
constexpr JsonLimits limits{.text_bytes_max = contradiction_bytes_max};

json::object testimony_json(const Testimony& testimony) {
    json::array proof;
    for (const auto& hash : testimony.proof)
        proof.emplace_back(base64url(hash));
    return {{"checkpoint", testimony.checkpoint},
            {"leaf", base64url(testimony.leaf)},
            {"proof", std::move(proof)}};
}

Parsed<Testimony> read_testimony(const json::object& object) {
    Members in(object);
    Testimony out{.checkpoint = in.text("checkpoint", tlog::note_bytes_max),
                  .leaf = in.hash("leaf"),
                  .proof = {}};
    for (const auto& text : in.texts("proof", tlog::proof_length_max, 43)) {
        const auto hash = parse_hash(text);
        if (!hash) return std::unexpected(hash.error());
        out.proof.push_back(*hash);
    }
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    return out;
}

Parsed<void> verify_testimony(const Testimony& testimony, std::uint64_t index,
                              const tlog::NoteVerifier& log) {
    const auto checkpoint = tlog::open_checkpoint(testimony.checkpoint, log);
    if (!checkpoint) return std::unexpected(checkpoint.error());
    if (!tlog::verify_inclusion(testimony.leaf, index, checkpoint->size, testimony.proof,
                                checkpoint->root)) {
        return bad("a contradiction's leaf is not proven under its checkpoint");
    }
    return {};
}

}  // namespace

std::string to_json(const Contradiction& contradiction) {
    const json::object out{{"form", form},
                           {"index", contradiction.index},
                           {"one", testimony_json(contradiction.one)},
                           {"other", testimony_json(contradiction.other)}};
    return json::serialize(out);
}

Parsed<Contradiction> parse_contradiction(std::string_view text) {
    const auto object = parse_json_object(text, limits);
    if (!object) return std::unexpected(object.error());
    Members in(*object);
    if (in.text("form", 64) != form) return bad("not a log's contradiction of version 1");
    Contradiction out;
    out.index = static_cast<std::uint64_t>(
        in.integer("index", 0, static_cast<std::int64_t>(tlog::tree_size_max)));
    auto one = read_testimony(in.object("one"));
    auto other = read_testimony(in.object("other"));
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    if (!one) return std::unexpected(one.error());
    if (!other) return std::unexpected(other.error());
    out.one = std::move(*one);
    out.other = std::move(*other);
    return out;
}

Parsed<void> verify_contradiction(const Contradiction& contradiction,
                                  const tlog::NoteVerifier& log) {
    if (contradiction.one.leaf == contradiction.other.leaf) {
        return bad("a contradiction's two leaves are the same");
    }
    if (auto ok = verify_testimony(contradiction.one, contradiction.index, log); !ok) return ok;
    return verify_testimony(contradiction.other, contradiction.index, log);
}

std::string_view origin_of(const Contradiction& contradiction) {
    const std::string_view note = contradiction.one.checkpoint;
    return note.substr(0, note.find('\n'));
}

}  // namespace mado::monitor
