#include "monitor/log_reader.hpp"

#include "crypto/digest.hpp"
#include "test_log.hpp"

namespace mado::monitor {
namespace {

using http::Milliseconds;

std::string said(const auto& read) {
    return read ? "good" : std::string(to_text(read.error()));
}

std::string flipped(std::string text, std::size_t at) {
    text.at(at) = static_cast<char>(text.at(at) ^ 1);
    return text;
}

constexpr std::string_view tile_of_leaf_300 = "tile/0/001";
constexpr std::string_view edge_of_leaves = "tile/0/002.p/88";
constexpr std::string_view edge_above = "tile/1/000.p/2";

// ---- The checkpoint ----

TEST_F(LogTest, CheckpointAndWhoSawIt) {
    const auto published = checkpoint();
    ASSERT_TRUE(published) << said(published);
    EXPECT_EQ(published->note, log.note);
    EXPECT_EQ(published->checkpoint, signed_tree());
    EXPECT_TRUE(published->cosigned);
    ASSERT_EQ(published->cosignatures.size(), 2U);
    EXPECT_EQ(published->cosignatures[0].time, now);
}

TEST_F(LogTest, TooFewWitnessesIsNoError) {
    for (const std::size_t witnesses : {0U, 1U}) {
        log.publish(now, witnesses);
        const auto published = checkpoint();
        ASSERT_TRUE(published) << said(published);
        EXPECT_FALSE(published->cosigned);
        EXPECT_EQ(published->cosignatures.size(), witnesses);
    }
    // Of the future: it counts for nothing yet.
    log.publish(now + tlog::cosignature_skew_s + 1);
    EXPECT_FALSE(checkpoint()->cosigned);
    log.publish(now + tlog::cosignature_skew_s);
    EXPECT_TRUE(checkpoint()->cosigned);
}

TEST_F(LogTest, NotesOfOthersAreRefused) {
    const auto text = tlog::checkpoint_text(signed_tree());
    const auto good = log.note;
    const auto stranger = crypto::PrivateKey::generate(crypto::KeyType::ed25519);
    const auto foreign =
        wire::valid(tlog::NoteVerifier::make("log.example/other", country.log_key.public_key()));
    const auto impostor =
        wire::valid(tlog::NoteVerifier::make(country.log.name(), stranger.public_key()));
    const auto& [key, verifier] = std::tie(country.witness_keys[0], country.witnesses[0]);
    const auto false_line = tlog::cosign(text, now + 1, verifier, key);
    const auto right_line = tlog::cosign(text, now, verifier, key);
    const auto log_only = tlog::sign_note(text, country.log, country.log_key);
    // A known witness's line over another text.
    auto other_tree = log.tree;
    other_tree.grow(1);
    const auto other_text = tlog::checkpoint_text(other_tree.checkpoint(country.log.name()));
    for (const auto& note :
         {std::string("nonsense"), std::string(), text, text + "\n",
          tlog::sign_note(text, impostor, stranger),
          tlog::sign_note(tlog::checkpoint_text(log.tree.checkpoint("log.example/other")), foreign,
                          country.log_key),
          log_only + tlog::cosign(other_text, now, verifier, key), flipped(good, good.size() - 4),
          flipped(good, good.find('\n') + 1)}) {
        log.note = note;
        EXPECT_EQ(said(checkpoint()), "signature") << note;
    }
    EXPECT_NE(false_line, right_line);
    log.note = log_only + right_line;
    EXPECT_EQ(said(checkpoint()), "good");
}

TEST_F(LogTest, NewestTimeThatTheQuorumNeeded) {
    const auto text = tlog::checkpoint_text(signed_tree());
    log.note = tlog::sign_note(text, country.log, country.log_key) +
               tlog::cosign(text, now - 100, country.witnesses[0], country.witness_keys[0]) +
               tlog::cosign(text, now + 30, country.witnesses[1], country.witness_keys[1]);
    const auto published = checkpoint();
    ASSERT_TRUE(published);
    EXPECT_EQ(witnessed_at(*published, directory.quorum, now), now - 100);
    const auto one =
        wire::valid(tlog::Quorum::make({country.witnesses[0], country.witnesses[1]}, 1));
    EXPECT_EQ(witnessed_at(*published, one, now), now) << "not later than now";
    EXPECT_EQ(witnessed_at(*published, tlog::Quorum(), now), now);
}

// ---- What the network does ----

TEST_F(LogTest, WhatCannotBeRead) {
    log.status["checkpoint"] = 404;
    EXPECT_EQ(said(checkpoint()), "not_found");
    log.status["checkpoint"] = 503;
    EXPECT_EQ(said(checkpoint()), "unreachable");
    log.status.clear();
    log.instead["checkpoint"] = std::string(tlog::note_bytes_max + 1, 'x');
    EXPECT_EQ(said(checkpoint()), "malformed");
    log.instead["checkpoint"] = std::string(5'000'000, 'x');
    EXPECT_EQ(said(checkpoint()), "malformed");
    EXPECT_EQ(said(await(reader.page("counts"))), "not_found");
    log.instead["counts"] = std::string(5'000'000, 'x');
    EXPECT_EQ(said(await(reader.page("counts"))), "malformed");
    log.instead["counts"] = "{}";
    EXPECT_EQ(await(reader.page("counts")), "{}");
    log.instead.clear();
    EXPECT_EQ(said(checkpoint()), "good");
}

TEST_F(LogTest, SilenceAndAbsenceAndAnotherCertificate) {
    LogReader hasty(directory.logs.front(),
                    {.connect = Milliseconds(3'000), .answer = Milliseconds(100)});
    log.silent = true;
    EXPECT_EQ(said(await(hasty.checkpoint(directory.quorum, now))), "unreachable");
    log.silent = false;
    EXPECT_EQ(said(await(hasty.checkpoint(directory.quorum, now))), "good");
    auto elsewhere = directory;
    elsewhere.logs.front().certificate = wire::filled(1);
    LogReader mistaken(elsewhere.logs.front());
    EXPECT_EQ(said(await(mistaken.checkpoint(elsewhere.quorum, now))), "unreachable");
    {
        PublishedLog gone(io, country);
        elsewhere = gone.directory();
    }
    LogReader late(elsewhere.logs.front());
    EXPECT_EQ(said(await(late.checkpoint(elsewhere.quorum, now))), "unreachable");
}

// ---- Leaves ----

TEST_F(LogTest, EveryLeafWithItsProof) {
    for (const std::uint64_t index : {0U, 1U, 255U, 256U, 300U, 511U, 512U, 599U}) {
        const auto leaf = await(reader.prove(signed_tree(), index));
        ASSERT_TRUE(leaf) << said(leaf);
        EXPECT_EQ(leaf->hash, log.tree.leaf(index));
        EXPECT_EQ(leaf->proof, log.tree.proof(index));
    }
    EXPECT_THROW(await(reader.leaf(signed_tree(), 600)), Failure);
}

// Each tile of the way, wrong in each manner.
TEST_F(LogTest, TilesThatDoNotFit) {
    const std::map<std::string_view, tlog::TileRange> ranges{
        {tile_of_leaf_300, {.id = {.level = 0, .index = 1}}},
        {edge_of_leaves, {.id = {.level = 0, .index = 2}, .width = 88}},
        {edge_above, {.id = {.level = 1, .index = 0}, .width = 2}}};
    for (const auto& [name, range] : ranges) {
        const std::string path(name);
        const auto good = mado::to_text(ByteView(await(reader.tile(range)).value()));
        const auto lie = [&](std::string body) {
            log.instead = {{path, std::move(body)}};
            LogReader fresh(directory.logs.front());
            return said(await(fresh.leaf(signed_tree(), 300)));
        };
        EXPECT_EQ(lie(good), "good");
        EXPECT_EQ(lie(flipped(good, 0)), "does_not_fit") << path;
        EXPECT_EQ(lie(flipped(good, good.size() - 1)), "does_not_fit") << path;
        EXPECT_EQ(lie(good.substr(1)), "malformed") << path;
        EXPECT_EQ(lie(good.substr(0, good.size() - 32)), "malformed") << path;
        EXPECT_EQ(lie(""), "malformed") << path;
        EXPECT_EQ(lie(good + good), "malformed") << path;
        log.instead.clear();
        log.status = {{path, 404}};
        LogReader fresh(directory.logs.front());
        EXPECT_EQ(said(await(fresh.leaf(signed_tree(), 300))), "not_found") << path;
        log.status.clear();
    }
}

// A tree for one reader: its tiles fit together, but not the checkpoint that all others know.
TEST_F(LogTest, PrivateTree) {
    const auto everybodys = signed_tree();
    log.tree = log.tree.with(300, "altered");
    EXPECT_EQ(said(await(reader.leaf(everybodys, 300))), "does_not_fit");
    EXPECT_EQ(said(await(reader.leaf(everybodys, 5))), "does_not_fit") << "nor any other leaf";
    EXPECT_EQ(said(await(reader.leaf(signed_tree(), 300))), "good");
}

// ---- What is kept ----

TEST_F(LogTest, TilesAreReadOnce) {
    EXPECT_TRUE(await(reader.leaf(signed_tree(), 300)));
    EXPECT_EQ(requests(), 3U);
    EXPECT_TRUE(await(reader.leaf(signed_tree(), 301)));
    EXPECT_TRUE(await(reader.prove(signed_tree(), 599)));
    EXPECT_EQ(requests(), 0U);
    EXPECT_TRUE(await(reader.leaf(signed_tree(), 0)));
    EXPECT_EQ(requests(), 1U);
    // The tree grows: only its edge is read anew, and an older checkpoint is served by what is
    // there.
    const auto older = signed_tree();
    log.tree.grow(300);
    EXPECT_TRUE(await(reader.leaf(signed_tree(), 300)));
    EXPECT_EQ(requests(), 2U);
    EXPECT_TRUE(await(reader.leaf(older, 1)));
    EXPECT_LE(requests(), 1U) << "a full tile took the place of the edge";
}

TEST_F(LogTest, WrongTileIsNotKept) {
    log.instead = {{std::string(edge_above), std::string(64, 'x')}};
    EXPECT_EQ(said(await(reader.leaf(signed_tree(), 300))), "does_not_fit");
    log.instead.clear();
    EXPECT_EQ(said(await(reader.leaf(signed_tree(), 300))), "good");
}

TEST_F(LogTest, OtherTreeInTheMiddleIsReadAnew) {
    EXPECT_TRUE(await(reader.leaf(signed_tree(), 300)));
    log.tree = log.tree.with(300, "altered");
    const auto leaf = await(reader.leaf(signed_tree(), 300));
    ASSERT_TRUE(leaf) << said(leaf);
    EXPECT_EQ(*leaf, log.tree.leaf(300));
}

TEST_F(LogTest, NoMoreIsKeptThanAllowed) {
    LogReader forgetful(directory.logs.front(), {.tiles_max = 3});
    for (int round = 0; round < 2; ++round) {
        EXPECT_TRUE(await(forgetful.leaf(signed_tree(), 0)));
        EXPECT_EQ(requests(), 3U);
        EXPECT_TRUE(await(forgetful.leaf(signed_tree(), 300)));
        EXPECT_EQ(requests(), 3U) << "forgot all, and read again what is needed";
    }
}

// ---- Older trees ----

TEST_F(LogTest, RootOfEveryOlderTree) {
    TestTree growing;
    std::map<std::uint64_t, Hash> roots;
    for (std::uint64_t size = 1; size <= 600; ++size) {
        growing.grow(1);
        roots[size] = growing.edge.root();
    }
    for (const std::uint64_t size :
         {1U, 2U, 3U, 255U, 256U, 257U, 300U, 511U, 512U, 513U, 599U, 600U}) {
        const auto older = await(reader.older(signed_tree(), size));
        ASSERT_TRUE(older) << said(older) << size;
        EXPECT_EQ(older->root, roots[size]) << size;
        EXPECT_TRUE(
            tlog::verify_consistency(size, roots[size], 600, signed_tree().root, older->proof));
    }
    EXPECT_THROW(await(reader.older(signed_tree(), 0)), Failure);
    EXPECT_THROW(await(reader.older(signed_tree(), 601)), Failure);
    log.status["tile/0/000"] = 404;
    LogReader fresh(directory.logs.front());
    EXPECT_EQ(said(await(fresh.older(signed_tree(), 3))), "not_found");
}

// ---- Entries ----

TEST_F(LogTest, BundlesAreReadStrictly) {
    const auto entries = await(reader.entries({.index = 2, .width = 88}));
    ASSERT_TRUE(entries) << said(entries);
    ASSERT_EQ(entries->size(), 88U);
    EXPECT_EQ(as_text(entries->front()), "entry 512");
    constexpr auto path = "tile/entries/002.p/88";
    for (const auto& body : {std::string(), std::string("\0\1x", 3), std::string(1000, '\0')}) {
        log.instead[path] = body;
        EXPECT_EQ(said(await(reader.entries({.index = 2, .width = 88}))), "malformed");
    }
    log.status[path] = 404;
    log.instead.clear();
    EXPECT_EQ(said(await(reader.entries({.index = 2, .width = 88}))), "not_found");
}

// ---- Witnesses ----

TEST_F(LogTest, WhatAWitnessSaysItself) {
    const auto path = hex(crypto::sha256(as_bytes(country.log.name()))) + "/checkpoint";
    const auto& listed = directory.logs.front();
    PageReader witness(listed.url, listed.certificate);
    const auto ask = [&] {
        return said(await(witness_checkpoint(witness, country.witnesses[1], country.log, now)));
    };
    EXPECT_EQ(ask(), "not_found");
    log.instead[path] = log.note;
    EXPECT_EQ(ask(), "good");
    log.instead[path] = log.sign(log.tree, now, 1);
    EXPECT_EQ(ask(), "signature") << "only the other witness's";
    log.instead[path] = log.sign(log.tree, now + 100);
    EXPECT_EQ(ask(), "signature") << "of the future";
    log.instead[path] = "nonsense";
    EXPECT_EQ(ask(), "signature");
}

}  // namespace
}  // namespace mado::monitor
