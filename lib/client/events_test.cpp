// Following the ends of mandates over mutual TLS, with a relay that comes and goes.
#include "client/events.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/detached.hpp>

#include "base/file.hpp"
#include "base/temp_folder.hpp"
#include "http/event_stream.hpp"
#include "http/test_net.hpp"
#include "wire/test_wire.hpp"

namespace mado::client {
namespace {

using http::Milliseconds;

std::string event(std::uint8_t mandate, std::string_view reason) {
    return http::event_text({.name = "mandate_ended",
                             .data = R"({"mandate":")" + base64url(wire::filled(mandate)) +
                                     R"(","reason":")" + std::string(reason) + R"("})"});
}

class EventFollowerTest : public testing::Test {
  protected:
    EventFollowerTest() {
        start(0);
        auto& relay = *std::ranges::find(directory.participants, std::string("relay"),
                                         [](const auto& one) { return one.id.text(); });
        relay.certificates = {relay_identity.hash};
        relay.addresses = {{.host = "127.0.0.1", .port = server->port()}};
        port = server->port();
    }
    ~EventFollowerTest() override {
        follower.stop();
        server.reset();
        io.restart();
        io.run_for(std::chrono::seconds(1));
        ::close(log_file);
    }
    void start(std::uint16_t at) {
        http::ServerOptions options;
        options.port = at;
        options.tls = &tls;
        server.emplace(
            io, options,
            std::vector<http::Route>{{"GET", "/v1/events", 0, [this](http::Request request) {
                                          return answer(std::move(request));
                                      }}});
    }
    Task<http::Response> answer(http::Request request) {
        ++asked;
        EXPECT_EQ(request.query, "for=portal");
        EXPECT_EQ(request.certificate, portal_identity.hash);
        http::Response response;
        response.status = status;
        response.content_type = http::event_stream_type;
        if (status != 200) co_return response;
        feed = std::make_shared<http::Feed>(http::Feed::Options{
            .heartbeat = std::string(http::event_heartbeat), .heartbeat_every = Milliseconds(20)});
        feed->push(greeting);
        response.feed = feed;
        co_return response;
    }
    void follow() { http::asio::co_spawn(io, follower.run(), http::asio::detached); }
    // Until it holds, 5 s at most.
    bool becomes(const std::function<bool()>& holds) {
        const auto end = monotonic_us() + 5'000'000;
        while (!holds() && monotonic_us() < end)
            http::await(io, http::pause(Milliseconds(5)));
        return holds();
    }

