#include "log_tree.hpp"

namespace mado::relay {
LogTree::Statements::Statements(db::Connection& c)
    : head(c.prepare("select size, note from head order by size desc limit 1")),
      head_after(
          c.prepare("select size, note from head where size > :log_index order by size limit 1")),
      add_head(c.prepare("insert into head (size, note) values (:size, :note)")),
      tiles(c),
      cosign(c.prepare("update head set cosigned = :note where size = :size")) {}

LogTree::LogTree(db::Connection& connection, Options options)
    : options_(std::move(options)),
      connection_(connection),
      anchor_(options_.anchor_path, options_.log),
      sql_(connection),
      tiles_(connection) {
    restore();
    follow_with_anchor();
}

void LogTree::restore() {
    // A batch that failed may have left statements half-way.
    sql_ = Statements(connection_);
    tiles_ = TileRows(connection_);
    std::uint64_t size = 0;
    if (sql_.head.step()) {
        size = static_cast<std::uint64_t>(sql_.head.integer(0));
        sql_.head.reset();
    }
    edge_ = tlog::Edge::restore(size, stored());
    compare_with_anchor();
    restore_needed_ = false;
}

void LogTree::compare_with_anchor() {
    const auto& newest = anchor_.newest();
    if (!newest) {
        if (edge_.size() == 0) return;
        throw OperatorError(
            "the anchor file is missing although the log has entries. Put back the anchor folder "
            "that belongs to this state, or open a new log origin in the directory.");
    }
    const std::string recover =
        "Restore the newer copy of the state, or open a new log origin in the directory.";
    if (edge_.size() < newest->size) {
        throw OperatorError("the database holds " + std::to_string(edge_.size()) +
                            " log entries, but a checkpoint over " + std::to_string(newest->size) +
                            " was signed: this is an older copy. " + recover);
    }
    const auto root = tlog::tree_root(newest->size, stored());
    if (root != newest->root) {
        throw OperatorError("the database holds another history than the one that was signed. " +
                            recover);
    }
}

// The newest checkpoint of the database goes to the anchor where that is behind: after a crash
// between the two, after a write of the anchor that failed, and in a new log, whose empty tree is
// anchored so that a lost anchor never looks like a new one.
void LogTree::follow_with_anchor() {
    if (anchor_.newest() && anchor_.newest()->size == edge_.size()) {
        anchored_size_ = edge_.size();
        return;
    }
    std::string note;
    if (edge_.size() == 0) {
        const auto checkpoint = sign_head(note);
        write_anchor(note, checkpoint);
        return;
    }
    if (sql_.head.step()) note = sql_.head.text(1);
    sql_.head.reset();
    const auto checkpoint = tlog::open_checkpoint(note, options_.log);
    if (!checkpoint || checkpoint->size != edge_.size() || checkpoint->root != edge_.root()) {
        throw OperatorError(
            "the database's newest checkpoint is not this log's over its entries. Restore the "
            "newer copy of the state, or open a new log origin in the directory.");
    }
    write_anchor(note, *checkpoint);
}

void LogTree::write_anchor(const std::string& note, const tlog::Checkpoint& checkpoint) {
    anchor_.write(note, checkpoint);
    anchored_size_ = checkpoint.size;
}

void LogTree::append(const Hash& entry) {
    edge_.append(tlog::leaf_hash(entry));
}

void LogTree::keep_cosigned(std::uint64_t size, const std::string& note) {
    sql_.cosign.bind("note", note).bind("size", static_cast<std::int64_t>(size)).execute();
}

void LogTree::compare_head() {
    std::uint64_t size = 0;
    if (sql_.head.step()) {
        size = static_cast<std::uint64_t>(sql_.head.integer(0));
        sql_.head.reset();
    }
    if (size != edge_.size()) throw Failure("another writer has written to this log");
}

tlog::Checkpoint LogTree::sign_head(std::string& note) const {
    tlog::Checkpoint checkpoint{
        .origin = options_.log.name(), .size = edge_.size(), .root = edge_.root()};
    note = tlog::sign_note(tlog::checkpoint_text(checkpoint), options_.log, options_.log_key);
    return checkpoint;
}

// The rows of what was appended: the signed head, and the tiles that became full.
tlog::Checkpoint LogTree::add_head(std::string& note) {
    auto checkpoint = sign_head(note);
    sql_.add_head.bind("size", static_cast<std::int64_t>(checkpoint.size))
        .bind("note", note)
        .execute();
    for (const auto& [id, hashes] : edge_.take_full_tiles())
        sql_.tiles.add(id, hashes);
    return checkpoint;
}

void LogTree::commit(const std::function<void()>& work) {
    if (restore_needed_) restore();
    // Nothing is added to what the anchor does not have yet: where it cannot be written, one batch
    // stands there and no more.
    follow_with_anchor();
    restore_needed_ = true;  // until the commit has gone well
    newest_.reset();         // it reads the edge, which grows
    const auto old_size = edge_.size();
    std::string note;
    tlog::Checkpoint checkpoint;
    {
        db::Transaction transaction(connection_);
        compare_head();
        work();
        if (edge_.size() != old_size) checkpoint = add_head(note);
        transaction.commit();
    }
    restore_needed_ = false;
    if (note.empty()) return;
    // State: durable in the database, not yet anchored, nothing has left. If the anchor cannot be
    // written the callers get an error; the next batch, of repeats too, writes it first.
    write_anchor(note, checkpoint);
    newest_.emplace(Newest{.first = old_size,
                           .note = std::move(note),
                           .prover = {edge_.size(), edge_.reader(stored())}});
}

tlog::TileReader LogTree::stored() {
    return [this](tlog::TileId id, unsigned width) { return tiles_.read(id, width); };
}

LogTree::Proof LogTree::prove(std::uint64_t log_index) {
    if (newest_ && log_index >= newest_->first) {
        return {.checkpoint = newest_->note, .hashes = newest_->prover.inclusion(log_index)};
    }
    const db::ResetAtEnd reset(sql_.head_after);
    sql_.head_after.bind("log_index", static_cast<std::int64_t>(log_index));
    if (!sql_.head_after.step()) throw Failure("an entry has no checkpoint");
    const auto size = static_cast<std::uint64_t>(sql_.head_after.integer(0));
    tlog::Prover tree(
        size, [this](tlog::TileId id, unsigned width) { return tiles_.read_half(id, width); },
        tlog::half_height);
    return {.checkpoint = sql_.head_after.text(1), .hashes = tree.inclusion(log_index)};
}

}  // namespace mado::relay
