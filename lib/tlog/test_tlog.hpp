// What the tests of this folder share: keys with names, logs and trees in memory.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tlog/cosignature.hpp"
#include "tlog/tlog.hpp"

namespace mado::tlog {

template <SignatureType type>
struct TestKey {
    explicit TestKey(std::string name)
        : key(crypto::PrivateKey::generate(crypto::KeyType::ed25519)),
          verifier(VerifierKey<type>::make(std::move(name), key.public_key()).value()) {}
    crypto::PrivateKey key;
    VerifierKey<type> verifier;
};

struct TestWitness : TestKey<SignatureType::cosignature> {
    using TestKey::TestKey;
    [[nodiscard]] std::string line(std::string_view text, UnixTime time) const {
        return cosign(text, time, verifier, key);
    }
};

// Its entries are "entry 0", "entry 1", …
struct TestLog : TestKey<SignatureType::note> {
    explicit TestLog(std::string name = "log.example.org/1") : TestKey(std::move(name)) {}
    void grow(std::uint64_t entries) {
        for (std::uint64_t i = 0; i < entries; ++i) {
            tree.append(leaf_hash(as_bytes("entry " + std::to_string(tree.size()))));
            for (auto& [id, bytes] : tree.take_full_tiles())
                tiles[id] = std::move(bytes);
        }
    }
    [[nodiscard]] TileReader reader() const {
        return tree.reader([this](TileId id, unsigned) { return tiles.at(id); });
    }
    [[nodiscard]] std::string text() const {
        return checkpoint_text(
            {.origin = verifier.name(), .size = tree.size(), .root = tree.root()});
    }
    [[nodiscard]] std::string note() const { return sign_note(text(), verifier, key); }

    Edge tree;
    std::map<TileId, Bytes> tiles;
};

// A tree with its entries; a copy that goes on otherwise is another history.
struct TestTree {
    Edge edge;
    std::vector<Bytes> entries;

    void add(std::string_view entry) {
        entries.push_back(to_bytes(entry));
        edge.append(leaf_hash(entries.back()));
    }
    void grow(std::uint64_t count, std::string_view word = "entry ") {
        for (std::uint64_t i = 0; i < count; ++i)
            add(std::string(word) + std::to_string(entries.size()));
    }
    // The same entries but for one.
    [[nodiscard]] TestTree with(std::size_t index, std::string_view entry) const {
        TestTree out;
        for (std::size_t i = 0; i < entries.size(); ++i)
            out.add(i == index ? entry : as_text(entries[i]));
        return out;
    }
    [[nodiscard]] Hash leaf(std::uint64_t index) const { return leaf_hash(entries.at(index)); }
    [[nodiscard]] std::vector<Hash> proof(std::uint64_t index) const {
        return inclusion_proof(index, edge.size(), edge.reader({}));
    }
    [[nodiscard]] Checkpoint checkpoint(const std::string& origin) const {
        return {.origin = origin, .size = edge.size(), .root = edge.root()};
    }
};

}  // namespace mado::tlog
