#include "anchor.hpp"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <array>
#include <filesystem>

#include "base/file.hpp"

namespace mado::relay {
namespace {

// Two slots, written in turn: a write that is cut leaves the other slot whole, and a cut note does
// not verify.
constexpr std::size_t slot_bytes = 4096;
constexpr unsigned slots = 2;

[[noreturn]] void fail(std::string_view what, const std::string& path) {
    throw Failure(std::string(what) + " the anchor " + path + ": " + ::strerror(errno));
}

// The file and its name in the folder are durable when this returns: after a power failure a new
// anchor must not look like a lost one. It has its whole size from the start, so that a full disk
// does not stop it after the database.
int open_or_make(const std::string& path) {
    if (!std::filesystem::exists(path)) replace_file(path, Bytes(slots * slot_bytes), 0600);
    return ::open(path.c_str(), O_RDWR | O_CLOEXEC);
}

}  // namespace

Anchor::Anchor(const std::string& path, const tlog::NoteVerifier& log)
    : path_(path), descriptor_(open_or_make(path)) {
    if (descriptor_ < 0) fail("cannot open", path_);
    bool written = false;
    for (unsigned slot = 0; slot < slots; ++slot) {
        std::array<char, slot_bytes> buffer{};
        const auto got = ::pread(descriptor_, buffer.data(), buffer.size(),
                                 static_cast<off_t>(slot * slot_bytes));
        if (got < 0) fail("cannot read", path_);
        const std::string_view note(buffer.data(), ::strnlen(buffer.data(), buffer.size()));
        if (note.empty()) continue;
        written = true;
        auto checkpoint = tlog::open_checkpoint(note, log);
        if (!checkpoint) continue;
        if (newest_ && newest_->size >= checkpoint->size) continue;
        newest_ = *checkpoint;
        next_slot_ = (slot + 1) % slots;
    }
    if (written && !newest_) {
        throw OperatorError("the anchor " + path_ +
                            " holds no checkpoint that this log's key signed. Put back the log "
                            "key that belongs to it, or open a new log origin in the directory.");
    }
}

Anchor::~Anchor() {
    ::close(descriptor_);
}

void Anchor::write(const std::string& note, const tlog::Checkpoint& checkpoint) {
    if (note.size() >= slot_bytes) throw Failure("a checkpoint is larger than its anchor slot");
    std::array<char, slot_bytes> buffer{};
    note.copy(buffer.data(), note.size());
    const auto at = static_cast<off_t>(next_slot_ * slot_bytes);
    if (::pwrite(descriptor_, buffer.data(), buffer.size(), at) !=
        static_cast<ssize_t>(buffer.size())) {
        fail("cannot write", path_);
    }
    if (::fdatasync(descriptor_) != 0) fail("cannot flush", path_);
    newest_ = checkpoint;
    next_slot_ = (next_slot_ + 1) % slots;
}

}  // namespace mado::relay
