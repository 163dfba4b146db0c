#include "anchor.hpp"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "base/file.hpp"

namespace mado::relay {
namespace {

// Two slots, written in turn: a write that is cut leaves the other slot whole, and a cut note does
// not verify.
constexpr std::size_t slot_bytes = 4096;
constexpr unsigned slots = 2;

[[noreturn]] void fail(std::string_view what, const std::string& path) {
    const int reason = errno;
    const auto text = std::string(what) + " the anchor " + path + ": " + ::strerror(reason);
    // Not every file system writes over what is there without room for it.
    if (reason == ENOSPC || reason == EDQUOT) throw DiskFull(text);
    throw Failure(text);
}

std::string folder_of(const std::string& path) {
    const auto folder = std::filesystem::path(path).parent_path().string();
    return folder.empty() ? "." : folder;
}

}  // namespace

Anchor::Anchor(const std::string& path, const tlog::NoteVerifier& log) : Anchor(path) {
    const auto content = read_file(path);
    // Its name too, before anybody relies on it: who made the file may have been killed just then.
    flush_folder(folder_of(path));
    if (!content) return;
    open();
    std::string newest_note;
    bool written = false;
    for (unsigned slot = 0; slot < slots; ++slot) {
        const auto begin = std::min(slot * slot_bytes, content->size());
        auto note = content->substr(begin, slot_bytes);
        note.resize(std::min(note.size(), note.find('\0')));
        if (note.empty()) continue;
        written = true;
        auto checkpoint = tlog::open_checkpoint(note, log);
        if (!checkpoint) continue;
        if (newest_ && newest_->size >= checkpoint->size) continue;
        newest_ = *checkpoint;
        newest_note = std::move(note);
        next_slot_ = (slot + 1) % slots;
    }
    if (written && !newest_) {
        throw OperatorError("the anchor " + path_ +
                            " holds no checkpoint that this log's key signed. Put back the log "
                            "key that belongs to it, or open a new log origin in the directory.");
    }
    // After a kill or a flush that failed, only this machine's memory may have what was read: it is
    // written anew in its place. Where that is cut the other slot is whole.
    if (newest_) write_slot((next_slot_ + slots - 1) % slots, newest_note);
}

Anchor::~Anchor() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

void Anchor::open() {
    descriptor_ = ::open(path_.c_str(), O_RDWR | O_CLOEXEC);
    if (descriptor_ < 0) fail("cannot open", path_);
}

// With its first checkpoint in it, for that has no other slot to fall back to; and with its whole
// size, so that a full disk does not stop it after the database.
void Anchor::make(const std::string& note) {
    Bytes content(slots * slot_bytes);
    std::ranges::copy(note, content.begin());
    replace_file(path_, content, 0600);
    open();
}

void Anchor::write_slot(unsigned slot, const std::string& note) {
    Bytes bytes(slot_bytes);
    std::ranges::copy(note, bytes.begin());
    for (std::size_t done = 0; done < slot_bytes;) {
        const auto written = ::pwrite(descriptor_, bytes.data() + done, slot_bytes - done,
                                      static_cast<off_t>(slot * slot_bytes + done));
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) fail("cannot write", path_);
        done += static_cast<std::size_t>(written);
    }
    if (::fdatasync(descriptor_) != 0) fail("cannot flush", path_);
}

void Anchor::write(const std::string& note, const tlog::Checkpoint& checkpoint) {
    if (note.size() >= slot_bytes) throw Failure("a checkpoint is larger than its anchor slot");
    if (descriptor_ < 0) {
        make(note);
        next_slot_ = 0;
    } else {
        write_slot(next_slot_, note);
    }
    newest_ = checkpoint;
    next_slot_ = (next_slot_ + 1) % slots;
}

}  // namespace mado::relay
