#include "base/program.hpp"

#include <sys/resource.h>
#include <sys/stat.h>

#include <cstdio>
#include <filesystem>
#include <iostream>

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

// Keys and PINs are in memory: none of it is for a file.
void forbid_core_dumps() {
    const rlimit none{};
    ::setrlimit(RLIMIT_CORE, &none);
}

// What was printed but did not arrive is no success, whatever the status says.
void finish_output() {
    if (std::cout.flush() && std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return;
    throw OperatorError(
        "what was printed could not be written: the disk is full, or nobody reads it");
}

}  // namespace

int run_program(const std::string& name, int argc, char** argv,
                const std::function<int(const Words&)>& body) {
    // What a program writes is its own: state and keys are not for other users of the machine.
    ::umask(077);
    raise_open_files();
    forbid_core_dumps();
    try {
        const int status = body(Words(argv + 1, argv + argc));
        finish_output();
        return status;
    } catch (const OperatorError& error) {
        say(name + ": " + error.what());
        return status_operator;
    } catch (const FileFailure& error) {
        say(name + ": " + error.what());
        return status_operator;
    } catch (const std::filesystem::filesystem_error& error) {
        say(name + ": " + error.path1().string() + ": " + error.code().message());
        return status_operator;
    } catch (const std::exception& error) {
        say(name + ": stopped by a fault: " + error.what());
        return status_fault;
    }
}

}  // namespace mado
