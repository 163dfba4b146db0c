// The witness's memory: what it has cosigned, and what convicts a log that it was shown.
//
// Trusted for: never cosigning two histories of one log (schema/001_first.sqlite.sql). An older
// copy of this store is as good as a second witness that has seen less: with it the witness would
// cosign a second history from that copy's newest checkpoint on, and nothing here would notice.
// Whoever restores a backup must give the witness a new key, and the directory must list it: the
// old key's cosignatures then no longer count for anything new.
//
// One connection, for the one thread of the program.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "db/db.hpp"
#include "service.hpp"

namespace mado::witness {

// Checkpoints kept of each log: a contradiction is recognised as far back as these reach.
constexpr std::int64_t history_max = 10'000;
// Contradictions kept of each log. One is proof enough; of a flood the first ones matter.
constexpr std::int64_t contradictions_max = 100;

struct Found {
    tlog::Contradiction contradiction;
    UnixTime found_at = 0;
};

enum class Kept {
    added,
    known,  // the submission's size and root are there already
    full,   // the log has contradictions_max of them
};

class Store {
  public:
    // Makes the file when it is not there: then nothing was cosigned yet.
    explicit Store(const std::string& path);

    std::optional<Seen> newest(std::string_view origin);
    History history(const Submission& submission);
    // Compares and swaps: true when `next` is durable, as the newest of this log and instead of
    // what was kept of its size; false, and nothing changed, when the newest is not `newest` any
    // more. Throws Failure when it cannot be made durable (the state is then the old or the new
    // one; the next submission finds out which).
    bool advance(std::string_view origin, const std::optional<Seen>& newest, const Seen& next);
    // Durable when it returns. The oldest ones stay. `submitted` is the checkpoint that was
    // submitted.
    Kept keep(const tlog::Checkpoint& submitted, const Found& found);
    std::uint64_t contradiction_count();
    // False when the last write failed.
    [[nodiscard]] bool healthy() const { return healthy_; }

  private:
    std::optional<Seen> at(std::string_view origin, std::uint64_t size);
    bool write(std::string_view origin, const std::optional<Seen>& newest, const Seen& next);

    db::Connection connection_;
    db::Statement newest_;
    db::Statement at_;
    db::Statement put_;
    db::Statement prune_;
    db::Statement count_contradictions_;
    db::Statement find_contradiction_;
    db::Statement add_contradiction_;
    bool healthy_ = true;
};

// All of them, in the order of logs and submitted sizes; beside a witness that runs, too.
struct Contradictions {
    std::vector<Found> found;
    int unreadable = 0;  // rows that this witness did not write so
};
Contradictions read_contradictions(const std::string& path);

}  // namespace mado::witness
