#include "monitor/history.hpp"

#include "test_log.hpp"

namespace mado::monitor {
namespace {

class HistoryTest : public LogTest {
  protected:
    std::string compare(const std::string& one, const std::string& other) {
        const auto found = await(compare_trees(reader, one, other));
        if (!found) return std::string(to_text(found.error()));
        if (!*found) return "one history";
        kept = **found;
        return tlog::verify_contradiction(kept, country.log) ? "contradiction" : "unfounded";
    }
    std::string compare(std::uint64_t index, const TestTree& said) {
        const auto found = await(compare_leaf(reader, index,
                                              {.checkpoint = log.sign(said, now),
                                               .leaf = said.leaf(index),
                                               .proof = said.proof(index)},
                                              checkpoint().value()));
        if (!found) return std::string(to_text(found.error()));
        if (!*found) return "one history";
        kept = **found;
        return tlog::verify_contradiction(kept, country.log) ? "contradiction" : "unfounded";
    }
    static TestTree of(std::uint64_t size, std::string_view word = "entry ") {
        TestTree tree;
        tree.grow(size, word);
        return tree;
    }
    tlog::Contradiction kept;
};

TEST_F(HistoryTest, TreesThatGrewAreOne) {
    for (const std::uint64_t size : {0U, 1U, 2U, 255U, 256U, 300U, 512U, 599U, 600U}) {
        const auto older = log.sign(of(size), now);
        EXPECT_EQ(compare(older, log.note), "one history") << size;
        EXPECT_EQ(compare(log.note, older), "one history") << size;
    }
}

// Also at sizes that are powers of two, where a consistency proof alone would show nothing.
TEST_F(HistoryTest, OtherTreesContradict) {
    for (const std::uint64_t size : {1U, 2U, 255U, 256U, 300U, 512U, 599U, 600U}) {
        const auto other = log.sign(of(size, "other "), now);
        EXPECT_EQ(compare(other, log.note), "contradiction") << size;
        const auto* roots = std::get_if<tlog::TwoRoots>(&kept);
        ASSERT_NE(roots, nullptr);
        if (size < 600) EXPECT_EQ(roots->older, other);
        EXPECT_EQ(compare(log.note, other), "contradiction") << size;
    }
}

// It shows less than it did, and something else: what it once signed is the newer one.
TEST_F(HistoryTest, ShrunkAndAltered) {
    auto remembered = log.tree;
    remembered.grow(100);
    const auto note = log.sign(remembered, now);
    log.tree = remembered;
    EXPECT_EQ(compare(note, log.sign(of(600), now)), "one history") << "old, but true";
    EXPECT_EQ(compare(note, log.sign(of(600).with(599, "altered"), now)), "contradiction");
}

TEST_F(HistoryTest, WhatCannotBeSaid) {
    const auto older = log.sign(of(300), now);
    EXPECT_EQ(compare("nonsense", log.note), "signature");
    EXPECT_EQ(compare(older, "nonsense"), "signature");
    log.status["tile/1/000.p/2"] = 404;
    EXPECT_EQ(compare(older, log.note), "not_found");
    log.status.clear();
    log.tree = of(600, "other ");
    EXPECT_EQ(compare(older, log.note = log.sign(of(600), now)), "does_not_fit")
        << "tiles of another tree prove nothing";
}

TEST_F(HistoryTest, LeafOfAReceipt) {
    for (const std::uint64_t index : {0U, 300U, 399U}) {
        EXPECT_EQ(compare(index, of(400)), "one history");
        EXPECT_EQ(compare(index, of(400).with(index, "taken out")), "contradiction");
        const auto* leaves = std::get_if<tlog::TwoLeaves>(&kept);
        ASSERT_NE(leaves, nullptr);
        EXPECT_EQ(leaves->index, index);
        EXPECT_EQ(leaves->other.leaf, log.tree.leaf(index));
    }
    log.status["tile/1/000.p/2"] = 503;
    LogReader fresh(directory.logs.front());
    const auto found = await(compare_leaf(fresh, 0, {}, checkpoint().value()));
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error(), ReadError::unreachable);
}

// Who has no signed testimony cannot accuse: what is found must convince others.
TEST_F(HistoryTest, UnfoundedTestimonyIsNoContradiction) {
    const auto tree = of(400);
    const auto found = await(compare_leaf(
        reader, 7,
        {.checkpoint = log.sign(tree, now), .leaf = wire::filled(1), .proof = tree.proof(7)},
        checkpoint().value()));
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error(), ReadError::does_not_fit);
}

}  // namespace
}  // namespace mado::monitor
