#include "http/spawn.hpp"

#include <signal.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <exception>
#include <functional>

namespace mado::http {

void spawn(asio::io_context& io, Task<void> task) {
    asio::co_spawn(io, std::move(task), [](std::exception_ptr error) {
        if (error) std::rethrow_exception(error);
    });
}

void run_until_stopped(asio::io_context& io) {
    // Whoever stops the program may not listen yet, or not any more: the signal itself ends
    // nothing.
    const asio::signal_set harmless(io, SIGTERM);
    asio::steady_timer again(io);
    const std::function<void()> ask_to_stop = [&] {
        ::raise(SIGTERM);
        again.expires_after(std::chrono::seconds(1));
        again.async_wait([&](boost::system::error_code error) {
            if (!error) ask_to_stop();
        });
    };
    std::exception_ptr fault;
    for (bool stopped = false; !stopped;) {
        try {
            io.run();
            stopped = true;
        } catch (...) {
            if (fault) break;  // nothing can be stopped in order any more
            fault = std::current_exception();
            ask_to_stop();
        }
    }
    if (fault) std::rethrow_exception(fault);
}

}  // namespace mado::http
