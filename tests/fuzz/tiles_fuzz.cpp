#include "tlog/tiles.hpp"

#include "fuzz.hpp"

namespace mado::fuzz {
namespace {

// A log with two full tiles, one that is not, and one above them.
struct Log {
    static constexpr std::uint64_t size = 600;
    Log() {
        for (std::uint64_t i = 0; i < size; ++i)
            edge.append(leaf(i));
        for (auto& [id, bytes] : edge.take_full_tiles())
            tiles[id] = std::move(bytes);
    }
    static Hash leaf(std::uint64_t index) {
        return tlog::leaf_hash(as_bytes(std::to_string(index)));
    }
    [[nodiscard]] Bytes tile(tlog::TileRange range) const {
        const auto full = tiles.find(range.id);
        return full == tiles.end() ? edge.partial(range.id) : full->second;
    }
    tlog::Edge edge;
    std::map<tlog::TileId, Bytes> tiles;
};

// The input changes the tiles that somebody answers: what differs, from which byte on.
bool proves_only_leaves(ByteView in) {
    static const Log log;
    const auto root = log.edge.root();
    tlog::ProvenTiles proven(Log::size, root, [in](tlog::TileRange range) -> std::optional<Bytes> {
        auto bytes = log.tile(range);
        if (in.empty() || in[0] % 4 != (range.id.level == 1 ? 3 : range.id.index)) return bytes;
        if (in.size() == 1) return std::nullopt;
        if (in[0] >= 0xf0) bytes.resize(in[1] * std::size_t{32});
        for (std::size_t i = 1; i < in.size() && i <= bytes.size(); ++i)
            bytes[(in[0] / 4 * 32U + i) % bytes.size()] ^= in[i];
        return bytes;
    });
    bool all = true;
    for (const std::uint64_t index : {0U, 300U, 599U}) {
        const auto leaf = proven.leaf(index);
        require(!leaf || *leaf == Log::leaf(index), "what is proven is a leaf of the tree");
        all = all && leaf.has_value();
    }
    return all;
}

}  // namespace

// Paths and widths as anybody asks for them, and what a log may answer: bundles and tiles.
bool tiles(ByteView in) {
    bool accepted = false;
    if (const auto path = tlog::parse_tile_path(as_text(in))) {
        const auto* bundle = std::get_if<tlog::BundleRange>(&*path);
        const auto* tile = std::get_if<tlog::TileRange>(&*path);
        const auto again =
            bundle != nullptr ? tlog::bundle_path(*bundle) : tlog::tile_path(tile->id, tile->width);
        require(again == as_text(in), "a tile has one path");
        accepted = true;
    }
    if (!in.empty()) {
        const unsigned width = in[0] + 1U;
        const auto entries = tlog::parse_entry_bundle(in.subspan(1), width);
        if (entries) {
            require(entries->size() == width, "a bundle has its width");
            require(std::ranges::equal(tlog::entry_bundle(*entries), in.subspan(1)),
                    "a bundle has one form");
            accepted = true;
        }
    }
    return proves_only_leaves(in) || accepted;
}

}  // namespace mado::fuzz
