#include "own_world.hpp"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/result.hpp"

namespace mado::softcard {
namespace {

[[noreturn]] void refuse(const std::string& what) {
    throw OperatorError(
        "this system does not let a program have a network and mounts of its own (" + what + ": " +
        ::strerror(errno) +
        "). Run it as root, or allow user namespaces: sysctl "
        "kernel.unprivileged_userns_clone=1");
}

void write_file(const char* path, const std::string& text) {
    const int file = ::open(path, O_WRONLY | O_CLOEXEC);
    const bool done =
        file >= 0 && ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
    if (file >= 0) ::close(file);
    if (!done) refuse(path);
}

void raise_loopback() {
    const int socket = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (socket < 0) refuse("socket");
    ifreq loopback{};
    ::strncpy(loopback.ifr_name, "lo", IFNAMSIZ - 1);
    loopback.ifr_flags = IFF_UP;
    const int done = ::ioctl(socket, SIOCSIFFLAGS, &loopback);
    ::close(socket);
    if (done != 0) refuse("lo");
}

void unshare() {
    const auto user = ::geteuid();
    const auto group = ::getegid();
    const int own = CLONE_NEWNET | CLONE_NEWNS;
    if (::unshare(own) == 0) return;
    // Not root: first a user namespace in which this user is.
    if (::unshare(own | CLONE_NEWUSER) != 0) refuse("unshare");
    write_file("/proc/self/setgroups", "deny");
    write_file("/proc/self/uid_map", "0 " + std::to_string(user) + " 1");
    write_file("/proc/self/gid_map", "0 " + std::to_string(group) + " 1");
}

}  // namespace

void enter_own_world(const std::string& folder) {
    unshare();
    // Still found when /run, where it may be, is another.
    const int place = ::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (place < 0) throw OperatorError("there is no folder " + folder);
    if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) refuse("mount /");
    if (::mount("tmpfs", "/run", "tmpfs", MS_NOSUID | MS_NODEV, "mode=755") != 0)
        refuse("mount /run");
    const std::string source = "/proc/self/fd/" + std::to_string(place);
    if (::mkdir("/run/pcscd", 0755) != 0 ||
        ::mount(source.c_str(), "/run/pcscd", nullptr, MS_BIND, nullptr) != 0) {
        refuse("mount /run/pcscd");
    }
    ::close(place);
    raise_loopback();
}

}  // namespace mado::softcard
