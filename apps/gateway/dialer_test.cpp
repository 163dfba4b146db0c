#include "dialer.hpp"

#include <gtest/gtest.h>

#include <chrono>

#include "http/test_net.hpp"
#include "test_gateway.hpp"
#include "wire/exchange.hpp"

namespace mado::gateway {
namespace {

using http::Milliseconds;

TEST(DialPause, GrowsUntilAConnectionIsHeld) {
    auto pause = dial_pause_first;
    for (const Milliseconds expected : {Milliseconds(200), Milliseconds(400), Milliseconds(800),
                                        Milliseconds(1'600), dial_pause_most, dial_pause_most}) {
        pause = pause_after(pause, Milliseconds(0));
        EXPECT_EQ(pause, expected);
    }
    EXPECT_EQ(pause_after(Milliseconds(400), held_min - Milliseconds(1)), Milliseconds(800));
    EXPECT_EQ(pause_after(pause, held_min), dial_pause_first);
}

// A relay that accepts every connection and ends it at once.
TEST(DialerTest, RelayThatAcceptsAndClosesIsNotDialledAllTheTime) {
    constexpr int lines = 8;
    http::asio::io_context io;
    const http::Identity relay("relay");
    const http::Identity gateway("gateway");
    const auto server_tls = http::TlsContext::server(relay.tls(), true);
    const auto client_tls = http::TlsContext::client(gateway.tls(), http::accept_only(relay.hash));
    const Log log{"test", null_device()};
    int dials = 0;
    const auto accept = [&io, &dials](http::Request) -> http::Task<http::Response> {
        // The first of the third time that each is dialled.
        if (++dials == 2 * lines + 1) io.stop();
        http::Response response;
        response.status = 101;
        response.headers.push_back({"Upgrade", std::string(wire::upgrade_protocol)});
        response.upgraded = [](http::Connection connection) -> http::Task<void> {
            connection.close();
            co_return;
        };
        co_return response;
    };
    http::ServerOptions options;
    options.tls = &server_tls;
    http::Server server(io, options, {{"POST", "/v1/holder", 1'000, accept}});
    Dialer dialer(io, {.relay = {{.host = "127.0.0.1", .port = server.port()}},
                       .holders = {"06990014"},
                       .tls = client_tls,
                       .log = log,
                       .handler = http::echo});
    const auto start = std::chrono::steady_clock::now();
    dialer.start();
    io.run_for(http::test_patience);
    EXPECT_GT(dials, 2 * lines);
    EXPECT_GE(std::chrono::steady_clock::now() - start,
              pause_after(dial_pause_first, Milliseconds(0)) * 3);
    http::await(io, dialer.stop(Milliseconds(0)));
}

}  // namespace
}  // namespace mado::gateway
