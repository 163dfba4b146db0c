#include "db/gathered_writes.hpp"

#include <sqlite3.h>

#include <cstdint>
#include <cstring>
#include <utility>

#include "base/result.hpp"

namespace mado::db {
namespace {

constexpr const char* name = "mado-gathered-writes";
// Held once for each write-ahead log that is written. (SQLite's own VFS writes less than 128 KiB at
// a time, os_unix.c, seekAndWriteFd.)
constexpr int gathered_bytes_max = 64 * 1024;
// Of a file of the VFS below: SQLite's own needs some 120, a test's a little more.
constexpr int file_below_bytes = 512;

// What was written and not handed on: `size` bytes from `offset` on.
struct Gathered {
    sqlite3_int64 offset;
    int size;
    std::uint8_t bytes[gathered_bytes_max];
};

// SQLite gives the memory, of szOsFile bytes; the file below follows in it.
struct File {
    sqlite3_file base;
    bool gathers;
    Gathered* gathered;  // from the first commit on
};

Gathered*& gathered_of(sqlite3_file* file) {
    return reinterpret_cast<File*>(file)->gathered;
}
sqlite3_file* below(sqlite3_file* file) {
    return reinterpret_cast<sqlite3_file*>(reinterpret_cast<File*>(file) + 1);
}
const sqlite3_io_methods& methods_below(sqlite3_file* file) {
    return *below(file)->pMethods;
}
// Looked up at each call: a test's disk may come and go. There always is one.
sqlite3_vfs& vfs_below() {
    return *sqlite3_vfs_find(nullptr);
}

// After an error the rest is not handed on later: the commit has failed.
int hand_on(sqlite3_file* file) {
    auto* gathered = gathered_of(file);
    if (gathered == nullptr || gathered->size == 0) return SQLITE_OK;
    const int size = std::exchange(gathered->size, 0);
    return methods_below(file).xWrite(below(file), gathered->bytes, size, gathered->offset);
}

// Does `call` on the file below when that has all that was written.
template <class Call>
int after_handing_on(sqlite3_file* file, const Call& call) {
    const int code = hand_on(file);
    return code == SQLITE_OK ? call(methods_below(file), below(file)) : code;
}

int write_file(sqlite3_file* file, const void* data, int count, sqlite3_int64 offset) {
    if (!reinterpret_cast<File*>(file)->gathers) {
        return after_handing_on(file, [&](const auto& methods, sqlite3_file* under) {
            return methods.xWrite(under, data, count, offset);
        });
    }
    auto*& gathered = gathered_of(file);
    if (gathered == nullptr) {
        gathered = static_cast<Gathered*>(sqlite3_malloc(sizeof(Gathered)));
        if (gathered == nullptr) return SQLITE_NOMEM;
        gathered->offset = offset;
        gathered->size = 0;
    }
    const bool follows = offset == gathered->offset + gathered->size;
    if (!follows || count > gathered_bytes_max - gathered->size) {
        const int code = hand_on(file);
        if (code != SQLITE_OK) return code;
        gathered->offset = offset;
    }
    if (count > gathered_bytes_max)
        return methods_below(file).xWrite(below(file), data, count, offset);
    std::memcpy(gathered->bytes + gathered->size, data, static_cast<std::size_t>(count));
    gathered->size += count;
    return SQLITE_OK;
}

// Only within a commit something is gathered, and no file is closed there.
int close_file(sqlite3_file* file) {
    sqlite3_free(std::exchange(gathered_of(file), nullptr));
    return methods_below(file).xClose(below(file));
}
int read_file(sqlite3_file* file, void* out, int count, sqlite3_int64 offset) {
    return after_handing_on(file, [&](const auto& methods, sqlite3_file* under) {
        return methods.xRead(under, out, count, offset);
    });
}
int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
    return after_handing_on(file, [&](const auto& methods, sqlite3_file* under) {
        return methods.xTruncate(under, size);
    });
}
int sync_file(sqlite3_file* file, int flags) {
    return after_handing_on(file, [&](const auto& methods, sqlite3_file* under) {
        return methods.xSync(under, flags);
    });
}
int file_size(sqlite3_file* file, sqlite3_int64* size) {
    return after_handing_on(file, [&](const auto& methods, sqlite3_file* under) {
        return methods.xFileSize(under, size);
    });
}
// Asks only, or concerns the file as a whole.
int control_file(sqlite3_file* file, int what, void* argument) {
    return methods_below(file).xFileControl(below(file), what, argument);
}
int sector_size(sqlite3_file* file) {
    return methods_below(file).xSectorSize(below(file));
}
int characteristics(sqlite3_file* file) {
    return methods_below(file).xDeviceCharacteristics(below(file));
}

// A write-ahead log has no locks and no shared memory of its own.
int lock_nothing(sqlite3_file*, int) {
    return SQLITE_OK;
}
int nobody_locks(sqlite3_file*, int* reserved) {
    *reserved = 0;
    return SQLITE_OK;
}

constexpr sqlite3_io_methods methods{.iVersion = 1,
                                     .xClose = close_file,
                                     .xRead = read_file,
                                     .xWrite = write_file,
                                     .xTruncate = truncate_file,
                                     .xSync = sync_file,
                                     .xFileSize = file_size,
                                     .xLock = lock_nothing,
                                     .xUnlock = lock_nothing,
                                     .xCheckReservedLock = nobody_locks,
                                     .xFileControl = control_file,
                                     .xSectorSize = sector_size,
                                     .xDeviceCharacteristics = characteristics,
                                     .xShmMap = nullptr,
                                     .xShmLock = nullptr,
                                     .xShmBarrier = nullptr,
                                     .xShmUnmap = nullptr,
                                     .xFetch = nullptr,
                                     .xUnfetch = nullptr};

int open_file(sqlite3_vfs*, const char* path, sqlite3_file* file, int flags, int* got) {
    auto& vfs = vfs_below();
    file->pMethods = nullptr;  // so that SQLite does not close what was not opened
    if (vfs.szOsFile > file_below_bytes) return SQLITE_CANTOPEN;
    if ((flags & SQLITE_OPEN_WAL) == 0) return vfs.xOpen(&vfs, path, file, flags, got);
    const int code = vfs.xOpen(&vfs, path, below(file), flags, got);
    if (code != SQLITE_OK) return code;
    *reinterpret_cast<File*>(file) = {
        .base = {.pMethods = &methods}, .gathers = false, .gathered = nullptr};
    return SQLITE_OK;
}
int delete_file(sqlite3_vfs*, const char* path, int sync_folder) {
    auto& vfs = vfs_below();
    return vfs.xDelete(&vfs, path, sync_folder);
}
int access_file(sqlite3_vfs*, const char* path, int flags, int* out) {
    auto& vfs = vfs_below();
    return vfs.xAccess(&vfs, path, flags, out);
}
int full_path(sqlite3_vfs*, const char* path, int size, char* out) {
    auto& vfs = vfs_below();
    return vfs.xFullPathname(&vfs, path, size, out);
}

sqlite3_vfs* make() {
    // What is not replaced (times, random bytes) needs no disk.
    static sqlite3_vfs vfs = vfs_below();
    vfs.zName = name;
    vfs.pNext = nullptr;
    vfs.szOsFile = static_cast<int>(sizeof(File)) + file_below_bytes;
    vfs.xOpen = open_file;
    vfs.xDelete = delete_file;
    vfs.xAccess = access_file;
    vfs.xFullPathname = full_path;
    if (sqlite3_vfs_register(&vfs, 0) != SQLITE_OK) throw Failure("SQLite does not take a VFS");
    return &vfs;
}

// Else SQLite writes some of a commit after its flush.
bool ends_with_its_flush(sqlite3_file& database) {
    return (database.pMethods->xDeviceCharacteristics(&database) &
            SQLITE_IOCAP_POWERSAFE_OVERWRITE) != 0;
}

}  // namespace

