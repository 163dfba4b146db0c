// A disk that fails when a test tells it to. While a TestDisk lives, the files that this program's
// own code opens are on it: their calls come here first (--wrap in CMakeLists.txt), so the code
// under test meets what a real disk does: a call that fails without or with its effect, a write
// torn in half, a power failure that takes what was not synced, a full disk, a sync that lies, a
// read that fails. What the standard library and SQLite open is not: for SQLite's files there is
// db/test_vfs.hpp, with the same faults.
// What was written stands in the real file at once, as in a machine's cache; what a power failure
// leaves is kept here and put into the files when the power is back. Only for test programs.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <variant>
#include <vector>

#include "base/bytes.hpp"

namespace mado {

enum class Fault {
    fails_without,  // an error, and nothing was done
    fails_with,     // an error, although everything was done
    tears,          // half of what a write changes arrives, then the power is gone
    loses_power,    // the power goes instead
    fills,          // from this call on no file can grow, until there is room again
    finds_no_room,  // an error, as a flush or a quota says that the disk is full
    fails_read,     // a read ends in an error
    reads_no_more,  // this read and all that follow
};

// What a power failure does with what was not synced.
enum class Unsynced {
    lost,
    kept,
    mixed,   // each for itself, by the seed: a disk may write in another order than it was told
    cached,  // no power failure: the program was killed. All is there, and not synced still
};

// What becomes of a call that changes what the disk keeps.
enum class Meets { nothing, an_error, an_error_afterwards, a_tear, no_power };

// What the layers of one disk share: the plan of its faults, and what a power failure would leave.
struct DiskState {
    struct Write {
        std::size_t offset;
        Bytes data;
    };
    struct Truncate {
        std::size_t size;
    };
    // What a file holds, whatever its name.
    struct Content {
        void apply(const std::variant<Write, Truncate>& change);

        Bytes synced;
        std::vector<std::variant<Write, Truncate>> changes;  // since the last sync
        unsigned mode = 0600;
    };
    using Names = std::map<std::string, Content*>;  // null: there is no such file

    Meets next_change();
    [[nodiscard]] bool next_read_fails();

    // Names are full paths. A file that is seen for the first time is as durable as it was found.
    Content* see(const std::string& path);
    Content* make(const std::string& path);
    void remove(const std::string& path);
    void rename(const std::string& from, const std::string& to);
    void sync(Content& content) const;
    void sync_folder(const std::string& folder);
    void lose_power(Unsynced unsynced, std::uint64_t seed);
    void forget();

    std::mutex mutex;  // guards all: calls come from every thread of the code under test
    std::int64_t calls = 0;
    std::int64_t fail_at = 0;
    Fault fault = Fault::fails_without;
    bool fired = false;
    int last_errno = 0;  // of the last call that met an error
    bool power = true;
    bool full = false;
    bool lies = false;
    int open_files = 0;  // of every layer

  private:
    struct Rename {
        std::string gone;  // may be empty: a file was made
        std::string made;  // may be empty: one was removed
        Content* content;
    };
    static void apply(Names& names, const Rename& change);
    void change(Rename change);

    Names names_;
    Names synced_names_;
    std::vector<Rename> name_changes_;  // since the last sync of their folder
    std::vector<std::unique_ptr<Content>> contents_;
};

class TestDisk {
  public:
    TestDisk();
    ~TestDisk();
    TestDisk(const TestDisk&) = delete;
    TestDisk& operator=(const TestDisk&) = delete;

    // The n-th call from now on (1 is the next) that changes what a disk keeps meets the fault:
    // write, sync, truncate, creation, renaming or deletion; where the fault is a read's, the n-th
    // read.
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
    // on. Every file must be closed. Without a power failure the files stay as they are.
    void start_again(Unsynced unsynced = Unsynced::lost, std::uint64_t seed = 0);

  protected:
    std::unique_ptr<DiskState> state_;
};

}  // namespace mado
