#include "base/test_disk.hpp"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdarg>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>

#include "base/result.hpp"

namespace mado {
namespace fs = std::filesystem;

// ---- the plan ----

namespace {

bool is_of_reads(Fault fault) {
    return fault == Fault::fails_read || fault == Fault::reads_no_more;
}

}  // namespace

Meets DiskState::next_change() {
    last_errno = EIO;  // of whatever error follows
    if (!power) return Meets::no_power;
    if (is_of_reads(fault) || ++calls != fail_at) return Meets::nothing;
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
        case Fault::fails_read:
        case Fault::reads_no_more:
            break;
    }
    throw Failure("not a fault of a call that changes the disk");
}

bool DiskState::next_read_fails() {
    if (power && !is_of_reads(fault)) return false;
    if (power) ++calls;
    const bool from_here = fault == Fault::reads_no_more && fail_at > 0 && calls > fail_at;
    if (power && calls != fail_at && !from_here) return false;
    fired = fired || power;
    last_errno = EIO;
    return true;
}

// ---- what a power failure leaves ----

namespace {

std::string full_path(const std::string& path) {
    auto out = fs::absolute(path).lexically_normal().string();
    if (out.size() > 1 && out.ends_with('/')) out.pop_back();
    return out;
}

std::string folder_of(const std::string& path) {
    return fs::path(path).parent_path().string();
}

Bytes read_real(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return Bytes(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
}

void write_real(const std::string& path, const DiskState::Content* content) {
    fs::remove(path);
    if (content == nullptr) return;
    std::ofstream out(path, std::ios::binary | std::ios::trunc);
    out.write(reinterpret_cast<const char*>(content->synced.data()),
              static_cast<std::streamsize>(content->synced.size()));
    if (!out.flush()) throw Failure("the test's disk cannot write " + path);
    fs::permissions(path, static_cast<fs::perms>(content->mode));
}

}  // namespace

void DiskState::Content::apply(const std::variant<Write, Truncate>& change) {
    if (const auto* write = std::get_if<Write>(&change)) {
        synced.resize(std::max(synced.size(), write->offset + write->data.size()));
        std::ranges::copy(write->data, synced.begin() + static_cast<std::ptrdiff_t>(write->offset));
    } else {
        synced.resize(std::get<Truncate>(change).size);
    }
}

DiskState::Content* DiskState::see(const std::string& path) {
    const auto [found, added] = names_.try_emplace(path, nullptr);
    if (added && fs::exists(path)) {
        contents_.push_back(std::make_unique<Content>(
            Content{.synced = read_real(path),
                    .changes = {},
                    .mode = static_cast<unsigned>(fs::status(path).permissions())}));
        found->second = contents_.back().get();
    }
    if (added) synced_names_[path] = found->second;
    return found->second;
}

void DiskState::apply(Names& names, const Rename& change) {
    if (!change.gone.empty()) names[change.gone] = nullptr;
    if (!change.made.empty()) names[change.made] = change.content;
}

void DiskState::change(Rename change) {
    apply(names_, change);
    name_changes_.push_back(std::move(change));
}

DiskState::Content* DiskState::make(const std::string& path) {
    (void)see(path);
    contents_.push_back(std::make_unique<Content>());
    change({.gone = "", .made = path, .content = contents_.back().get()});
    return contents_.back().get();
}

void DiskState::remove(const std::string& path) {
    (void)see(path);
    change({.gone = path, .made = "", .content = nullptr});
}

void DiskState::rename(const std::string& from, const std::string& to) {
    (void)see(to);
    change({.gone = from, .made = to, .content = see(from)});
}

void DiskState::sync(Content& content) const {
    if (lies) return;
    for (const auto& one : content.changes)
        content.apply(one);
    content.changes.clear();
}

void DiskState::sync_folder(const std::string& folder) {
    if (lies) return;
    std::erase_if(name_changes_, [this, &folder](const Rename& one) {
        if (folder_of(one.made.empty() ? one.gone : one.made) != folder) return false;
        apply(synced_names_, one);
        return true;
    });
}

// Names arrive in their order: what was done after a renaming cannot without it.
void DiskState::lose_power(Unsynced unsynced, std::uint64_t seed) {
    std::mt19937_64 random(seed);
    const auto arrives = [unsynced, &random] {
        return unsynced == Unsynced::kept || (unsynced == Unsynced::mixed && random() % 2 == 0);
    };
    for (const auto& one : name_changes_) {
        if (!arrives()) break;
        apply(synced_names_, one);
    }
    for (const auto& content : contents_) {
        for (const auto& one : content->changes)
            if (arrives()) content->apply(one);
    }
    for (const auto& [path, content] : synced_names_)
        write_real(path, content);
    forget();
}

void DiskState::forget() {
    names_.clear();
    synced_names_.clear();
    name_changes_.clear();
    contents_.clear();
}

// ---- the files of this program's own code ----

namespace {

struct OpenFile {
    std::string path;
    DiskState::Content* content;  // null: a folder
};

// The calls have no argument in which a disk could be handed to them.
std::atomic<DiskState*> current = nullptr;
std::map<int, OpenFile> descriptors;  // under the mutex of `current`

}  // namespace
}  // namespace mado

