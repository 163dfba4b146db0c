#include "tlog/tiles.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace mado::tlog {
namespace {

// Beyond every tree, and its first hash is still a number.
constexpr std::uint64_t tile_index_max = (std::uint64_t{1} << 54) - 1;
constexpr std::string_view tile_start = "tile/";
constexpr std::string_view entries_start = "entries/";
constexpr std::string_view partial_mark = ".p/";

// Decimal, without leading zeros, at most three digits.
Parsed<unsigned> parse_small(std::string_view text) {
    if (text.empty() || text.size() > 3) return bad("a tile's path has a wrong number");
    if (text.size() > 1 && text.front() == '0') return bad("a tile's path has leading zeros");
    unsigned value = 0;
    for (const char c : text) {
        if (c < '0' || c > '9') return bad("a tile's path has a wrong number");
        value = value * 10 + static_cast<unsigned>(c - '0');
    }
    return value;
}

// tlog-tiles, "Merkle Tree": 1234067 is x001/x234/067.
Parsed<std::uint64_t> parse_index(std::string_view text) {
    if (text.starts_with("x000/")) return bad("a tile's path has a group too many");
    std::uint64_t index = 0;
    while (true) {
        const bool more = text.starts_with('x');
        if (more) text.remove_prefix(1);
        if (text.size() < 3) return bad("a tile's path has a group that is too short");
        for (const char c : text.substr(0, 3)) {
            if (c < '0' || c > '9') return bad("a tile's path has a wrong number");
            index = index * 10 + static_cast<std::uint64_t>(c - '0');
        }
        // Checked at every group, so that nothing overflows.
        if (index > tile_index_max) return bad("a tile's path has a number that is too large");
        text.remove_prefix(3);
        if (!more) break;
        if (!text.starts_with('/')) return bad("a tile's path has a group that is too long");
        text.remove_prefix(1);
    }
    if (!text.empty()) return bad("a tile's path does not end after its index");
    return index;
}

struct IndexAndWidth {
    std::uint64_t index = 0;
    unsigned width = tile_width;
};

Parsed<IndexAndWidth> parse_range(std::string_view text) {
    IndexAndWidth range;
    if (const auto mark = text.find(partial_mark); mark != std::string_view::npos) {
        const auto width = parse_small(text.substr(mark + partial_mark.size()));
        if (!width) return std::unexpected(width.error());
        if (*width == 0 || *width >= tile_width) return bad("a tile's path has a wrong width");
        range.width = *width;
        text = text.substr(0, mark);
    }
    const auto index = parse_index(text);
    if (!index) return std::unexpected(index.error());
    range.index = *index;
    return range;
}

std::vector<TileRange> right_edge(std::uint64_t size) {
    std::vector<TileRange> edge;
    for (unsigned level = 0; hashes_at(level, size) > 0; ++level) {
        const TileId last{.level = level, .index = hashes_at(level, size) / tile_width};
        if (const auto width = width_in_tree(last, size); width > 0) edge.push_back({last, width});
    }
    std::ranges::reverse(edge);
    return edge;
}

// The full tiles from the leaf up to the right edge, highest first.
std::vector<TileRange> way_to(std::uint64_t index, std::uint64_t size) {
    std::vector<TileRange> way;
    TileId id{.level = 0, .index = index / tile_width};
    while (width_in_tree(id, size) == tile_width) {
        way.push_back({id, tile_width});
        id = {.level = id.level + 1, .index = id.index / tile_width};
    }
    std::ranges::reverse(way);
    return way;
}

}  // namespace

std::string bundle_path(BundleRange bundle) {
    // The path of a tile of level 0, with another word for the level.
    const auto path = tile_path({.level = 0, .index = bundle.index}, bundle.width);
    return fmt::format("{}{}{}", tile_start, entries_start, path.substr(tile_start.size() + 2));
}

Parsed<std::variant<TileRange, BundleRange>> parse_tile_path(std::string_view path) {
    if (!path.starts_with(tile_start)) return bad("a tile's path has another start");
    path.remove_prefix(tile_start.size());
    if (path.starts_with(entries_start)) {
        const auto range = parse_range(path.substr(entries_start.size()));
        if (!range) return std::unexpected(range.error());
        return BundleRange{.index = range->index, .width = range->width};
    }
    const auto slash = path.find('/');
    if (slash == std::string_view::npos) return bad("a tile's path lacks its index");
    const auto level = parse_small(path.substr(0, slash));
    if (!level) return std::unexpected(level.error());
    if (*level > tile_level_max) return bad("a tile's path has a wrong level");
    const auto range = parse_range(path.substr(slash + 1));
    if (!range) return std::unexpected(range.error());
    return TileRange{.id = {.level = *level, .index = range->index}, .width = range->width};
}

