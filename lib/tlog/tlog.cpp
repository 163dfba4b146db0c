#include "tlog/tlog.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <span>
#include <utility>

#include "crypto/digest.hpp"

namespace mado::tlog {
namespace {

// tlog-tiles, "Partial Tiles": floor(s / 256**l) mod 256.
constexpr unsigned partial_width(unsigned level, std::uint64_t size) {
    return static_cast<unsigned>(hashes_at(level, size) % tile_width);
}

// RFC 6962 section 2.1: the largest power of two smaller than n, for n > 1.
constexpr std::uint64_t split_of(std::uint64_t n) {
    return std::bit_floor(n - 1);
}

// The parents of each two; one that is left over has none yet.
std::vector<Hash> row_above(const std::vector<Hash>& below) {
    std::vector<Hash> row(below.size() / 2);
    for (std::size_t i = 0; i < row.size(); ++i) {
        row[i] = node_hash(below[2 * i], below[2 * i + 1]);
    }
    return row;
}

// The root over a power of two of hashes.
Hash fold(std::vector<Hash> hashes) {
    while (hashes.size() > 1)
        hashes = row_above(hashes);
    return hashes.front();
}

std::vector<Hash> hashes_of(ByteView tile, std::size_t count) {
    if (tile.size() < count * hash_bytes) throw Failure("a log tile is too short");
    std::vector<Hash> hashes(count);
    for (std::size_t i = 0; i < count; ++i) {
        std::ranges::copy(tile.subspan(i * hash_bytes, hash_bytes), hashes[i].begin());
    }
    return hashes;
}

Bytes tile_of(const std::vector<Hash>& hashes) {
    Bytes tile;
    tile.reserve(hashes.size() * hash_bytes);
    for (const auto& hash : hashes)
        append(tile, hash);
    return tile;
}

struct Roots {
    Hash before{}, after{};
};

// fn, sn, fr and sr of RFC 9162 section 2.1.4.2: the two roots that a consistency path leads to.
// 0 < old_size < new_size.
std::optional<Roots> walk_path(std::uint64_t old_size, std::uint64_t new_size, const Hash& first,
                               std::span<const Hash> rest) {
    std::uint64_t node = old_size - 1;
    std::uint64_t last = new_size - 1;
    while ((node & 1) == 1) {
        node >>= 1;
        last >>= 1;
    }
    Roots roots{.before = first, .after = first};
    for (const auto& hash : rest) {
        if (last == 0) return std::nullopt;
        if ((node & 1) == 1 || node == last) {
            roots.before = node_hash(hash, roots.before);
            roots.after = node_hash(hash, roots.after);
            while ((node & 1) == 0 && node != 0) {
                node >>= 1;
                last >>= 1;
            }
        } else {
            roots.after = node_hash(roots.after, hash);
        }
        node >>= 1;
        last >>= 1;
    }
    if (last != 0) return std::nullopt;
    return roots;
}

}  // namespace

Hash leaf_hash(ByteView entry) {
    constexpr std::array<std::uint8_t, 1> prefix{0x00};
    return crypto::sha256({prefix, entry});
}

Hash node_hash(const Hash& left, const Hash& right) {
    constexpr std::array<std::uint8_t, 1> prefix{0x01};
    return crypto::sha256({prefix, left, right});
}

Hash empty_root() {
    return crypto::sha256(ByteView{});
}

unsigned width_in_tree(TileId id, std::uint64_t size) {
    const std::uint64_t hashes = hashes_at(id.level, size);
    if (id.index > hashes / tile_width) return 0;  // also keeps the product below in range
    return static_cast<unsigned>(
        std::min<std::uint64_t>(tile_width, hashes - id.index * tile_width));
}

Hash tile_hash(ByteView full_tile) {
    return fold(hashes_of(full_tile, tile_width));
}

Bytes tile_middle(ByteView tile) {
    auto row = hashes_of(tile, tile.size() / hash_bytes / half_width * half_width);
    for (unsigned height = 0; height < half_height; ++height)
        row = row_above(row);
    return tile_of(row);
}

std::string tile_path(TileId id, unsigned width) {
    if (id.level > tile_level_max || width == 0 || width > tile_width) {
        throw Failure("there is no such log tile");
    }
    std::string number = fmt::format("{:03}", id.index % 1000);
    for (std::uint64_t rest = id.index / 1000; rest > 0; rest /= 1000) {
        number = fmt::format("x{:03}/{}", rest % 1000, number);
    }
    const auto path = fmt::format("tile/{}/{}", id.level, number);
    return width == tile_width ? path : fmt::format("{}.p/{}", path, width);
}

Prover::Prover(std::uint64_t size, TileReader read, unsigned height)
    : size_(size), read_(std::move(read)), height_(height) {
    if (size > tree_size_max) throw Failure("the log is larger than it may be");
}

Hash Prover::range(std::uint64_t begin, std::uint64_t end) {
    const std::uint64_t count = end - begin;
    if (std::has_single_bit(count)) {
        const auto height = static_cast<unsigned>(std::countr_zero(count));
        return full(height, begin >> height);
    }
    const std::uint64_t middle = begin + split_of(count);
    const Hash left = range(begin, middle);
    return node_hash(left, range(middle, end));
}

// The root of the complete subtree of 2^height leaves that is the index-th of its kind.
Hash Prover::full(unsigned height, std::uint64_t index) {
    const unsigned inside = height % height_;
    const std::uint64_t first = index << inside;  // counted in hashes of the tile level
    const auto& tile = this->tile({.level = height / height_, .index = first >> height_});
    return tile.at(inside).at((first & ((1U << height_) - 1)) >> inside);
}

const Prover::Tile& Prover::tile(TileId id) {
    const auto known = tiles_.find(id);
    if (known != tiles_.end()) return known->second;
    const auto hashes = size_ >> (id.level * height_);
    const auto width = static_cast<unsigned>(
        std::min<std::uint64_t>(1U << height_, hashes - (id.index << height_)));
    Tile tile{hashes_of(read_(id, width), width)};
    while (tile.back().size() > 1)
        tile.push_back(row_above(tile.back()));
    return tiles_.emplace(id, std::move(tile)).first->second;
}

Hash Prover::root() {
    return size_ == 0 ? empty_root() : range(0, size_);
}

// RFC 6962 section 2.1.1, PATH(m, D[n]), from the root downwards.
std::vector<Hash> Prover::inclusion(std::uint64_t index) {
    if (index >= size_) throw Failure("an inclusion proof for a leaf that is not in the tree");
    std::vector<Hash> proof;
    std::uint64_t begin = 0;
    std::uint64_t end = size_;
    while (end - begin > 1) {
        const std::uint64_t middle = begin + split_of(end - begin);
        if (index < middle) {
            proof.push_back(range(middle, end));
            end = middle;
        } else {
            proof.push_back(range(begin, middle));
            begin = middle;
        }
    }
    std::ranges::reverse(proof);
    return proof;
}

// RFC 6962 section 2.1.2, SUBPROOF(m, D[n], b), from the root downwards.
std::vector<Hash> Prover::consistency(std::uint64_t old_size) {
    if (old_size == 0 || old_size > size_) {
        throw Failure("a consistency proof between sizes that have none");
    }
    std::vector<Hash> proof;
    std::uint64_t begin = 0;
    std::uint64_t end = size_;
    while (end != old_size) {
        const std::uint64_t middle = begin + split_of(end - begin);
        if (old_size <= middle) {
            proof.push_back(range(middle, end));
            end = middle;
        } else {
            proof.push_back(range(begin, middle));
            begin = middle;
        }
    }
    // At 0 the subtree is the whole old tree, whose root the verifier has (b is true).
    if (begin != 0) proof.push_back(range(begin, end));
    std::ranges::reverse(proof);
    return proof;
}

Hash tree_root(std::uint64_t size, const TileReader& read) {
    return Prover(size, read).root();
}

std::vector<Hash> inclusion_proof(std::uint64_t index, std::uint64_t size, const TileReader& read) {
    return Prover(size, read).inclusion(index);
}

std::vector<Hash> consistency_proof(std::uint64_t old_size, std::uint64_t new_size,
                                    const TileReader& read) {
    return Prover(new_size, read).consistency(old_size);
}

bool verify_inclusion(const Hash& leaf, std::uint64_t index, std::uint64_t size,
                      const std::vector<Hash>& proof, const Hash& root) {
    if (size > tree_size_max || index >= size || proof.size() > proof_length_max) return false;
    // fn, sn and r of RFC 9162 section 2.1.3.2.
    std::uint64_t node = index;
    std::uint64_t last = size - 1;
    Hash hash = leaf;
    for (const auto& sibling : proof) {
        if (last == 0) return false;
        if ((node & 1) == 1 || node == last) {
            hash = node_hash(sibling, hash);
            // A last node without a right sibling rises until it is a right child.
            while ((node & 1) == 0 && node != 0) {
                node >>= 1;
                last >>= 1;
            }
        } else {
            hash = node_hash(hash, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    return last == 0 && hash == root;
}

std::optional<Hash> proven_old_root(std::uint64_t old_size, std::uint64_t new_size,
                                    const Hash& new_root, const std::vector<Hash>& proof) {
    if (old_size == 0 || std::has_single_bit(old_size) || old_size >= new_size) return {};
    if (new_size > tree_size_max || proof.empty() || proof.size() > proof_length_max) return {};
    const auto roots = walk_path(old_size, new_size, proof.front(), std::span(proof).subspan(1));
    if (!roots || roots->after != new_root) return std::nullopt;
    return roots->before;
}

bool verify_consistency(std::uint64_t old_size, const Hash& old_root, std::uint64_t new_size,
                        const Hash& new_root, const std::vector<Hash>& proof) {
    if (old_size == 0 || old_size > new_size || new_size > tree_size_max) return false;
    if (old_size == new_size) return proof.empty() && old_root == new_root;
    if (proof.empty() || proof.size() > proof_length_max) return false;
    // Step 2: a complete old tree is itself the first node of the path.
    const bool complete = std::has_single_bit(old_size);
    const Hash& first = complete ? old_root : proof.front();
    const auto roots =
        walk_path(old_size, new_size, first, std::span(proof).subspan(complete ? 0 : 1));
    return roots && roots->before == old_root && roots->after == new_root;
}

Edge Edge::restore(std::uint64_t size, const TileReader& read) {
    if (size > tree_size_max) throw Failure("the log is larger than it may be");
    Edge edge;
    edge.size_ = size;
    if (size > 0) {
        const unsigned width = partial_width(0, size);
        auto& open = edge.levels_.emplace_back();
        if (width > 0) open = hashes_of(read({0, size / tile_width}, width), width);
    }
    for (unsigned level = 1; hashes_at(level, size) > 0; ++level) {
        const unsigned width = partial_width(level, size);
        const std::uint64_t first = hashes_at(level, size) - width;
        auto& open = edge.levels_.emplace_back();
        for (unsigned i = 0; i < width; ++i) {
            // Each hash of this level is the root of a full tile of the level below.
            const auto tile = read({.level = level - 1, .index = first + i}, tile_width);
            open.push_back(tile_hash(tile));
        }
    }
    return edge;
}

void Edge::append(const Hash& leaf) {
    if (size_ >= tree_size_max) throw Failure("the log is full");
    add(0, leaf);
    ++size_;
}

void Edge::add(unsigned level, const Hash& hash) {
    if (level == levels_.size()) levels_.emplace_back();
    levels_[level].push_back(hash);
    if (levels_[level].size() < tile_width) return;
    const auto full = std::exchange(levels_[level], {});
    // size_ is still the index of the leaf that is being added, which lies in this tile.
    full_.emplace_back(TileId{.level = level, .index = hashes_at(level + 1, size_)}, tile_of(full));
    add(level + 1, fold(full));
}

Hash Edge::root() const {
    // Only open tiles are asked for: every maximal complete subtree of a tree ends in one.
    return tree_root(size_, reader({}));
}

std::vector<std::pair<TileId, Bytes>> Edge::take_full_tiles() {
    return std::exchange(full_, {});
}

Bytes Edge::partial(TileId id) const {
    if (id.level >= levels_.size() || id.index != hashes_at(id.level + 1, size_)) return {};
    return tile_of(levels_[id.level]);
}

TileReader Edge::reader(TileReader below) const {
    return [this, below = std::move(below)](TileId id, unsigned width) {
        if (auto open = partial(id); open.size() >= width * hash_bytes) return open;
        const auto full = std::ranges::find(full_, id, &std::pair<TileId, Bytes>::first);
        if (full != full_.end()) return full->second;
        if (!below) throw Failure("the log tile " + tile_path(id, width) + " is missing");
        return below(id, width);
    };
}

}  // namespace mado::tlog
