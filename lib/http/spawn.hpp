// Coroutines that nobody waits for.
#pragma once

#include "http/http.hpp"

namespace mado::http {

// Begins one. What it throws comes out of the io_context's run(): else its work would be silently
// gone. Not for what serves one connection, whose error is no other's.
void spawn(asio::io_context& io, Task<void> task);

// Runs a program that SIGTERM stops. After a fault it stops as by that signal, in order, and then
// throws the fault: a broken world is one exception. After another fault on the way it throws the
// first at once.
void run_until_stopped(asio::io_context& io);

}  // namespace mado::http
