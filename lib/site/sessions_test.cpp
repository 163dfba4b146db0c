#include "site/sessions.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <vector>

#include "wire/test_wire.hpp"

namespace mado::site {
namespace {

constexpr UnixTime now = 1'000'000;

Waiting waiting(std::string state = "state") {
    return {.nonce = "nonce",
            .state = std::move(state),
            .expires = now + 300,
            .key = crypto::PrivateKey::generate(crypto::KeyType::p256)};
}
LoggedIn logged_in(std::uint8_t mandate) {
    return {.mandate = "jws", .mandate_hash = wire::filled(mandate), .expires = now + 1'800};
}

TEST(Sessions, OneAddressBeginsOnlySoMany) {
    Sessions sessions;
    for (int i = 0; i < starts_max; ++i)
        EXPECT_TRUE(sessions.may_begin("192.0.2.1", now)) << i;
    EXPECT_FALSE(sessions.may_begin("192.0.2.1", now));
    EXPECT_TRUE(sessions.may_begin("192.0.2.2", now)) << "another one";
    EXPECT_FALSE(sessions.may_begin("192.0.2.1", now + starts_window_s - 1));
    EXPECT_TRUE(sessions.may_begin("192.0.2.1", now + starts_window_s));
}

// Who has one IPv6 address has as many as they like.
TEST(Sessions, OneNetworkBeginsOnlySoMany) {
    Sessions sessions;
    for (int i = 0; i < starts_max; ++i)
        EXPECT_TRUE(sessions.may_begin(fmt::format("2001:db8::{:x}", i + 1), now)) << i;
    EXPECT_FALSE(sessions.may_begin("2001:db8::ffff", now));
    EXPECT_TRUE(sessions.may_begin("2001:db8:0:1::1", now)) << "another network";
}

// Strangers cannot keep others out by beginning.
TEST(Sessions, TheOldestOfTooManyGivesWay) {
    Sessions sessions;
    auto early = waiting();
    early.expires = now + 299;
    const auto oldest = sessions.begin(std::move(early), now);
    const auto second = sessions.begin(waiting(), now);
    for (std::size_t i = 2; i < waiting_max; ++i)
        sessions.begin(waiting(), now);
    const auto newest = sessions.begin(waiting(), now);
    EXPECT_FALSE(sessions.take_waiting(oldest, "state", now).has_value());
    EXPECT_TRUE(sessions.take_waiting(second, "state", now).has_value());
    EXPECT_TRUE(sessions.take_waiting(newest, "state", now).has_value());
}

TEST(Expiring, ThePutAgainEndsLater) {
    Expiring<int, int> map(2);
    map.put(1, 10, 100);
    map.put(1, 11, 200);
    map.put(2, 20, 150);
    map.drop_old(100);
    EXPECT_EQ(*map.find(1), 11);
    map.put(3, 30, 300);
    EXPECT_EQ(map.find(2), nullptr) << "it ended first";
    map.drop_old(200);
    EXPECT_EQ(map.find(1), nullptr);
    EXPECT_EQ(map.take(3), 30);
    EXPECT_EQ(map.take(3), std::nullopt);
    EXPECT_EQ(map.first(1'000), std::nullopt);
}

TEST(Sessions, WhoReturnsTwiceBeginsAnew) {
    Sessions sessions;
    const auto cookie = sessions.begin(waiting(), now);
    EXPECT_FALSE(sessions.take_waiting(cookie, "another", now).has_value());
    EXPECT_FALSE(sessions.take_waiting("another", "state", now).has_value());
    EXPECT_TRUE(sessions.take_waiting(cookie, "state", now).has_value()) << "nothing was taken";
    EXPECT_FALSE(sessions.take_waiting(cookie, "state", now).has_value());
    const auto late = sessions.begin(waiting(), now);
    EXPECT_NE(late, cookie);
    EXPECT_FALSE(sessions.take_waiting(late, "state", now + 300).has_value());
}

TEST(Sessions, LogInAndOut) {
    Sessions sessions;
    const auto cookie = sessions.log_in(logged_in(1)).value();
    EXPECT_EQ(sessions.find(cookie, now)->mandate_hash, wire::filled(1));
    EXPECT_EQ(sessions.find(cookie, now + 1'800), nullptr);
    EXPECT_EQ(sessions.find("another", now), nullptr);
    EXPECT_FALSE(sessions.log_out("another").has_value());
    EXPECT_EQ(sessions.log_out(cookie)->mandate_hash, wire::filled(1));
    EXPECT_EQ(sessions.find(cookie, now), nullptr);
    EXPECT_FALSE(sessions.log_out(cookie).has_value());
}

// The relay may tell of the end sooner than the browser comes back; and it says why.
TEST(Sessions, AnEndBeforeTheLogIn) {
    for (const auto why : {Said::card_removed, Said::card_stopped}) {
        Sessions sessions;
        sessions.end(wire::filled(1), why);
        EXPECT_EQ(sessions.log_in(logged_in(1)).error(), why);
        EXPECT_TRUE(sessions.log_in(logged_in(2)).has_value()) << "another one's";
    }
}

TEST(Sessions, OnlySoManyPagesListen) {
    Sessions sessions;
    ASSERT_TRUE(sessions.log_in(logged_in(1)).has_value());
    ASSERT_TRUE(sessions.log_in(logged_in(2)).has_value());
    std::vector<std::shared_ptr<http::Feed>> feeds;
    for (std::size_t i = 0; i < pages_max; ++i)
        feeds.push_back(sessions.listen(wire::filled(1)));
    ASSERT_NE(feeds.back(), nullptr);
    EXPECT_EQ(sessions.listen(wire::filled(1)), nullptr);
    EXPECT_NE(sessions.listen(wire::filled(2)), nullptr) << "another log-in's";
    feeds.pop_back();
    EXPECT_NE(sessions.listen(wire::filled(1)), nullptr) << "one that left makes room";
    EXPECT_EQ(sessions.listen(wire::filled(3)), nullptr) << "nobody's";
}

TEST(Sessions, OfOneCard) {
    Sessions sessions;
    const auto of = [](std::uint8_t mandate, std::uint8_t card, UnixTime since) {
        auto out = logged_in(mandate);
        out.card = wire::filled(card);
        out.since = since;
        return out;
    };
    const auto second = sessions.log_in(of(1, 7, now + 2)).value();
    ASSERT_TRUE(sessions.log_in(of(2, 7, now + 1)).has_value());
    const auto strangers = sessions.log_in(of(3, 8, now)).value();
    EXPECT_EQ(sessions.log_in(of(3, 8, now)).error(), Said::other_session) << "taken once";
    const auto both = sessions.of_card(wire::filled(7), now);
    ASSERT_EQ(both.size(), 2U);
    EXPECT_EQ(both[0].mandate_hash, wire::filled(2));
    EXPECT_EQ(both[1].mandate_hash, wire::filled(1));
    const auto id = sessions.find(strangers, now)->id;
    EXPECT_FALSE(sessions.end_one(wire::filled(7), id, Said::log_out).has_value());
    EXPECT_EQ(sessions.end_one(wire::filled(7), both[1].id, Said::log_out), wire::filled(1));
    EXPECT_EQ(sessions.find(second, now), nullptr);
    EXPECT_EQ(sessions.of_card(wire::filled(7), now).size(), 1U);
    EXPECT_TRUE(sessions.of_card(wire::filled(9), now).empty());
}

TEST(Sessions, OneLogInAsksOnlySoMuch) {
    Sessions sessions;
    ASSERT_TRUE(sessions.log_in(logged_in(1)).has_value());
    for (int i = 0; i < asks_max; ++i)
        EXPECT_TRUE(sessions.may_ask(wire::filled(1), now)) << i;
    EXPECT_FALSE(sessions.may_ask(wire::filled(1), now));
    EXPECT_TRUE(sessions.may_ask(wire::filled(1), now + asks_window_s));
    EXPECT_FALSE(sessions.may_ask(wire::filled(2), now)) << "nobody's";
}

TEST(Sessions, WhatIsOldIsDropped) {
    Sessions sessions;
    const auto cookie = sessions.log_in(logged_in(1)).value();
    const auto feed = sessions.listen(wire::filled(1));
    sessions.drop_old(now + 1'799);
    EXPECT_NE(sessions.find(cookie, now), nullptr);
    EXPECT_TRUE(feed->push(""));
    sessions.drop_old(now + 1'800);
    EXPECT_EQ(sessions.find(cookie, now), nullptr);
    EXPECT_FALSE(feed->push("")) << "its pages have heard it";
    EXPECT_EQ(sessions.log_in(logged_in(1)).error(), Said::time_over);
}

// Also what ended is forgotten, when the mandate would be over anyway.
TEST(Sessions, EndsAreForgotten) {
    Sessions sessions;
    sessions.end(wire::filled(1), Said::log_out);
    sessions.drop_old(unix_now() + 1'800 + 1);
    EXPECT_TRUE(sessions.log_in(logged_in(1)).has_value());
}

}  // namespace
}  // namespace mado::site
