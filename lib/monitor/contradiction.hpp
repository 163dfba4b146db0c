// A log's contradiction (docs/protocols/log.md): two checkpoints that the same log has signed and
// that cannot both be true, with what shows it. Whoever has the log's key can verify it, offline; who
// found it, and why, does not matter.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "tlog/note.hpp"

namespace mado::monitor {

// A signed tree and what it has at an index.
struct Testimony {
    std::string checkpoint;  // the signed note
    Hash leaf{};             // RFC 6962 leaf hash
    std::vector<Hash> proof;
};

// The two say different leaves of the index. For two trees of one size and different roots, any
// index shows it.
struct Contradiction {
    std::uint64_t index = 0;
    Testimony one;
    Testimony other;
};

constexpr std::size_t contradiction_bytes_max = 512 * 1024;

std::string to_json(const Contradiction& contradiction);
Parsed<Contradiction> parse_contradiction(std::string_view text);
// Good: this log has signed both, both prove a leaf of the index, and the leaves differ.
Parsed<void> verify_contradiction(const Contradiction& contradiction,
                                  const tlog::NoteVerifier& log);
// The first line of the checkpoints: whose log it is about.
std::string_view origin_of(const Contradiction& contradiction);

}  // namespace mado::monitor
