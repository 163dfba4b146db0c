#include "base/program.hpp"

#include <sys/stat.h>

#include <cstdio>

#include "base/result.hpp"

namespace mado {
namespace {

void say(const std::string& text) {
    std::fputs((text + "\n").c_str(), stderr);
}

}  // namespace

int run_program(const std::string& name, int argc, char** argv,
                const std::function<int(const Words&)>& body) {
    // What a program writes is its own: state and keys are not for other users of the machine.
    ::umask(077);
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
