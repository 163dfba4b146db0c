// A card of another authority's, registered at a window; the relay and the card are pretended.
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json.hpp>

#include "numbers.hpp"
#include "test_window.hpp"

namespace mado::issuer {
namespace {

// Both keys of the card sign, and the clerk's log-in alone brings them back.
TEST_F(WindowTest, ACardOfAnotherAuthorityIsRegistered) {
    take_card_of("厚労　花子", "319860501");
    const auto number = open_existing();
    EXPECT_TRUE(is_to_do(case_of(number), Step::sign));
    EXPECT_EQ(outcome_of(proven(number)), "proven");
    const auto form = form_of(number);
    EXPECT_NE(text_at(form, "document").find(hex(log_in_card.serial())), std::string::npos);
    EXPECT_EQ(text_at(form, "card"), base64url(log_in_card.thumbprint())) << "no other card signs";
    EXPECT_EQ(outcome_of(signed_answer(form)), "signed");
    const auto one = case_of(number);
    EXPECT_TRUE(one.requested);
    EXPECT_EQ(one.certificates.at(Use::authentication), base64url(log_in_card.der()));
    EXPECT_EQ(one.certificates.at(Use::signing), base64url(signing_card.der()));
    EXPECT_TRUE(is_to_do(one, Step::confirm)) << "the same writing but for a wide blank";
    const auto line = store->lines(*store->find(number)).back();
    EXPECT_EQ(line.clerk, "taro");
    const auto evidence = *parse_json_object(std::get<Requested>(line.what).application);
    EXPECT_EQ(text_at(evidence, "document"), text_at(form, "document"));
    EXPECT_EQ(text_at(evidence, "answer"), "the-relays-answer");
    EXPECT_TRUE(evidence.at("possession").as_object().contains("mandate"));
    EXPECT_EQ(nonces, 0) << "no nonce of the relay's, which would take it";
    EXPECT_EQ(ask("/cases/sign", {{"number", number}}).status, 409) << "once";
    const auto shown = answer("/cases/show", {{"number", number}});
    EXPECT_EQ(text_at(shown.at("card").as_object(), "finding"), "same");
}

TEST_F(WindowTest, ACardThatDoesNotCountIsNotRegistered) {
    take_card_of("厚労　花子", "319860501");
    const auto number = open_existing();
    const auto in_vain = [&](std::string_view of_log_in_key) {
        EXPECT_EQ(outcome_of(proven(number)), of_log_in_key);
        EXPECT_TRUE(answer("/cases/sign", {{"number", number}}).contains("to"));
    };
    for (const auto& [said, outcome] :
         {std::pair{"stopped", "stopped"}, {"expired", "stopped"}, {"unknown", "unlisted"}}) {
        standing_said = said;
        in_vain(outcome);
    }
    standing_said = "good";
    registered = {base64url(log_in_card.der())};
    in_vain("registered");
    registered.clear();
    relay_refuses = wire::Code::unavailable;
    in_vain("unavailable");
    relay_refuses.reset();
    EXPECT_EQ(outcome_of(proven(number, [](auto& one) { one.nonce = "another"; })), "not_valid");
    EXPECT_EQ(outcome_of({{"error", "access_denied"}, {"state", proven(number).at("state")}}),
              "cancelled");
    // It was good, and ends before the signing key has signed.
    EXPECT_EQ(outcome_of(proven(number)), "proven");
    const auto form = form_of(number);
    standing_said = "stopped";
    EXPECT_EQ(outcome_of(signed_answer(form)), "stopped");
    EXPECT_FALSE(case_of(number).requested);
}

TEST_F(WindowTest, TheCardSaysWhoseItIs) {
    const auto number = open_existing();
    const auto signs = [&] {
        EXPECT_EQ(outcome_of(proven(number)), "proven");
        return outcome_of(signed_answer(form_of(number)));
    };
    EXPECT_EQ(signs(), "no_words");
    take_card_of("厚労 花子", "319860502");
    EXPECT_EQ(signs(), "not_theirs");
    EXPECT_TRUE(is_to_do(case_of(number), Step::sign));
    take_card_of("厚勞 花子", "319860501");
    EXPECT_EQ(signs(), "signed");
    EXPECT_TRUE(is_to_do(case_of(number), Step::settle)) << "a clerk looks";
    const auto shown = answer("/cases/show", {{"number", number}});
    const auto& card = shown.at("card").as_object();
    EXPECT_EQ(text_at(card, "finding"), "otherwise");
    EXPECT_TRUE(card.at("writing").at("current").as_bool());
    const auto to_sign =
        answer("/cases/decide", {{"number", number}, {"claim", card_place}, {"same_person", true}});
    const auto form = to_sign.at("form").as_object();
    EXPECT_NE(text_at(form, "document").find("氏名、電子証明書: 厚勞 花子"), std::string::npos);
    set_clerks({"window", "approver"});  // who decides with the card that the test has now
    EXPECT_EQ(outcome_of(signed_answer(form)), "decided");
    EXPECT_TRUE(is_to_do(case_of(number), Step::confirm));
}

// Who is known here begins from there: the window says so before anybody is asked anything.
TEST_F(WindowTest, WhoIsKnownRegistersNoCardAsSomebodyNew) {
    const auto first =
        store->open({.numbers = draw_numbers(schemes), .kind = Kind::existing}, {.at = 1});
    const auto happen = [&](const Happening& what) {
        EXPECT_TRUE(store->add(first, what, {.at = 2})) << happening_json(what);
    };
    happen(test_application(schemes));
    happen(Requested{.application = "{}",
                     .certificates = {{Use::authentication, base64url(log_in_card.der())}}});
    for (int claim = 0; claim < 2; ++claim) {
        happen(Sent{{OrderKind::confirm, claim}});
        happen(Confirmed{claim, "answer", 1, true});
    }
    happen(Sent{link_order});
    happen(Done{link_order});
    const auto number = text_at(answer("/cases/open", {{"kind", "existing"}}), "number");
    EXPECT_EQ(apply(number).body, "known_person") << "no card counts yet";
    happen(HandedOver{"123456789012"});  // from here on it may
    const auto other = text_at(answer("/cases/open", {{"kind", "existing"}}), "number");
    EXPECT_EQ(apply(other).body, "known_person");
    EXPECT_EQ(ask("/cases/open", {{"kind", "existing"}, {"person", number}}).status, 400);
    EXPECT_EQ(ask("/cases/open", {{"kind", "exchange"}}).status, 400) << "whose?";
}

// Its authority has given it another certificate for signing; the one to log in with stays.
TEST_F(WindowTest, AnotherCardTakesThePlaceOfTheOneBefore) {
    const auto person = store->find(person_with_foreign_card("123456789012")).number;
    take_card_of("厚労　花子", "319860501");
    registered = {base64url(log_in_card.der())};
    const json::object exchange{{"kind", "exchange"}, {"person", person}};
    const auto number = text_at(answer("/cases/open", exchange), "number");
    EXPECT_EQ(ask("/cases/open", exchange).body, "other_case");
    EXPECT_EQ(outcome_of(proven(number)), "proven") << "it is this person's own";
    registered.insert(base64url(signing_card.der()));
    EXPECT_EQ(outcome_of(signed_answer(form_of(number))), "registered") << "and that somebody's";
    registered.erase(base64url(signing_card.der()));
    EXPECT_EQ(outcome_of(proven(number)), "proven");
    EXPECT_EQ(outcome_of(signed_answer(form_of(number))), "signed");
    const auto one = case_of(number);
    EXPECT_EQ(one.certificates.at(Use::signing), base64url(signing_card.der()));
    EXPECT_TRUE(is_to_do(one, Step::confirm));
    const auto id = *store->find(number);
    ASSERT_TRUE(store->add(id, Sent{{OrderKind::confirm, 0}}, {.at = 4}));
    ASSERT_TRUE(store->add(id, Confirmed{0, "answer", 1, true}, {.at = 4}));
    const json::object approve{{"number", number}, {"happening", {{"what", "approved"}}}};
    set_clerks({"window", "approver"});
    EXPECT_EQ(ask("/cases/act", approve).body, "same_hand") << "who has had it signed";
    ASSERT_TRUE(store->add(id, Approved{}, {.at = unix_now(), .clerk = "suzuki"}));
    done(id, activate_order);
    EXPECT_TRUE(has_ended(case_of(number)));
    const auto again = text_at(answer("/cases/open", exchange), "number");
    registered.insert(base64url(signing_card.der()));
    EXPECT_EQ(outcome_of(proven(again)), "proven");
    EXPECT_EQ(outcome_of(signed_answer(form_of(again))), "registered") << "nothing of it is new";
}

// It has signed, and its person has gone home with it: lost before it counts, it never does.
TEST_F(WindowTest, AStopGivesUpACardThatHasSignedAndDoesNotCountYet) {
    const auto person = person_with_foreign_card("123456789012");
    take_card_of("厚労　花子", "319860501");
    registered = {base64url(log_in_card.der())};
    const json::object exchange{{"kind", "exchange"}, {"person", store->find(person).number}};
    const auto number = text_at(answer("/cases/open", exchange), "number");
    EXPECT_EQ(outcome_of(proven(number)), "proven");
    EXPECT_EQ(outcome_of(signed_answer(form_of(number))), "signed");
    stopped(person);
    EXPECT_TRUE(case_of(number).cancelled);
    EXPECT_FALSE(store->add(*store->find(number), Approved{}, {.at = 5, .clerk = "suzuki"}));
}

// The certificate of a card of this centre's logs in with no other card's signature.
TEST_F(WindowTest, ACardOfThisCentresIsNoOtherAuthoritys) {
    const auto person = store->find(person_with_card()).number;
    registered = {base64url(log_in_card.der())};
    const auto number =
        text_at(answer("/cases/open", {{"kind", "exchange"}, {"person", person}}), "number");
    EXPECT_EQ(outcome_of(proven(number)), "registered");
}

}  // namespace
}  // namespace mado::issuer
