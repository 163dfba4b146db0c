#include "db/test_vfs.hpp"

#include <errno.h>
#include <sqlite3.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <random>
#include <string>
#include <variant>
#include <vector>

#include "base/file.hpp"

namespace mado::db {
namespace {

constexpr const char* vfs_name = "mado-test-disk";

// What was done to a file since its last sync.
struct Write {
    std::size_t offset;
    Bytes data;
};
struct Truncate {
    std::size_t size;
};
struct Remove {};  // deleted, but the folder was not synced
using Change = std::variant<Write, Truncate, Remove>;

// One file as a power failure would leave it.
struct KeptFile {
    bool exists = false;
    Bytes content;
    std::vector<Change> changes;
    bool syncs_folder = false;  // a journal or log that was made and not synced yet

    void apply(const Change& change) {
        if (const auto* write = std::get_if<Write>(&change)) {
            const auto end = write->offset + write->data.size();
            if (content.size() < end) content.resize(end);
            std::ranges::copy(write->data,
                              content.begin() + static_cast<std::ptrdiff_t>(write->offset));
        } else if (const auto* truncate = std::get_if<Truncate>(&change)) {
            content.resize(truncate->size);
        } else {
            content.clear();
        }
        exists = !std::holds_alternative<Remove>(change);
    }
    void sync() {
        for (const auto& change : changes)
            apply(change);
        changes.clear();
        exists = true;
        syncs_folder = false;
    }
    // The folder was synced: a deletion in it arrives, and with it what came before.
    void sync_deletion() {
        const auto last = std::ranges::find_if(
            changes.rbegin(), changes.rend(),
            [](const Change& change) { return std::holds_alternative<Remove>(change); });
        if (last == changes.rend()) return;
        changes.erase(changes.begin(), last.base());
        content.clear();
        exists = false;
    }
};

void write_real(const std::string& path, const KeptFile& file) {
    if (!file.exists) {
        std::filesystem::remove(path);
        return;
    }
    std::ofstream out(path, std::ios::binary | std::ios::trunc);
    out.write(reinterpret_cast<const char*>(file.content.data()),
              static_cast<std::streamsize>(file.content.size()));
    if (!out.flush()) throw Failure("the test's disk cannot write " + path);
}

// What becomes of one call.
enum class Meets { nothing, an_error, an_error_afterwards, a_tear, no_power };

}  // namespace

struct TestDisk::State {
    Meets next_call();
    KeptFile* kept(const std::string& path);
    void sync(KeptFile& file);

    std::mutex mutex;  // guards all below: SQLite calls from the threads of every connection
    std::map<std::string, KeptFile> files;
    std::int64_t calls = 0;
    std::int64_t fail_at = 0;
    Fault fault = Fault::fails_without;
    bool fired = false;
    int last_errno = 0;
    bool power = true;
    bool full = false;
    bool lies = false;
    int open_files = 0;

