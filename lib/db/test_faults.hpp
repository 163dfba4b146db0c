// A store's fault table: base/test_faults.hpp on a disk with databases.
#pragma once

#include "base/test_faults.hpp"
#include "db/test_vfs.hpp"

namespace mado::db {

using FaultTable = mado::FaultTable<TestDisk>;
using mado::every_fault;
using mado::every_read_fault;
using mado::fault_name;
using mado::KeptFiles;

inline std::vector<std::string> files_of(const std::string& database) {
    return {database, database + "-wal", database + "-shm", database + "-journal"};
}

}  // namespace mado::db
