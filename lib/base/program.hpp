// The outermost frame of every program: what went wrong becomes one clear sentence and an exit
// status, never a stack trace.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace mado {

using Words = std::vector<std::string>;

// Runs `body` with the command line's words. OperatorError: status 2. Any other exception is a
// fault: status 1.
int run_program(const std::string& name, int argc, char** argv,
                const std::function<int(const Words&)>& body);

}  // namespace mado
