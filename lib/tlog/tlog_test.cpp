#include "tlog/tlog.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <unordered_map>

namespace mado::tlog {
namespace {

// RFC 6962 section 2.1, written down as the RFC defines it. Every expected value comes from here,
// every tile too, so that nothing is compared with itself.
class Naive {
  public:
    explicit Naive(std::uint64_t size) {
        for (std::uint64_t i = 0; i < size; ++i) {
            leaves_.push_back(leaf_hash(as_bytes("entry " + std::to_string(i))));
        }
    }

    [[nodiscard]] const Hash& leaf(std::uint64_t index) const { return leaves_.at(index); }
    [[nodiscard]] std::vector<Hash> leaves(std::uint64_t begin, std::uint64_t end) const {
        const auto at = [this](std::uint64_t i) {
            return leaves_.begin() + static_cast<std::ptrdiff_t>(i);
        };
        return {at(begin), at(end)};
    }

    Hash mth(std::uint64_t begin, std::uint64_t end) {
        if (begin == end) return empty_root();
        if (end - begin == 1) return leaves_.at(begin);
        const std::uint64_t key = begin << 32 | end;
        if (const auto known = known_.find(key); known != known_.end()) return known->second;
        const auto k = largest_power_below(end - begin);
        const Hash hash = node_hash(mth(begin, begin + k), mth(begin + k, end));
        known_.emplace(key, hash);
        return hash;
    }
    Hash root(std::uint64_t size) { return mth(0, size); }

    std::vector<Hash> path(std::uint64_t m, std::uint64_t begin, std::uint64_t end) {
        const std::uint64_t n = end - begin;
        if (n == 1) return {};
        const auto k = largest_power_below(n);
        auto out = m < k ? path(m, begin, begin + k) : path(m - k, begin + k, end);
        out.push_back(m < k ? mth(begin + k, end) : mth(begin, begin + k));
        return out;
    }

    std::vector<Hash> subproof(std::uint64_t m, std::uint64_t begin, std::uint64_t end, bool b) {
        const std::uint64_t n = end - begin;
        if (m == n && b) return {};
        if (m == n) return {mth(begin, end)};
        const auto k = largest_power_below(n);
        auto out =
            m <= k ? subproof(m, begin, begin + k, b) : subproof(m - k, begin + k, end, false);
        out.push_back(m <= k ? mth(begin + k, end) : mth(begin, begin + k));
        return out;
    }

    Bytes tile(TileId id, unsigned width) {
        const std::uint64_t span = std::uint64_t{1} << (8 * id.level);
        Bytes bytes;
        for (unsigned i = 0; i < width; ++i) {
            const std::uint64_t begin = (id.index * tile_width + i) * span;
            mado::append(bytes, mth(begin, begin + span));
        }
        return bytes;
    }

    // Serves exactly the tiles of a tree of `size`, and finds fault with any other question.
    TileReader reader(std::uint64_t size) {
        return [this, size](TileId id, unsigned width) {
            const std::uint64_t all = size >> (8 * id.level);
            const std::uint64_t first = id.index * tile_width;
            EXPECT_LT(first, all);
            EXPECT_EQ(width, std::min<std::uint64_t>(tile_width, all - first));
            auto& kept = tiles_[id];
            if (kept.size() < width * 32U) kept = tile(id, width);
            return Bytes(kept.begin(), kept.begin() + static_cast<std::ptrdiff_t>(width) * 32);
        };
    }

    Bytes half(TileId id, unsigned width) {
        const std::uint64_t span = std::uint64_t{1} << (4 * id.level);
        Bytes bytes;
        for (unsigned i = 0; i < width; ++i) {
            const std::uint64_t begin = (id.index * 16 + i) * span;
            mado::append(bytes, mth(begin, begin + span));
        }
        return bytes;
    }
    TileReader half_reader(std::uint64_t size) {
        return [this, size](TileId id, unsigned width) {
            const std::uint64_t all = size >> (4 * id.level);
            const std::uint64_t first = id.index * 16;
            EXPECT_LT(first, all);
            EXPECT_EQ(width, std::min<std::uint64_t>(16, all - first));
            return half(id, width);
        };
    }

  private:
    static std::uint64_t largest_power_below(std::uint64_t n) {
        std::uint64_t k = 1;
        while (k * 2 < n)
            k *= 2;
        return k;
    }

