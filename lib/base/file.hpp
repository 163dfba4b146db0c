// Files, with the durability that each use needs. Errors are Failure, with the path: FileFailure
// where whoever runs the program can mend it.
#pragma once

#include <functional>
#include <optional>
#include <string>

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
