// Coroutines side by side.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <expected>
#include <utility>
#include <vector>

#include "http/completion.hpp"

namespace mado::http {

template <class T>
using Outcomes = std::vector<std::expected<T, std::exception_ptr>>;

// What each of them returned or threw, in their order, once all have ended. They run on the thread
// of whoever waits.
template <class T>
Task<Outcomes<T>> outcomes_of(std::vector<Task<T>> tasks) {
    Outcomes<T> out;
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
    for (std::size_t i = 0; i < results.size(); ++i) {
        if (errors[i])
            out.push_back(std::unexpected(errors[i]));
        else
            out.push_back(std::move(*results[i]));
    }
    co_return out;
}

// What each of them returned; rethrows what the first that failed has thrown.
template <class T>
Task<std::vector<T>> all_of(std::vector<Task<T>> tasks) {
    std::vector<T> out;
    for (auto& outcome : co_await outcomes_of(std::move(tasks))) {
        if (!outcome) std::rethrow_exception(outcome.error());
        out.push_back(std::move(*outcome));
    }
    co_return out;
}

}  // namespace mado::http
