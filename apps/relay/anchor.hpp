// The newest checkpoint outside the database. A relay whose database is behind it was restored from
// an older copy and must not go on: it would sign a second history.
#pragma once

#include <optional>
#include <string>

#include "tlog/note.hpp"

namespace mado::relay {

class Anchor {
  public:
    // The file is made when it is missing; OperatorError when it holds checkpoints but none that
    // the log's key signed.
    Anchor(const std::string& path, const tlog::NoteVerifier& log);
    ~Anchor();
    Anchor(const Anchor&) = delete;
    Anchor& operator=(const Anchor&) = delete;

    // The newest checkpoint that was written whole; empty in a new log.
    [[nodiscard]] const std::optional<tlog::Checkpoint>& newest() const { return newest_; }
    // Durable when it returns.
    void write(const std::string& note, const tlog::Checkpoint& checkpoint);

  private:
    std::string path_;
    int descriptor_ = -1;
    std::optional<tlog::Checkpoint> newest_;
    unsigned next_slot_ = 0;
};

}  // namespace mado::relay
