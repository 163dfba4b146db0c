#include "reader.hpp"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <vector>

#include "base/file.hpp"
#include "base/result.hpp"
#include "own_world.hpp"
#include "vpcd.hpp"

namespace mado::softcard {
namespace {

namespace fs = std::filesystem;

constexpr const char* pcscd_path = "/usr/sbin/pcscd";
constexpr int look_ms = 50;       // how often at the links
constexpr int looks_a_start = 4;  // between two starts of one card
constexpr int starts_max = 50;    // of a card that does not stay in: its own words stand in the log
constexpr int not_found = 127;

// A program that this one started, and that ends with it.
class Child {
  public:
    Child() = default;
    ~Child() { end(); }
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

    void start(const std::vector<std::string>& words) {
        std::vector<char*> arguments;
        for (const auto& word : words)
            arguments.push_back(const_cast<char*>(word.c_str()));  // execv does not write to them
        arguments.push_back(nullptr);
        process_ = ::fork();
        if (process_ < 0) throw Failure("cannot start a program");
        if (process_ > 0) return;
        sigset_t none;
        sigemptyset(&none);
        ::sigprocmask(SIG_SETMASK, &none, nullptr);
        ::prctl(PR_SET_PDEATHSIG, SIGTERM);
        ::execv(arguments.front(), arguments.data());
        ::_exit(not_found);
    }
    void end() {
        if (process_ <= 0) return;
        ::kill(process_, SIGTERM);
        while (::waitpid(process_, &status_, 0) < 0 && errno == EINTR) {
        }
        process_ = -1;
    }
    [[nodiscard]] bool runs() {
        if (process_ > 0 && ::waitpid(process_, &status_, WNOHANG) == process_) process_ = -1;
        return process_ > 0;
    }
    [[nodiscard]] bool was_found() const {
        return !WIFEXITED(status_) || WEXITSTATUS(status_) != not_found;
    }

  private:
    pid_t process_ = -1;
    int status_ = 0;
};

// One of the readers: the card that its link names is in it.
class Slot {
  public:
    Slot(std::string link, std::uint16_t port) : link_(std::move(link)), port_(port) {}

    void follow() {
        std::error_code none;  // there is no link, no card
        const auto wanted = fs::read_symlink(link_, none).string();
        if (wanted != card_) {
            program_.end();
            card_ = wanted;
            looks_ = 0;
        }
        if (card_.empty() || program_.runs()) return;
        // The driver opens its port a moment after pcscd's socket is there.
        if (looks_ % looks_a_start == 0 && looks_ / looks_a_start < starts_max) {
            program_.start({"/proc/self/exe", "insert", card_, std::to_string(port_)});
        }
        ++looks_;
    }

  private:
    std::string link_;
    std::uint16_t port_;
    std::string card_;
    int looks_ = 0;  // since the card is wanted, when it was not in
    Child program_;
};

}  // namespace

void serve_readers(const std::string& folder, int end) {
    const FileLock lock(folder + "/lock", "the readers' folder");
    enter_own_world(folder);
    Child pcscd;
    pcscd.start({pcscd_path, "--foreground"});
    std::array<Slot, 2> slots{Slot{folder + "/card-0", vpcd_port},
                              Slot{folder + "/card-1", vpcd_port + 1}};
    for (;;) {
        pollfd ended{.fd = end, .events = POLLIN, .revents = 0};
        if (::poll(&ended, 1, look_ms) > 0) return;
        if (!pcscd.runs()) {
            throw OperatorError(pcscd.was_found()
                                    ? "pcscd ended; its log stands above"
                                    : "pcscd is missing. Debian: apt-get install pcscd "
                                      "vsmartcard-vpcd");
        }
        for (auto& slot : slots)
            slot.follow();
    }
}

}  // namespace mado::softcard
