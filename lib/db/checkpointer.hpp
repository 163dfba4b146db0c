// Brings what was committed from the write-ahead log into the database file, once a second, on a
// thread and a connection of its own: a commit waits only for the little that is left when the log
// is begun anew. The writing connection must have called leave_checkpoints().
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
        // For readers, when the log is begun anew. A writer waits meanwhile.
        int readers_wait_ms = 200;
        // From here on the log is begun anew, so that it cannot grow for ever under a load that
        // never pauses. A start after a crash reads it.
        std::int64_t log_bytes_max = std::int64_t{128} << 20;
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

  public:
    // The writer's, around each of its transactions: so the log is begun anew between two of them.
    // Without it the checkpointer would try for SQLite's lock between the writer's (seen: for four
    // seconds, and then the writer waits for all that came in meanwhile).
    class Turn {
      public:
        explicit Turn(State& state);
        ~Turn();
        Turn(const Turn&) = delete;
        Turn& operator=(const Turn&) = delete;

      private:
        State& state_;
    };
    // Waits while the log is begun anew.
    [[nodiscard]] Turn turn() { return Turn(*state_); }

  private:
    std::unique_ptr<State> state_;
};

}  // namespace mado::db
