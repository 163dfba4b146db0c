#include "tlog/tiles.hpp"

#include <random>

#include "crypto/digest.hpp"
#include "test_tlog.hpp"

namespace mado::tlog {
namespace {

// Made with golang.org/x/mod v0.7.0 (sumdb/tlog): the tree of the entries "entry 0" to
// "entry 69999"; root, and the SHA-256 of some of its tiles by their path.
constexpr std::uint64_t go_size = 70'000;
constexpr std::string_view go_root = "o5IPun8jmgcam9EHIfE0Gt3vuu3ttBx+JEN6nRa98Ao=";
const std::map<std::string, std::string, std::less<>> go_tiles{
    {"tile/0/000", "b0f6ca2ff42508faf8c6bb4ea8bb9c74243b19d4174fdc4fd17bdad9099e605e"},
    {"tile/0/272", "d376c973cfc357a060af6fd76db51abc5ab4d7be4511104f90d4a433d73f1ecf"},
    {"tile/0/273.p/112", "e31da4e768fc0d0f1f1f0046a1c4b68d71326b04a07951a7d3dcefef0de9b8cd"},
    {"tile/1/000", "44f879be76da41edaf37c0d67303fbd25f2ea44be93285b320561fbaaaaabbfa"},
    {"tile/1/001.p/17", "5a8eb2fe63c90ddf7fd813d165c04fa79d6eca48534b61bd312fcd2d1cf0aef3"},
    {"tile/2/000.p/1", "7e27fb89709243536fe26030f273fc9f7a73443f5e7ec296b3053aa520623e76"}};

// What a log would publish, and what somebody else would rather have one read.
class Publisher {
  public:
    explicit Publisher(std::uint64_t size) { log.grow(size); }
    [[nodiscard]] TileFetch fetch() {
        return [this](TileRange tile) -> std::optional<Bytes> {
            fetched.push_back(tile);
            if (const auto planted = instead.find(tile.id); planted != instead.end()) {
                return planted->second;
            }
            return log.reader()(tile.id, tile.width);
        };
    }
    [[nodiscard]] ProvenTiles proven() { return {log.tree.size(), log.tree.root(), fetch()}; }
    static Hash leaf(std::uint64_t index) {
        return leaf_hash(as_bytes("entry " + std::to_string(index)));
    }