Bytes entry_bundle(const std::vector<Bytes>& entries) {
    if (entries.empty() || entries.size() > tile_width) {
        throw Failure("a bundle of log entries has 1 to 256 of them");
    }
    Bytes bundle;
    for (const auto& entry : entries) {
        if (entry.size() > entry_bytes_max) throw Failure("a log entry is too long for a bundle");
        bundle.push_back(static_cast<std::uint8_t>(entry.size() >> 8));
        bundle.push_back(static_cast<std::uint8_t>(entry.size() & 0xff));
        append(bundle, entry);
    }
    return bundle;
}

Parsed<std::vector<Bytes>> parse_entry_bundle(ByteView bundle, unsigned width) {
    std::vector<Bytes> entries;
    while (!bundle.empty()) {
        if (entries.size() == width) return bad("a bundle has more entries than it should");
        if (bundle.size() < 2) return bad("a bundle ends in half a length");
        const std::size_t size = std::size_t{bundle[0]} << 8 | bundle[1];
        bundle = bundle.subspan(2);
        if (bundle.size() < size) return bad("a bundle ends within an entry");
        entries.push_back(to_bytes(bundle.first(size)));
        bundle = bundle.subspan(size);
    }
    if (entries.size() != width) return bad("a bundle has fewer entries than it should");
    return entries;
}

std::vector<TileRange> tiles_to_prove(std::uint64_t index, std::uint64_t size) {
    if (index >= size) throw Failure("there is no such leaf in the tree");
    auto tiles = right_edge(size);
    const auto way = way_to(index, size);
    tiles.insert(tiles.end(), way.begin(), way.end());
    return tiles;
}

ProvenTiles::ProvenTiles(std::uint64_t size, const Hash& root, TileFetch fetch)
    : size_(size), root_(root), fetch_(std::move(fetch)) {
    if (size > tree_size_max) throw Failure("the log is larger than it may be");
}

std::expected<Hash, TileError> ProvenTiles::leaf(std::uint64_t index) {
    if (index >= size_) throw Failure("there is no such leaf in the tree");
    if (auto ok = prove_edge(); !ok) return std::unexpected(ok.error());
    for (const auto& tile : way_to(index, size_)) {
        if (auto ok = prove(tile.id); !ok) return std::unexpected(ok.error());
    }
    return proven_hash(0, index);
}

// Every hash of the tiles that are still open at the right goes into the root, and nothing else
// does (RFC 6962 section 2.1: the complete subtrees of a tree, from the left).
std::expected<void, TileError> ProvenTiles::prove_edge() {
    if (edge_proven_) return {};
    std::map<TileId, Bytes> edge;
    for (const auto& tile : right_edge(size_)) {
        auto bytes = fetch(tile);
        if (!bytes) return std::unexpected(bytes.error());
        edge.emplace(tile.id, *std::move(bytes));
    }
    const auto root = tree_root(size_, [&edge](TileId id, unsigned) { return edge.at(id); });
    if (root != root_) return std::unexpected(TileError::does_not_fit);
    proven_ = std::move(edge);
    edge_proven_ = true;
    return {};
}

// A full tile whose parent is proven.
std::expected<void, TileError> ProvenTiles::prove(TileId id) {
    if (proven_.contains(id)) return {};
    auto bytes = fetch({id, tile_width});
    if (!bytes) return std::unexpected(bytes.error());
    if (tile_hash(*bytes) != proven_hash(id.level + 1, id.index)) {
        return std::unexpected(TileError::does_not_fit);
    }
    proven_.emplace(id, *std::move(bytes));
    return {};
}

std::expected<Bytes, TileError> ProvenTiles::fetch(TileRange tile) const {
    auto bytes = fetch_(tile);
    if (!bytes) return std::unexpected(TileError::not_fetched);
    // tlog-tiles, "Partial Tiles": the full one may be had instead; it begins with the same hashes.
    const bool full = bytes->size() == tile_width * hash_bytes;
    if (bytes->size() != tile.width * hash_bytes && !full) {
        return std::unexpected(TileError::does_not_fit);
    }
    bytes->resize(tile.width * hash_bytes);
    return *std::move(bytes);
}

Hash ProvenTiles::proven_hash(unsigned level, std::uint64_t index) const {
    const auto& bytes = proven_.at({.level = level, .index = index / tile_width});
    const auto at = ByteView(bytes).subspan(index % tile_width * hash_bytes, hash_bytes);
    Hash hash{};
    std::ranges::copy(at, hash.begin());
    return hash;
}

}  // namespace mado::tlog