extern "C" {
int __real_open(const char* path, int flags, ...);
int __real_close(int file);
ssize_t __real_read(int file, void* out, size_t count);
ssize_t __real_pread(int file, void* out, size_t count, off_t offset);
ssize_t __real_write(int file, const void* data, size_t count);
ssize_t __real_pwrite(int file, const void* data, size_t count, off_t offset);
int __real_fsync(int file);
int __real_fdatasync(int file);
int __real_ftruncate(int file, off_t size);
int __real_fchmod(int file, mode_t mode);
int __real_rename(const char* from, const char* to);
int __real_unlink(const char* path);
}

namespace mado {
namespace {

int refuse(const DiskState& disk) {
    errno = disk.last_errno;
    return -1;
}

// A call without parts: it is done or not.
template <class Act>
int meet(DiskState& disk, Act act) {
    switch (disk.next_change()) {
        case Meets::no_power:
        case Meets::a_tear:
        case Meets::an_error:
            return refuse(disk);
        case Meets::an_error_afterwards:
            (void)act();
            return refuse(disk);
        case Meets::nothing:
            return act();
    }
    return refuse(disk);
}

// The file behind a descriptor, with the disk locked; empty where it is on no test's disk.
struct Held {
    explicit Held(int file) {
        if (current == nullptr) return;
        lock = std::unique_lock(current.load()->mutex);
        const auto found = descriptors.find(file);
        if (found == descriptors.end()) {
            lock.unlock();
            return;
        }
        disk = current;
        open = &found->second;
    }
    std::unique_lock<std::mutex> lock;
    DiskState* disk = nullptr;
    OpenFile* open = nullptr;
};

bool is_on_disk(const std::string& path) {
    std::error_code ignored;
    const auto type = fs::status(path, ignored).type();
    return type == fs::file_type::regular || type == fs::file_type::directory ||
           type == fs::file_type::not_found;
}

int open_real(DiskState& disk, const std::string& path, int flags, mode_t mode) {
    const int file = __real_open(path.c_str(), flags, mode);
    struct stat status{};
    if (file < 0 || ::fstat(file, &status) != 0) return file;
    DiskState::Content* content = nullptr;
    if (!S_ISDIR(status.st_mode)) {
        content = disk.see(path);
        if (content == nullptr) content = disk.make(path);
        content->mode = status.st_mode & 0777;
    }
    descriptors.insert_or_assign(file, OpenFile{.path = path, .content = content});
    ++disk.open_files;
    return file;
}

int close_file(DiskState& disk, int file) {
    descriptors.erase(file);
    --disk.open_files;
    return __real_close(file);
}

int open_file(DiskState& disk, const std::string& path, int flags, mode_t mode) {
    const std::scoped_lock lock(disk.mutex);
    if (!disk.power) {
        errno = EIO;
        return -1;
    }
    const bool makes = (flags & O_CREAT) != 0 && !fs::exists(path);
    if (!makes) return open_real(disk, path, flags, mode);
    (void)disk.see(path);  // not there, as far as a power failure is concerned
    int made = -1;
    const int result = meet(disk, [&disk, &path, &made, flags, mode] {
        return made = open_real(disk, path, flags, mode);
    });
    if (result < 0 && made >= 0) {
        close_file(disk, made);
        return refuse(disk);
    }
    return result;
}

ssize_t write_now(const Held& held, int file, ByteView data, std::size_t offset) {
    const auto written = __real_pwrite(file, data.data(), data.size(), static_cast<off_t>(offset));
    if (written <= 0) return written;
    const auto part = data.first(static_cast<std::size_t>(written));
    held.open->content->changes.emplace_back(
        DiskState::Write{offset, Bytes(part.begin(), part.end())});
    return written;
}

// How much of a write arrives when it is torn in the middle of what it changes.
std::size_t half_of_the_change(const std::string& path, ByteView data, std::size_t offset) {
    Bytes before = read_real(path);
    before.resize(std::max(before.size(), offset + data.size()));
    const auto old = ByteView(before).subspan(offset, data.size());
    std::size_t first = 0;
    while (first < data.size() && old[first] == data[first])
        ++first;
    std::size_t end = data.size();
    while (end > first && old[end - 1] == data[end - 1])
        --end;
    return (first + end) / 2;
}

// On a full disk what lies within the file is still written, as a part of the write.
ssize_t write_file(const Held& held, int file, ByteView data, std::size_t offset) {
    struct stat status{};
    if (::fstat(file, &status) != 0) return -1;
    const auto size = static_cast<std::size_t>(status.st_size);
    switch (held.disk->next_change()) {
        case Meets::no_power:
        case Meets::an_error:
            return refuse(*held.disk);
        case Meets::a_tear:
            (void)write_now(held, file,
                            data.first(half_of_the_change(held.open->path, data, offset)), offset);
            return refuse(*held.disk);
        case Meets::an_error_afterwards:
            (void)write_now(held, file, data, offset);
            return refuse(*held.disk);
        case Meets::nothing:
            break;
    }
    if (!held.disk->full || offset + data.size() <= size)
        return write_now(held, file, data, offset);
    if (offset >= size) {
        errno = ENOSPC;
        return -1;
    }
    return write_now(held, file, data.first(size - offset), offset);
}

// The real file is not flushed: the machine under the test keeps its power, and a flush is what
// makes such tests slow.
int sync_file(const Held& held) {
    return meet(*held.disk, [&held] {
        if (held.open->content == nullptr) {
            held.disk->sync_folder(held.open->path);
        } else {
            held.disk->sync(*held.open->content);
        }
        return 0;
    });
}

}  // namespace
}  // namespace mado

