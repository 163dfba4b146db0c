// Answers that go on: what a feed brings reaches its reader, and neither side waits for the other
// for ever.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "http/event_stream.hpp"
#include "http/test_net.hpp"

namespace mado::http {
namespace {

class FeedTest : public testing::Test {
  protected:
    FeedTest() {
        server.emplace(io, ServerOptions{.limits = limits()},
                       std::vector<Route>{{"GET", "/feed", 0,
                                           [this](Request) -> Task<Response> {
                                               Response response;
                                               response.content_type = event_stream_type;
                                               response.body = "first ";
                                               response.feed = feed;
                                               co_return response;
                                           }},
                                          {"GET", "/hello", 0, echo}});
    }
    static Limits limits() {
        Limits out;
        out.write = Milliseconds(300);
        return out;
    }
    Connection connect() {
        auto made = await(
            io, Connection::connect({"127.0.0.1", server->port()}, nullptr, Milliseconds(2'000)));
        EXPECT_TRUE(made.has_value());
        return std::move(*made);
    }
    Connection open() {
        auto connection = connect();
        const auto answer =
            await(io, connection.open_feed(request("GET", "/feed"), 100, Milliseconds(2'000)));
        EXPECT_TRUE(answer.has_value());
        EXPECT_EQ(answer->status, 200);
        EXPECT_EQ(answer->content_type, "text/event-stream");
        EXPECT_EQ(answer->header("Content-Length"), "");
        EXPECT_EQ(answer->header("Connection"), "close");
        return connection;
    }
    // Until so much has come; what came when it ends.
    Task<std::string> read(Connection& connection, std::size_t bytes) {
        std::string all;
        while (all.size() < bytes) {
            auto more = co_await connection.read_more(Milliseconds(2'000));
            if (!more) break;
            all += *more;
        }
        co_return all;
    }

    asio::io_context io;
    std::shared_ptr<Feed> feed =
        std::make_shared<Feed>(Feed::Options{.waiting_bytes_max = 4 * 1024 * 1024,
                                             .heartbeat = "beat ",
                                             .heartbeat_every = Milliseconds(50)});
    std::optional<Server> server;
};

TEST_F(FeedTest, BringsWhatComesFromAnyThread) {
    ASSERT_TRUE(feed->push("before "));
    auto connection = open();
    EXPECT_EQ(await(io, read(connection, 13)), "first before ");
    std::jthread other([this] {
        for (int i = 0; i < 100; ++i)
            feed->push("x");
        feed->close();
    });
    auto rest = await(io, read(connection, 100'000));
    std::erase_if(rest, [](char c) { return c != 'x'; });
    EXPECT_EQ(rest, std::string(100, 'x')) << "and then the end";
    EXPECT_FALSE(feed->push("after"));
}

// Nobody pushes: the next piece is asked for when the last one was taken, also after a pause.
TEST_F(FeedTest, AsksForMoreWhenTheReaderHasTakenAll) {
    std::atomic<int> left = 3;
    int asked = 0;
    feed = std::make_shared<Feed>(Feed::Options{.heartbeat = "beat ",
                                                .heartbeat_every = Milliseconds(60'000),
                                                .more = [&left, &asked]() -> std::string {
                                                    ++asked;
                                                    return left > 0 ? std::to_string(left--) : "";
                                                }});
    feed->push("pushed ");
    auto connection = open();
    EXPECT_EQ(await(io, read(connection, 16)), "first pushed 321");
    await(io, pause(Milliseconds(20)));
    EXPECT_EQ(asked, 4) << "and not again before it is woken";
    std::jthread other([this, &left] {
        left = 2;
        feed->wake();
    });
    EXPECT_EQ(await(io, read(connection, 2)), "21");
}

TEST_F(FeedTest, BeatsWhenThereIsNothing) {
    auto connection = open();
    EXPECT_EQ(await(io, read(connection, 16)), "first beat beat ");
}

TEST_F(FeedTest, EndsWhenTheReaderLeaves) {
    auto connection = open();
    EXPECT_EQ(await(io, read(connection, 6)), "first ");
    connection.close();
    const auto end = monotonic_us() + 2'000'000;
    while (server->connections() > 0 && monotonic_us() < end)
        await(io, pause(Milliseconds(5)));
    EXPECT_EQ(server->connections(), 0U);
    EXPECT_FALSE(feed->push("x"));
}

TEST_F(FeedTest, EndsWhenTheServerStops) {
    auto connection = open();
    EXPECT_EQ(await(io, read(connection, 6)), "first ");
    const auto start = monotonic_us();
    await(io, server->stop(Milliseconds(5'000)));
    EXPECT_LT(monotonic_us() - start, 1'000'000);
    await(io, read(connection, 100'000));
    EXPECT_FALSE(feed->push("x"));
}

TEST_F(FeedTest, AReaderThatLetsTooMuchWaitIsDropped) {
    auto connection = open();  // and then it reads nothing
    const std::string much(1024 * 1024, 'x');
    const auto end = monotonic_us() + 10'000'000;
    while (feed->push(much) && monotonic_us() < end)
        await(io, pause(Milliseconds(1)));
    EXPECT_FALSE(feed->push("x"));
    while (server->connections() > 0 && monotonic_us() < end)
        await(io, pause(Milliseconds(5)));
    EXPECT_EQ(server->connections(), 0U) << "its place is free";
}

TEST_F(FeedTest, WhoReadsSaysNothingMore) {
    RawClient client(io, server->port());
    await(io, client.send("GET /feed HTTP/1.1\r\nHost: a\r\n\r\n"));
    await(io, client.read_until("first "));
    await(io, client.send("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n"));
    EXPECT_EQ(await(io, client.read_to_end()).find("hello"), std::string::npos);
}

TEST_F(FeedTest, AHeadHasNoFeed) {
    const auto answer = talk(io, server->port(), "HEAD /feed HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 200")) << answer;
    EXPECT_TRUE(answer.ends_with("\r\n\r\n")) << answer;
}

TEST_F(FeedTest, AnAnswerThatIsOverIsNoFeed) {
    auto connection = connect();
    const auto answer =
        await(io, connection.open_feed(request("GET", "/hello"), 100, Milliseconds(2'000)));
    EXPECT_EQ(answer.error(), NetError::malformed);
    auto other = connect();
    const auto refused =
        await(io, other.open_feed(request("GET", "/nothing"), 1'000, Milliseconds(2'000)));
    ASSERT_TRUE(refused.has_value());
    EXPECT_EQ(refused->status, 404);
    auto third = connect();
    EXPECT_EQ(
        await(io, third.exchange(request("GET", "/feed"), 1'000, Milliseconds(2'000))).error(),
        NetError::malformed)
        << "whoever wants an answer with an end gets no other";
}

TEST_F(FeedTest, SilenceIsNotWaitedForForEver) {
    feed = std::make_shared<Feed>(Feed::Options{});
    auto connection = open();
    EXPECT_EQ(await(io, connection.read_more(Milliseconds(2'000))), "first ");
    EXPECT_EQ(await(io, connection.read_more(Milliseconds(50))).error(), NetError::timed_out);
}

}  // namespace
}  // namespace mado::http
