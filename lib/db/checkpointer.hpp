// Brings what was committed from the write-ahead log into the database file, once a second, on a
// thread and a connection of its own: a commit never waits for it (seen otherwise: up to half a
// second). The writing connection must have called leave_checkpoints().
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace mado::db {

class Checkpointer {
  public:
    struct Options {
        std::int64_t pause_ms = 1'000;
        // For readers of old pages, when the log is begun anew. A writer waits meanwhile.
        int readers_wait_ms = 5'000;
    };
    // `path` must exist.
    explicit Checkpointer(const std::string& path) : Checkpointer(path, Options()) {}
    Checkpointer(const std::string& path, Options options);
    ~Checkpointer();
    Checkpointer(const Checkpointer&) = delete;
    Checkpointer& operator=(const Checkpointer&) = delete;

    // Why the write-ahead log only grows: several checkpoints in a row have failed. Empty as soon
    // as one goes well. From any thread.
    [[nodiscard]] std::optional<std::string_view> unwell() const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace mado::db
