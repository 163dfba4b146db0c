#include "tlog/contradiction.hpp"

#include <boost/json.hpp>

#include "base/json.hpp"
#include "tlog/tlog.hpp"

namespace mado::tlog {
namespace {

constexpr std::string_view two_leaves = "mado-log-two-leaves/1";
constexpr std::string_view two_roots = "mado-log-two-roots/1";
constexpr JsonLimits limits{.text_bytes_max = contradiction_bytes_max};

json::object testimony_json(const Testimony& testimony) {
    return {{"checkpoint", testimony.checkpoint},
            {"leaf", base64url(testimony.leaf)},
            {"proof", hashes_json(testimony.proof)}};
}

Parsed<Testimony> read_testimony(const json::object& object) {
    Members in(object);
    Testimony out{.checkpoint = in.text("checkpoint", note_bytes_max),
                  .leaf = in.hash("leaf"),
                  .proof = in.hashes("proof", proof_length_max)};
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    return out;
}

Parsed<void> verify_testimony(const Testimony& testimony, std::uint64_t index,
                              const NoteVerifier& log) {
    const auto checkpoint = open_checkpoint(testimony.checkpoint, log);
    if (!checkpoint) return std::unexpected(checkpoint.error());
    if (!verify_inclusion(testimony.leaf, index, checkpoint->size, testimony.proof,
                          checkpoint->root)) {
        return bad("a contradiction's leaf is not proven under its checkpoint");
    }
    return {};
}

}  // namespace

std::string to_json(const Contradiction& contradiction) {
    if (const auto* leaves = std::get_if<TwoLeaves>(&contradiction)) {
        return json::serialize(json::object{{"form", two_leaves},
                                            {"index", leaves->index},
                                            {"one", testimony_json(leaves->one)},
                                            {"other", testimony_json(leaves->other)}});
    }
    const auto& roots = std::get<TwoRoots>(contradiction);
    return json::serialize(json::object{{"form", two_roots},
                                        {"older", roots.older},
                                        {"newer", roots.newer},
                                        {"root", base64url(roots.root)},
                                        {"proof", hashes_json(roots.proof)}});
}

Parsed<Contradiction> parse_contradiction(std::string_view text) {
    const auto object = parse_json_object(text, limits);
    if (!object) return std::unexpected(object.error());
    Members in(*object);
    const auto form = in.text("form", 64);
    if (form == two_leaves) {
        TwoLeaves out;
        out.index = static_cast<std::uint64_t>(
            in.integer("index", 0, static_cast<std::int64_t>(tree_size_max)));
        auto one = read_testimony(in.object("one"));
        auto other = read_testimony(in.object("other"));
        if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
        if (!one) return std::unexpected(one.error());
        if (!other) return std::unexpected(other.error());
        out.one = std::move(*one);
        out.other = std::move(*other);
        return out;
    }
    if (form != two_roots) return bad("not a log's contradiction of version 1");
    TwoRoots out{.older = in.text("older", note_bytes_max),
                 .newer = in.text("newer", note_bytes_max),
                 .root = in.hash("root"),
                 .proof = in.hashes("proof", proof_length_max)};
    if (auto ok = in.finish(); !ok) return std::unexpected(ok.error());
    return out;
}

Parsed<void> verify_contradiction(const Contradiction& contradiction, const NoteVerifier& log) {
    if (const auto* leaves = std::get_if<TwoLeaves>(&contradiction)) {
        if (leaves->one.leaf == leaves->other.leaf) {
            return bad("a contradiction's two leaves are the same");
        }
        if (auto ok = verify_testimony(leaves->one, leaves->index, log); !ok) return ok;
        return verify_testimony(leaves->other, leaves->index, log);
    }
    const auto& roots = std::get<TwoRoots>(contradiction);
    const auto older = open_checkpoint(roots.older, log);
    if (!older) return std::unexpected(older.error());
    const auto newer = open_checkpoint(roots.newer, log);
    if (!newer) return std::unexpected(newer.error());
    if (roots.root == older->root) return bad("a contradiction's two roots are the same");
    // One size has one root; size 0 too, from which no proof leads anywhere.
    const bool proven =
        older->size == newer->size
            ? roots.proof.empty() && roots.root == newer->root
            : verify_consistency(older->size, roots.root, newer->size, newer->root, roots.proof);
    if (!proven) {
        return bad("a contradiction's root is not proven under its newer checkpoint");
    }
    return {};
}

std::string_view origin_of(const Contradiction& contradiction) {
    const auto* leaves = std::get_if<TwoLeaves>(&contradiction);
    const std::string_view note =
        leaves != nullptr ? leaves->one.checkpoint : std::get<TwoRoots>(contradiction).older;
    return note.substr(0, note.find('\n'));
}

}  // namespace mado::tlog
