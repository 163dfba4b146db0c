// What the tests of this folder share: keys with names, and a log in memory.
#pragma once

#include <gtest/gtest.h>

#include <string>

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

}  // namespace mado::tlog
