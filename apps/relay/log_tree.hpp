// The access log's tree as the relay keeps it: the growing right edge in memory, tiles and heads in
// the store, the newest checkpoint in the anchor outside. One thread, the log writer's.
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <vector>

#include "anchor.hpp"
#include "store.hpp"

namespace mado::relay {

class LogTree {
  public:
    struct Options {
        std::string anchor_path;
        tlog::NoteVerifier log;
        const crypto::PrivateKey& log_key;
    };
    // Restores the edge, compares with the anchor and brings that up to the database. OperatorError
    // when the database is behind the anchor or has another history.
    LogTree(db::Connection& connection, Options options);

    [[nodiscard]] std::uint64_t size() const { return edge_.size(); }
    // Up to here everything is durable, in the database and in the anchor. From any thread.
    [[nodiscard]] std::uint64_t anchored_size() const { return anchored_size_; }
    // Runs `work` in one transaction that also compares the old head; what it appended is durable
    // and anchored when this returns. When it throws nothing of it is in the database or all of it
    // is, and the next call finds out which.
    void commit(const std::function<void()>& work);
    // Only inside `work`, which also writes the entry's row.
    void append(const Hash& entry);

    // Only inside `work`.
    void keep_cosigned(std::uint64_t size, const std::string& note);

    struct Proof {
        std::string checkpoint;  // of the batch that appended the entry
        std::vector<Hash> hashes;
    };
    // The same for the same entry, whenever it is asked for.
    [[nodiscard]] Proof prove(std::uint64_t log_index);

  private:
    // The tree of the last batch: its entries are proven from the same tiles.
    struct Newest {
        std::uint64_t first = 0;  // of its entries
        std::string note;
        tlog::Prover prover;
    };
    struct Statements {
        explicit Statements(db::Connection& connection);
        db::Statement head, head_after, add_head;
        TileWriter tiles;
        db::Statement cosign;
    };
    tlog::TileReader stored();
    void restore();
    void compare_with_anchor();
    void follow_with_anchor();
    void compare_head();
    tlog::Checkpoint sign_head(std::string& note) const;
    tlog::Checkpoint add_head(std::string& note);
    void write_anchor(const std::string& note, const tlog::Checkpoint& checkpoint);

    Options options_;
    db::Connection& connection_;
    Anchor anchor_;
    Statements sql_;
    TileRows tiles_;
    tlog::Edge edge_;
    std::optional<Newest> newest_;
    // The edge no longer follows the database (a commit failed half-way): it is read again first.
    bool restore_needed_ = true;
    std::atomic<std::uint64_t> anchored_size_ = 0;
};

}  // namespace mado::relay
