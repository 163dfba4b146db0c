#include "client/lines.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace mado::client {
namespace {

namespace asio = http::asio;

Task<Line> ask_line(const wire::Directory& directory, const Identity& identity, Ask ask,
                    GoOn go_on) {
    Asker asker(directory, identity);
    Line out;
    for (std::int64_t position = 1; position <= wire::position_max; ++position) {
        ask.to.position = position;
        out.push_back(co_await asker.ask(ask));
        if (!ask.to.kind || !go_on(out.back())) break;
    }
    co_return out;
}

}  // namespace

Task<std::vector<Line>> ask_lines(const wire::Directory& directory, const Identity& identity,
                                  std::vector<Ask> asks, GoOn go_on) {
    if (asks.empty()) co_return std::vector<Line>{};
    const auto executor = co_await asio::this_coro::executor;
    using Operation = decltype(asio::co_spawn(
        executor, ask_line(directory, identity, asks.front(), go_on), asio::deferred));
    std::vector<Operation> lines;
    for (auto& ask : asks) {
        lines.push_back(asio::co_spawn(
            executor, ask_line(directory, identity, std::move(ask), go_on), asio::deferred));
    }
    auto group = asio::experimental::make_parallel_group(std::move(lines));
    auto [order, errors, results] =
        co_await group.async_wait(asio::experimental::wait_for_all(), asio::use_awaitable);
    for (const auto& error : errors) {
        if (error) std::rethrow_exception(error);
    }
    co_return std::move(results);
}

}  // namespace mado::client
