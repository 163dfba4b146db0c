#include "card_stack.hpp"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <thread>

#include "base/file.hpp"
#include "base/result.hpp"
#include "card/pcsc.hpp"

namespace mado {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr int vpcd_port = 35963;  // of the first reader
constexpr auto patience = 20s;

[[noreturn]] void refuse(const char* what) {
    throw OperatorError(std::string("this system does not let a test have a network and mounts of "
                                    "its own (") +
                        what + ": " + ::strerror(errno) +
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

// Before any thread is started.
void enter_namespaces() {
    const auto user = ::geteuid();
    const auto group = ::getegid();
    const int own = CLONE_NEWNET | CLONE_NEWNS;
    if (::unshare(own) != 0) {
        // Not root: first a user namespace in which this user is.
        if (::unshare(own | CLONE_NEWUSER) != 0) refuse("unshare");
        write_file("/proc/self/setgroups", "deny");
        write_file("/proc/self/uid_map", "0 " + std::to_string(user) + " 1");
        write_file("/proc/self/gid_map", "0 " + std::to_string(group) + " 1");
    }
    if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) refuse("mount /");
    if (::mount("tmpfs", "/run", "tmpfs", MS_NOSUID | MS_NODEV, "mode=755") != 0)
        refuse("mount /run");
    raise_loopback();
}

template <class Condition>
void wait_until(const Condition& condition, const char* what) {
    const auto end = std::chrono::steady_clock::now() + patience;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > end) throw Failure(std::string(what) + " in vain");
        std::this_thread::sleep_for(5ms);
    }
}

std::string own_programs() {
    return fs::read_symlink("/proc/self/exe").parent_path().string();
}

}  // namespace

Child::Child(const std::vector<std::string>& words, const std::string& log) {
    std::vector<char*> arguments;
    for (const auto& word : words)
        arguments.push_back(const_cast<char*>(word.c_str()));  // execvp does not write to them
    arguments.push_back(nullptr);
    process_ = ::fork();
    if (process_ < 0) throw Failure("cannot start a program");
    if (process_ > 0) return;
    const int file = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (file < 0 || ::dup2(file, 1) < 0 || ::dup2(file, 2) < 0) ::_exit(126);
    ::execvp(arguments.front(), arguments.data());
    ::_exit(127);
}

Child::~Child() {
    end(SIGTERM);
}

void Child::end(int signal) {
    if (process_ <= 0) return;
    ::kill(process_, signal);
    int status = 0;
    while (::waitpid(process_, &status, 0) < 0 && errno == EINTR) {
    }
    process_ = -1;
}

bool Child::runs() {
    int status = 0;
    if (process_ > 0 && ::waitpid(process_, &status, WNOHANG) == process_) process_ = -1;
    return process_ > 0;
}

CardStack::CardStack() {
    static const bool entered = [] {
        enter_namespaces();
        return true;
    }();
    (void)entered;
    // OpenSC asks for some thirty foreign applications first when it is not told which card it is.
    const auto config = folder_.path("opensc.conf");
    replace_file(config,
                 as_bytes("app default {\n  card_drivers = jpki;\n  enable_default_driver = "
                          "false;\n  framework pkcs15 {\n    use_pin_caching = false;\n    "
                          "use_file_caching = no;\n  }\n}\n"));
    ::setenv("OPENSC_CONF", config.c_str(), 1);
    pcscd_ = std::make_unique<Child>(std::vector<std::string>{"/usr/sbin/pcscd", "-f"},
                                     folder_.path("programs.log"));
    wait_until(
        [this] {
            if (!pcscd_->runs()) throw Failure("pcscd ended: " + log());
            std::error_code ignored;  // not there yet
            return fs::exists("/run/pcscd/pcscd.comm", ignored);
        },
        "waited for pcscd");
}

std::string CardStack::reader_name(int reader) {
    return "Virtual PCD 00 0" + std::to_string(reader);
}

bool CardStack::has_card(int reader) const {
    for (const auto& one : card::Pcsc().readers()) {
        if (one.name == reader_name(reader)) return one.has_card;
    }
    return false;
}

void CardStack::insert(const std::string& card, int reader) {
    auto& child = cards_[reader];
    const std::vector<std::string> words{own_programs() + "/mado-softcard", "insert", card,
                                         std::to_string(vpcd_port + reader)};
    wait_until(
        [&] {
            // The driver opens its port a moment after pcscd's socket is there.
            if (!child || !child->runs()) {
                child = std::make_unique<Child>(words, folder_.path("programs.log"));
            }
            return has_card(reader);
        },
        "waited for a card");
}

void CardStack::remove(int reader, int signal) {
    cards_[reader]->end(signal);
    cards_[reader].reset();
    wait_until([&] { return !has_card(reader); }, "waited for a card to go");
}

std::string CardStack::log() const {
    return read_file(folder_.path("programs.log")).value_or("");
}

}  // namespace mado
