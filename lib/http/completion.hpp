// Awaiting from a coroutine what another thread does: its io_context is not blocked meanwhile.
//
// The io_context that waits must outlive the callback (stop and join worker threads before it is
// destroyed).
#pragma once

#include <atomic>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "base/result.hpp"
#include "http/http.hpp"

namespace mado::http {

// Called once, by any thread; later calls do nothing.
template <class T>
using Done = std::function<void(T)>;

namespace detail {

template <class T>
using Completion = std::expected<T, std::exception_ptr>;

// Shared by the copies of one callback. `Handler` resumes the coroutine.
template <class T, class Handler>
class Waiter {
  public:
    explicit Waiter(Handler handler)
        : handler_(std::move(handler)), work_(asio::get_associated_executor(handler_)) {}
    Waiter(const Waiter&) = delete;
    Waiter& operator=(const Waiter&) = delete;
    // The last copy of the callback is gone: a coroutine that nobody can resume would wait for
    // ever.
    ~Waiter() {
        if (called_.test()) return;
        deliver(std::unexpected(std::make_exception_ptr(
            Failure("what a request waited for was given up before it was done"))));
    }

    void deliver(Completion<T> outcome) {
        if (called_.test_and_set()) return;
        // Posted, never run here: the coroutine belongs to its own thread.
        asio::post(work_.get_executor(),
                   [handler = std::move(handler_), outcome = std::move(outcome)]() mutable {
                       std::move(handler)(std::move(outcome));
                   });
        work_.reset();
    }

  private:
    using Executor = asio::associated_executor_t<Handler>;
    std::atomic_flag called_;
    Handler handler_;
    asio::executor_work_guard<Executor> work_;  // keeps the io_context running until then
};

}  // namespace detail

// Calls `start` with a callback and waits until somebody calls that; throws Failure when the
// callback is destroyed without having been called, and what `start` throws.
//   auto rows = co_await completed<Rows>([&pool](Done<Rows> done) {
//       pool.post([done] { done(read_rows()); });
//   });
template <class T>
Task<T> completed(std::function<void(Done<T>)> start) {
    using Completion = detail::Completion<T>;
    Completion outcome =
        co_await asio::async_initiate<const asio::use_awaitable_t<>, void(Completion)>(
            [](auto handler, std::function<void(Done<T>)> begin) {
                using Waiter = detail::Waiter<T, decltype(handler)>;
                auto waiter = std::make_shared<Waiter>(std::move(handler));
                try {
                    begin([waiter](T value) { waiter->deliver(std::move(value)); });
                } catch (...) {
                    waiter->deliver(std::unexpected(std::current_exception()));
                }
            },
            asio::use_awaitable, std::move(start));
    if (!outcome) std::rethrow_exception(outcome.error());
    co_return std::move(*outcome);
}

namespace detail {

// co_spawn needs a result that can be made from nothing.
template <class T>
Task<std::optional<T>> boxed(Task<T> task) {
    co_return std::optional<T>(co_await std::move(task));
}

}  // namespace detail

// Runs `task` on the thread of another io_context and waits for it here. Both must outlive it.
template <class T>
Task<T> run_on(asio::io_context& io, Task<T> task) {
    auto result = co_await asio::co_spawn(io.get_executor(), detail::boxed(std::move(task)),
                                          asio::use_awaitable);
    co_return std::move(*result);
}

inline Task<void> run_on(asio::io_context& io, Task<void> task) {
    co_await asio::co_spawn(io.get_executor(), std::move(task), asio::use_awaitable);
}

}  // namespace mado::http