sqlite3_file* open_file_of(sqlite3* connection, int which) {
    sqlite3_file* file = nullptr;
    const bool got =
        sqlite3_file_control(connection, "main", which, static_cast<void*>(&file)) == SQLITE_OK;
    return got && file != nullptr && file->pMethods != nullptr ? file : nullptr;
}

GatheredCommit::GatheredCommit(sqlite3* connection) {
    auto* database = open_file_of(connection, SQLITE_FCNTL_FILE_POINTER);
    auto* log = open_file_of(connection, SQLITE_FCNTL_JOURNAL_POINTER);
    if (database == nullptr || log == nullptr || log->pMethods != &methods) return;
    if (!ends_with_its_flush(*database)) return;
    log_ = log;
    reinterpret_cast<File*>(log)->gathers = true;
}

GatheredCommit::~GatheredCommit() {
    if (log_ == nullptr) return;
    reinterpret_cast<File*>(log_)->gathers = false;
    if (auto* gathered = gathered_of(log_)) gathered->size = 0;
}

bool GatheredCommit::handed_on() const {
    const auto* gathered = log_ == nullptr ? nullptr : gathered_of(log_);
    return gathered == nullptr || gathered->size == 0;
}

const char* gathered_writes() {
    static const sqlite3_vfs* const vfs = make();
    return vfs->zName;
}

}  // namespace mado::db
