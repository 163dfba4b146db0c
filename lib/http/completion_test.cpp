// Coroutines that wait for callbacks, and for what runs on another context.
#include <thread>

#include "base/result.hpp"
#include "http/test_net.hpp"

namespace mado::http {
namespace {

TEST(Completion, ComesFromAnotherThread) {
    asio::io_context io;
    for (int i = 0; i < 100; ++i) {
        std::thread worker;
        const auto here = std::this_thread::get_id();
        const auto wait = [&worker, here](int number) -> Task<int> {
            auto value = co_await completed<std::unique_ptr<int>>(
                [&worker, number](Done<std::unique_ptr<int>> done) {
                    worker = std::thread([done, number] { done(std::make_unique<int>(number)); });
                });
            EXPECT_EQ(std::this_thread::get_id(), here);
            co_return *value;
        };
        EXPECT_EQ(await(io, wait(i)), i);
        worker.join();
    }
}

TEST(Completion, OnlyTheFirstCallCounts) {
    asio::io_context io;
    EXPECT_EQ(await(io, completed<int>([](Done<int> done) {
                        done(1);
                        done(2);
                    })),
              1);
}

TEST(Completion, GivingUpIsAFailure) {
    asio::io_context io;
    EXPECT_THROW(await(io, completed<int>([](Done<int>) {})), Failure);
    std::thread worker;
    EXPECT_THROW(await(io, completed<int>([&worker](Done<int> done) {
                           worker = std::thread([mine = std::move(done)] {});
                       })),
                 Failure);
    worker.join();
    EXPECT_THROW(await(io, completed<int>([](Done<int>) { throw OperatorError("no"); })),
                 OperatorError);
}

TEST(Completion, MayEndWithItsContext) {
    Done<int> kept;
    {
        asio::io_context io;
        asio::co_spawn(io, completed<int>([&kept](Done<int> done) { kept = std::move(done); }),
                       [](std::exception_ptr, int) {});
        io.poll();
        ASSERT_TRUE(kept);
        kept = nullptr;
    }
}

// The callback waits in the very context that is destroyed.
TEST(Completion, MayBeHeldByItsContext) {
    asio::io_context io;
    asio::co_spawn(io, completed<int>([&io](Done<int> done) {
                       auto timer = std::make_shared<asio::steady_timer>(io, std::chrono::hours(1));
                       timer->async_wait([done, timer](const auto&) { done(1); });
                   }),
                   [](std::exception_ptr, int) {});
    io.poll();
}

TEST(Completion, RunsOnAnotherContext) {
    asio::io_context here;
    asio::io_context there;
    auto work = asio::make_work_guard(there);
    std::thread other([&there] { there.run(); });
    const auto name = []() -> Task<std::thread::id> { co_return std::this_thread::get_id(); };
    const auto broken = []() -> Task<int> {
        throw Failure("broken");
        co_return 0;
    };
    EXPECT_EQ(await(here, run_on(there, name())), other.get_id());
    EXPECT_THROW(await(here, run_on(there, broken())), Failure);
    work.reset();
    other.join();
}

}  // namespace
}  // namespace mado::http
