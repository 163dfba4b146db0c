// Coroutines side by side.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <utility>
#include <vector>

#include "http/completion.hpp"

namespace mado::http {

// What each of them returned, once all have ended; rethrows what one of them threw. They run on the
// thread of whoever waits.
template <class T>
Task<std::vector<T>> all_of(std::vector<Task<T>> tasks) {
    std::vector<T> out;
    if (tasks.empty()) co_return out;
    const auto executor = co_await asio::this_coro::executor;
    using Operation =
        decltype(asio::co_spawn(executor, detail::boxed(std::move(tasks.front())), asio::deferred));
    std::vector<Operation> operations;
    for (auto& task : tasks) {
        operations.push_back(
            asio::co_spawn(executor, detail::boxed(std::move(task)), asio::deferred));
    }
    auto group = asio::experimental::make_parallel_group(std::move(operations));
    auto [order, errors, results] =
        co_await group.async_wait(asio::experimental::wait_for_all(), asio::use_awaitable);
    for (const auto& error : errors) {
        if (error) std::rethrow_exception(error);
    }
    for (auto& result : results)
        out.push_back(std::move(*result));
    co_return out;
}

}  // namespace mado::http
