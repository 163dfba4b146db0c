// mado-softcard: virtual IC cards and readers, for tests and the demo. `mado-softcard insert FILE
// [PORT]` puts the card of this file into a virtual reader until it is ended; `mado-softcard serve
// CONFIG` is two readers with a pcscd of their own.
#include <fmt/format.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <charconv>

#include "base/config.hpp"
#include "base/program.hpp"
#include "base/result.hpp"
#include "reader.hpp"
#include "vpcd.hpp"

namespace mado {
namespace {

// A descriptor that can be read when the program is to end.
class EndSignals {
  public:
    EndSignals() {
        sigset_t set;
        sigemptyset(&set);
        sigaddset(&set, SIGINT);
        sigaddset(&set, SIGTERM);
        if (::sigprocmask(SIG_BLOCK, &set, nullptr) != 0) throw Failure("cannot block signals");
        descriptor_ = ::signalfd(-1, &set, SFD_CLOEXEC);
        if (descriptor_ < 0) throw Failure("cannot wait for signals");
    }
    ~EndSignals() { ::close(descriptor_); }
    EndSignals(const EndSignals&) = delete;
    EndSignals& operator=(const EndSignals&) = delete;
    [[nodiscard]] int descriptor() const { return descriptor_; }

  private:
    int descriptor_ = -1;
};

std::uint16_t read_port(const std::string& text) {
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (error != std::errc() || end != text.data() + text.size() || port == 0) {
        throw OperatorError("a port is a number from 1 to 65535");
    }
    return port;
}

int insert(const std::string& file, std::uint16_t port) {
    const EndSignals signals;
    chip::Chip chip(file);
    switch (softcard::serve(chip, port, signals.descriptor())) {
        case softcard::Ended::pulled:
            return 0;
        case softcard::Ended::reader_gone:
            fmt::print(stderr, "mado-softcard: the reader is gone\n");
            return 0;
    }
    return 0;
}

int serve(const std::string& path) {
    const EndSignals signals;
    auto config = Config::load(path);
    const auto folder = config.text("folder");
    config.finish();
    softcard::serve_readers(folder, signals.descriptor());
    return 0;
}

int run(const Words& words) {
    if (words.size() == 2 && words[0] == "serve") return serve(words[1]);
    if ((words.size() == 2 || words.size() == 3) && words[0] == "insert") {
        return insert(words[1], words.size() == 3 ? read_port(words[2]) : softcard::vpcd_port);
    }
    throw OperatorError("usage: mado-softcard insert FILE [PORT], or mado-softcard serve CONFIG");
}

}  // namespace
}  // namespace mado

int main(int argc, char** argv) {
    return mado::run_program("mado-softcard", argc, argv, mado::run);
}
