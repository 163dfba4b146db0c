#include "base/program.hpp"

#include <sys/resource.h>
#include <sys/stat.h>

#include <cstdio>

#include "base/result.hpp"

namespace mado {
namespace {

void say(const std::string& text) {
    std::fputs((text + "\n").c_str(), stderr);
}

// As many connections as the system allows us, not the few that a shell gives by default.
void raise_open_files() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

int run_program(const std::string& name, int argc, char** argv,
                const std::function<int(const Words&)>& body) {
    // What a program writes is its own: state and keys are not for other users of the machine.
    ::umask(077);
    raise_open_files();
    try {
        return body(Words(argv + 1, argv + argc));
    } catch (const OperatorError& error) {
        say(name + ": " + error.what());
        return 2;
    } catch (const std::exception& error) {
        say(name + ": stopped by a fault: " + error.what());
        return 1;
    }
}

}  // namespace mado
