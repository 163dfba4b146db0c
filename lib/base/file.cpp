#include "base/file.hpp"

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <thread>
#include <utility>

#include "base/clock.hpp"

namespace mado {
namespace {

constexpr std::chrono::milliseconds lock_pause{20};

[[noreturn]] void fail(std::string_view what, const std::string& path) {
    const int reason = errno;
    const auto text = fmt::format("{} {}: {}", what, path, ::strerror(reason));
    switch (reason) {
        case EISDIR:
            throw FileFailure(path + " is a folder, and a file is expected there");
        case ENOENT:
            throw FileFailure(fmt::format("{} {}: there is no such folder", what, path));
        case EACCES:
        case EPERM:
        case EROFS:
        case ENOTDIR:
        case ELOOP:
        case ENAMETOOLONG:
            throw FileFailure(text);
        case ENOSPC:
        case EDQUOT:
            throw DiskFull(text);
        default:  // open set
            throw Failure(text);
    }
}

class Descriptor {
  public:
    explicit Descriptor(int value) : value_(value) {}
    ~Descriptor() {
        if (value_ >= 0) ::close(value_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    [[nodiscard]] int get() const { return value_; }

  private:
    int value_;
};

void read_all(int descriptor, std::span<std::uint8_t> out, const std::string& path) {
    std::size_t done = 0;
    while (done < out.size()) {
        const auto got = ::read(descriptor, out.data() + done, out.size() - done);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) fail("cannot read", path);
        if (got == 0) throw Failure("file became shorter while it was read: " + path);
        done += static_cast<std::size_t>(got);
    }
}

void write_all(int descriptor, ByteView content, const std::string& path) {
    while (!content.empty()) {
        const auto written = ::write(descriptor, content.data(), content.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) fail("cannot write", path);
        content = content.subspan(static_cast<std::size_t>(written));
    }
}

struct stat status_of(int descriptor, const std::string& path) {
    struct stat status{};
    if (::fstat(descriptor, &status) != 0) fail("cannot examine", path);
    return status;
}

int lock(int descriptor, int operation) {
    int result = 0;
    do {
        result = ::flock(descriptor, operation);
    } while (result != 0 && errno == EINTR);
    return result;
}

std::string folder_of(const std::string& path) {
    auto folder = std::filesystem::path(path).parent_path().string();
    return folder.empty() ? "." : folder;
}

}  // namespace

std::optional<std::string> read_file(const std::string& path, std::size_t bytes_max) {
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (file.get() < 0) {
        if (errno == ENOENT) return std::nullopt;
        fail("cannot open", path);
    }
    const auto status = status_of(file.get(), path);
    if (S_ISDIR(status.st_mode)) {
        errno = EISDIR;
        fail("cannot read", path);
    }
    const auto size = static_cast<std::size_t>(status.st_size);
    if (size > bytes_max) throw FileFailure("file is too large: " + path);
    std::string content(size, '\0');
    read_all(file.get(), {reinterpret_cast<std::uint8_t*>(content.data()), size}, path);
    return content;
}

Secret read_secret_file(const std::string& path) {
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (file.get() < 0) {
        throw OperatorError(
            fmt::format("cannot open the key file {}: {}", path, ::strerror(errno)));
    }
    const auto status = status_of(file.get(), path);
    if (!S_ISREG(status.st_mode)) throw OperatorError("the key file is not a file: " + path);
    if (status.st_uid != ::geteuid()) {
        throw OperatorError(fmt::format(
            "the key file {0} belongs to another user; take it over with: chown {1} {0}", path,
            ::geteuid()));
    }
    if ((status.st_mode & 0077) != 0) {
        throw OperatorError(fmt::format(
            "the key file {0} can be read by others; close it with: chmod 600 {0}", path));
    }
    if (status.st_size > 64 * 1024) throw OperatorError("the key file is too large: " + path);
    Secret secret(static_cast<std::size_t>(status.st_size));
    read_all(file.get(), secret.writable(), path);
    return secret;
}

void replace_file(const std::string& path, ByteView content, unsigned mode) {
    // Nothing of an earlier attempt is reused: its mode or a link in its place would be taken over.
    const std::string beside = path + ".new";
    if (::unlink(beside.c_str()) != 0 && errno != ENOENT) fail("cannot remove", beside);
    try {
        const Descriptor file(::open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
                                     static_cast<mode_t>(mode)));
        if (file.get() < 0) fail("cannot create", path);
        if (::fchmod(file.get(), static_cast<mode_t>(mode)) != 0)
            fail("cannot set mode of", beside);
        write_all(file.get(), content, path);
        if (::fsync(file.get()) != 0) fail("cannot flush", path);
        if (::rename(beside.c_str(), path.c_str()) != 0) fail("cannot rename to", path);
    } catch (const Failure&) {
        ::unlink(beside.c_str());  // the old content stands; a half new one is of no use
        throw;
    }
    // The new content is in place; until the folder is flushed a crash may bring back the old.
    flush_folder(folder_of(path));
}

void append_line(const std::string& path, std::string_view line, unsigned mode) {
    const Descriptor file(
        ::open(path.c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, static_cast<mode_t>(mode)));
    if (file.get() < 0) fail("cannot open", path);
    // Whoever takes back what it wrote must not take back another's line.
    if (lock(file.get(), LOCK_EX) != 0) fail("cannot lock", path);
    const auto size = status_of(file.get(), path).st_size;
    // While it is empty: what has a line is in its folder for good.
    if (size == 0) flush_folder(folder_of(path));
    std::string text(line);
    text += '\n';
    if (size > 0) {
        char last = 0;
        if (::pread(file.get(), &last, 1, size - 1) != 1) fail("cannot read", path);
        if (last != '\n') text.insert(text.begin(), '\n');
    }
    try {
        write_all(file.get(), as_bytes(text), path);
        if (::fsync(file.get()) != 0) fail("cannot flush", path);
    } catch (const Failure&) {
        // Where this fails too, a torn line stays, and the next one ends it.
        [[maybe_unused]] const int taken_back = ::ftruncate(file.get(), size);
        throw;
    }
}

void flush_folder(const std::string& path) {
    const Descriptor folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (folder.get() < 0 || ::fsync(folder.get()) != 0) fail("cannot flush", path);
}

FileLock::FileLock(const std::string& path, const std::string& what_is_locked)
    : FileLock(path, {.refusal = what_is_locked +
                                 " is in use by another process; stop that one first (./mado down)",
                      .wait_ms = 0}) {}

FileLock::FileLock(const std::string& path, const LockOptions& options)
    : descriptor_(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
    if (descriptor_ < 0) fail("cannot open", path);
    const auto until = monotonic_us() + options.wait_ms * 1000;
    bool said = options.waits == nullptr;
    while (lock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
        const int reason = errno;
        if (reason == EINTR) continue;
        if (reason == EWOULDBLOCK && monotonic_us() < until) {
            if (!std::exchange(said, true)) options.waits();
            std::this_thread::sleep_for(lock_pause);
            continue;
        }
        ::close(descriptor_);
        errno = reason;
        if (reason != EWOULDBLOCK) fail("cannot lock", path);
        throw OperatorError(options.refusal);
    }
}

FileLock::~FileLock() {
    ::close(descriptor_);
}

}  // namespace mado
