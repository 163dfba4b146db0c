// What the witness's tests share: the log of a small country, which may sign two histories.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>

#include <string>

#include "base/temp_folder.hpp"
#include "db/db.hpp"
#include "store.hpp"
#include "wire/test_wire.hpp"

namespace mado::witness {

// The log's entries are random, so no two of its trees agree.
struct TestLog {
    explicit TestLog(const wire::TestCountry& of) : country(of) {}

    void grow(std::uint64_t entries) {
        for (std::uint64_t i = 0; i < entries; ++i) {
            tree.append(tlog::leaf_hash(crypto::random_hash()));
            for (auto& [id, bytes] : tree.take_full_tiles())
                tiles[id] = std::move(bytes);
        }
    }
    [[nodiscard]] tlog::TileReader reader() const {
        return tree.reader([this](tlog::TileId id, unsigned) { return tiles.at(id); });
    }
    [[nodiscard]] tlog::Checkpoint checkpoint() const {
        return {.origin = country.log.name(), .size = tree.size(), .root = tree.root()};
    }
    [[nodiscard]] std::string sign(const tlog::Checkpoint& checkpoint) const {
        return tlog::sign_note(tlog::checkpoint_text(checkpoint), country.log, country.log_key);
    }
    [[nodiscard]] std::string note() const { return sign(checkpoint()); }
    // Of the present tree, with the proof from `old_size`.
    [[nodiscard]] tlog::AddCheckpoint request(std::uint64_t old_size) const {
        const bool provable = old_size > 0 && old_size < tree.size();
        return {.old_size = old_size,
                .proof = provable ? tlog::consistency_proof(old_size, tree.size(), reader())
                                  : std::vector<Hash>{},
                .checkpoint = note()};
    }
    [[nodiscard]] std::string body(std::uint64_t old_size) const {
        return tlog::to_text(request(old_size));
    }

    const wire::TestCountry& country;
    tlog::Edge tree;
    std::map<tlog::TileId, Bytes> tiles;
};

struct WitnessCountry : wire::TestCountry {
    [[nodiscard]] std::string cosign(std::string_view text, UnixTime time) const {
        return tlog::cosign(text, time, witnesses[0], witness_keys[0]);
    }
    // As the store keeps it after `log` submitted its present tree.
    [[nodiscard]] Seen seen(const TestLog& tree, UnixTime time = wire::test_now) const {
        const auto checkpoint = tree.checkpoint();
        return {.size = checkpoint.size,
                .root = checkpoint.root,
                .note = tree.note() + cosign(tlog::checkpoint_text(checkpoint), time)};
    }
};

inline int null_device() {
    static const int descriptor = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
    return descriptor;
}

}  // namespace mado::witness
