// A renewal from home, by the pages that its person sees; the relay and the card are pretended.
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json.hpp>

#include "renew_words.hpp"
#include "stop_page.hpp"
#include "test_window.hpp"

namespace mado::issuer {
namespace {

// In the session with the card PIN and password are set anew: whoever knows the PIN, and not the
// password, gets nowhere by a renewal that the card's owner has asked for and left.
TEST_F(WindowTest, OnlyTheLogInThatHasSignedWritesTheCard) {
    const auto person = person_with_card();
    const auto owner = log_in(10), other = log_in(11);
    EXPECT_EQ(stage(owner), "begin");
    sign_renewal(owner);
    const auto id = store->of_person(person).back();
    ASSERT_EQ(store->find(id).one.kind, Kind::renewal);
    ASSERT_TRUE(store->add(id, Sent{{OrderKind::confirm, 0}}, {.at = 2}));
    ASSERT_TRUE(store->add(id, Confirmed{0, "answer", 1, true}, {.at = 2}));
    EXPECT_EQ(stage(owner), "write");
    EXPECT_EQ(stage(other), "sign_again");
    EXPECT_FALSE(may_write(other));
    // What the one has signed is not what the other one signs, and a signature is by the card.
    const auto request = store->find(id).one.request;
    const auto form = renewal_form(other);
    EXPECT_NE(text_at(form, "document").find(store->find(id).number), std::string::npos);
    const auto elsewhere = [](wire::Mandate& one) { one.nonce = "nonce-of-another"; };
    post("/renew/finish", signed_answer(form, elsewhere), other);
    EXPECT_FALSE(may_write(other));
    EXPECT_EQ(store->find(id).one.request, request);
    sign_renewal(other);
    EXPECT_NE(store->find(id).one.request, request) << "the evidence is in the case";
    EXPECT_EQ(stage(other), "write");
    EXPECT_TRUE(may_write(other));
    EXPECT_TRUE(may_write(owner));
    // The key that could sign is gone: only who has signed goes on, or who has the slip.
    const auto late = log_in(12);
    const KeysMade keys{{{Use::authentication, "key"}, {Use::signing, "key"}}, "AAECAwQFBgc"};
    ASSERT_TRUE(store->add(id, keys, {.at = 3}));
    EXPECT_EQ(stage(late), "by_slip");
    EXPECT_FALSE(may_write(late));
    EXPECT_TRUE(renewal_form(late).empty());
    EXPECT_TRUE(may_write(owner));
}

// Not how it is for somebody else: the keys of the card may be gone, or the renewal done.
TEST_F(WindowTest, ARenewalThatGoesToAWindowSaysWhetherTheCardWorks) {
    const auto person = person_with_card();
    const auto owner = log_in(10);
    const auto id = renewal_to_write(person, owner);
    const auto page = [&] { return get("/renew", "lang=en", {{"Cookie", owner}}); };
    const std::string works = "Your card goes on working as it is.",
                      gone = "so your card cannot be used now",
                      renewed = "the new certificates count.";
    const auto happen = [&](const Happening& what) {
        ASSERT_TRUE(store->add(id, what, {.at = 3})) << what.index();
    };
    const auto refused = [&](OrderName order) {
        happen(Sent{order});
        happen(Refused{order, "no"});
        EXPECT_EQ(stage(owner), "at_window") << to_text(order.kind);
    };
    happen(KeysMade{{{Use::authentication, "key"}, {Use::signing, "key"}}, "AAECAwQFBgc"});
    const auto certify = of_use(OrderKind::certify, Use::authentication);
    refused(certify);
    expect_shown(page(), {gone}, {works, renewed});
    happen(TryAgain{certify});
    for (const auto use : {Use::authentication, Use::signing}) {
        done(id, of_use(OrderKind::certify, use));
        happen(Sent{of_use(OrderKind::collect, use)});
        happen(Certified{use, test_certificate(test_card_key())});
    }
    happen(Written{});
    done(id, activate_order);
    const auto ends = todo(store->find(id).one);
    ASSERT_FALSE(ends.empty());
    ASSERT_TRUE(ends.front().order);
    refused(*ends.front().order);
    expect_shown(page(), {renewed}, {works, gone});
}

TEST_F(WindowTest, ARenewalWhoseRegisterRefusesLeavesTheCardAsItIs) {
    const auto person = person_with_card();
    const auto owner = log_in(10);
    sign_renewal(owner);
    const auto id = store->of_person(person).back();
    ASSERT_TRUE(store->add(id, Sent{{OrderKind::confirm, 0}}, {.at = 2}));
    ASSERT_TRUE(store->add(id, Refused{{OrderKind::confirm, 0}, "no"}, {.at = 2}));
    EXPECT_EQ(stage(owner), "at_window");
    expect_shown(get("/renew", "lang=en", {{"Cookie", owner}}),
                 {"Your card goes on working as it is."}, {"cannot be used now"});
}

// What is no mistake of the person's is not said as one.
TEST_F(WindowTest, BySlipARenewalGoesOnOrSaysWhyNot) {
    const auto person = person_with_card();
    const auto code = slip_of(person);
    const auto owner = log_in(10);
    expect_shown(by_slip("/renew/on", code), {"There is no renewal that could go on"});
    const auto id = renewal_to_write(person, owner);
    expect_shown(by_slip("/renew/on", code), {"There is no renewal that could go on"});
    const KeysMade keys{{{Use::authentication, "key"}, {Use::signing, "key"}}, "AAECAwQFBgc"};
    ASSERT_TRUE(store->add(id, keys, {.at = 3}));
    EXPECT_TRUE(to(by_slip("/renew/on", code)).starts_with(site::test_agent));
    cards.emplace(*store, basis.directory.card_authorities, Secret(Bytes(32, 5)), [](CaseId) {});
    take_all_card_sessions();
    expect_shown(by_slip("/renew/on", code), {"There is too much to do just now"},
                 {"aria-invalid"});
    expect_shown(post("/renew/card", {{"lang", "en"}}, owner),
                 {"There is too much to do just now"});
    for (const auto use : {Use::authentication, Use::signing}) {
        done(id, of_use(OrderKind::certify, use));
        ASSERT_TRUE(store->add(id, Sent{of_use(OrderKind::collect, use)}, {.at = 3}));
        ASSERT_TRUE(store->add(id, Certified{use, test_certificate(test_card_key())}, {.at = 3}));
    }
    ASSERT_TRUE(store->add(id, Written{}, {.at = 3}));
    expect_shown(by_slip("/renew/on", code), {"There is nothing to write into your card now"},
                 {"aria-invalid"});
}

TEST_F(WindowTest, WhatBecameOfARenewalsSignatureIsSaid) {
    person_with_card();
    const auto owner = log_in(10);
    for (auto outcome = Outcome::decided; outcome <= Outcome::not_theirs;
         outcome = static_cast<Outcome>(static_cast<int>(outcome) + 1)) {
        const auto said = words_of(outcome).en;
        office->renewals.keep(wire::filled(10), {.id = 1, .outcome = outcome}, unix_now());
        const auto shown = get("/renew", "lang=en", {{"Cookie", owner}});
        EXPECT_EQ(shows(shown, R"(class="mistake")"), !said.empty()) << to_text(outcome);
        if (!said.empty()) expect_shown(shown, {std::string(said)});
        EXPECT_EQ(said.empty(), outcome == Outcome::decided || outcome == Outcome::signed_);
    }
}

// The relay's nonces and the places here are for everybody: a clerk's log-in needs one too.
TEST_F(WindowTest, ABeginOfARenewalIsBegunOnce) {
    person_with_card();
    const auto owner = log_in(10);
    const auto form = renewal_form(owner);
    for (int i = 0; i < 20; ++i)
        EXPECT_EQ(renewal_form(owner), form);
    EXPECT_EQ(nonces, 1);
    // Log-ins are many, the card is one.
    for (std::uint8_t i = 11; i < 15; ++i)
        EXPECT_FALSE(renewal_form(log_in(i)).empty()) << int{i};
    EXPECT_EQ(nonces, 5);
    const auto other = log_in(20);
    expect_shown(post("/renew/begin", {{"lang", "en"}}, other),
                 {"This was begun too often", R"(class="mistake")"});
    auto asked = site::SiteFixture::form("/renew/begin", {{"lang", "ja"}}, other);
    asked.headers.push_back({"Accept", "application/json"});
    EXPECT_EQ(send(std::move(asked)).status, 503);
    EXPECT_EQ(nonces, 5);
    EXPECT_EQ(renewal_form(owner), form) << "what is under way goes on";
    sign_renewal(owner);
    EXPECT_NE(stage(owner), "begin");
}

// A telephone stands wherever somebody is told to call.
TEST_F(WindowTest, WhereToAskHasATelephone) {
    const auto page = [this] { return get("/", "lang=en", {{"Cookie", cookies}}); };
    set_clerks({"window"}, "992011");
    expect_shown(page(), {R"(data-ask="A市 050-0000-0011、centre 050-0000-0000")"});
    set_clerks({"window"}, "992020");
    expect_shown(page(), {R"(data-ask="centre 050-0000-0000")"});
    set_clerks({"hotline"});
    expect_shown(page(), {R"(data-ask="centre 050-0000-0000")"});
    for (const auto* language : {"ja", "en", "easy"}) {
        for (const auto* path : {"/stop", "/renew/on", "/status"})
            expect_shown(get(path, std::string("lang=") + language), {"050-0000-0000"});
    }
}

}  // namespace
}  // namespace mado::issuer
