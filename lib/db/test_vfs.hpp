// A disk that fails when a test tells it to. While a TestDisk lives, it is SQLite's default VFS in
// this process, so the code under test opens its databases as ever and meets faults that a real
// disk has: a call that fails without or with its effect, a page torn in half, a power failure that
// takes what was not synced, a full disk, a sync that lies.
// What SQLite has written stands in the real file at once, as in a machine's cache; what a power
// failure leaves is kept here, file by file, and put into the files when the power is back. Only
// for test programs.
#pragma once

#include <cstdint>
#include <memory>

#include "base/bytes.hpp"

namespace mado::db {

enum class Fault {
    fails_without,  // an error, and nothing was done
    fails_with,     // an error, although everything was done
    tears,          // half of a write arrives, then the power is gone
    loses_power,    // the power goes instead
    fills,          // from this call on no file can grow, until there is room again
    finds_no_room,  // an error, as a flush or a quota says that the disk is full
};

// What a power failure does with the changes that were not synced.
enum class Unsynced {
    lost,
    kept,
    mixed,  // each for itself, by the seed: a disk may write in another order than it was told
};

class TestDisk {
  public:
    TestDisk();
    // Every connection must be closed.
    ~TestDisk();
    TestDisk(const TestDisk&) = delete;
    TestDisk& operator=(const TestDisk&) = delete;

    // The n-th call from now on (1 is the next) that changes what a disk keeps meets the fault:
    // write, sync, truncate, creation or deletion of a database, a write-ahead log or a journal.
    // The shared memory beside a database is none of them: SQLite makes it anew after a crash.
    void fail_at(std::int64_t n, Fault fault);
    // Such calls since the last fail_at(), which may name one that is never reached.
    [[nodiscard]] std::int64_t calls() const;
    [[nodiscard]] bool fired() const;

    void fill();
    void make_room();
    // From now on a sync reports success and does nothing.
    void lie_about_sync();
    // From now on every call fails.
    void cut_power();
    [[nodiscard]] bool has_power() const;
    // Puts into the files what a machine finds that is started again, and is a good disk from then
    // on. Every connection must be closed. Without a power failure the files stay as they are.
    void start_again(Unsynced unsynced = Unsynced::lost, std::uint64_t seed = 0);

    struct State;

  private:
    std::unique_ptr<State> state_;
};

}  // namespace mado::db