    std::vector<Hash> leaves_;
    std::unordered_map<std::uint64_t, Hash> known_;
    std::map<TileId, Bytes> tiles_;
};

// Made once: leaves enough for a second tile of level 1.
Naive& naive() {
    static Naive tree(256 * 256 + 600);
    return tree;
}

Hash hash_of(std::string_view hex_text) {
    return to_hash(*parse_hex(hex_text)).value();
}

void check_inclusion(std::uint64_t index, std::uint64_t size) {
    const auto proof = inclusion_proof(index, size, naive().reader(size));
    ASSERT_EQ(proof, naive().path(index, 0, size)) << index << " in " << size;
    Prover halves(size, naive().half_reader(size), half_height);
    ASSERT_EQ(halves.inclusion(index), proof) << index << " in " << size;
    ASSERT_TRUE(verify_inclusion(naive().leaf(index), index, size, proof, naive().root(size)))
        << index << " in " << size;
}

void check_consistency(std::uint64_t old_size, std::uint64_t new_size) {
    const auto proof = consistency_proof(old_size, new_size, naive().reader(new_size));
    ASSERT_EQ(proof, naive().subproof(old_size, 0, new_size, true))
        << old_size << " to " << new_size;
    Prover halves(new_size, naive().half_reader(new_size), half_height);
    ASSERT_EQ(halves.consistency(old_size), proof) << old_size << " to " << new_size;
    ASSERT_TRUE(verify_consistency(old_size, naive().root(old_size), new_size,
                                   naive().root(new_size), proof))
        << old_size << " to " << new_size;
}

// ---- Hashes and paths ----

// The example tree of the Certificate Transparency implementations; the values were computed again
// by an independent program.
TEST(Tlog, RootsOfTheCertificateTransparencyExample) {
    constexpr std::array<std::string_view, 8> entries{"",
                                                      "00",
                                                      "10",
                                                      "2021",
                                                      "3031",
                                                      "40414243",
                                                      "5051525354555657",
                                                      "606162636465666768696a6b6c6d6e6f"};
    constexpr std::array<std::string_view, 9> roots{
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};
    Edge edge;
    EXPECT_EQ(hex(edge.root()), roots[0]);
    for (std::size_t i = 0; i < entries.size(); ++i) {
        edge.append(leaf_hash(*parse_hex(entries[i])));
        EXPECT_EQ(hex(edge.root()), roots[i + 1]);
    }
    const auto reader = edge.reader({});
    EXPECT_EQ(
        inclusion_proof(5, 8, reader),
        (std::vector{hash_of("bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"),
                     hash_of("ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"),
                     hash_of("d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7")}));
    EXPECT_EQ(
        consistency_proof(6, 8, reader),
        (std::vector{hash_of("0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"),
                     hash_of("ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"),
                     hash_of("d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7")}));
    EXPECT_EQ(
        consistency_proof(2, 5, reader),
        (std::vector{hash_of("5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"),
                     hash_of("bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b")}));
}

TEST(Tlog, TilePaths) {
    EXPECT_EQ(tile_path({0, 1234067}, 8), "tile/0/x001/x234/067.p/8");
    EXPECT_EQ(tile_path({0, 1234067}, 256), "tile/0/x001/x234/067");
    EXPECT_EQ(tile_path({0, 0}, 256), "tile/0/000");
    EXPECT_EQ(tile_path({1, 999}, 255), "tile/1/999.p/255");
    EXPECT_EQ(tile_path({2, 1000}, 1), "tile/2/x001/000.p/1");
    EXPECT_EQ(tile_path({63, UINT64_MAX}, 256), "tile/63/x018/x446/x744/x073/x709/x551/615");
    EXPECT_THROW(tile_path({64, 0}, 256), Failure);
    EXPECT_THROW(tile_path({0, 0}, 0), Failure);
    EXPECT_THROW(tile_path({0, 0}, 257), Failure);
}

// ---- Proofs ----

TEST(Tlog, MiddleOfATile) {
    const TileId id{.level = 0, .index = 1};
    EXPECT_EQ(tile_middle(naive().tile(id, tile_width)),
              naive().half({.level = 1, .index = 1}, 16));
    EXPECT_EQ(tile_middle(naive().tile(id, 47)), naive().half({.level = 1, .index = 1}, 2));
    EXPECT_EQ(tile_middle({}), Bytes());
}

TEST(Tlog, RootsOfEverySize) {
    for (std::uint64_t size = 0; size <= 600; ++size) {
        ASSERT_EQ(tree_root(size, naive().reader(size)), naive().root(size)) << size;
    }
    for (const std::uint64_t size : {65535U, 65536U, 65537U, 65791U, 65792U, 65793U, 66100U}) {
        ASSERT_EQ(tree_root(size, naive().reader(size)), naive().root(size)) << size;
    }
}

TEST(Tlog, ProofsInEverySmallTree) {
    for (std::uint64_t size = 1; size <= 270; ++size) {
        // All of them up to 80; then every 29th, another 29th in each size, to save time.
        const std::uint64_t step = size <= 80 ? 1 : 29;
        for (std::uint64_t i = size % step; i < size; i += step) {
            check_inclusion(i, size);
            check_consistency(i + 1, size);
        }
    }
}

TEST(Tlog, VerifiesEveryProofOfEverySmallTree) {
    auto& tree = naive();
    for (std::uint64_t size = 1; size <= 270; ++size) {
        const auto root = tree.root(size);
        for (std::uint64_t i = 0; i < size; ++i) {
            ASSERT_TRUE(verify_inclusion(tree.leaf(i), i, size, tree.path(i, 0, size), root));
            ASSERT_TRUE(verify_consistency(i + 1, tree.root(i + 1), size, root,
                                           tree.subproof(i + 1, 0, size, true)));
        }
    }
}

TEST(Tlog, ProofsAtTheBordersOfTiles) {
    for (const std::uint64_t size : {255U, 256U, 257U, 513U}) {
        for (std::uint64_t i = 0; i < size; ++i) {
            check_inclusion(i, size);
            check_consistency(i + 1, size);
        }
    }
}

TEST(Tlog, ProofsAtRandom) {
    const auto seed = std::random_device()();
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    const auto between = [&random](std::uint64_t low, std::uint64_t high) {
        return std::uniform_int_distribution<std::uint64_t>(low, high)(random);
    };
    for (int i = 0; i < 200; ++i) {
        const auto size = i % 2 == 0 ? between(65530, 65542) : between(131, 66136);
        check_inclusion(between(0, size - 1), size);
        check_inclusion(size - 1 - between(0, 5), size);
        check_consistency(between(1, size), size);
        check_consistency(size - between(0, 10), size);
    }
}

TEST(Tlog, ProofsThatDoNotExist) {
    const auto reader = naive().reader(10);
    EXPECT_THROW(inclusion_proof(0, 0, reader), Failure);
    EXPECT_THROW(inclusion_proof(10, 10, reader), Failure);
    EXPECT_THROW(consistency_proof(0, 10, reader), Failure);
    EXPECT_THROW(consistency_proof(11, 10, reader), Failure);
    EXPECT_THROW(tree_root(tree_size_max + 1, reader), Failure);
    EXPECT_THROW(inclusion_proof(0, UINT64_MAX, reader), Failure);
    const TileReader torn = [](TileId, unsigned width) { return Bytes(width * 32U - 1); };
    EXPECT_THROW(tree_root(10, torn), Failure);
}

// ---- Verification ----

TEST(Tlog, EveryBitOfAnInclusionProofCounts) {
    for (const auto& [index, size] :
         std::vector<std::pair<std::uint64_t, std::uint64_t>>{{0, 7}, {6, 7}, {300, 513}}) {
        auto proof = inclusion_proof(index, size, naive().reader(size));
        auto root = naive().root(size);
        auto leaf = naive().leaf(index);
        const auto good = [&, i = index, n = size] {
            return verify_inclusion(leaf, i, n, proof, root);
        };
        std::vector<Hash*> hashes{&root, &leaf};
        for (auto& hash : proof)
            hashes.push_back(&hash);
        for (Hash* hash : hashes) {
            for (auto& byte : *hash) {
                byte ^= 1;
                ASSERT_FALSE(good());
                byte ^= 1;
            }
        }
        ASSERT_TRUE(good());
        for (std::uint64_t other = 0; other < size + 3; ++other) {
            EXPECT_EQ(verify_inclusion(leaf, other, size, proof, root), other == index);
        }
        proof.push_back(root);
        EXPECT_FALSE(good());
        proof.resize(proof.size() - 2);
        EXPECT_FALSE(good());
    }
}

TEST(Tlog, EveryBitOfAConsistencyProofCounts) {
    for (const auto& [old_size, new_size] :
         std::vector<std::pair<std::uint64_t, std::uint64_t>>{{3, 7}, {4, 7}, {6, 8}, {257, 513}}) {
        auto proof = consistency_proof(old_size, new_size, naive().reader(new_size));
        auto old_root = naive().root(old_size);
        auto new_root = naive().root(new_size);
        const auto good = [&, m = old_size, n = new_size] {
            return verify_consistency(m, old_root, n, new_root, proof);
        };
        std::vector<Hash*> hashes{&old_root, &new_root};
        for (auto& hash : proof)
            hashes.push_back(&hash);
        for (Hash* hash : hashes) {
            for (auto& byte : *hash) {
                byte ^= 0x80;
                ASSERT_FALSE(good());
                byte ^= 0x80;
            }
        }
        ASSERT_TRUE(good());
        proof.push_back(new_root);
        EXPECT_FALSE(good());
        proof.resize(proof.size() - 2);
        EXPECT_FALSE(good());
        proof.clear();
        EXPECT_FALSE(good());
    }
}

TEST(Tlog, AbsurdValuesAreFalse) {
    const auto leaf = naive().leaf(0);
    const std::vector<Hash> none;
    for (const std::size_t count : {0U, 1U, 48U, 63U, 64U, 1000U}) {
        const std::vector<Hash> proof(count, leaf);
        for (const std::uint64_t a : {std::uint64_t{0}, std::uint64_t{1}, tree_size_max,
                                      tree_size_max + 1, UINT64_MAX - 1, UINT64_MAX}) {
            for (const std::uint64_t b : {std::uint64_t{0}, std::uint64_t{2}, tree_size_max,
                                          tree_size_max + 1, UINT64_MAX - 1, UINT64_MAX}) {
                EXPECT_FALSE(verify_inclusion(leaf, a, b, proof, leaf));
                if (a != b) EXPECT_FALSE(verify_consistency(a, leaf, b, leaf, proof));
            }
        }
    }
    EXPECT_TRUE(verify_inclusion(leaf, 0, 1, none, leaf));
    EXPECT_TRUE(verify_consistency(5, leaf, 5, leaf, none));
    EXPECT_FALSE(verify_consistency(5, leaf, 5, leaf, {leaf}));
    EXPECT_FALSE(verify_consistency(5, leaf, 5, naive().leaf(1), none));
    EXPECT_FALSE(verify_consistency(0, empty_root(), 0, empty_root(), none));
    EXPECT_FALSE(verify_consistency(0, empty_root(), 5, leaf, none));
    EXPECT_FALSE(verify_consistency(UINT64_MAX, leaf, UINT64_MAX, leaf, none));
}

// Hashes that fit together, but not to the sizes: only the count of levels tells.
TEST(Tlog, PathsOfAnotherLengthAreFalse) {
    const auto leaf = naive().leaf(5);
    const auto more = naive().leaf(999);
    auto proof = naive().path(5, 0, 7);
    proof.push_back(more);
    EXPECT_FALSE(verify_inclusion(leaf, 5, 7, proof, node_hash(more, naive().root(7))));
    EXPECT_FALSE(verify_inclusion(leaf, 5, 7, proof, node_hash(naive().root(7), more)));
    EXPECT_FALSE(verify_inclusion(leaf, 5, 7, {naive().leaf(4)}, naive().mth(4, 6)));

    proof = naive().subproof(3, 0, 7, true);
    proof.push_back(more);
    EXPECT_FALSE(verify_consistency(3, node_hash(more, naive().root(3)), 7,
                                    node_hash(more, naive().root(7)), proof));
    const auto four = naive().root(4);
    EXPECT_TRUE(verify_consistency(4, four, 8, node_hash(four, more), {more}));
    EXPECT_FALSE(verify_consistency(4, four, 9, node_hash(four, more), {more}));
}

// ---- Edge ----

// A writer's store: full tiles as they were taken.
struct Store {
    std::map<TileId, Bytes> tiles;

