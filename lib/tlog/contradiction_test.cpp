#include "tlog/contradiction.hpp"

#include <boost/json.hpp>

#include "base/json.hpp"
#include "test_tlog.hpp"

namespace mado::tlog {
namespace {

// Signed with a log's key over trees that the test makes up. No witness's line is in them: those
// are not part of what is proven.
class ContradictionTest : public testing::Test {
  protected:
    using TestLogKey = TestKey<SignatureType::note>;
    static std::string sign(const Checkpoint& checkpoint, const TestLogKey& as) {
        return sign_note(checkpoint_text(checkpoint), as.verifier, as.key);
    }
    [[nodiscard]] std::string sign(const TestTree& tree) const {
        return sign(tree.checkpoint(log.verifier.name()), log);
    }
    static TestTree of(std::uint64_t size) {
        TestTree tree;
        tree.grow(size);
        return tree;
    }
    [[nodiscard]] Testimony testimony(const TestTree& tree, std::uint64_t index) const {
        return {.checkpoint = sign(tree), .leaf = tree.leaf(index), .proof = tree.proof(index)};
    }
    [[nodiscard]] TwoLeaves two_leaves() const {
        return {
            .index = 3, .one = testimony(of(7).with(3, "other"), 3), .other = testimony(of(11), 3)};
    }
    // A fork after `older` entries, seen when the other branch had `newer`.
    [[nodiscard]] TwoRoots two_roots(std::uint64_t older, std::uint64_t newer) const {
        const auto tree = of(newer);
        const auto at_old_size = of(older);
        return {.older = sign(at_old_size.with(older - 1, "other")),
                .newer = sign(tree),
                .root = at_old_size.edge.root(),
                .proof = older == newer ? std::vector<Hash>{}
                                        : consistency_proof(older, newer, tree.edge.reader({}))};
    }
    [[nodiscard]] std::string said(const std::string& text) const {
        const auto parsed = parse_contradiction(text);
        if (!parsed) return parsed.error().why;
        const auto verified = verify_contradiction(*parsed, log.verifier);
        return verified ? "good" : verified.error().why;
    }
    static Hash filled(std::uint8_t byte) {
        Hash hash;
        hash.fill(byte);
        return hash;
    }
    TestLogKey log{"log.example.org/1"};
};

TEST_F(ContradictionTest, BothFormsAreReadBackAndVerify) {
    for (const auto& one : std::vector<Contradiction>{two_leaves(), two_roots(5, 9),
                                                      two_roots(8, 9), two_roots(9, 9)}) {
        const auto text = to_json(one);
        EXPECT_EQ(said(text), "good") << text;
        const auto parsed = parse_contradiction(text);
        ASSERT_TRUE(parsed);
        EXPECT_EQ(to_json(*parsed), text);
        EXPECT_EQ(origin_of(*parsed), log.verifier.name());
    }
}

TEST_F(ContradictionTest, EveryByteCounts) {
    for (const auto& one : std::vector<Contradiction>{two_leaves(), two_roots(5, 9),
                                                      two_roots(8, 9), two_roots(9, 9)}) {
        const auto text = to_json(one);
        for (std::size_t at = 0; at < text.size(); ++at) {
            auto altered = text;
            altered[at] = static_cast<char>(altered[at] ^ 1);
            EXPECT_NE(said(altered), "good") << at << " " << altered;
        }
    }
}

TEST_F(ContradictionTest, OneHistoryIsNone) {
    auto leaves = two_leaves();
    leaves.one = testimony(of(7), 3);
    EXPECT_EQ(said(to_json(leaves)), "a contradiction's two leaves are the same");
    leaves = two_leaves();
    leaves.other = testimony(of(11), 4);
    EXPECT_EQ(said(to_json(leaves)), "a contradiction's leaf is not proven under its checkpoint");
    leaves = two_leaves();
    leaves.index = 7;
    EXPECT_EQ(said(to_json(leaves)), "a contradiction's leaf is not proven under its checkpoint");

    auto roots = two_roots(5, 9);
    roots.older = sign(of(5));
    EXPECT_EQ(said(to_json(roots)), "a contradiction's two roots are the same");
    constexpr auto unproven = "a contradiction's root is not proven under its newer checkpoint";
    roots = two_roots(5, 9);
    roots.root = filled(1);
    EXPECT_EQ(said(to_json(roots)), unproven);
    roots = two_roots(8, 9);
    roots.root = filled(1);
    EXPECT_EQ(said(to_json(roots)), unproven);
    roots = two_roots(9, 9);
    roots.root = filled(1);
    EXPECT_EQ(said(to_json(roots)), unproven);
    roots = two_roots(5, 9);
    std::swap(roots.older, roots.newer);
    EXPECT_EQ(said(to_json(roots)), unproven);
    roots = two_roots(5, 9);
    roots.older = sign(TestTree());
    EXPECT_EQ(said(to_json(roots)), unproven);
}

// One size has one root. No proof leads from the empty tree, but its root is known.
TEST_F(ContradictionTest, TwoRootsOfOneSize) {
    TwoRoots empty{
        .older = sign(TestTree()),
        .newer = sign({.origin = log.verifier.name(), .size = 0, .root = filled(1)}, log),
        .root = filled(1),
        .proof = {}};
    EXPECT_EQ(said(to_json(empty)), "good");
    std::swap(empty.older, empty.newer);
    empty.root = empty_root();
    EXPECT_EQ(said(to_json(empty)), "good");
    constexpr auto unproven = "a contradiction's root is not proven under its newer checkpoint";
    for (auto roots : {empty, two_roots(8, 8), two_roots(9, 9)}) {
        roots.proof.push_back(filled(1));
        EXPECT_EQ(said(to_json(roots)), unproven);
        roots.proof.clear();
        roots.newer = roots.older;
        EXPECT_EQ(said(to_json(roots)), unproven);
    }
}

// Nobody else can make one.
TEST_F(ContradictionTest, OnlyTheLogContradictsItself) {
    const TestLogKey other("log.example.org/1");
    EXPECT_FALSE(verify_contradiction(two_leaves(), other.verifier));
    EXPECT_FALSE(verify_contradiction(two_roots(5, 9), other.verifier));
    auto leaves = two_leaves();
    leaves.one.checkpoint = sign(of(7).with(3, "other").checkpoint(other.verifier.name()), other);
    EXPECT_FALSE(verify_contradiction(leaves, log.verifier));
    auto roots = two_roots(5, 9);
    roots.newer = checkpoint_text(of(9).checkpoint(log.verifier.name()));
    EXPECT_FALSE(verify_contradiction(roots, log.verifier));
}

TEST_F(ContradictionTest, IsReadStrictly) {
    const auto leaves = parse_json_object(to_json(two_leaves()));
    const auto roots = parse_json_object(to_json(two_roots(5, 9)));
    ASSERT_TRUE(leaves && roots);
    for (const auto* whole : {&*leaves, &*roots}) {
        for (const auto& member : *whole) {
            auto less = *whole;
            less.erase(member.key());
            EXPECT_FALSE(parse_contradiction(json::serialize(less))) << member.key();
            auto other_type = *whole;
            other_type[member.key()] = json::value(true);
            EXPECT_FALSE(parse_contradiction(json::serialize(other_type))) << member.key();
        }
        auto more = *whole;
        more["more"] = 1;
        EXPECT_FALSE(parse_contradiction(json::serialize(more)));
    }
    for (const auto* name : {"one", "other"}) {
        auto more = *leaves;
        more[name].as_object()["more"] = 1;
        EXPECT_FALSE(parse_contradiction(json::serialize(more)));
    }
    EXPECT_EQ(said(R"({"form":"mado-log-two-leaves/2"})"),
              "not a log's contradiction of version 1");
    EXPECT_FALSE(parse_contradiction(""));
    EXPECT_FALSE(parse_contradiction("[]"));
}

TEST_F(ContradictionTest, Limits) {
    auto roots = two_roots(5, 9);
    roots.proof.assign(proof_length_max, filled(1));
    EXPECT_TRUE(parse_contradiction(to_json(roots)));
    roots.proof.push_back(filled(1));
    EXPECT_FALSE(parse_contradiction(to_json(roots)));
    roots = two_roots(5, 9);
    roots.older = std::string(note_bytes_max, 'x');
    EXPECT_TRUE(parse_contradiction(to_json(roots)));
    roots.older += 'x';
    EXPECT_FALSE(parse_contradiction(to_json(roots)));
    auto leaves = two_leaves();
    leaves.index = tree_size_max + 1;
    EXPECT_FALSE(parse_contradiction(to_json(leaves)));
    leaves.index = tree_size_max;
    EXPECT_TRUE(parse_contradiction(to_json(leaves)));
    leaves.one.checkpoint = std::string(contradiction_bytes_max, '\\');
    EXPECT_FALSE(parse_contradiction(to_json(leaves)));
}

}  // namespace
}  // namespace mado::tlog
