// A decision on its way to the card and back; the relay and the card are pretended.
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json.hpp>

#include "test_window.hpp"

namespace mado::issuer {
namespace {

TEST_F(WindowTest, ADecisionComesBackSignedAndIsKept) {
    const auto id = case_to_settle();
    const auto form = begin_decision(id);
    EXPECT_EQ(text_at(form, "kind"), "application");
    EXPECT_EQ(text_at(form, "redirect_uri"), std::string(site::test_origin) + "/decision/back");
    EXPECT_EQ(text_at(form, "to"), text_at(form, "client_id"));
    const auto fields = signed_answer(form);
    EXPECT_EQ(outcome_of(fields), "decided");
    EXPECT_EQ(finding(id), "agreed");
    ASSERT_EQ(asked_of_relay.size(), 1U);
    EXPECT_EQ(asked_of_relay[0].service.text(), "decision");
    const auto line = store->lines(id).back();
    EXPECT_EQ(line.clerk, "taro");
    const auto evidence = *parse_json_object(std::get<Decided>(line.what).decision);
    EXPECT_EQ(text_at(evidence, "document"), text_at(form, "document"));
    EXPECT_EQ(text_at(evidence, "head"), "the-head");
    EXPECT_EQ(text_at(evidence, "answer"), "the-relays-answer");
    EXPECT_FALSE(text_at(evidence, "certificate").empty());
    const auto one = store->find(id).one;
    const auto claim = std::ranges::find(one.claims, Finding::agreed, &Claim::finding);
    ASSERT_NE(claim, one.claims.end());
    EXPECT_EQ(claim->decision, crypto::sha256(as_bytes(text_at(evidence, "mandate"))));
    // Once more it is nothing: no second outcome, and nobody is asked.
    EXPECT_EQ(text(post("/decision/finish", fields, cookies)), "/");
    EXPECT_TRUE(answer("/cases/returned", {}).empty());
    EXPECT_EQ(asked_of_relay.size(), 1U);
}

TEST_F(WindowTest, WhatIsNotTheDecisionDecidesNothing) {
    const auto id = case_to_settle();
    const auto other_nonce = [](wire::Mandate& one) { one.nonce = "nonce-of-another"; };
    EXPECT_EQ(outcome_of(signed_answer(begin_decision(id), other_nonce)), "not_valid");
    const auto old = [](wire::Mandate& one) { one.issued_at -= 1'000; };
    EXPECT_EQ(outcome_of(signed_answer(begin_decision(id), old)), "not_valid");
    const auto form = begin_decision(id);
    EXPECT_EQ(outcome_of({{"response", "none"}, {"state", text_at(form, "state")}}), "not_valid");
    EXPECT_EQ(
        outcome_of({{"error", "access_denied"}, {"state", text_at(begin_decision(id), "state")}}),
        "cancelled");
    EXPECT_TRUE(asked_of_relay.empty()) << "what is seen here, nobody is asked about";
    relay_refuses = wire::Code::card_revoked;
    EXPECT_EQ(outcome_of(signed_answer(begin_decision(id))), "stopped");
    relay_refuses = wire::Code::mandate_nonce;
    EXPECT_EQ(outcome_of(signed_answer(begin_decision(id))), "not_valid");
    relay_refuses = wire::Code::unavailable;
    EXPECT_EQ(outcome_of(signed_answer(begin_decision(id))), "unavailable");
    EXPECT_EQ(finding(id), "otherwise");
}

// What was signed for one case or verdict goes under no other one's state.
TEST_F(WindowTest, AnAnswerIsForItsOwnCaseOnly) {
    const auto first = case_to_settle();
    const auto second = case_to_settle();
    const auto form = begin_decision(first);
    auto of_second = begin_decision(second);
    auto swapped = signed_answer(form);
    swapped["state"] = text_at(of_second, "state");
    EXPECT_EQ(outcome_of(swapped), "not_valid") << "not sealed to that key";
    of_second = begin_decision(second);
    of_second["document"] = text_at(form, "document");
    EXPECT_EQ(outcome_of(signed_answer(of_second)), "not_valid") << "the first one's document";
    EXPECT_EQ(finding(first), "otherwise");
    EXPECT_EQ(finding(second), "otherwise");
}

TEST_F(WindowTest, OnlyTheLogInThatBeganItEndsIt) {
    const auto id = case_to_settle();
    const auto fields = signed_answer(begin_decision(id));
    EXPECT_EQ(text(post("/decision/finish", fields)), "/") << "nobody";
    EXPECT_EQ(text(post("/decision/finish", fields, cookie_in(3))), "/") << "another log-in";
    EXPECT_EQ(finding(id), "otherwise");
    EXPECT_EQ(outcome_of(fields), "decided") << "the others have taken nothing away";
}

TEST_F(WindowTest, WhatChangedMeanwhileIsNotDecided) {
    const auto id = case_to_settle();
    const auto fields = signed_answer(begin_decision(id));
    meanwhile = [&] { EXPECT_TRUE(store->add(id, Cancelled{"moved away"}, {.at = 3})); };
    EXPECT_EQ(outcome_of(fields), "changed");
    EXPECT_EQ(ask("/cases/decide",
                  {{"number", store->find(id).number}, {"claim", 0}, {"same_person", true}})
                  .status,
              409);
}

TEST_F(WindowTest, WhoIsNoApproverAnyMoreDecidesNothing) {
    const auto id = case_to_settle();
    const auto fields = signed_answer(begin_decision(id));
    set_clerks({"window"});
    EXPECT_EQ(text(post("/decision/finish", fields, cookies)), "/");
    EXPECT_EQ(finding(id), "otherwise");
}

// Whoever answers for the centre gives it to whoever is to see it, to the byte, and the person sees
// that it was looked at.
TEST_F(WindowTest, ASupervisorTakesTheEvidenceOut) {
    const auto id = case_to_settle();
    const auto number = store->find(id).number;
    ASSERT_EQ(outcome_of(signed_answer(begin_decision(id))), "decided");
    const auto kept = std::get<Decided>(store->lines(id).back().what).decision;
    const json::object asked{{"number", number}, {"claim", 0}};
    EXPECT_EQ(ask("/cases/evidence", asked).status, 403) << "whoever decides is not who shows it";
    db::Connection(folder.path("book.sqlite"), db::Access::read_write).run("delete from look");
    set_clerks({"supervisor"});
    EXPECT_EQ(ask("/cases/evidence", asked).body, kept);
    EXPECT_EQ(shown(number), (std::multiset{LookWay::paper}));
    EXPECT_EQ(ask("/cases/evidence", {{"number", number}}).body, kept) << "the newest";

    const auto evidence = wire::valid(wire::parse_signed_document(kept));
    EXPECT_EQ(evidence.certificate, base64url(signing_card.der()));
    const auto proven = wire::prove(evidence, basis.directory, unix_now());
    ASSERT_FALSE(proven) << "the relay's answer is pretended here";
    EXPECT_EQ(proven.error().step, wire::ProofStep::answer) << proven.error().why;

    // As the log names it, from whichever case of theirs.
    const auto name = base64url(crypto::sha256(as_bytes(evidence.mandate)));
    EXPECT_EQ(ask("/cases/evidence", {{"number", number}, {"decision", name}}).body, kept);
    EXPECT_EQ(ask("/cases/evidence", {{"number", number}, {"decision", name}, {"claim", 0}}).status,
              400);
    EXPECT_EQ(ask("/cases/evidence", {{"claim", 0}}).status, 400);
    EXPECT_EQ(ask("/cases/evidence", {{"number", "000000000000"}}).status, 404);
    const auto none = [&](const json::object& what) {
        const auto response = ask("/cases/evidence", what);
        EXPECT_EQ(response.status, 409);
        return response.body;
    };
    EXPECT_EQ(none({{"number", number}, {"claim", 1}}), "no_decision");
    EXPECT_EQ(none({{"number", number}, {"decision", base64url(wire::filled(1))}}), "no_decision");
    const auto other = store->find(case_to_settle()).number;
    EXPECT_EQ(none({{"number", other}, {"claim", 0}}), "no_decision");
    EXPECT_EQ(shown(other), (std::multiset{LookWay::known})) << "that there is none";
}

TEST_F(WindowTest, WithoutItsLookThereIsNoEvidence) {
    const auto id = case_to_settle();
    ASSERT_EQ(outcome_of(signed_answer(begin_decision(id))), "decided");
    set_clerks({"supervisor"});
    db::Connection book_of_looks(folder.path("book.sqlite"), db::Access::read_write);
    book_of_looks.run("delete from look");
    book_of_looks.run(
        "create trigger planted before insert on look "
        "begin select raise(abort, 'planted'); end");
    const auto response = ask("/cases/evidence", {{"number", store->find(id).number}});
    EXPECT_EQ(response.status, 500);
    EXPECT_EQ(response.body.find("mandate\":"), std::string::npos) << response.body;
}

}  // namespace
}  // namespace mado::issuer
