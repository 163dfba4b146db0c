// A log's contradiction (docs/protocols/log.md): two checkpoints that the same log has signed and
// that cannot both be true, with what shows it. Whoever has the log's key can verify it, offline;
// who found it, and why, does not matter.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "tlog/note.hpp"

namespace mado::tlog {

// A signed tree and the leaf that it has at an index.
struct Testimony {
    std::string checkpoint;  // the signed note
    Hash leaf{};             // RFC 6962 leaf hash
    std::vector<Hash> proof;
};
// Two trees with different leaves at one index: an entry was taken out, or altered.
struct TwoLeaves {
    std::uint64_t index = 0;
    Testimony one;
    Testimony other;
};
// A tree that did not grow out of an older one: `proof` leads from a tree of the older one's size
// with `root`, which is not the older one's, to the newer one.
struct TwoRoots {
    std::string older;
    std::string newer;
    Hash root{};
    std::vector<Hash> proof;  // empty when both have one size; then `root` is the newer one's
};
using Contradiction = std::variant<TwoLeaves, TwoRoots>;

constexpr std::size_t contradiction_bytes_max = 4 * note_bytes_max + 16 * 1024;

std::string to_json(const Contradiction& contradiction);
Parsed<Contradiction> parse_contradiction(std::string_view text);
// Good: this log has signed both checkpoints, and they contradict each other.
Parsed<void> verify_contradiction(const Contradiction& contradiction, const NoteVerifier& log);
// The first line of the checkpoints: whose log it is about.
std::string_view origin_of(const Contradiction& contradiction);

}  // namespace mado::tlog
