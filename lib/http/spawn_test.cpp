#include "http/spawn.hpp"

#include <gtest/gtest.h>

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

TEST(Spawn, RunsToItsEnd) {
    asio::io_context io;
    bool done = false;
    spawn(io, succeed(done));
    io.run();
    EXPECT_TRUE(done);
}

}  // namespace
}  // namespace mado::http
