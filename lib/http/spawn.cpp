#include "http/spawn.hpp"

#include <boost/asio/co_spawn.hpp>

namespace mado::http {

void spawn(asio::io_context& io, Task<void> task) {
    asio::co_spawn(io, std::move(task), [](std::exception_ptr error) {
        if (error) std::rethrow_exception(error);
    });
}

}  // namespace mado::http
