#include "db/test_vfs.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "base/result.hpp"
#include "db/gathered_writes.hpp"

namespace mado::db {

struct TestDisk::Vfs {
    DiskState& disk;
    sqlite3_vfs* below = nullptr;  // SQLite's own, for ever
    sqlite3_vfs vfs{};
};

namespace {

constexpr std::size_t block_bytes = 4096;

// SQLite gives the memory, of szOsFile bytes; the file of the VFS below follows in it.
struct TestFile {
    sqlite3_file base;
    DiskState* disk;
    DiskState::Content* kept;  // null: a temporary file, of which no crash leaves anything
    // SQLite flushes the folder with the first flush of a journal or log that it may have made, so
    // that the name is as durable as the content (os_unix.c, unixSync).
    bool syncs_folder;
    const char* path;  // SQLite's, for as long as the file is open
};

TestFile& test_file(sqlite3_file* file) {
    return *reinterpret_cast<TestFile*>(file);
}
sqlite3_file* below(sqlite3_file* file) {
    return reinterpret_cast<sqlite3_file*>(reinterpret_cast<TestFile*>(file) + 1);
}
const sqlite3_io_methods& methods_below(sqlite3_file* file) {
    return *below(file)->pMethods;
}
TestDisk::Vfs& vfs_of(sqlite3_vfs* vfs) {
    return *static_cast<TestDisk::Vfs*>(vfs->pAppData);
}

int close_file(sqlite3_file* file) {
    auto& disk = *test_file(file).disk;
    const std::scoped_lock lock(disk.mutex);
    --disk.open_files;
    return methods_below(file).xClose(below(file));
}

int read_file(sqlite3_file* file, void* out, int count, sqlite3_int64 offset) {
    auto& disk = *test_file(file).disk;
    const std::scoped_lock lock(disk.mutex);
    if (test_file(file).kept == nullptr ? !disk.power : disk.next_read_fails())
        return SQLITE_IOERR_READ;
    return methods_below(file).xRead(below(file), out, count, offset);
}

int write_now(sqlite3_file* file, const void* data, int count, sqlite3_int64 offset) {
    auto& test = test_file(file);
    sqlite3_int64 size = 0;
    const int code = methods_below(file).xFileSize(below(file), &size);
    if (code != SQLITE_OK) return code;
    if (test.disk->full && offset + count > size) return SQLITE_FULL;
    // A disk keeps or loses block by block, whatever the length of a write.
    auto at = static_cast<std::size_t>(offset);
    for (ByteView rest(static_cast<const std::uint8_t*>(data), static_cast<std::size_t>(count));
         !rest.empty();) {
        const auto block = rest.first(std::min(rest.size(), block_bytes - at % block_bytes));
        test.kept->changes.emplace_back(DiskState::Write{at, to_bytes(block)});
        at += block.size();
        rest = rest.subspan(block.size());
    }
    return methods_below(file).xWrite(below(file), data, count, offset);
}

int write_file(sqlite3_file* file, const void* data, int count, sqlite3_int64 offset) {
    auto& test = test_file(file);
    const std::scoped_lock lock(test.disk->mutex);
    if (test.kept == nullptr) return methods_below(file).xWrite(below(file), data, count, offset);
    switch (test.disk->next_change()) {
        case Meets::no_power:
        case Meets::an_error:
            return SQLITE_IOERR_WRITE;
        case Meets::a_tear:
            (void)write_now(file, data, count / 2, offset);
            return SQLITE_IOERR_WRITE;
        case Meets::an_error_afterwards:
            (void)write_now(file, data, count, offset);
            return SQLITE_IOERR_WRITE;
        case Meets::nothing:
            return write_now(file, data, count, offset);
    }
    return SQLITE_IOERR_WRITE;
}

int truncate_now(sqlite3_file* file, sqlite3_int64 size) {
    test_file(file).kept->changes.emplace_back(DiskState::Truncate{static_cast<std::size_t>(size)});
    return methods_below(file).xTruncate(below(file), size);
}

int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
    auto& test = test_file(file);
    const std::scoped_lock lock(test.disk->mutex);
    if (test.kept == nullptr) return methods_below(file).xTruncate(below(file), size);
    switch (test.disk->next_change()) {
        case Meets::no_power:
        case Meets::a_tear:
        case Meets::an_error:
            return SQLITE_IOERR_TRUNCATE;
        case Meets::an_error_afterwards:
            (void)truncate_now(file, size);
            return SQLITE_IOERR_TRUNCATE;
        case Meets::nothing:
            return truncate_now(file, size);
    }
    return SQLITE_IOERR_TRUNCATE;
}

// The real file is not flushed: the machine under the test keeps its power, and a flush is what
// makes such tests slow.
int sync_now(TestFile& file) {
    file.disk->sync(*file.kept);
    if (std::exchange(file.syncs_folder, false)) {
        file.disk->sync_folder(std::filesystem::path(file.path).parent_path().string());
    }
    return SQLITE_OK;
}

int sync_file(sqlite3_file* file, int) {
    auto& test = test_file(file);
    const std::scoped_lock lock(test.disk->mutex);
    if (test.kept == nullptr) return SQLITE_OK;
    switch (test.disk->next_change()) {
        case Meets::no_power:
        case Meets::a_tear:
        case Meets::an_error:
            return SQLITE_IOERR_FSYNC;
        case Meets::an_error_afterwards:
            (void)sync_now(test);
            return SQLITE_IOERR_FSYNC;
        case Meets::nothing:
            return sync_now(test);
    }
    return SQLITE_IOERR_FSYNC;
}

int file_size(sqlite3_file* file, sqlite3_int64* size) {
    auto& disk = *test_file(file).disk;
    const std::scoped_lock lock(disk.mutex);
    if (!disk.power) return SQLITE_IOERR_FSTAT;
    return methods_below(file).xFileSize(below(file), size);
}

// The locks and the shared memory are the operating system's, not the disk's: passed on.
int lock_file(sqlite3_file* file, int level) {
    return methods_below(file).xLock(below(file), level);
}
int unlock_file(sqlite3_file* file, int level) {
    return methods_below(file).xUnlock(below(file), level);
}
int check_lock(sqlite3_file* file, int* reserved) {
    return methods_below(file).xCheckReservedLock(below(file), reserved);
}
int control_file(sqlite3_file* file, int what, void* argument) {
    if (what == SQLITE_FCNTL_LAST_ERRNO) {
        auto& disk = *test_file(file).disk;
        const std::scoped_lock lock(disk.mutex);
        *static_cast<int*>(argument) = disk.last_errno;
        return SQLITE_OK;
    }
    return methods_below(file).xFileControl(below(file), what, argument);
}
int sector_size(sqlite3_file* file) {
    return methods_below(file).xSectorSize(below(file));
}
int characteristics(sqlite3_file* file) {
    return methods_below(file).xDeviceCharacteristics(below(file));
}
int map_shared(sqlite3_file* file, int page, int bytes, int extend, void volatile** out) {
    return methods_below(file).xShmMap(below(file), page, bytes, extend, out);
}
int lock_shared(sqlite3_file* file, int offset, int count, int flags) {
    return methods_below(file).xShmLock(below(file), offset, count, flags);
}
void barrier_shared(sqlite3_file* file) {
    methods_below(file).xShmBarrier(below(file));
}
int unmap_shared(sqlite3_file* file, int remove) {
    return methods_below(file).xShmUnmap(below(file), remove);
}

// Version 2: without memory-mapped pages, which would pass the disk by.
constexpr sqlite3_io_methods methods{.iVersion = 2,
                                     .xClose = close_file,
                                     .xRead = read_file,
                                     .xWrite = write_file,
                                     .xTruncate = truncate_file,
                                     .xSync = sync_file,
                                     .xFileSize = file_size,
                                     .xLock = lock_file,
                                     .xUnlock = unlock_file,
                                     .xCheckReservedLock = check_lock,
                                     .xFileControl = control_file,
                                     .xSectorSize = sector_size,
                                     .xDeviceCharacteristics = characteristics,
                                     .xShmMap = map_shared,
                                     .xShmLock = lock_shared,
                                     .xShmBarrier = barrier_shared,
                                     .xShmUnmap = unmap_shared,
                                     .xFetch = nullptr,
                                     .xUnfetch = nullptr};

// Whether the file may be opened: making one is a call that changes the disk.
bool may_open(DiskState& disk, const char* path, int flags, bool& fails_afterwards) {
    if (!disk.power) return false;
    if ((flags & SQLITE_OPEN_CREATE) == 0 || std::filesystem::exists(path)) return true;
    switch (disk.next_change()) {
        case Meets::no_power:
        case Meets::a_tear:
        case Meets::an_error:
            return false;
        case Meets::an_error_afterwards:
            fails_afterwards = true;
            return true;
        case Meets::nothing:
            return true;
    }
    return false;
}

int open_file(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* got) {
    constexpr int journals = SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL | SQLITE_OPEN_WAL;
    auto& [disk, vfs_below, unused] = vfs_of(vfs);
    const std::scoped_lock lock(disk.mutex);
    const bool is_kept = path != nullptr && (flags & (SQLITE_OPEN_MAIN_DB | journals)) != 0;
    file->pMethods = nullptr;  // so that SQLite does not close what was not opened
    DiskState::Content* kept = is_kept ? disk.see(path) : nullptr;
    bool fails_afterwards = false;
    if (is_kept && !may_open(disk, path, flags, fails_afterwards)) return SQLITE_CANTOPEN;
    const int code = vfs_below->xOpen(vfs_below, path, below(file), flags, got);
    if (code != SQLITE_OK) return code;
    if (is_kept && kept == nullptr) kept = disk.make(path);
    if (fails_afterwards) {
        (void)methods_below(file).xClose(below(file));
        return SQLITE_CANTOPEN;
    }
    const bool may_be_new = (flags & SQLITE_OPEN_CREATE) != 0 && (flags & journals) != 0;
    test_file(file) = TestFile{.base = {.pMethods = &methods},
                               .disk = &disk,
                               .kept = kept,
                               .syncs_folder = may_be_new,
                               .path = path};
    ++disk.open_files;
    return SQLITE_OK;
}

int delete_now(TestDisk::Vfs& vfs, const char* path, bool sync_folder) {
    vfs.disk.remove(path);
    if (sync_folder) vfs.disk.sync_folder(std::filesystem::path(path).parent_path().string());
    return vfs.below->xDelete(vfs.below, path, 0);
}

int delete_file(sqlite3_vfs* of, const char* path, int sync_folder) {
    auto& vfs = vfs_of(of);
    const std::scoped_lock lock(vfs.disk.mutex);
    switch (vfs.disk.next_change()) {
        case Meets::no_power:
        case Meets::a_tear:
        case Meets::an_error:
            return SQLITE_IOERR_DELETE;
        case Meets::an_error_afterwards:
            (void)delete_now(vfs, path, sync_folder != 0);
            return SQLITE_IOERR_DELETE;
        case Meets::nothing:
            return delete_now(vfs, path, sync_folder != 0);
    }
    return SQLITE_IOERR_DELETE;
}

int access_file(sqlite3_vfs* of, const char* path, int flags, int* out) {
    auto& vfs = vfs_of(of);
    const std::scoped_lock lock(vfs.disk.mutex);
    if (!vfs.disk.power) return SQLITE_IOERR_ACCESS;
    return vfs.below->xAccess(vfs.below, path, flags, out);
}

}  // namespace

TestDisk::TestDisk() : vfs_(std::make_unique<Vfs>(Vfs{.disk = *state_})) {
    // Before this one, so that SQLite's own is the default again when this one is gone.
    gathered_writes();
    auto& below = vfs_->below;
    auto& vfs = vfs_->vfs;
    below = sqlite3_vfs_find(nullptr);
    if (below == nullptr) throw Failure("SQLite has no disk below the test's");
    // What is not replaced below (times, random bytes, full names) needs no disk.
    vfs = *below;
    vfs.zName = "mado-test-disk";
    vfs.pNext = nullptr;
    vfs.pAppData = vfs_.get();
    vfs.szOsFile = static_cast<int>(sizeof(TestFile)) + below->szOsFile;
    vfs.xOpen = open_file;
    vfs.xDelete = delete_file;
    vfs.xAccess = access_file;
    if (sqlite3_vfs_register(&vfs, 1) != SQLITE_OK) {
        throw Failure("SQLite does not take the test's disk");
    }
}

TestDisk::~TestDisk() {
    (void)sqlite3_vfs_unregister(&vfs_->vfs);
}

}  // namespace mado::db
