#include "http/spawn.hpp"

#include <gtest/gtest.h>
#include <signal.h>

#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include "base/result.hpp"
#include "http/test_net.hpp"

namespace mado::http {
namespace {

Task<void> fail() {
    co_await pause(Milliseconds(1));
    throw Failure("the disk is full");
}

Task<void> succeed(bool& done) {
    co_await pause(Milliseconds(1));
    done = true;
}

TEST(Spawn, AFailureComesOutOfRun) {
    asio::io_context io;
    spawn(io, fail());
    try {
        io.run();
        FAIL() << "it was swallowed";
    } catch (const Failure& failure) {
        EXPECT_STREQ(failure.what(), "the disk is full");
    }
}

Task<void> stop_at_signal(asio::io_context& io, bool& in_order) {
    asio::signal_set signals(io, SIGTERM);
    co_await signals.async_wait(asio::use_awaitable);
    co_await pause(Milliseconds(1));
    in_order = true;
    io.stop();
}

TEST(RunUntilStopped, AFaultStopsTheProgramInOrder) {
    asio::io_context io;
    bool in_order = false;
    spawn(io, stop_at_signal(io, in_order));
    spawn(io, fail());
    EXPECT_THROW(run_until_stopped(io), Failure);
    EXPECT_TRUE(in_order);
}

// What would stop the program is not there yet.
TEST(RunUntilStopped, AFaultAtTheVeryStart) {
    asio::io_context io;
    bool in_order = false;
    spawn(io, fail());
    asio::steady_timer later(io, Milliseconds(100));
    later.async_wait([&](boost::system::error_code) { spawn(io, stop_at_signal(io, in_order)); });
    EXPECT_THROW(run_until_stopped(io), Failure);
    EXPECT_TRUE(in_order);
}

Task<void> stop_badly(asio::io_context& io) {
    asio::signal_set signals(io, SIGTERM);
    co_await signals.async_wait(asio::use_awaitable);
    throw Failure("and nothing can be closed");
}

TEST(RunUntilStopped, TheFirstOfTwoFaults) {
    asio::io_context io;
    spawn(io, stop_badly(io));
    spawn(io, fail());
    try {
        run_until_stopped(io);
        FAIL() << "it was swallowed";
    } catch (const Failure& failure) {
        EXPECT_STREQ(failure.what(), "the disk is full");
    }
}

TEST(Spawn, RunsToItsEnd) {
    asio::io_context io;
    bool done = false;
    spawn(io, succeed(done));
    io.run();
    EXPECT_TRUE(done);
}

}  // namespace
}  // namespace mado::http
