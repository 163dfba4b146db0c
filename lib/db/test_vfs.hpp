// The test's disk for SQLite's files too: while it lives it is SQLite's default VFS in this
// process, so the code under test opens its databases as ever, and meets the faults of
// base/test_disk.hpp in one count with the calls on its other files. Only for test programs.
#pragma once

#include <memory>

#include "base/test_disk.hpp"

namespace mado::db {

using mado::Fault;
using mado::Unsynced;

// Counted are the calls on a database, a write-ahead log or a journal. The shared memory beside a
// database is none of them: SQLite makes it anew after a crash.
class TestDisk : public mado::TestDisk {
  public:
    TestDisk();
    // Every connection must be closed.
    ~TestDisk();
    TestDisk(const TestDisk&) = delete;
    TestDisk& operator=(const TestDisk&) = delete;

    struct Vfs;

  private:
    std::unique_ptr<Vfs> vfs_;
};

}  // namespace mado::db
