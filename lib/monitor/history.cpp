#include "monitor/history.hpp"

#include <utility>

namespace mado::monitor {
namespace {

// What comes from here is shown to others: it must convince them.
Read<std::optional<tlog::Contradiction>> checked(tlog::Contradiction found,
                                                 const LogReader& reader) {
    if (!tlog::verify_contradiction(found, reader.log().key)) {
        return std::unexpected(ReadError::does_not_fit);
    }
    return found;
}

}  // namespace

Task<Read<std::optional<tlog::Contradiction>>> compare_trees(LogReader& reader, std::string one,
                                                             std::string other) {
    auto older = tlog::open_checkpoint(one, reader.log().key);
    auto newer = tlog::open_checkpoint(other, reader.log().key);
    if (!older || !newer) co_return std::unexpected(ReadError::signature);
    if (newer->size < older->size) {
        std::swap(one, other);
        std::swap(older, newer);
    }
    // Every tree has grown out of the empty one.
    if (older->size == 0 && newer->size > 0) co_return std::nullopt;
    LogReader::Older found{.root = newer->root, .proof = {}};
    if (older->size < newer->size) {
        auto read = co_await reader.older(*newer, older->size);
        if (!read) co_return std::unexpected(read.error());
        found = std::move(*read);
    }
    if (found.root == older->root) co_return std::nullopt;
    co_return checked(tlog::TwoRoots{.older = std::move(one),
                                     .newer = std::move(other),
                                     .root = found.root,
                                     .proof = std::move(found.proof)},
                      reader);
}

Task<Read<std::optional<tlog::Contradiction>>> compare_leaf(LogReader& reader, std::uint64_t index,
                                                            tlog::Testimony said, Published now) {
    auto leaf = co_await reader.prove(now.checkpoint, index);
    if (!leaf) co_return std::unexpected(leaf.error());
    if (leaf->hash == said.leaf) co_return std::nullopt;
    co_return checked(tlog::TwoLeaves{.index = index,
                                      .one = std::move(said),
                                      .other = {.checkpoint = std::move(now.note),
                                                .leaf = leaf->hash,
                                                .proof = std::move(leaf->proof)}},
                      reader);
}

}  // namespace mado::monitor
