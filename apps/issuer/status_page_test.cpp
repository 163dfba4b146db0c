// What a person reads at /status of their case; the relay is pretended.
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json.hpp>

#include "numbers.hpp"
#include "status_page.hpp"
#include "stop_page.hpp"
#include "test_window.hpp"

namespace mado::issuer {
namespace {

// ---- how far it is, for the person ----

TEST_F(WindowTest, TheStatusPageSaysForWhomACaseWaitsAndSinceWhen) {
    const auto& file = store->find(case_since(2 * day_s));
    const auto shown = by_slip("/status", file.number);
    expect_shown(shown,
                 {"<h2>Your first card</h2>", "Waiting for the resident register", "(day 3).",
                  "You need not do anything now.", "② Application", "③④⑤ Check with the registers",
                  "Who: the resident register, the medical insurer", "⑪ Telling the insurers",
                  R"(<li class="waits" aria-current="step">)", "later</span>", "done (", ">online<",
                  ">in person<", "is over. Please call the issuing centre on 050-0000-0000"});
    const auto kept = std::ranges::find(shown.headers, "Cache-Control", &http::Header::name);
    ASSERT_NE(kept, shown.headers.end());
    EXPECT_EQ(kept->value, "no-store");
    EXPECT_TRUE(this->shown(file.number).empty()) << "nobody has looked but the person";
    for (const auto* path : {"/status", "/stop"}) {
        const auto to = std::string_view(path) == "/stop" ? "/status" : "/stop";
        expect_shown(get(path, "lang=en"), {R"(<a class="alone" href=")" + std::string(to)});
    }
}

// Whoever has found the slip sees the same.
TEST_F(WindowTest, TheStatusPageNamesNobodyAndNoNumber) {
    const auto id = case_since(2 * day_s);
    const auto person = test_application(schemes).person;
    const auto file = store->find(id);
    std::vector<std::string> not_these{person.name,
                                       person.kana,
                                       person.address,
                                       "1986",
                                       "06990014",
                                       "992011",
                                       "sato",
                                       file.number,
                                       "A市",
                                       "link_taken",
                                       "the-reason",
                                       file.one.numbers.issuing,
                                       file.one.numbers.health_care,
                                       file.one.numbers.certificate};
    for (const auto& claim : file.one.claims) {
        for (const auto& [name, value] : claim.number.fields)
            if (value.size() > 3) not_these.push_back(value);
    }
    for (const auto* language : {"ja", "en", "easy"})
        expect_shown(by_slip("/status", file.number, language), {"class=\"steps\""}, not_these);
    ASSERT_TRUE(store->add(id, Cancelled{"the-reason"}, {.at = unix_now(), .clerk = "sato"}));
    for (const auto* language : {"ja", "en", "easy"})
        expect_shown(by_slip("/status", file.number, language), {"050-0000-0000"}, not_these);
    expect_shown(by_slip("/status", file.number), {"It ended without a card.", "given up</span>"},
                 {"Waiting for"});
}

// What the window does for itself the person need not know.
TEST_F(WindowTest, TheStatusPageSaysWhatThePersonHasToDo) {
    const auto id = case_since(0);
    const auto number = store->find(id).number;
    const auto now = unix_now();
    ASSERT_TRUE(store->add(id, Sent{{OrderKind::confirm, 0}}, {.at = now}));
    ASSERT_TRUE(store->add(id, WritesOtherwise{0, writing}, {.at = now}));
    expect_shown(by_slip("/status", number),
                 {"Waiting for the window", "(today).", "Promised until", "You need not do"},
                 {"What you need to do", "厚勞"});
    ASSERT_TRUE(store->add(id, Decided{0, false, "{}"}, {.at = now, .clerk = "taro"}));
    expect_shown(by_slip("/status", number),
                 {"What you need to do", "A number that you gave was not found", "Waiting for you",
                  "Please by"},
                 {"You need not do"});
    // Whom nobody has seen yet.
    const auto invited = store
                             ->open_first({test_application(schemes)},
                                          [this] { return draw_numbers(schemes); }, {.at = now})
                             .front();
    expect_shown(by_slip("/status", store->find(invited).number),
                 {"① Invitation", "Please hand in the application", "Waiting for you"});
    // Of a newborn, by its parent's birth date until there is its own.
    const auto birth = store->open_birth(person_with_card(),
                                         [this] { return draw_numbers(schemes); }, {.at = now});
    ASSERT_TRUE(birth);
    expect_shown(by_slip("/status", store->find(*birth).number),
                 {"The parent who files it", "Waiting for the parent", "Notice of birth"});
    const auto nobodys = store->open({.numbers = draw_numbers(schemes)}, {.at = now});
    expect_shown(by_slip("/status", store->find(nobodys).number), {"There is nothing with this"});
}

// The slip of one case shows that one; the stop code that counts shows all of the person's.
TEST_F(WindowTest, AnOldSlipShowsNothingOfLaterCases) {
    const auto person = person_with_card();
    const auto code = slip_of(person);
    expect_shown(by_slip("/status", code), {"There is nothing to show"}, {"<h2>"});
    const auto number = store->find(person).number;
    const auto now = unix_now();
    const auto unlock = store->open(person, {.kind = Kind::unlock, .uses = {Use::authentication}},
                                    {.at = now, .clerk = "sato"});
    ASSERT_TRUE(unlock);
    const auto shows_it = [&](const std::string& typed) {
        return shows(by_slip("/status", typed), "<h2>A new PIN</h2>");
    };
    expect_shown(by_slip("/status", code), {"Waiting for a second clerk at the window"});
    EXPECT_TRUE(shows_it(store->find(*unlock).number));
    EXPECT_FALSE(shows_it(number));
    const auto newer = slip_of(person);
    EXPECT_TRUE(shows_it(newer));
    // Begun again, what was given up is not said any more.
    const auto given_up = "It was given up before its end.";
    ASSERT_TRUE(store->add(*unlock, Cancelled{"r"}, {.at = now}));
    EXPECT_TRUE(shows(by_slip("/status", newer), given_up));
    ASSERT_TRUE(
        store->open(person, {.kind = Kind::unlock, .uses = {Use::authentication}}, {.at = now}));
    EXPECT_FALSE(shows(by_slip("/status", newer), given_up));
    EXPECT_TRUE(shows(by_slip("/status", store->find(*unlock).number), given_up));
    expect_shown(by_slip("/status", code), {"There is nothing with this"});
}

TEST_F(WindowTest, WhatEndedLongAgoIsNotShownAnyMore) {
    const auto now = unix_now();
    for (const auto past : {std::int64_t{10}, status_ended_s + 10}) {
        const auto id = case_since(past);
        ASSERT_TRUE(store->add(id, Cancelled{"r"}, {.at = now - past, .clerk = "sato"}));
        EXPECT_EQ(shows(by_slip("/status", store->find(id).number), "It ended without a card"),
                  past == 10);
    }
    // Another slip begins nothing anew.
    const auto code = slip_of(test_card(*store, schemes, test_card_key()));
    expect_shown(by_slip("/status", code), {"There is nothing to show"});
}

// No more than the page says that stops it; of one that was found, what it waits for.
TEST_F(WindowTest, TheStatusPageSaysOfAStopWhatTheStopPageSays) {
    const auto person = person_with_card();
    const auto code = slip_of(person);
    const auto stop = stopped(person);
    expect_shown(
        by_slip("/status", code),
        {"<h2>Stop of a card</h2>", "The card is stopped. Nobody can use it", "If you find it"},
        {"class=\"steps\"", "Waiting for", "Taken in on"});
    ASSERT_TRUE(store->add(stop, Found{store->stop_index(code)}, {.at = unix_now()}));
    expect_shown(by_slip("/status", code),
                 {"<h2>Stop of a card</h2>", "Waiting for", "Lifting the"},
                 {"The card is stopped."});
    const auto again = store->open(person, {.kind = Kind::stop, .reason = "lost"}, {.at = 5});
    EXPECT_EQ(again, stop);
    expect_shown(by_slip("/status", code), {"It was taken in"}, {"The card is stopped."});
}

// Who mistypes at the one does not close the other, which stops cards.
TEST_F(WindowTest, MissesAtTheStatusPageDoNotCloseTheOneThatStopsCards) {
    const auto person = person_with_card();
    const auto code = slip_of(person);
    const auto other = draw_digits(stop_code_digits, /*with_check=*/true);
    const auto wrong_day = [&] {
        return post(
            "/status",
            {{"lang", "en"}, {"code", code}, {"year", "1986"}, {"month", "5"}, {"day", "2"}});
    };
    EXPECT_EQ(by_slip("/status", "12").status, 200);
    for (int i = 0; i < 12; ++i)
        expect_shown(by_slip("/status", "12"), {"Both numbers have 12 digits"});
    for (int i = 0; i < 3; ++i)
        expect_shown(wrong_day(), {"There is nothing with this number and birth date"});
    for (int i = 0; i < 3; ++i)
        expect_shown(by_slip("/status", other), {"There is nothing with this number and birth"});
    EXPECT_TRUE(shows(by_slip("/status", code), "There is nothing to show"));
    for (int i = 0; i < 4; ++i)
        expect_shown(by_slip("/status", other), {"There is nothing with this number and birth"});
    expect_shown(by_slip("/status", code), {"tried too often", "050-0000-0000"},
                 {"There is nothing to show"});
    EXPECT_FALSE(shows(by_slip("/stop", code), "tried too often")) << "that one for itself";
    EXPECT_FALSE(shows(by_slip("/renew/on", code), "tried too often")) << "that one for itself";
    auto elsewhere = form("/status", {{"code", code}}, "");
    elsewhere.headers = {{"Origin", "https://other.example"}};
    EXPECT_EQ(send(std::move(elsewhere)).status, 403);
}

}  // namespace
}  // namespace mado::issuer