    http::asio::io_context io;
    http::Identity relay_identity{"relay"};
    http::Identity portal_identity{"portal"};
    http::TlsContext tls = http::TlsContext::server(relay_identity.tls(), true);
    std::optional<http::Server> server;
    std::uint16_t port = 0;
    std::shared_ptr<http::Feed> feed;
    std::string greeting = std::string(http::event_heartbeat);
    int status = 200;
    int asked = 0;
    wire::TestCountry country;
    wire::Directory directory = country.directory();
    Identity identity{.id = wire::participant_id("portal"),
                      .kid = "kid",
                      .signing_key = crypto::PrivateKey::generate(crypto::KeyType::p256),
                      .tls = http::TlsContext::client(portal_identity.tls(),
                                                      http::accept_only(relay_identity.hash))};
    std::vector<wire::EndedMandate> told;
    std::vector<wire::ChangedAnswer> changed;
    int all_told = 0;
    TempFolder folder;
    int log_file = ::open(folder.path("log").c_str(), O_WRONLY | O_CREAT, 0600);
    Log log{"test", log_file};
    EventFollower follower{io,
                           directory,
                           identity,
                           log,
                           {.ended = [this](const auto& ended) { told.push_back(ended); },
                            .changed = [this](const auto& one) { changed.push_back(one); },
                            .all = [this] { ++all_told; }}};
};

TEST_F(EventFollowerTest, HearsEachEndAtOnce) {
    EXPECT_FALSE(follower.connected());
    follow();
    ASSERT_TRUE(becomes([this] { return follower.connected(); }));
    const auto start = monotonic_us();
    feed->push(event(1, "stop"));
    ASSERT_TRUE(becomes([this] { return told.size() == 1; }));
    EXPECT_LT(monotonic_us() - start, 2'000'000);
    EXPECT_EQ(told[0].mandate, wire::filled(1));
    EXPECT_EQ(told[0].ending, wire::Ending::stop);
    feed->push("event: something_newer\ndata: {}\n\n" + event(2, "revoked"));
    ASSERT_TRUE(becomes([this] { return told.size() == 2; }));
    EXPECT_EQ(told[1].ending, wire::Ending::revoked);
}

TEST_F(EventFollowerTest, HearsOfAnswersThatHaveChanged) {
    const wire::ChangedAnswer one{
        .order = wire::filled(5), .index = 41, .service = wire::service_id("eligibility")};
    const auto text = [](const std::string& data) {
        return http::event_text({.name = "answer_changed", .data = data});
    };
    greeting =
        text(wire::changed_event_data(one)) + http::event_text({.name = "all_told", .data = "{}"});
    follow();
    ASSERT_TRUE(becomes([this] { return all_told == 1; }));
    EXPECT_EQ(changed, std::vector{one});
    const auto order = base64url(wire::filled(5));
    const std::vector<std::string> unreadable{
        "rubbish",
        R"({"order":")" + order + R"(","index":1})",
        R"({"order":")" + order + R"(","index":-1,"service":"eligibility"})",
        R"({"order":")" + order + R"(","index":1,"service":"Eligibility"})",
        R"({"order":"short","index":1,"service":"eligibility"})",
        R"({"order":")" + order + R"(","index":1,"service":"eligibility","number":"1"})"};
    for (const auto& wrong : unreadable)
        feed->push(text(wrong));
    feed->push(text(wire::changed_event_data(one)));
    ASSERT_TRUE(becomes([this] { return changed.size() == 2; }));
    EXPECT_TRUE(told.empty());
    EXPECT_NE(read_file(folder.path("log")).value().find("changed_answer_not_read"),
              std::string::npos);
}

TEST_F(EventFollowerTest, ConnectsAgain) {
    follow();
    ASSERT_TRUE(becomes([this] { return follower.connected(); }));
    greeting = event(3, "organisation");  // what ended meanwhile is told first
    server.reset();
    ASSERT_TRUE(becomes([this] { return !follower.connected(); }));
    http::await(io, http::pause(Milliseconds(300)));
    start(port);
    ASSERT_TRUE(becomes([this] { return told.size() == 1; }));
    EXPECT_EQ(told[0].ending, wire::Ending::organisation);
}

TEST_F(EventFollowerTest, ARefusalIsTriedAgainAndNotTooOften) {
    status = 503;
    follow();
    http::await(io, http::pause(Milliseconds(1'000)));
    EXPECT_FALSE(follower.connected());
    EXPECT_GE(asked, 2);
    EXPECT_LE(asked, 5) << "100, 200, 400, … ms apart";
    status = 200;
    EXPECT_TRUE(becomes([this] { return follower.connected(); }));
}

TEST_F(EventFollowerTest, Stops) {
    bool ended = false;
    http::asio::co_spawn(io, follower.run(), [&ended](std::exception_ptr) { ended = true; });
    ASSERT_TRUE(becomes([this] { return follower.connected(); }));
    follower.stop();
    EXPECT_TRUE(becomes([&ended] { return ended; }));
    EXPECT_TRUE(becomes([this] { return !feed->push(""); })) << "and the relay sees it";
}

// Something that cannot be read may be the end of a log-in: the relay is to tell it again.
TEST_F(EventFollowerTest, WhatCannotBeReadHidesNothing) {
    greeting = http::event_text({.name = "mandate_ended", .data = "rubbish"}) +
               event(3, "a reason of a newer relay");
    for (int i = 0; i < 300; ++i)
        greeting += event(4, "stop");
    follow();
    ASSERT_TRUE(becomes([this] { return told.size() == 301; }));
    EXPECT_EQ(told.front(), (wire::EndedMandate{wire::filled(3), wire::Ending::revoked}));
    EXPECT_EQ(asked, 1) << "it stays connected";
    EXPECT_NE(read_file(folder.path("log")).value().find("ending_not_read"), std::string::npos);
}

}  // namespace
}  // namespace mado::client