    void take(Edge& edge) {
        for (auto& [id, bytes] : edge.take_full_tiles()) {
            EXPECT_EQ(bytes, naive().tile(id, tile_width));
            EXPECT_TRUE(tiles.emplace(id, std::move(bytes)).second) << "a tile became full twice";
        }
    }
    [[nodiscard]] TileReader reader() const {
        return [this](TileId id, unsigned) {
            const auto found = tiles.find(id);
            if (found == tiles.end()) throw Failure("no tile " + tile_path(id, tile_width));
            return found->second;
        };
    }
};

void expect_same_edge(const Edge& edge, std::uint64_t size) {
    ASSERT_EQ(edge.size(), size);
    ASSERT_EQ(edge.root(), naive().root(size)) << size;
    for (unsigned level = 0; level < 4; ++level) {
        const std::uint64_t hashes = size >> (8 * level);
        const TileId id{level, hashes / tile_width};
        const auto width = static_cast<unsigned>(hashes % tile_width);
        ASSERT_EQ(edge.partial(id).size(), width * 32U);
        ASSERT_TRUE(edge.partial({level, id.index + 1}).empty());
    }
    const TileId open{0, size / tile_width};
    ASSERT_EQ(edge.partial(open), naive().tile(open, size % tile_width));
}

Edge restored(std::uint64_t size, const Store& store) {
    return Edge::restore(size, [full = store.reader()](TileId id, unsigned width) {
        return width == tile_width ? full(id, width) : naive().tile(id, width);
    });
}

TEST(Tlog, EdgeGrowsAndIsRestoredAtEverySize) {
    Edge edge;
    Store store;
    expect_same_edge(edge, 0);
    expect_same_edge(restored(0, store), 0);
    for (std::uint64_t size = 1; size <= 600; ++size) {
        edge.append(naive().leaf(size - 1));
        const auto reader = edge.reader(store.reader());
        ASSERT_EQ(inclusion_proof(size / 2, size, reader), naive().path(size / 2, 0, size));
        store.take(edge);
        ASSERT_TRUE(edge.take_full_tiles().empty());
        expect_same_edge(edge, size);
        expect_same_edge(restored(size, store), size);
    }
    EXPECT_EQ(store.tiles.size(), 2U);
}

TEST(Tlog, EdgeCrossesTilesOfTheNextLevel) {
    Edge edge;
    Store store;
    for (std::uint64_t size = 1; size <= 66000; ++size) {
        edge.append(naive().leaf(size - 1));
        const bool border = size == 65535 || size == 65536 || size == 65537 || size == 65792;
        if (!border) continue;
        // Before they are taken, full tiles are answered from memory.
        const auto reader = edge.reader(store.reader());
        EXPECT_EQ(inclusion_proof(65300, size, reader), naive().path(65300, 0, size));
        store.take(edge);
        EXPECT_EQ(consistency_proof(65000, size, reader), naive().subproof(65000, 0, size, true));
        // An older tree is proved from the tiles of the newer one.
        EXPECT_EQ(inclusion_proof(7, 65300, reader), naive().path(7, 0, 65300));
        expect_same_edge(edge, size);
        auto again = restored(size, store);
        expect_same_edge(again, size);
        for (std::uint64_t next = size; next < size + 300; ++next)
            again.append(naive().leaf(next));
        EXPECT_EQ(again.root(), naive().root(size + 300));
    }
    store.take(edge);
    EXPECT_EQ(store.tiles.size(), 66000U / 256 + 1);
}

TEST(Tlog, EdgeReadsFewTilesToBeRestored) {
    // A tree that could not be held in memory: every full tile is the same.
    const std::uint64_t size = tree_size_max - 1;
    std::map<unsigned, unsigned> reads;
    const Bytes tile(tile_width * 32U);
    const auto edge = Edge::restore(size, [&reads, &tile](TileId id, unsigned) {
        ++reads[id.level];
        return tile;
    });
    EXPECT_EQ(edge.size(), size);
    EXPECT_EQ(reads.size(), 5U);
    for (const auto& [level, count] : reads)
        EXPECT_EQ(count, level == 0 ? 256U : 255U) << level;
}

TEST(Tlog, EdgeEndsAtTheLargestTree) {
    const Bytes tile(tile_width * 32U);
    auto edge = Edge::restore(tree_size_max - 1, [&tile](TileId, unsigned) { return tile; });
    edge.append(Hash{});
    EXPECT_EQ(edge.size(), tree_size_max);
    EXPECT_EQ(edge.take_full_tiles().size(), 6U);
    EXPECT_EQ(edge.partial({6, 0}).size(), 32U);
    EXPECT_THROW(edge.append(Hash{}), Failure);
    EXPECT_EQ(edge.root(), tree_root(tree_size_max, edge.reader({})));
}

TEST(Tlog, EdgeRefusesWhatDoesNotFit) {
    const Store empty;
    const auto nine = [](TileId id, unsigned) { return naive().tile(id, 9); };
    EXPECT_EQ(Edge::restore(9, nine).root(), naive().root(9));
    EXPECT_THROW(Edge::restore(10, nine), Failure) << "the tile is too short";
    EXPECT_THROW(Edge::restore(256, empty.reader()), Failure) << "the tile is missing";
    EXPECT_THROW(Edge::restore(tree_size_max + 1, empty.reader()), Failure);
    Edge edge;
    for (std::uint64_t i = 0; i < 300; ++i)
        edge.append(naive().leaf(i));
    edge.take_full_tiles();
    EXPECT_THROW(inclusion_proof(0, 300, edge.reader({})), Failure) << "taken and not kept";
}

}  // namespace
}  // namespace mado::tlog
