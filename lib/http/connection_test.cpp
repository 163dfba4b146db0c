// What a client hears of servers that are slow, silent or wrong.

#include "base/result.hpp"
#include "http/test_tls.hpp"

namespace mado::http {
namespace {

struct ExchangeTest : testing::Test {
    asio::io_context io;
};

// A server that reads a request and then sends exactly these bytes and closes.
Task<void> play(asio::ip::tcp::acceptor& acceptor, std::string bytes, Milliseconds wait) {
    auto socket = co_await acceptor.async_accept(asio::use_awaitable);
    std::array<char, 4096> buffer{};
    co_await socket.async_read_some(asio::buffer(buffer), asio::use_awaitable);
    co_await asio::async_write(socket, asio::buffer(bytes), asio::use_awaitable);
    co_await pause(wait);
}

Answer ask_player(asio::io_context& io, std::string bytes, std::size_t body_bytes_max = 100,
                  Milliseconds wait = {}) {
    asio::ip::tcp::acceptor acceptor(io, {asio::ip::make_address("127.0.0.1"), 0});
    asio::co_spawn(io, play(acceptor, std::move(bytes), wait), [](std::exception_ptr) {});
    auto connection = await(io, Connection::connect({"127.0.0.1", acceptor.local_endpoint().port()},
                                                    nullptr, patience));
    if (!connection) return std::unexpected(connection.error());
    auto answer =
        await(io, connection->exchange(request("GET", "/"), body_bytes_max, Milliseconds(200)));
    if (!answer) EXPECT_FALSE(connection->open());
    return answer;
}

TEST_F(ExchangeTest, ReadsAnswersOfOtherServers) {
    const auto chunked = ask_player(io,
                                    "HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\n"
                                    "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n");
    ASSERT_TRUE(chunked.has_value());
    EXPECT_EQ(chunked->body, "abc");
    EXPECT_EQ(ask_player(io, "HTTP/1.1 204 No Content\r\n\r\n")->status, 204);
}

TEST_F(ExchangeTest, SaysWhatWentWrong) {
    const auto error = [this](std::string bytes, Milliseconds wait = {}) {
        const auto answer = ask_player(io, std::move(bytes), 100, wait);
        return answer ? std::string_view("no error") : to_text(answer.error());
    };
    EXPECT_EQ(error(""), "closed");
    EXPECT_EQ(error("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"), "closed");
    EXPECT_EQ(error("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", Milliseconds(1000)),
              "timed_out");
    EXPECT_EQ(error("", Milliseconds(1000)), "timed_out");
    EXPECT_EQ(error("hello there\r\n\r\n"), "malformed");
    EXPECT_EQ(error("HTTP/1.1 200 OK\r\n\r\nabc"), "malformed");
    EXPECT_EQ(error("HTTP/1.1 200 OK\r\nContent-Length: 101\r\n\r\n"), "malformed");
    EXPECT_EQ(error("HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"),
              "malformed");
    std::string interim;
    for (int i = 0; i < 20; ++i)
        interim += "HTTP/1.1 100 Continue\r\n\r\n";
    EXPECT_EQ(error(interim), "malformed");
}

TEST_F(ExchangeTest, NobodyListens) {
    std::uint16_t port = 0;
    {
        const asio::ip::tcp::acceptor acceptor(io, {asio::ip::make_address("127.0.0.1"), 0});
        port = acceptor.local_endpoint().port();
    }
    const auto answer = await(io, ask(port, nullptr, request("GET", "/")));
    ASSERT_FALSE(answer.has_value());
    EXPECT_EQ(answer.error(), NetError::refused);
}

TEST_F(ExchangeTest, NoticesThatAnIdlePeerHasClosed) {
    ServerOptions options;
    options.limits.idle = Milliseconds(50);
    const Server server(io, std::move(options), test_routes());
    auto connection =
        await(io, Connection::connect({"127.0.0.1", server.port()}, nullptr, patience));
    ASSERT_TRUE(connection.has_value());
    ASSERT_TRUE(await(io, connection->exchange(request("GET", "/hello"), 100, patience)));
    EXPECT_TRUE(connection->open());
    await(io, pause(Milliseconds(120)));
    EXPECT_FALSE(connection->open());
    const auto answer = await(io, connection->exchange(request("GET", "/hello"), 100, patience));
    ASSERT_FALSE(answer.has_value());
    EXPECT_EQ(answer.error(), NetError::closed);
}

TEST_F(ExchangeTest, OneAtATime) {
    const Server server(io, {}, test_routes());
    auto connection =
        await(io, Connection::connect({"127.0.0.1", server.port()}, nullptr, patience));
    ASSERT_TRUE(connection.has_value());
    asio::co_spawn(io, connection->exchange(request("GET", "/slow"), 100, patience),
                   [](std::exception_ptr, const auto&) {});
    await(io, pause(Milliseconds(20)));
    EXPECT_THROW(await(io, connection->exchange(request("GET", "/hello"), 100, patience)), Failure);
    connection->close();
    await(io, pause(Milliseconds(20)));
}

TEST_F(ExchangeTest, AMovedConnectionIsClosedOnce) {
    const Server server(io, {}, test_routes());
    const Endpoint to{"127.0.0.1", server.port()};
    auto first = await(io, Connection::connect(to, nullptr, patience));
    auto second = await(io, Connection::connect(to, nullptr, patience));
    ASSERT_TRUE(first.has_value() && second.has_value());
    *first = std::move(*second);
    await(io, pause(Milliseconds(20)));
    EXPECT_EQ(server.connections(), 1U);
    EXPECT_TRUE(first->open());
    EXPECT_FALSE(second->open());
}

}  // namespace
}  // namespace mado::http
