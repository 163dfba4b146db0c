#include "sessions.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "wire/test_wire.hpp"

namespace mado::portal {
namespace {

constexpr UnixTime now = 1'000'000;

Waiting waiting(std::string state = "state") {
    return {.nonce = "nonce", .state = std::move(state), .expires = now + 300};
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

TEST(Sessions, OnlySoManyWaitAtOnce) {
    Sessions sessions;
    for (std::size_t i = 0; i < waiting_max; ++i)
        ASSERT_TRUE(sessions.begin(waiting(), now).has_value()) << i;
    EXPECT_FALSE(sessions.may_begin("192.0.2.1", now));
    EXPECT_FALSE(sessions.begin(waiting(), now).has_value());
    EXPECT_TRUE(sessions.begin(waiting(), now + 300).has_value()) << "their time is over";
}

TEST(Sessions, WhoReturnsTwiceBeginsAnew) {
    Sessions sessions;
    const auto cookie = sessions.begin(waiting(), now).value();
    EXPECT_FALSE(sessions.take_waiting(cookie, "another", now).has_value());
    EXPECT_FALSE(sessions.take_waiting("another", "state", now).has_value());
    EXPECT_TRUE(sessions.take_waiting(cookie, "state", now).has_value()) << "nothing was taken";
    EXPECT_FALSE(sessions.take_waiting(cookie, "state", now).has_value());
    const auto late = sessions.begin(waiting(), now).value();
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
    std::vector<std::shared_ptr<http::Feed>> feeds;
    for (std::size_t i = 0; i < pages_max; ++i)
        feeds.push_back(sessions.listen(wire::filled(1)));
    ASSERT_NE(feeds.back(), nullptr);
    EXPECT_EQ(sessions.listen(wire::filled(1)), nullptr);
    EXPECT_NE(sessions.listen(wire::filled(2)), nullptr) << "another log-in's";
    feeds.pop_back();
    EXPECT_NE(sessions.listen(wire::filled(1)), nullptr) << "one that left makes room";
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
}  // namespace mado::portal
