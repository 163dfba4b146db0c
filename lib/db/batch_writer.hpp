// A store's one writer: a thread that applies jobs in group commits and says what became of each. A
// job that fails takes no other with it: its batch is taken back, and each of its jobs is done in a
// commit of its own. A full disk is said, and survived: what waits is refused, and the writer goes
// on by itself when there is room.
#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <span>
#include <string_view>

#include "base/batcher.hpp"
#include "db/db.hpp"

namespace mado::db {

enum class Written {
    durable,
    no_room,  // nothing was acknowledged, and perhaps it is kept; the same job works with room
    failed,   // all of it is there, or nothing: the same job again finds out
};

class BatchWriter {
  public:
    // All of it is used on the writer's thread only, and outlives the writer.
    struct Parts {
        Connection& connection;
        // Runs `work` in one transaction; durable when it returns.
        std::function<void(const std::function<void()>& work)> commit;
        // After a commit that failed: statements may be half-way, and what its jobs left behind in
        // memory is taken back. Some of them may run again.
        std::function<void()> recover;
        std::function<void(std::string_view why)> report;
        // Of each commit, also of one that failed.
        std::function<void(std::size_t jobs, std::int64_t duration_us)> observe;
        // Why nothing can be written, in plain words for the operator.
        const char* disk_full;
        const char* broken;
    };
    // Inside the transaction. Work may run twice: after a batch that failed once more, alone, also
    // when the first run was durable all the same. It must find everything that it was given as it
    // was, so it moves nothing away, and a result is written over.
    using Work = std::move_only_function<void()>;
    using Done = std::move_only_function<void(Written)>;  // once; may be empty; must not throw

    explicit BatchWriter(Parts parts);
    ~BatchWriter();

    // From any thread. False: too much is queued, or the writer stops; `done` is not called.
    [[nodiscard]] bool submit(Work work, Done done);
    // Finishes what is queued.
    void stop() { batcher_.stop(); }
    [[nodiscard]] std::size_t queued() const { return batcher_.queued(); }

    // The last batch became durable, all of it or what was not itself at fault.
    [[nodiscard]] bool healthy() const { return unwell_ == nullptr; }
    // Why nothing can be written just now; from any thread. The writer then tries again, so that it
    // is well by itself, without a job.
    [[nodiscard]] std::optional<std::string_view> unwell();

  private:
    struct Job {
        Work work;
        Done done;
    };
    // What became of one commit.
    struct Attempt {
        Written written = Written::durable;
        bool by_jobs = false;  // it failed by what they do, not by the commit
        bool changed = false;  // rows
    };
    void apply(std::vector<Job>& batch);
    void apply_each(std::vector<Job>& batch);
    Attempt commit(std::span<Job> jobs);
    void note(const Attempt& attempt);
    static void finish(std::span<Job> jobs, Written written);

    Parts parts_;
    std::atomic<const char*> unwell_ = nullptr;  // a literal; null: the last batch became durable
    std::atomic<bool> trying_again_ = false;     // one such job is enough
    Batcher<Job> batcher_;                       // last: its thread uses everything above
};

}  // namespace mado::db
