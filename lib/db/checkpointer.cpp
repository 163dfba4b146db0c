#include "db/checkpointer.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "base/clock.hpp"
#include "db/db.hpp"

namespace mado::db {
namespace {

// Passes at the most before it is begun anew although the writer is faster than they are.
constexpr int passes_max = 10;
// A pass that copied and flushed so little, in so short a time, left little for the one that the
// writer waits for.
constexpr int last_pass_pages_max = 4096;
constexpr std::int64_t last_pass_us_max = 100'000;
// So much longer than it should be: whoever reads must end.
constexpr int too_long_factor = 8;
// In a row: then somebody should look. A single one is made up for by the next.
constexpr int failures_max = 3;

// Somebody else holds what the checkpoint needs. Extended codes hold the kind in their low byte.
bool is_busy(int code) {
    return (code & 0xff) == SQLITE_BUSY;
}

}  // namespace

struct Checkpointer::State {
    State(const std::string& path, Options given)
        : options(given), connection(path, Access::read_write) {
        if (sqlite3_busy_timeout(connection.handle(), options.readers_wait_ms) != SQLITE_OK) {
            throw Failure("cannot set the database's busy timeout");
        }
        auto page = connection.prepare("pragma page_size");
        if (!page.step()) throw Failure("the database has no page size");
        pages_max = std::max(1, static_cast<int>(options.log_bytes_max / page.integer(0)));
    }

    void run() {
        std::unique_lock lock(mutex);
        const std::chrono::milliseconds pause(options.pause_ms);
        while (!wake.wait_for(lock, pause, [this] { return stopping; })) {
            failures = checkpoint() ? 0 : failures + 1;
        }
    }

    // False when the disk or the database does not work, or the log is much too long. A checkpoint
    // that cannot be made now (a reader holds old pages) is made the next time.
    [[nodiscard]] bool checkpoint() {
        int in_log = 0;
        int done = 0;
        for (int pass = 0; pass < passes_max; ++pass) {
            const int before = done;
            const auto start = monotonic_us();
            const int code = sqlite3_wal_checkpoint_v2(connection.handle(), nullptr,
                                                       SQLITE_CHECKPOINT_PASSIVE, &in_log, &done);
            if (code != SQLITE_OK) return is_busy(code);
            if (in_log <= pages_max) return true;
            // Whoever reads old pages keeps the rest where it is: no writer waits for that reader.
            if (pass > 0 && done == before && done < in_log) {
                return in_log / pages_max < too_long_factor;
            }
            // Under load much comes in during a pass, above all while it flushes the database. The
            // writer waits for what is left when the log is begun anew: so little must be left.
            if (pass > 0 && done - before <= last_pass_pages_max &&
                monotonic_us() - start <= last_pass_us_max) {
                break;
            }
        }
        return begin_anew();
    }

    [[nodiscard]] bool begin_anew() {
        {
            std::unique_lock lock(turn);
            beginning_anew = true;
            turn_changed.wait(lock, [this] { return !writing; });
        }
        int in_log = 0;
        int done = 0;
        const int code = sqlite3_wal_checkpoint_v2(connection.handle(), nullptr,
                                                   SQLITE_CHECKPOINT_RESTART, &in_log, &done);
        {
            const std::scoped_lock lock(turn);
            beginning_anew = false;
        }
        turn_changed.notify_all();
        return code == SQLITE_OK || is_busy(code);
    }

    const Options options;
    Connection connection;
    int pages_max = 0;  // in the write-ahead log
    std::mutex mutex;   // guards stopping
    std::condition_variable wake;
    bool stopping = false;
    std::mutex turn;  // guards the two below
    std::condition_variable turn_changed;
    bool writing = false;
    bool beginning_anew = false;
    std::atomic<int> failures = 0;          // in a row; changed by the thread only
    std::thread thread{[this] { run(); }};  // last: it uses everything above
};

Checkpointer::Checkpointer(const std::string& path, Options options)
    : state_(std::make_unique<State>(path, options)) {}

Checkpointer::~Checkpointer() {
    {
        const std::scoped_lock lock(state_->mutex);
        state_->stopping = true;
    }
    state_->wake.notify_one();
    state_->thread.join();
}

Checkpointer::Turn::Turn(State& state) : state_(state) {
    std::unique_lock lock(state_.turn);
    state_.turn_changed.wait(lock, [this] { return !state_.beginning_anew; });
    state_.writing = true;
}

Checkpointer::Turn::~Turn() {
    {
        const std::scoped_lock lock(state_.turn);
        state_.writing = false;
    }
    state_.turn_changed.notify_all();
}

std::optional<std::string_view> Checkpointer::unwell() const {
    if (state_->failures < failures_max) return std::nullopt;
    return "the write-ahead log cannot be brought into the database file, and grows";
}

}  // namespace mado::db
