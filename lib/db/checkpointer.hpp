// Brings what was committed from the write-ahead log into the database file, once a second, on a
// thread and a connection of its own: a commit never waits for it (seen otherwise: up to half a
// second). The writing connection must have called leave_checkpoints().
#pragma once

#include <memory>
#include <string>

namespace mado::db {

class Checkpointer {
  public:
    // `path` must exist.
    explicit Checkpointer(const std::string& path);
    ~Checkpointer();
    Checkpointer(const Checkpointer&) = delete;
    Checkpointer& operator=(const Checkpointer&) = delete;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace mado::db
