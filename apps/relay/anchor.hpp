// The newest checkpoint outside the database. A relay whose database is behind it was restored from
// an older copy and must not go on: it would sign a second history.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "tlog/note.hpp"

namespace mado::relay {

class Anchor {
  public:
    // The file may be missing: the first write makes it. OperatorError when it holds checkpoints
    // but none that the log's key signed.
    Anchor(const std::string& path, const tlog::NoteVerifier& log);
    ~Anchor();
    Anchor(const Anchor&) = delete;
    Anchor& operator=(const Anchor&) = delete;

    // The newest checkpoint that was written whole, and durable; empty in a new log.
    [[nodiscard]] const std::optional<tlog::Checkpoint>& newest() const { return newest_; }
    // Durable when it returns. DiskFull where there is no room; after any error the same again
    // goes to the same place, and newest() stays.
    void write(const std::string& note, const tlog::Checkpoint& checkpoint);

  private:
    explicit Anchor(std::string path) : path_(std::move(path)) {}  // from here on it is closed
    void open();
    void make(const std::string& note);
    void write_slot(unsigned slot, const std::string& note);

    std::string path_;
    int descriptor_ = -1;  // until there is a file
    std::optional<tlog::Checkpoint> newest_;
    unsigned next_slot_ = 0;
};

}  // namespace mado::relay
