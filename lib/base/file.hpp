// Files, with the durability that each use needs. Errors are Failure, with the path: FileFailure
// where whoever runs the program can mend it.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/secret.hpp"

namespace mado {

// Empty when the file does not exist. Throws when it is larger than `bytes_max`.
std::optional<std::string> read_file(const std::string& path,
                                     std::size_t bytes_max = 64 * 1024 * 1024);
// The same into memory that is wiped; the file must belong to us and be closed to others
// (mode 0600 or less), else OperatorError with the command that mends it.
Secret read_secret_file(const std::string& path);

// Writes beside the file, flushes to disk, renames over it, flushes the folder: after a crash the
// file has the old or the new content, never half of one.
void replace_file(const std::string& path, ByteView content, unsigned mode = 0644);

// Appends a line, which has no end of line in it, to a file that is made when it is not there; on
// disk when this returns. Several may append at once. A line that a crash cut short is ended first,
// so that it spoils no other; after a failure the file is as before, or ends in such a line.
void append_line(const std::string& path, std::string_view line, unsigned mode = 0600);

// What was made or renamed in it stays after a crash.
void flush_folder(const std::string& path);

struct LockOptions {
    std::string refusal;       // the sentence for whoever comes while another process holds it
    std::int64_t wait_ms = 0;  // for so long the other one is waited for
    std::function<void()> waits = nullptr;  // called once when it has to wait
};

// Holds an exclusive lock on a file until destroyed: one writer per state folder.
class FileLock {
  public:
    // Throws OperatorError when another process holds it.
    FileLock(const std::string& path, const std::string& what_is_locked);
    FileLock(const std::string& path, const LockOptions& options);
    ~FileLock();
    FileLock(const FileLock&) = delete;
    FileLock& operator=(const FileLock&) = delete;

  private:
    int descriptor_;
};

}  // namespace mado
