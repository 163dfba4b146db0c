#include "db/checkpointer.hpp"

#include <sqlite3.h>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "db/db.hpp"

namespace mado::db {
namespace {

// Pages in the write-ahead log from which on it is begun anew, so that it cannot grow for ever
// under a load that never pauses (16 MiB).
constexpr int wal_pages_max = 4096;
// Passes at the most before it is begun anew although the writer is faster than they are.
constexpr int passes_max = 10;

}  // namespace

struct Checkpointer::State {
    explicit State(const std::string& path) : connection(path, Access::read_write) {}

    void run() {
        std::unique_lock lock(mutex);
        while (!wake.wait_for(lock, std::chrono::seconds(1), [this] { return stopping; })) {
            checkpoint();
        }
    }

    // A checkpoint that cannot be made now (a reader holds old pages) is made the next time.
    void checkpoint() {
        int in_log = 0;
        int done = 0;
        for (int pass = 0; pass < passes_max; ++pass) {
            const int before = done;
            sqlite3_wal_checkpoint_v2(connection.handle(), nullptr, SQLITE_CHECKPOINT_PASSIVE,
                                      &in_log, &done);
            if (in_log <= wal_pages_max) return;
            // Under load much comes in during a pass. The writer waits for what is left to copy
            // when it is begun anew, and gives up after the busy timeout: so little must be left.
            if (in_log - before <= wal_pages_max) break;
        }
        sqlite3_wal_checkpoint_v2(connection.handle(), nullptr, SQLITE_CHECKPOINT_RESTART, &in_log,
                                  &done);
    }

    Connection connection;
    std::mutex mutex;  // guards stopping
    std::condition_variable wake;
    bool stopping = false;
    std::thread thread{[this] { run(); }};  // last: it uses everything above
};

Checkpointer::Checkpointer(const std::string& path) : state_(std::make_unique<State>(path)) {}

Checkpointer::~Checkpointer() {
    {
        const std::scoped_lock lock(state_->mutex);
        state_->stopping = true;
    }
    state_->wake.notify_one();
    state_->thread.join();
}

}  // namespace mado::db
