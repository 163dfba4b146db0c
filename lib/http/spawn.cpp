#include "http/spawn.hpp"

#include <signal.h>

#include <boost/asio/co_spawn.hpp>
#include <exception>

namespace mado::http {

void spawn(asio::io_context& io, Task<void> task) {
    asio::co_spawn(io, std::move(task), [](std::exception_ptr error) {
        if (error) std::rethrow_exception(error);
    });
}

void run_until_stopped(asio::io_context& io) {
    std::exception_ptr fault;
    for (bool stopped = false; !stopped;) {
        try {
            io.run();
            stopped = true;
        } catch (...) {
            if (!fault) fault = std::current_exception();
            ::raise(SIGTERM);
        }
    }
    if (fault) std::rethrow_exception(fault);
}

}  // namespace mado::http
