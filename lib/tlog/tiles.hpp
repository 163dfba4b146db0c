// C2SP tlog-tiles: the paths and the entry bundles that a log publishes, and tiles read from
// somebody who is not trusted.
#pragma once

#include <expected>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "tlog/tlog.hpp"

namespace mado::tlog {

// A tile as it is in some tree: `width` is 256 when it is full.
struct TileRange {
    TileId id;
    unsigned width = tile_width;
    bool operator==(const TileRange&) const = default;
};
struct BundleRange {
    std::uint64_t index = 0;  // the first entry is index * 256
    unsigned width = tile_width;
    bool operator==(const BundleRange&) const = default;
};

// "tile/entries/x001/x234/067.p/8"; width 256 has no ".p". tile_path is its like for hashes.
std::string bundle_path(BundleRange bundle);
// One tile has one path: levels 0 to 63 and widths 1 to 255 without further zeros, groups of three
// digits, no group too many, an index below 2^54 (more than any tree has).
Parsed<std::variant<TileRange, BundleRange>> parse_tile_path(std::string_view path);

constexpr std::size_t entry_bytes_max = 65'535;
constexpr std::size_t bundle_bytes_max = tile_width * (2 + entry_bytes_max);
// tlog-tiles, "Log entries": each entry after its length in 16 bits, big-endian. 1 to 256 entries,
// else Failure.
Bytes entry_bundle(const std::vector<Bytes>& entries);
// Exactly `width` entries and nothing behind them.
Parsed<std::vector<Bytes>> parse_entry_bundle(ByteView bundle, unsigned width);

enum class TileError {
    not_fetched,   // it could not be had; another try may
    does_not_fit,  // what came is not of the tree with this root
};

// Asks whoever has the tiles; they may answer anything. Empty: not to be had.
using TileFetch = std::function<std::optional<Bytes>(TileRange tile)>;

// The tiles that are fetched to prove the leaf `index` < size, highest first: the right edge, and
// the way down to the leaf. So that one can fetch them all at once, and let TileFetch look there.
std::vector<TileRange> tiles_to_prove(std::uint64_t index, std::uint64_t size);

// The leaves of one tree, of which only size and root are trusted. Nothing comes out that is not
// proven: the right edge's tiles must give the root, and every full tile the hash that stands for
// it in the tile above, which is proven already. Keeps the tiles that it has proven (8 KiB each,
// as many as the leaves asked for need); belongs to one thread.
class ProvenTiles {
  public:
    // size <= tree_size_max (those of open_checkpoint are), else Failure.
    ProvenTiles(std::uint64_t size, const Hash& root, TileFetch fetch);
    // The leaf hash at `index` < size (else Failure).
    std::expected<Hash, TileError> leaf(std::uint64_t index);

  private:
    std::expected<void, TileError> prove_edge();
    std::expected<void, TileError> prove(TileId id);
    std::expected<Bytes, TileError> fetch(TileRange tile) const;
    [[nodiscard]] Hash proven_hash(unsigned level, std::uint64_t index) const;

    std::uint64_t size_;
    Hash root_;
    TileFetch fetch_;
    bool edge_proven_ = false;
    std::map<TileId, Bytes> proven_;
};

}  // namespace mado::tlog
