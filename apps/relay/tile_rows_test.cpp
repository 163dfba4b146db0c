// Tiles as the store keeps them prove every tree that it has had.
#include "tile_rows.hpp"

#include <gtest/gtest.h>

#include "test_relay.hpp"

namespace mado::relay {
namespace {

class TileRowsTest : public testing::Test {
  protected:
    void grow(std::uint64_t size) {
        db::Transaction transaction(connection);
        while (leaves.size() < size) {
            const auto index = static_cast<std::int64_t>(leaves.size());
            const Hash entry = crypto::sha256(row_bytes(index));
            add.bind("log_index", index).bind("entry", entry).execute();
            leaves.push_back(tlog::leaf_hash(entry));
            edge.append(leaves.back());
            for (const auto& [id, hashes] : edge.take_full_tiles())
                writer.add(id, hashes);
        }
        transaction.commit();
    }
    void expect_proofs(std::uint64_t size) {
        const auto root = roots.try_emplace(size, merkle_root(std::span(leaves).first(size))).first;
        tlog::Prover tiles(size, [this](auto id, auto width) { return rows.read(id, width); });
        tlog::Prover halves(
            size, [this](auto id, auto width) { return rows.read_half(id, width); },
            tlog::half_height);
        for (const auto index : {std::uint64_t{0}, size / 2, size - size % 16, size - 1}) {
            if (index >= size) continue;
            const auto proof = halves.inclusion(index);
            EXPECT_TRUE(tlog::verify_inclusion(leaves[index], index, size, proof, root->second))
                << index << " in " << size << " of " << leaves.size();
            EXPECT_EQ(tiles.inclusion(index), proof);
        }
        for (const auto& [older, old_root] : roots) {
            if (older > size) continue;
            EXPECT_TRUE(tlog::verify_consistency(older, old_root, size, root->second,
                                                 halves.consistency(older)))
                << older << " to " << size << " of " << leaves.size();
        }
    }

    TempFolder folder;
    db::Connection connection = open_store(folder.path("relay.sqlite"), db::Access::create);
    db::Statement add =
        connection.prepare("insert into access (log_index, entry) values (:log_index, :entry)");
    TileWriter writer{connection};
    TileRows rows{connection};
    tlog::Edge edge;
    std::vector<Hash> leaves;
    std::map<std::uint64_t, Hash> roots;
};

TEST_F(TileRowsTest, ProveEveryTreeTheyHaveHad) {
    const std::vector<std::uint64_t> sizes{1,   15,   16,   17,   255,   256,  257,
                                           271, 4095, 4096, 4097, 65536, 65800};
    for (const auto size : sizes) {
        grow(size);
        for (const auto older : sizes) {
            if (older <= size) expect_proofs(older);
        }
    }
}

TEST_F(TileRowsTest, WithoutOneOfItsPartsATileIsBroken) {
    grow(600);
    connection.run("delete from tile_part where id = 17");
    EXPECT_THROW(rows.read({.level = 0, .index = 1}, 256), Failure);
    EXPECT_THROW(rows.read({.level = 0, .index = 1}, 5), Failure);
    EXPECT_EQ(rows.read({.level = 0, .index = 0}, 256).size(), 8192U);
    EXPECT_EQ(rows.read({.level = 0, .index = 2}, 88).size(), 88U * 32);
}

}  // namespace
}  // namespace mado::relay