    TestLog log;
    std::map<TileId, std::optional<Bytes>> instead;
    std::vector<TileRange> fetched;
};

// ---- Paths ----

std::string said(std::string_view path) {
    const auto parsed = parse_tile_path(path);
    return parsed ? "good" : parsed.error().why;
}

TEST(TilePath, EveryPathHasOneReading) {
    for (const unsigned level : {0U, 1U, 9U, 10U, 63U}) {
        for (const std::uint64_t index : {0ULL, 1ULL, 999ULL, 1000ULL, 1'234'067ULL, 999'999ULL,
                                          1'000'000ULL, 1'099'511'627'775ULL}) {
            for (const unsigned width : {1U, 8U, 99U, 255U, 256U}) {
                const TileRange tile{.id = {.level = level, .index = index}, .width = width};
                const auto path = tile_path(tile.id, tile.width);
                const auto parsed = parse_tile_path(path);
                ASSERT_TRUE(parsed) << path;
                EXPECT_EQ(std::get<TileRange>(*parsed), tile) << path;
                const BundleRange bundle{.index = index, .width = width};
                const auto read = parse_tile_path(bundle_path(bundle));
                ASSERT_TRUE(read) << bundle_path(bundle);
                EXPECT_EQ(std::get<BundleRange>(*read), bundle);
            }
        }
    }
    // The example of tlog-tiles.
    EXPECT_EQ(bundle_path({.index = 1'234'067, .width = 8}), "tile/entries/x001/x234/067.p/8");
    EXPECT_EQ(said("tile/0/x001/x234/067"), "good");
}

TEST(TilePath, OthersAreRefused) {
    for (const std::string_view path : {"",
                                        "tile",
                                        "tile/",
                                        "tile/0",
                                        "tile/0/",
                                        "tile//000",
                                        "/tile/0/000",
                                        "tiles/0/000",
                                        "Tile/0/000",
                                        "tile/0/000/",
                                        "tile/0/000 ",
                                        "tile/00/000",
                                        "tile/01/000",
                                        "tile/64/000",
                                        "tile/100/000",
                                        "tile/1000/000",
                                        "tile/-1/000",
                                        "tile/+1/000",
                                        "tile/a/000",
                                        "tile/0/0",
                                        "tile/0/00",
                                        "tile/0/0000",
                                        "tile/0/00a",
                                        "tile/0/-01",
                                        "tile/0/x000",
                                        "tile/0/x001",
                                        "tile/0/x001/",
                                        "tile/0/001/000",
                                        "tile/0/X001/000",
                                        "tile/0/x1/000",
                                        "tile/0/x0001/000",
                                        "tile/0/x001/x000",
                                        "tile/0/x000/000",
                                        "tile/0/x000/001",
                                        "tile/0/x000/x001/000",
                                        "tile/0/x001//000",
                                        "tile/0/x001/000/000",
                                        "tile/0/x018/x014/x398/x509/x481/984",
                                        "tile/0/x999/x999/x999/x999/x999/x999/x999/999",
                                        "tile/0/000.p",
                                        "tile/0/000.p/",
                                        "tile/0/000.p/0",
                                        "tile/0/000.p/00",
                                        "tile/0/000.p/08",
                                        "tile/0/000.p/256",
                                        "tile/0/000.p/999",
                                        "tile/0/000.p/1000",
                                        "tile/0/000.p/8/",
                                        "tile/0/000.p/8.p/8",
                                        "tile/0/000.p/-1",
                                        "tile/0/000.q/8",
                                        "tile/0/000p/8",
                                        "tile/0/.p/8",
                                        "tile/entries",
                                        "tile/entries/",
                                        "tile/entries/0/000",
                                        "tile/entries/x000/001",
                                        "tile/entries/000.p/256",
                                        "tile/Entries/000",
                                        "tile/0/\xef\xbc\x90\xef\xbc\x90\xef\xbc\x90",
                                        "tile/0/../000",
                                        "tile/0/%30%30%30"}) {
        EXPECT_NE(said(path), "good") << path;
    }
    EXPECT_NE(said(std::string_view("tile/0/00\0", 10)), "good");
    EXPECT_EQ(said("tile/0/x018/x014/x398/x509/x481/983"), "good");
    EXPECT_EQ(said("tile/entries/000"), "good");
}

// ---- Entry bundles ----

TEST(EntryBundle, IsReadBackAsItWas) {
    const std::vector<Bytes> entries{{}, Bytes(32, 7), Bytes(entry_bytes_max, 1), {9}};
    const auto bundle = entry_bundle(entries);
    EXPECT_EQ(bundle.size(), 2 * 4 + 32 + entry_bytes_max + 1);
    EXPECT_EQ(hex(ByteView(bundle).first(6)), "000000200707");
    EXPECT_EQ(parse_entry_bundle(bundle, 4).value(), entries);
    const auto full = entry_bundle(std::vector<Bytes>(256, Bytes(32)));
    EXPECT_EQ(parse_entry_bundle(full, 256)->size(), 256U);
    EXPECT_LE(entry_bundle(std::vector<Bytes>(256, Bytes(entry_bytes_max))).size(),
              bundle_bytes_max);
}

TEST(EntryBundle, IsReadStrictly) {
    const auto bundle = entry_bundle({Bytes(3, 1), Bytes(2, 2)});
    const auto why = [](ByteView bytes, unsigned width) {
        const auto parsed = parse_entry_bundle(bytes, width);
        return std::string(parsed ? "good" : parsed.error().why);
    };
    EXPECT_EQ(why(bundle, 2), "good");
    EXPECT_EQ(why(bundle, 1), "a bundle has more entries than it should");
    EXPECT_EQ(why(bundle, 3), "a bundle has fewer entries than it should");
    EXPECT_EQ(why({}, 1), "a bundle has fewer entries than it should");
    for (std::size_t size = 0; size < bundle.size(); ++size)
        EXPECT_NE(why(ByteView(bundle).first(size), 2), "good") << size;
    auto longer = bundle;
    longer.push_back(0);
    EXPECT_EQ(why(longer, 2), "a bundle has more entries than it should");
    EXPECT_EQ(why(longer, 3), "a bundle ends in half a length");
    longer.push_back(1);
    EXPECT_EQ(why(longer, 3), "a bundle ends within an entry");
}

TEST(EntryBundle, WritingRefusesWhatCannotBeRead) {
    EXPECT_THROW(entry_bundle({}), Failure);
    EXPECT_THROW(entry_bundle(std::vector<Bytes>(257)), Failure);
    EXPECT_THROW(entry_bundle({Bytes(entry_bytes_max + 1)}), Failure);
}

// ---- Tiles of somebody who is not trusted ----

TEST(ProvenTiles, ReadTheTreeOfAnotherImplementation) {
    Publisher publisher(go_size);
    EXPECT_EQ(base64(publisher.log.tree.root()), go_root);
    auto tiles = publisher.proven();
    for (const std::uint64_t index :
         {0ULL, 255ULL, 256ULL, 65'535ULL, 65'536ULL, 69'887ULL, 69'888ULL, 69'999ULL}) {
        EXPECT_EQ(tiles.leaf(index).value(), Publisher::leaf(index)) << index;
    }
    std::size_t compared = 0;
    for (const auto& tile : publisher.fetched) {
        const auto expected = go_tiles.find(tile_path(tile.id, tile.width));
        if (expected == go_tiles.end()) continue;
        const auto bytes = publisher.log.reader()(tile.id, tile.width);
        EXPECT_EQ(hex(crypto::sha256(ByteView(bytes).first(tile.width * 32))), expected->second);
        ++compared;
    }
    EXPECT_EQ(compared, go_tiles.size());
}

TEST(ProvenTiles, EveryLeafOfTreesAtTheBordersOfTiles) {
    for (const std::uint64_t size : {1U, 2U, 3U, 255U, 256U, 257U, 511U, 512U, 513U, 1000U}) {
        Publisher publisher(size);
        auto tiles = publisher.proven();
        for (std::uint64_t index = 0; index < size; ++index)
            ASSERT_EQ(tiles.leaf(index).value(), Publisher::leaf(index)) << index << " of " << size;
    }
}

TEST(ProvenTiles, FetchEachTileOnceAndOnlyThoseThatWereForetold) {
    for (const std::uint64_t size : {1U, 256U, 300U, 65'536U, 66'000U}) {
        Publisher publisher(size);
        for (const std::uint64_t index : {std::uint64_t{0}, size / 2, size - 1}) {
            publisher.fetched.clear();
            auto tiles = publisher.proven();
            ASSERT_TRUE(tiles.leaf(index));
            EXPECT_EQ(publisher.fetched, tiles_to_prove(index, size)) << index << " of " << size;
            const auto count = publisher.fetched.size();
            ASSERT_TRUE(tiles.leaf(index));
            EXPECT_EQ(publisher.fetched.size(), count);
        }
    }
    EXPECT_EQ(tiles_to_prove(0, 70'000),
              (std::vector<TileRange>{
                  {{2, 0}, 1}, {{1, 1}, 17}, {{0, 273}, 112}, {{1, 0}, 256}, {{0, 0}, 256}}));
}

TEST(ProvenTiles, EveryAlteredHashIsFound) {
    Publisher publisher(66'000);
    for (const auto& tile : tiles_to_prove(300, 66'000)) {
        const auto good = publisher.log.reader()(tile.id, tile.width);
        for (std::size_t hash = 0; hash < tile.width; ++hash) {
            auto altered = good;
            altered[hash * 32 + hash % 32] ^= 1;
            publisher.instead = {{tile.id, altered}};
            const auto leaf = publisher.proven().leaf(300);
            ASSERT_FALSE(leaf) << tile_path(tile.id, tile.width) << " " << hash;
            EXPECT_EQ(leaf.error(), TileError::does_not_fit);
            if (tile.width > 20) hash += 12;  // every 13th is enough
        }
    }
}

TEST(ProvenTiles, TileOfAnotherPlaceDoesNotFit) {
    Publisher publisher(66'000);
    publisher.instead = {{{0, 1}, publisher.log.tiles.at({0, 2})}};
    EXPECT_EQ(publisher.proven().leaf(300).error(), TileError::does_not_fit);
    EXPECT_TRUE(publisher.proven().leaf(600)) << "nobody looked there";
}

TEST(ProvenTiles, AnotherTreesRootFitsNothing) {
    Publisher publisher(300);
    auto root = publisher.log.tree.root();
    root[31] ^= 1;
    ProvenTiles wrong_root(300, root, publisher.fetch());
    EXPECT_EQ(wrong_root.leaf(5).error(), TileError::does_not_fit);
    // The same tiles do not prove another size, though they are asked for in another width.
    for (const std::uint64_t size : {255U, 256U, 299U}) {
        ProvenTiles other_size(size, publisher.log.tree.root(), publisher.fetch());
        EXPECT_EQ(other_size.leaf(5).error(), TileError::does_not_fit) << size;
    }
}

TEST(ProvenTiles, TilesOfAnotherLengthDoNotFit) {
    Publisher publisher(300);  // 44 leaves in the last tile
    const auto last = publisher.log.tree.partial({0, 1});
    for (const std::size_t size : {0U, 1U, 31U, 32U, 43U * 32, 44U * 32 - 1, 44U * 32 + 1, 45U * 32,
                                   8191U, 8193U, 16'384U}) {
        auto bytes = last;
        bytes.resize(size);
        publisher.instead = {{{0, 1}, bytes}};
        EXPECT_EQ(publisher.proven().leaf(0).error(), TileError::does_not_fit) << size;
    }
    // tlog-tiles, "Partial Tiles": the full tile is as good.
    Publisher later(512);
    publisher.instead = {{{0, 1}, later.log.tiles.at({0, 1})}};
    EXPECT_EQ(publisher.proven().leaf(299).value(), Publisher::leaf(299));
}

TEST(ProvenTiles, WhatCouldNotBeFetchedMayBeTriedAgain) {
    Publisher publisher(66'000);
    auto tiles = publisher.proven();
    for (const auto& tile : tiles_to_prove(300, 66'000)) {
        publisher.instead = {{tile.id, std::nullopt}};
        EXPECT_EQ(tiles.leaf(300).error(), TileError::not_fetched);
        publisher.instead = {{tile.id, Bytes(tile.width * 32)}};
        EXPECT_EQ(tiles.leaf(300).error(), TileError::does_not_fit);
        publisher.instead.clear();
    }
    EXPECT_EQ(tiles.leaf(300).value(), Publisher::leaf(300));
}

TEST(ProvenTiles, LeavesThatAreNotThereAreTheCallersFault) {
    Publisher publisher(3);
    EXPECT_THROW(static_cast<void>(publisher.proven().leaf(3)), Failure);
    EXPECT_THROW(static_cast<void>(ProvenTiles(0, empty_root(), publisher.fetch()).leaf(0)),
                 Failure);
    EXPECT_THROW(tiles_to_prove(3, 3), Failure);
    EXPECT_THROW(ProvenTiles(tree_size_max + 1, Hash{}, publisher.fetch()), Failure);
}

// Altered at random, anywhere: the right hash or an error, never another hash.
TEST(ProvenTiles, NeverReportAWrongHash) {
    const auto seed = std::random_device{}();
    SCOPED_TRACE(seed);
    std::mt19937_64 random(seed);
    Publisher publisher(66'000);
    for (int round = 0; round < 300; ++round) {
        const auto index = random() % 66'000;
        publisher.instead.clear();
        for (const auto& tile : tiles_to_prove(index, 66'000)) {
            if (random() % 3 != 0) continue;
            auto bytes = publisher.log.reader()(tile.id, tile.width);
            if (random() % 2 == 0) bytes[random() % bytes.size()] ^= 1;
            publisher.instead.emplace(tile.id, std::move(bytes));
        }
        const auto leaf = publisher.proven().leaf(index);
        if (leaf) {
            EXPECT_EQ(*leaf, Publisher::leaf(index));
        }
    }
}

// ---- The old root under a consistency proof ----

TEST(ProvenOldRoot, IsWhatTheOldTreeHad) {
    TestLog log;
    std::vector<Hash> roots{empty_root()};
    constexpr std::uint64_t size_max = 70;
    for (std::uint64_t size = 1; size <= size_max; ++size) {
        log.grow(1);
        roots.push_back(log.tree.root());
        for (std::uint64_t old = 1; old < size; ++old) {
            const auto proof = consistency_proof(old, size, log.reader());
            const auto found = proven_old_root(old, size, roots[size], proof);
            // A power of two takes its root for granted.
            if ((old & (old - 1)) == 0) {
                EXPECT_FALSE(found) << old;
            } else {
                ASSERT_TRUE(found) << old << " " << size;
                EXPECT_EQ(*found, roots[old]);
            }
            EXPECT_FALSE(proven_old_root(old, size, roots[old], proof));
            auto longer = proof;
            longer.emplace_back();
            EXPECT_FALSE(proven_old_root(old, size, roots[size], longer));
        }
    }
    const auto proof = consistency_proof(3, size_max, log.reader());
    EXPECT_FALSE(proven_old_root(0, size_max, roots[size_max], proof));
    EXPECT_FALSE(proven_old_root(size_max, size_max, roots[size_max], {}));
    EXPECT_FALSE(proven_old_root(3, 2, roots[2], proof));
    EXPECT_FALSE(proven_old_root(3, size_max, roots[size_max], {}));
    EXPECT_FALSE(proven_old_root(3, tree_size_max + 1, roots[size_max], proof));
}

}  // namespace
}  // namespace mado::tlog
