// Who hears of an ending, and how soon: over a server, with the secret told at the public face.
#include "event_feeds.hpp"

#include <boost/json.hpp>

#include "ending.hpp"
#include "public_face.hpp"
#include "test_events.hpp"

namespace mado::relay {
namespace {

using http::Milliseconds;
using http::ServerEvent;

class EventFeedsTest : public PortalTest {
  protected:
    EventFeedsTest() { serve(shared); }
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

TEST_F(EventFeedsTest, AnEndIsHeardWithinTwoSeconds) {
    const Hash secret = crypto::random_hash();
    const auto jws = log_in(secret);
    auto listener = listen();
    ASSERT_EQ(listener.status(), 200);
    const auto start = monotonic_us();
    EXPECT_EQ(stop(secret).status, 204);
    EXPECT_EQ(listener.hear(1), std::vector{ended(jws, "stop")});
    EXPECT_LT(monotonic_us() - start, 2'000'000);
}

TEST_F(EventFeedsTest, EachOnceAndOnlyOnesOwn) {
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

TEST_F(EventFeedsTest, WhoConnectsLaterHearsItToo) {
    const Hash secret = crypto::random_hash();
    const auto jws = log_in(secret);
    log_in(crypto::random_hash());
    EXPECT_EQ(stop(secret).status, 204);
    EXPECT_EQ(listen().hear(1), std::vector{ended(jws, "stop")});

    // And after a restart, of what the store knows.
    const auto stored = stored_mandates(reader->connection(), store.vault());
    Mandates later_mandates(stored);
    EventFeeds later_feeds(stored);
    Shared later = with(later_mandates, later_feeds);
    serve(later);
    EXPECT_EQ(listen().hear(1), std::vector{ended(jws, "stop")});
    const auto over = later_feeds.open(participant_id("portal"), unix_now() + 1'800);
    ASSERT_NE(over, nullptr);
    serve(shared);  // nobody refers to `later` any more
}

// Whoever comes now and then knows when to go.
TEST_F(EventFeedsTest, SaysOnceThatAllThatThereWasIsTold) {
    const std::vector<Hash> secrets{crypto::random_hash(), crypto::random_hash()};
    for (const auto& secret : secrets)
        log_in(secret);
    EXPECT_EQ(stop(secrets[0]).status, 204);
    auto listener = listen();
    EXPECT_EQ(listener.hear(1).size(), 1U);
    EXPECT_EQ(stop(secrets[1]).status, 204);
    EXPECT_EQ(listener.hear(1).size(), 1U);
    EXPECT_EQ(listener.all_told_after(), std::vector<std::size_t>{1});
}

TEST_F(EventFeedsTest, WhoMayListen) {
    EXPECT_EQ(listen("clinic-1").status(), 403);
    EXPECT_EQ(listen("nobody").status(), 403);
    EXPECT_EQ(listen("Portal").status(), 400);
    EXPECT_EQ(listen("").status(), 400);
    EXPECT_FALSE(read_events_query("").has_value());
    EXPECT_FALSE(read_events_query("from=portal").has_value());
    EXPECT_EQ(read_events_query("for=portal")->text(), "portal");
}

TEST_F(EventFeedsTest, SixteenStreamsOfOneOrganisation) {
    std::vector<Listener> listeners;
    for (std::size_t i = 0; i < EventFeeds::feeds_of_one_max; ++i) {
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
TEST_F(EventFeedsTest, HoweverManyHaveEnded) {
    constexpr std::size_t many = 200'000;  // some 20 MiB of events
    auto early = listen();
    const auto now = unix_now();
    const LiveMandate mandate{.hash = wire::filled(1),
                              .expires = now + 100,
                              .organisation = participant_id("portal"),
                              .ended = Ending::organisation};
    for (std::size_t i = 1; i < many; ++i)
        event_feeds.tell(mandate, now);
    auto last = mandate;
    last.hash = wire::filled(2);
    event_feeds.tell(last, now);
    auto late = listen();
    for (auto* listener : {&early, &late}) {
        const auto heard = listener->hear(many);
        ASSERT_EQ(heard.size(), many);
        EXPECT_EQ(wire::valid(wire::read_ended_event(heard.back().data)).mandate, last.hash);
    }
}

// Those whose own end has come are over anyway.
TEST_F(EventFeedsTest, NotWhatIsOverByItself) {
    const auto now = unix_now();
    LiveMandate mandate{.hash = wire::filled(1),
                        .expires = now,
                        .organisation = participant_id("portal"),
                        .ended = Ending::stop};
    std::vector<LiveMandate> stored(EventFeeds::page_events_max + 1, mandate);
    mandate.hash = wire::filled(2);
    mandate.expires = now + 100;
    stored.push_back(mandate);
    EventFeeds feeds(stored);
    Shared others = with(mandates, feeds);
    serve(others);
    EXPECT_EQ(listen().hear(1),
              (std::vector{ServerEvent{"mandate_ended",
                                       wire::ended_event_data({wire::filled(2), Ending::stop})}}));
    serve(shared);  // nobody refers to `feeds` any more
}

}  // namespace
}  // namespace mado::relay