    sqlite3_vfs* below = nullptr;  // SQLite's own, for ever
    sqlite3_vfs vfs{};
};

Meets TestDisk::State::next_call() {
    last_errno = EIO;  // of whatever error follows
    if (!power) return Meets::no_power;
    if (++calls != fail_at) return Meets::nothing;
    fired = true;
    switch (fault) {
        case Fault::finds_no_room:
            last_errno = ENOSPC;
            return Meets::an_error;
        case Fault::fails_without:
            return Meets::an_error;
        case Fault::fails_with:
            return Meets::an_error_afterwards;
        case Fault::tears:
            power = false;
            return Meets::a_tear;
        case Fault::loses_power:
            power = false;
            return Meets::no_power;
        case Fault::fills:
            full = true;
            return Meets::nothing;
    }
    throw Failure("an unknown fault");
}

// A file that is seen for the first time is as durable as the test found it.
KeptFile* TestDisk::State::kept(const std::string& path) {
    const auto [found, added] = files.try_emplace(path);
    if (const auto content = added ? mado::read_file(path) : std::nullopt) {
        found->second.exists = true;
        found->second.content = to_bytes(*content);
    }
    return &found->second;
}

// SQLite flushes the folder with the first flush of a journal or log that it made, so that the name
// is as durable as the content (os_unix.c, unixSync).
void TestDisk::State::sync(KeptFile& file) {
    if (file.syncs_folder) {
        for (auto& [path, other] : files)
            other.sync_deletion();
    }
    file.sync();
}

namespace {

// SQLite gives the memory, of szOsFile bytes; the file of the VFS below follows in it.
struct TestFile {
    sqlite3_file base;
    TestDisk::State* disk;
    KeptFile* kept;  // null: a temporary file, of which no crash leaves anything
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
TestDisk::State& disk_of(sqlite3_vfs* vfs) {
    return *static_cast<TestDisk::State*>(vfs->pAppData);
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
    if (!disk.power) return SQLITE_IOERR_READ;
    return methods_below(file).xRead(below(file), out, count, offset);
}

int write_now(sqlite3_file* file, const void* data, int count, sqlite3_int64 offset) {
    auto& test = test_file(file);
    sqlite3_int64 size = 0;
    const int code = methods_below(file).xFileSize(below(file), &size);
    if (code != SQLITE_OK) return code;
    if (test.disk->full && offset + count > size) return SQLITE_FULL;
    const auto* bytes = static_cast<const std::uint8_t*>(data);
    test.kept->changes.emplace_back(
        Write{static_cast<std::size_t>(offset), Bytes(bytes, bytes + count)});
    return methods_below(file).xWrite(below(file), data, count, offset);
}

int write_file(sqlite3_file* file, const void* data, int count, sqlite3_int64 offset) {
    auto& test = test_file(file);
    const std::scoped_lock lock(test.disk->mutex);
    if (test.kept == nullptr) return methods_below(file).xWrite(below(file), data, count, offset);
    switch (test.disk->next_call()) {
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
    test_file(file).kept->changes.emplace_back(Truncate{static_cast<std::size_t>(size)});
    return methods_below(file).xTruncate(below(file), size);
}

int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
    auto& test = test_file(file);
    const std::scoped_lock lock(test.disk->mutex);
    if (test.kept == nullptr) return methods_below(file).xTruncate(below(file), size);
    switch (test.disk->next_call()) {
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
int sync_file(sqlite3_file* file, int) {
    auto& test = test_file(file);
    const std::scoped_lock lock(test.disk->mutex);
    if (test.kept == nullptr) return SQLITE_OK;
    switch (test.disk->next_call()) {
        case Meets::no_power:
        case Meets::a_tear:
        case Meets::an_error:
            return SQLITE_IOERR_FSYNC;
        case Meets::an_error_afterwards:
            test.disk->sync(*test.kept);
            return SQLITE_IOERR_FSYNC;
        case Meets::nothing:
            if (!test.disk->lies) test.disk->sync(*test.kept);
            return SQLITE_OK;
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
bool may_open(TestDisk::State& disk, const char* path, int flags, bool& fails_afterwards) {
    if (!disk.power) return false;
    if ((flags & SQLITE_OPEN_CREATE) == 0 || std::filesystem::exists(path)) return true;
    switch (disk.next_call()) {
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
    constexpr int kept_kinds = SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_MAIN_JOURNAL |
                               SQLITE_OPEN_SUPER_JOURNAL | SQLITE_OPEN_WAL;
    auto& disk = disk_of(vfs);
    const std::scoped_lock lock(disk.mutex);
    const bool is_kept = path != nullptr && (flags & kept_kinds) != 0;
    file->pMethods = nullptr;  // so that SQLite does not close what was not opened
    KeptFile* kept = is_kept ? disk.kept(path) : nullptr;
    bool fails_afterwards = false;
    const bool is_new = is_kept && !std::filesystem::exists(path);
    if (is_kept && !may_open(disk, path, flags, fails_afterwards)) return SQLITE_CANTOPEN;
    const int code = disk.below->xOpen(disk.below, path, below(file), flags, got);
    if (code != SQLITE_OK) return code;
    if (fails_afterwards) {
        (void)methods_below(file).xClose(below(file));
        return SQLITE_CANTOPEN;
    }
    if (is_new) kept->syncs_folder = (flags & SQLITE_OPEN_MAIN_DB) == 0;
    test_file(file) = TestFile{.base = {.pMethods = &methods}, .disk = &disk, .kept = kept};
    ++disk.open_files;
    return SQLITE_OK;
}

int delete_now(TestDisk::State& disk, const char* path, bool folder_synced) {
    auto& kept = *disk.kept(path);
    kept.changes.emplace_back(Remove{});
    if (folder_synced) kept.sync_deletion();
    return disk.below->xDelete(disk.below, path, 0);
}

int delete_file(sqlite3_vfs* vfs, const char* path, int sync_folder) {
    auto& disk = disk_of(vfs);
    const std::scoped_lock lock(disk.mutex);
    switch (disk.next_call()) {
        case Meets::no_power:
        case Meets::a_tear:
        case Meets::an_error:
            return SQLITE_IOERR_DELETE;
        case Meets::an_error_afterwards:
            (void)delete_now(disk, path, sync_folder != 0);
            return SQLITE_IOERR_DELETE;
        case Meets::nothing:
            return delete_now(disk, path, sync_folder != 0);
    }
    return SQLITE_IOERR_DELETE;
}

int access_file(sqlite3_vfs* vfs, const char* path, int flags, int* out) {
    auto& disk = disk_of(vfs);
    const std::scoped_lock lock(disk.mutex);
    if (!disk.power) return SQLITE_IOERR_ACCESS;
    return disk.below->xAccess(disk.below, path, flags, out);
}

// Order within a folder is kept: what was done to a file that was made after a deletion cannot
// arrive without the deletion.
void lose_unsynced(KeptFile& file, Unsynced unsynced, std::mt19937_64& random) {
    for (const auto& change : file.changes) {
        const bool arrives =
            unsynced == Unsynced::kept || (unsynced == Unsynced::mixed && random() % 2 == 0);
        if (arrives) {
            file.apply(change);
        } else if (std::holds_alternative<Remove>(change)) {
            break;
        }
    }
    file.changes.clear();
}

}  // namespace

TestDisk::TestDisk() : state_(std::make_unique<State>()) {
    auto& state = *state_;
    state.below = sqlite3_vfs_find(nullptr);
    if (state.below == nullptr) throw Failure("SQLite has no disk below the test's");
    if (std::strcmp(state.below->zName, vfs_name) == 0) throw Failure("one test's disk at a time");
    // What is not replaced below (times, random bytes, full names) needs no disk.
    state.vfs = *state.below;
    state.vfs.zName = vfs_name;
    state.vfs.pNext = nullptr;
    state.vfs.pAppData = &state;
    state.vfs.szOsFile = static_cast<int>(sizeof(TestFile)) + state.below->szOsFile;
    state.vfs.xOpen = open_file;
    state.vfs.xDelete = delete_file;
    state.vfs.xAccess = access_file;
    if (sqlite3_vfs_register(&state.vfs, 1) != SQLITE_OK) {
        throw Failure("SQLite does not take the test's disk");
    }
}

TestDisk::~TestDisk() {
    (void)sqlite3_vfs_unregister(&state_->vfs);
}

void TestDisk::fail_at(std::int64_t n, Fault fault) {
    const std::scoped_lock lock(state_->mutex);
    state_->calls = 0;
    state_->fired = false;
    state_->fail_at = n;
    state_->fault = fault;
}

std::int64_t TestDisk::calls() const {
    const std::scoped_lock lock(state_->mutex);
    return state_->calls;
}

bool TestDisk::fired() const {
    const std::scoped_lock lock(state_->mutex);
    return state_->fired;
}

void TestDisk::fill() {
    const std::scoped_lock lock(state_->mutex);
    state_->full = true;
}

void TestDisk::make_room() {
    const std::scoped_lock lock(state_->mutex);
    state_->full = false;
}

void TestDisk::lie_about_sync() {
    const std::scoped_lock lock(state_->mutex);
    state_->lies = true;
}

void TestDisk::cut_power() {
    const std::scoped_lock lock(state_->mutex);
    state_->power = false;
}

bool TestDisk::has_power() const {
    const std::scoped_lock lock(state_->mutex);
    return state_->power;
}

void TestDisk::start_again(Unsynced unsynced, std::uint64_t seed) {
    auto& state = *state_;
    const std::scoped_lock lock(state.mutex);
    if (state.open_files != 0) throw Failure("a database is open while its machine starts");
    std::mt19937_64 random(seed);
    for (auto& [path, file] : state.files) {
        if (state.power) break;
        lose_unsynced(file, unsynced, random);
        write_real(path, file);
    }
    state.files.clear();
    state.fail_at = 0;
    state.power = true;
    state.full = false;
    state.lies = false;
}

}  // namespace mado::db
