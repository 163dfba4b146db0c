// The outermost frame of every program: what went wrong becomes one clear sentence and an exit
// status, never a stack trace.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace mado {

using Words = std::vector<std::string>;

// What no answer of a program is.
constexpr int status_operator = 2;  // wrong words, or something that whoever runs it can mend
constexpr int status_fault = 4;

// Runs `body` with the command line's words; its status counts when all that it printed was
// written. OperatorError, a file that cannot be used: status 2. Any other exception is a fault.
int run_program(const std::string& name, int argc, char** argv,
                const std::function<int(const Words&)>& body);

}  // namespace mado