// ---- the calls ----

extern "C" {

int __wrap_open(const char* path, int flags, ...) {
    mode_t mode = 0;
    if ((flags & O_CREAT) != 0) {
        va_list arguments;
        va_start(arguments, flags);
        mode = static_cast<mode_t>(va_arg(arguments, unsigned));
        va_end(arguments);
    }
    mado::DiskState* disk = mado::current;
    if (disk == nullptr || !mado::is_on_disk(path)) return __real_open(path, flags, mode);
    return mado::open_file(*disk, mado::full_path(path), flags, mode);
}

int __wrap_close(int file) {
    const mado::Held held(file);
    return held.disk == nullptr ? __real_close(file) : mado::close_file(*held.disk, file);
}

// A read gives half of what it is asked for, as it may.
ssize_t __wrap_read(int file, void* out, size_t count) {
    const mado::Held held(file);
    if (held.disk == nullptr) return __real_read(file, out, count);
    if (held.disk->next_read_fails()) return mado::refuse(*held.disk);
    return __real_read(file, out, (count + 1) / 2);
}

ssize_t __wrap_pread(int file, void* out, size_t count, off_t offset) {
    const mado::Held held(file);
    if (held.disk == nullptr) return __real_pread(file, out, count, offset);
    if (held.disk->next_read_fails()) return mado::refuse(*held.disk);
    return __real_pread(file, out, (count + 1) / 2, offset);
}

ssize_t __wrap_write(int file, const void* data, size_t count) {
    const mado::Held held(file);
    if (held.disk == nullptr) return __real_write(file, data, count);
    const int flags = ::fcntl(file, F_GETFL);
    const auto at = ::lseek(file, 0, (flags & O_APPEND) != 0 ? SEEK_END : SEEK_CUR);
    const auto written = mado::write_file(
        held, file, {static_cast<const std::uint8_t*>(data), count}, static_cast<std::size_t>(at));
    if (written > 0) ::lseek(file, at + written, SEEK_SET);
    return written;
}

ssize_t __wrap_pwrite(int file, const void* data, size_t count, off_t offset) {
    const mado::Held held(file);
    if (held.disk == nullptr) return __real_pwrite(file, data, count, offset);
    return mado::write_file(held, file, {static_cast<const std::uint8_t*>(data), count},
                            static_cast<std::size_t>(offset));
}

int __wrap_fsync(int file) {
    const mado::Held held(file);
    return held.disk == nullptr ? __real_fsync(file) : mado::sync_file(held);
}

int __wrap_fdatasync(int file) {
    const mado::Held held(file);
    return held.disk == nullptr ? __real_fdatasync(file) : mado::sync_file(held);
}

int __wrap_ftruncate(int file, off_t size) {
    const mado::Held held(file);
    if (held.disk == nullptr) return __real_ftruncate(file, size);
    return mado::meet(*held.disk, [&held, file, size] {
        held.open->content->changes.emplace_back(
            mado::DiskState::Truncate{static_cast<std::size_t>(size)});
        return __real_ftruncate(file, size);
    });
}

int __wrap_fchmod(int file, mode_t mode) {
    const mado::Held held(file);
    if (held.disk == nullptr) return __real_fchmod(file, mode);
    return mado::meet(*held.disk, [&held, file, mode] {
        held.open->content->mode = mode;
        return __real_fchmod(file, mode);
    });
}

int __wrap_rename(const char* from, const char* to) {
    mado::DiskState* disk = mado::current;
    if (disk == nullptr) return __real_rename(from, to);
    const std::scoped_lock lock(disk->mutex);
    return mado::meet(*disk, [disk, from, to] {
        disk->rename(mado::full_path(from), mado::full_path(to));
        return __real_rename(from, to);
    });
}

int __wrap_unlink(const char* path) {
    mado::DiskState* disk = mado::current;
    if (disk == nullptr || !mado::fs::exists(path)) return __real_unlink(path);
    const std::scoped_lock lock(disk->mutex);
    return mado::meet(*disk, [disk, path] {
        disk->remove(mado::full_path(path));
        return __real_unlink(path);
    });
}

}  // extern "C"

namespace mado {

// ---- TestDisk ----

TestDisk::TestDisk() : state_(std::make_unique<DiskState>()) {
    DiskState* none = nullptr;
    if (!current.compare_exchange_strong(none, state_.get())) {
        throw Failure("one test's disk at a time");
    }
}

TestDisk::~TestDisk() {
    current = nullptr;
    descriptors.clear();
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
    const std::scoped_lock lock(state_->mutex);
    auto& state = *state_;
    if (state.open_files != 0) throw Failure("a file is open while its machine starts");
    if (state.power) {
        state.forget();
    } else if (unsynced != Unsynced::cached) {
        state.lose_power(unsynced, seed);
    }
    state.fail_at = 0;
    state.power = true;
    state.full = false;
    state.lies = false;
}

}  // namespace mado
