// A store's one writer: a thread that applies jobs in group commits and says what became of each. A
// full disk is said, and survived: what waits is refused, and the writer goes on by itself when
// there is room.
#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <string_view>

#include "base/batcher.hpp"
#include "db/db.hpp"

namespace mado::db {

enum class Written {
    durable,
    no_room,  // nothing of it was kept; it works again when there is room
    failed,   // all of it is there, or nothing: the same job again finds out
};

class BatchWriter {
  public:
    // All of it is used on the writer's thread only, and outlives the writer.
    struct Parts {
        Connection& connection;
        // Runs `work` in one transaction; durable when it returns.
        std::function<void(const std::function<void()>& work)> commit;
        // After a batch that failed: statements may be half-way.
        std::function<void()> recover;
        std::function<void(std::string_view why)> report;
        std::function<void(std::size_t jobs, std::int64_t duration_us)> observe;
        // Why nothing can be written, in plain words for the operator.
        const char* disk_full;
        const char* broken;
    };
    using Work = std::function<void()>;         // inside the transaction
    using Done = std::function<void(Written)>;  // may be empty; must not throw

    explicit BatchWriter(Parts parts);
    ~BatchWriter();

    // From any thread. False: too much is queued, or the writer stops; `done` is not called.
    [[nodiscard]] bool submit(Work work, Done done);
    // Finishes what is queued.
    void stop() { batcher_.stop(); }
    [[nodiscard]] std::size_t queued() const { return batcher_.queued(); }

    // The last batch became durable.
    [[nodiscard]] bool healthy() const { return unwell_ == nullptr; }
    // Why nothing can be written just now; from any thread. The writer then tries again, so that it
    // is well by itself, without a job.
    [[nodiscard]] std::optional<std::string_view> unwell();

  private:
    struct Job {
        Work work;
        Done done;
    };
    void apply(std::vector<Job>& batch);
    Written try_batch(std::vector<Job>& batch);
    Written failed(const std::exception& error, Written what);

    Parts parts_;
    std::atomic<const char*> unwell_ = nullptr;  // a literal; null: the last batch became durable
    std::atomic<bool> trying_again_ = false;     // one such job is enough
    Batcher<Job> batcher_;                       // last: its thread uses everything above
};

}  // namespace mado::db
