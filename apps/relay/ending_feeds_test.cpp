// Who hears of an ending, and how soon: over a server, with the secret told at the public face.
#include "ending_feeds.hpp"

#include <boost/json.hpp>

#include "ending.hpp"
#include "http/event_stream.hpp"
#include "public_face.hpp"
#include "test_exchange.hpp"

namespace mado::relay {
namespace {

using http::Milliseconds;
using http::ServerEvent;

// A stream of events of the organisation whose certificate the server is told.
class Listener {
  public:
    Listener(asio::io_context& io, std::uint16_t port, std::string_view organisation) : io_(io) {
        auto made = http::await(
            io, http::Connection::connect({"127.0.0.1", port}, nullptr, Milliseconds(2'000)));
        EXPECT_TRUE(made.has_value());
        connection_.emplace(std::move(*made));
        http::Request request;
        request.path = "/v1/events";
        request.query = "for=" + std::string(organisation);
        const auto answer = http::await(
            io, connection_->open_feed(std::move(request), 10'000, Milliseconds(2'000)));
        EXPECT_TRUE(answer.has_value());
        status_ = answer ? answer->status : 0;
    }
    [[nodiscard]] int status() const { return status_; }
    // Until so many have come.
    std::vector<ServerEvent> hear(std::size_t count) { return http::await(io_, take(count)); }

  private:
    http::Task<std::vector<ServerEvent>> take(std::size_t count) {
        std::vector<ServerEvent> out;
        while (out.size() < count) {
            const auto bytes = co_await connection_->read_more(Milliseconds(5'000));
            if (!bytes) break;
            for (auto& event : wire::valid(reader_.add(*bytes)))
                out.push_back(std::move(event));
        }
        co_return out;
    }

    asio::io_context& io_;
    std::optional<http::Connection> connection_;
    http::EventReader reader_;
    int status_ = 0;
};

class EndingFeedsTest : public PortalTest {
  protected:
    EndingFeedsTest() { serve(shared); }
    void serve(Shared& with) {
        std::vector<http::Route> routes{
            {"GET", "/v1/events", 0, [this, &with](http::Request request) -> Task<http::Response> {
                 request.certificate = certificate;
                 co_return follow_endings(with, request);
             }}};
        events.emplace(io, http::ServerOptions{}, std::move(routes));
    }
    Listener listen(std::string_view organisation = "portal") {
        return {io, events->port(), organisation};
    }
    std::string log_in(const Hash& secret) {
        auto content = mandate_content(wire::MandateKind::login);
        content.stop = crypto::sha256(secret);
        auto jws = card.sign(content);
        EXPECT_EQ(code_of(ask_portal(question(), wire::mandate_subject(jws))), "ok");
        return jws;
    }
    http::Response stop(const Hash& secret) {
        http::Request request;
        request.body = R"({"secret":")" + base64url(secret) + R"("})";
        request.request_id = "request-id";
        return http::await(io, stop_mandate(shared, std::move(request)));
    }
    static ServerEvent ended(std::string_view jws, std::string_view reason) {
        return {"mandate_ended",
                boost::json::serialize(boost::json::object{
                    {"mandate", base64url(crypto::sha256(as_bytes(jws)))}, {"reason", reason}})};
    }

    Hash certificate = wire::filled(8);  // the portal's
    std::optional<http::Server> events;
};

TEST_F(EndingFeedsTest, AnEndIsHeardWithinTwoSeconds) {
    const Hash secret = crypto::random_hash();
    const auto jws = log_in(secret);
    auto listener = listen();
    ASSERT_EQ(listener.status(), 200);
    const auto start = monotonic_us();
    EXPECT_EQ(stop(secret).status, 204);
    EXPECT_EQ(listener.hear(1), std::vector{ended(jws, "stop")});
    EXPECT_LT(monotonic_us() - start, 2'000'000);
}

TEST_F(EndingFeedsTest, EachOnceAndOnlyOnesOwn) {
    const std::vector<Hash> secrets{crypto::random_hash(), crypto::random_hash()};
    const auto first = log_in(secrets[0]);
    const auto second = log_in(secrets[1]);
    auto portal = listen();
    certificate = wire::filled(4);
    auto clinic = listen("clinic-1");
    ASSERT_EQ(clinic.status(), 200);
    for (const auto& secret : {secrets[0], secrets[0], secrets[1]})
        EXPECT_EQ(stop(secret).status, 204);
    EXPECT_EQ(portal.hear(2), (std::vector{ended(first, "stop"), ended(second, "stop")}));
    const auto check = mandate_content();
    const auto jws = card.sign(check);
    dial_answering();
    EXPECT_EQ(ask(head(), wire::mandate_subject(jws)), "ok");
    http::Request withdrawal;
    withdrawal.body =
        R"({"for":"clinic-1","mandate":")" + base64url(crypto::sha256(as_bytes(jws))) + R"("})";
    withdrawal.certificate = certificate;
    EXPECT_EQ(http::await(io, end_mandate(shared, std::move(withdrawal))).status, 204);
    EXPECT_EQ(clinic.hear(1), std::vector{ended(jws, "organisation")}) << "and none before";
}

TEST_F(EndingFeedsTest, WhoConnectsLaterHearsItToo) {
    const Hash secret = crypto::random_hash();
    const auto jws = log_in(secret);
    log_in(crypto::random_hash());
    EXPECT_EQ(stop(secret).status, 204);
    EXPECT_EQ(listen().hear(1), std::vector{ended(jws, "stop")});

    // And after a restart, of what the store knows.
    const auto stored = stored_mandates(reader->connection(), store.vault());
    Mandates later_mandates(stored);
    EndingFeeds later_feeds(stored);
    Shared later = with(later_mandates, later_feeds);
    serve(later);
    EXPECT_EQ(listen().hear(1), std::vector{ended(jws, "stop")});
    const auto over = later_feeds.open(participant_id("portal"), unix_now() + 1'800);
    ASSERT_NE(over, nullptr);
    serve(shared);  // nobody refers to `later` any more
}

TEST_F(EndingFeedsTest, WhoMayListen) {
    EXPECT_EQ(listen("clinic-1").status(), 403);
    EXPECT_EQ(listen("nobody").status(), 403);
    EXPECT_EQ(listen("Portal").status(), 400);
    EXPECT_EQ(listen("").status(), 400);
    EXPECT_FALSE(read_events_query("").has_value());
    EXPECT_FALSE(read_events_query("from=portal").has_value());
    EXPECT_EQ(read_events_query("for=portal")->text(), "portal");
}

TEST_F(EndingFeedsTest, SixteenStreamsOfOneOrganisation) {
    std::vector<Listener> listeners;
    for (std::size_t i = 0; i < EndingFeeds::feeds_of_one_max; ++i) {
        listeners.push_back(listen());
        EXPECT_EQ(listeners.back().status(), 200);
    }
    EXPECT_EQ(listen().status(), 503);
    certificate = wire::filled(4);
    EXPECT_EQ(listen("clinic-1").status(), 200) << "another one's";
    certificate = wire::filled(8);
    listeners.pop_back();
    const auto end = monotonic_us() + 2'000'000;
    while (events->connections() > 16 && monotonic_us() < end)
        http::await(io, http::pause(Milliseconds(5)));
    EXPECT_EQ(listen().status(), 200) << "one that left makes room";
}

// Whether they end before somebody reads or while nobody takes them: all are told, and no more
// than a page waits.
TEST_F(EndingFeedsTest, HoweverManyHaveEnded) {
    constexpr std::size_t many = 200'000;  // some 20 MiB of events
    auto early = listen();
    const auto now = unix_now();
    const LiveMandate mandate{.hash = wire::filled(1),
                              .expires = now + 100,
                              .organisation = participant_id("portal"),
                              .ended = Ending::organisation};
    for (std::size_t i = 1; i < many; ++i)
        ending_feeds.tell(mandate, now);
    auto last = mandate;
    last.hash = wire::filled(2);
    ending_feeds.tell(last, now);
    auto late = listen();
    for (auto* listener : {&early, &late}) {
        const auto heard = listener->hear(many);
        ASSERT_EQ(heard.size(), many);
        EXPECT_EQ(wire::valid(wire::read_ended_event(heard.back().data)).mandate, last.hash);
    }
}

// Those whose own end has come are over anyway.
TEST_F(EndingFeedsTest, NotWhatIsOverByItself) {
    const auto now = unix_now();
    LiveMandate mandate{.hash = wire::filled(1),
                        .expires = now,
                        .organisation = participant_id("portal"),
                        .ended = Ending::stop};
    std::vector<LiveMandate> stored(EndingFeeds::page_events_max + 1, mandate);
    mandate.hash = wire::filled(2);
    mandate.expires = now + 100;
    stored.push_back(mandate);
    EndingFeeds feeds(stored);
    Shared others = with(mandates, feeds);
    serve(others);
    EXPECT_EQ(listen().hear(1),
              (std::vector{ServerEvent{"mandate_ended",
                                       wire::ended_event_data({wire::filled(2), Ending::stop})}}));
    serve(shared);  // nobody refers to `feeds` any more
}

}  // namespace
}  // namespace mado::relay
