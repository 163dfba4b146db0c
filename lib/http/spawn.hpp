// Coroutines that nobody waits for.
#pragma once

#include "http/http.hpp"

namespace mado::http {

// Begins one. What it throws comes out of the io_context's run() and ends the program with its
// message (a broken world is one exception): else its work would be silently gone. Not for what
// serves one connection, whose error is no other's.
void spawn(asio::io_context& io, Task<void> task);

}  // namespace mado::http
