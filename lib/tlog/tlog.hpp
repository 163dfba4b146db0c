// RFC 6962 / RFC 9162 section 2.1 Merkle trees in the tiles of C2SP tlog-tiles. Pure functions over
// a reader of full and partial tiles; storage is the caller's.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.hpp"

namespace mado::tlog {

constexpr unsigned tile_height = 8;
constexpr unsigned tile_width = 256;
constexpr std::uint64_t tree_size_max = std::uint64_t{1} << 48;
constexpr std::size_t proof_length_max = 63;
constexpr unsigned tile_level_max = 63;  // tlog-tiles, "Merkle Tree"
constexpr std::size_t hash_bytes = sizeof(Hash);

Hash leaf_hash(ByteView entry);                       // SHA-256(0x00 ‖ entry)
Hash node_hash(const Hash& left, const Hash& right);  // SHA-256(0x01 ‖ left ‖ right)
Hash empty_root();                                    // SHA-256 of nothing

// One tile: up to 256 hashes of one tree level (level × 8), `index` counts tiles of that level.
struct TileId {
    unsigned level;
    std::uint64_t index;
    auto operator<=>(const TileId&) const = default;
};
// How many complete hashes a tile level holds in a tree of this size.
constexpr std::uint64_t hashes_at(unsigned level, std::uint64_t size) {
    return level < 64 / tile_height ? size >> (level * tile_height) : 0;
}
// How many of its hashes a tile has in a tree of this size: 0 when it is not there, 256 when full.
unsigned width_in_tree(TileId id, std::uint64_t size);
// The hash that stands for a full tile in the tile above: the root over its 256 hashes.
Hash tile_hash(ByteView full_tile);
// The same tree in tiles of half the height, of which each holds 16 hashes: those of level 2n are
// sixteenths of a tile of level n, those of level 2n + 1 stand halfway up in it. Not public; a path
// through two of them costs 30 hashes, through a tile 255.
constexpr unsigned half_height = tile_height / 2;
constexpr unsigned half_width = 16;
// The roots over each 16 of a tile's hashes; what is left over has none yet.
Bytes tile_middle(ByteView tile);
// "tile/0/x001/x234/067.p/8"; width 256 has no ".p".
std::string tile_path(TileId id, unsigned width);

// Returns at least the first `width` hashes of a tile (32 bytes each). Throws Failure when the tile
// is missing. Only tiles of the tree are asked for, with the width that they have in it.
using TileReader = std::function<Bytes(TileId id, unsigned width)>;

// Root and proofs of one tree. Tiles that were read and nodes that were computed serve what is
// asked for later too (16 KiB a tile, kept as long as this lives), which for many leaves of one
// tile is most of the work. Belongs to one thread.
class Prover {
  public:
    // `read` gives tiles of that height: full ones or half ones.
    Prover(std::uint64_t size, TileReader read, unsigned height = tile_height);

    Hash root();
    // From the leaf's sibling up to the root's child. index < size.
    std::vector<Hash> inclusion(std::uint64_t index);
    // RFC 6962 section 2.1.2; 0 < old_size <= size. Empty when they are equal.
    std::vector<Hash> consistency(std::uint64_t old_size);

  private:
    using Tile = std::vector<std::vector<Hash>>;  // [n]: the complete subtrees of 2^n hashes
    // RFC 6962 section 2.1, MTH(D[begin:end]); `begin` must be where RFC 6962 splits.
    Hash range(std::uint64_t begin, std::uint64_t end);
    Hash full(unsigned height, std::uint64_t index);
    const Tile& tile(TileId id);

    std::uint64_t size_;
    TileReader read_;
    unsigned height_;
    std::map<TileId, Tile> tiles_;
};

// The same for one question.
Hash tree_root(std::uint64_t size, const TileReader& read);
std::vector<Hash> inclusion_proof(std::uint64_t index, std::uint64_t size, const TileReader& read);
std::vector<Hash> consistency_proof(std::uint64_t old_size, std::uint64_t new_size,
                                    const TileReader& read);

// What a consistency proof shows whatever the old root was said to be: the root that the tree with
// `new_root` had when it was `old_size` large. Empty when the proof does not lead to `new_root`,
// and when the old size is a power of two, where the proof takes the old root for granted
// (RFC 9162 section 2.1.4.2, step 2).
std::optional<Hash> proven_old_root(std::uint64_t old_size, std::uint64_t new_size,
                                    const Hash& new_root, const std::vector<Hash>& proof);

// RFC 9162 section 2.1.3.2 and 2.1.4.2. False for anything that does not fit, also absurd sizes.
// An old size of 0 is false too: nothing can be proved from an empty tree.
bool verify_inclusion(const Hash& leaf, std::uint64_t index, std::uint64_t size,
                      const std::vector<Hash>& proof, const Hash& root);
bool verify_consistency(std::uint64_t old_size, const Hash& old_root, std::uint64_t new_size,
                        const Hash& new_root, const std::vector<Hash>& proof);

// The growing right edge of a tree: what a log writer holds in memory (at most 255 hashes a level).
class Edge {
  public:
    // An empty tree.
    Edge() = default;
    // Restores the edge of a tree from its full tiles and the open one of its leaves.
    static Edge restore(std::uint64_t size, const TileReader& read);

    void append(const Hash& leaf);
    [[nodiscard]] std::uint64_t size() const { return size_; }
    [[nodiscard]] Hash root() const;
    // Tiles that became full since the last call, in the order in which they did.
    std::vector<std::pair<TileId, Bytes>> take_full_tiles();
    // The present partial tile (empty when the level has none).
    [[nodiscard]] Bytes partial(TileId id) const;
    // A reader that answers from the edge and from the full tiles not yet taken, else asks `below`.
    // It refers to this edge, which must outlive it.
    [[nodiscard]] TileReader reader(TileReader below) const;

  private:
    void add(unsigned level, const Hash& hash);
    std::uint64_t size_ = 0;
    std::vector<std::vector<Hash>> levels_;  // levels_[n]: hashes of the open tile
    std::vector<std::pair<TileId, Bytes>> full_;
};

}  // namespace mado::tlog
