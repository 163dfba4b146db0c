// The page that stops a card, and the code that it takes; the relay is pretended.
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json.hpp>

#include "numbers.hpp"
#include "stop_page.hpp"
#include "test_window.hpp"

namespace mado::issuer {
namespace {

TEST_F(WindowTest, TheStopPageSaysWhatBecameOfTheCard) {
    const auto person = person_with_card();
    const auto code = slip_of(person);
    const auto stop = stopped(person);
    expect_shown(by_slip("/stop", code),
                 {"The card is stopped. Nobody can use it", "If you find it", "apply for one"},
                 {"call the authority", "<form method=\"post\" action=\"/stop\""});
    ASSERT_TRUE(store->add(stop, GivenUp{}, {.at = 4}));
    expect_shown(by_slip("/stop", code),
                 {"There is no card that works: it has ended for good", "apply for one"},
                 {"If you find it", "it works again"});
}

TEST_F(WindowTest, ACardWhoseKeysWereMadeAnewDoesNotComeBack) {
    const auto person = person_with_card();
    const auto code = slip_of(person);
    const auto renewal = renewal_to_write(person, log_in(10));
    ASSERT_TRUE(store->add(
        renewal, KeysMade{{{Use::authentication, "key"}, {Use::signing, "key"}}, "AAECAwQFBgc"},
        {.at = 3}));
    stopped(person);
    expect_shown(by_slip("/stop", code), {"The card is stopped.", "it does not work any more"},
                 {"it works again"});
}

// By an older copy of the store the card may be one before the present one.
TEST_F(WindowTest, WhatTheRelayDoesNotHaveIsNotSaidToBeStopped) {
    const auto person = person_with_card();
    const auto code = slip_of(person);
    const auto id = store->open(person, {.kind = Kind::stop, .reason = "lost"}, {.at = 2});
    ASSERT_TRUE(id);
    for (int i = 0; i < 2; ++i) {
        const auto order = of_place(OrderKind::stop, static_cast<std::size_t>(i));
        ASSERT_TRUE(store->add(*id, Sent{order}, {.at = 2}));
        ASSERT_TRUE(store->add(*id, NotActive{.order = order, .place = i}, {.at = 2}));
    }
    expect_shown(by_slip("/stop", code), {"was not one that works", "call the issuing centre"},
                 {"The card is stopped", "Nobody can use it", "If you find it"});
}

// Until the relay has said so.
TEST_F(WindowTest, ACardThatIsEndedIsNotSaidToBeEndedBefore) {
    const auto person = person_with_card();
    const auto code = slip_of(person);
    const auto end = store->open(person, {.kind = Kind::end, .reason = "returned"}, {.at = 3});
    ASSERT_TRUE(end);
    ASSERT_TRUE(store->add(*end, Sent{revoke_card_order}, {.at = 3}));
    expect_shown(by_slip("/stop", code), {"It was taken in"}, {"for good"});
}

// The authority whose card it is has not heard of it.
TEST_F(WindowTest, WhoStopsAnotherAuthoritysCardIsToldToCallThereToo) {
    const auto code = draw_digits(stop_code_digits, /*with_check=*/true);
    stopped(person_with_foreign_card(code));
    expect_shown(by_slip("/stop", code),
                 {"The card is stopped here.", "call the authority that issued it, too"},
                 {"Nobody can use it"});
    expect_shown(by_slip("/stop", code, "easy"), {"カードを つくった ところにも"});
}

// The eleventh person behind one address, too.
TEST_F(WindowTest, OnlyWhatFindsNobodyIsATryOfThatPage) {
    const auto person = person_with_card();
    const auto code = slip_of(person);
    stopped(person);
    const auto works = [&] { return shows(by_slip("/stop", code), "The card is stopped."); };
    const auto other = draw_digits(stop_code_digits, /*with_check=*/true);
    ASSERT_NE(other, code);
    for (int i = 0; i < 12; ++i)
        EXPECT_TRUE(works()) << i;
    for (int i = 0; i < 12; ++i)
        EXPECT_FALSE(shows(by_slip("/renew/on", code), "tried too often")) << i;
    for (int i = 0; i < 10; ++i)
        EXPECT_TRUE(shows(by_slip("/renew/on", other), "There is no renewal")) << i;
    expect_shown(by_slip("/renew/on", code), {"tried too often", "050-0000-0000"});
    EXPECT_TRUE(works()) << "each page for itself";
    for (int i = 0; i < 10; ++i)
        EXPECT_TRUE(shows(by_slip("/stop", other), "There is nobody with this")) << i;
    expect_shown(by_slip("/stop", code), {"tried too often", "050-0000-0000, day and night"});
}

TEST_F(WindowTest, AStopCodeIsSaidOnceAndTheLastOneCounts) {
    const auto person = person_with_card();
    const auto number = store->find(person).number;
    const auto act = [this](const std::string& of, const std::string& what) {
        return text_at(answer("/cases/act", {{"number", of}, {"happening", {{"what", what}}}}),
                       "stop_code");
    };
    const auto first = act(number, "new_slip");
    EXPECT_EQ(first.size(), 12U);
    EXPECT_EQ(store->find_stop(first), person);
    const auto shown = ask("/cases/show", {{"number", number}}).body;
    EXPECT_EQ(shown.find(first), std::string::npos);
    EXPECT_EQ(shown.find("stop_"), std::string::npos) << shown;
    const auto second = act(number, "new_slip");
    EXPECT_NE(second, first);
    EXPECT_FALSE(store->find_stop(first));
    // Who has found the card may have found the slip.
    const auto stop =
        text_at(answer("/cases/open", {{"kind", "stop"}, {"person", number}, {"reason", "lost"}}),
                "number");
    EXPECT_EQ(ask("/cases/act", {{"number", stop}, {"happening", {{"what", "new_slip"}}}}).status,
              409)
        << "who is looking for the card";
    const auto third = act(stop, "found");
    EXPECT_EQ(store->find_stop(third), store->find(stop));
    EXPECT_FALSE(store->find_stop(second));
    EXPECT_EQ(act(stop, "found"), "") << "nothing is drawn the second time";
    EXPECT_EQ(store->find_stop(third), store->find(stop));
    set_clerks({"hotline"});
    EXPECT_EQ(ask("/cases/act", {{"number", number}, {"happening", {{"what", "new_slip"}}}}).status,
              403);
}

}  // namespace
}  // namespace mado::issuer
