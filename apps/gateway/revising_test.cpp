// What a newborn's insurer answered before it had decided: looked at again, and told of when it
// holds no longer.
#include "revising.hpp"

#include <boost/json.hpp>

#include "test_newborn.hpp"
#include "wire/subject.hpp"

namespace mado::gateway {
namespace {

class RevisingTest : public NewbornTest {
  protected:
    RevisingTest() {
        start();
        filed(file(child("厚労 葵")));
    }
    // As after a restart: what was kept is all that is known.
    void start() {
        start_telling();
        answers.emplace(evidence_path, *tells);
        revising.emplace(Revising::Parts{.directory = directory,
                                         .policy = policy,
                                         .holders = holders,
                                         .answers = *answers,
                                         .telling = *telling,
                                         .log = log});
    }
    void round(std::int64_t later_s = 0) { round_of(*revising, later_s); }
    wire::Delivery ask() {
        auto delivery = asking(wire::replaced(std::string(father), R"("00")", R"("02")"));
        EXPECT_EQ(told(delivery), "answered");
        return delivery;
    }
    void refuse() const {
        reg.run("update filing set outcome = 2, reason = '収入', decided_ymd = 20261126");
    }
    void accept() const { reg.run("update filing set outcome = 1, decided_ymd = 20261126"); }

    std::optional<OpenAnswers> answers;
    std::optional<Revising> revising;
};

TEST_F(RevisingTest, WhatWasRefusedIsToldOfOnce) {
    const auto delivery = ask();
    EXPECT_EQ(stored("open_answer"), 1);
    round();
    round(look_again_s);
    EXPECT_TRUE(sent.empty()) << "not decided yet";
    refuse();
    round(look_again_s / 2);
    EXPECT_TRUE(sent.empty()) << "not looked at yet";
    round(3 * look_again_s);
    ASSERT_EQ(sent.size(), 1U);
    const auto request = wire::valid(wire::parse_request(sent[0]));
    const auto head = wire::valid(wire::parse_head(request.head));
    EXPECT_TRUE(wire::head_is_signed(head, directory));
    EXPECT_EQ(head.head.service.text(), "answer-changed");
    EXPECT_EQ(head.head.to.holder->text(), "relay");
    const auto entry = wire::order_entry(delivery.receipt.salt, delivery.receipt.order);
    EXPECT_EQ(head.head.parameters,
              (wire::Parameters{{"index", std::to_string(delivery.receipt.index)},
                                {"order", base64url(entry)}}));
    const auto subject = wire::read_subject(request.subject, schemes).value();
    EXPECT_EQ(std::get<wire::OwnSubject>(subject).number.field("branch"), "02");
    EXPECT_TRUE(request.payload.empty());
    EXPECT_EQ(stored("open_answer") + stored("tell") + stored("outbox"), 0);
    round(100 * look_again_s);
    EXPECT_EQ(sent.size(), 1U);
}

TEST_F(RevisingTest, AcceptedAsItWasAnsweredIsNothingToTell) {
    ask();
    accept();
    round(look_again_s);
    EXPECT_EQ(stored("open_answer"), 0);
    refuse();  // whatever comes later is an insurance that ended
    round(3 * look_again_s);
    EXPECT_TRUE(sent.empty());
}

TEST_F(RevisingTest, AcceptedWithOtherDataIsToldOf) {
    ask();
    accept();
    reg.run("update benefit set paid_tenths = 3 where person_no > 2");
    round(look_again_s);
    EXPECT_EQ(sent.size(), 1U);
    EXPECT_EQ(stored("open_answer"), 0);
}

TEST_F(RevisingTest, AcceptedUnderAnotherNumberIsToldOf) {
    ask();
    accept();
    reg.run("update dependant set branch = '07' where branch = '02'");
    round(look_again_s);
    EXPECT_EQ(sent.size(), 1U);
}

// By whichever number it was asked; each order is told of.
TEST_F(RevisingTest, EachOfSeveralAlsoByAFamilysNumber) {
    ask();
    const auto family = asking(wire::replaced(std::string(father), R"(,"branch":"00")", ""));
    EXPECT_EQ(told(family), "answered");
    EXPECT_EQ(stored("open_answer"), 2);
    refuse();
    round(look_again_s);
    ASSERT_EQ(sent.size(), 2U);
    for (const auto& body : sent) {
        const auto request = wire::valid(wire::parse_request(body));
        const auto subject = wire::read_subject(request.subject, schemes).value();
        EXPECT_EQ(std::get<wire::OwnSubject>(subject).number.field("branch"), "02");
    }
    EXPECT_NE(sent[0], sent[1]);
}

TEST_F(RevisingTest, NothingIsKeptOfWhatIsDecidedOrThePersonLooksAtItself) {
    auto of_father = asking(std::string(father));
    of_father.birth_date = parse_date("1984-03-15").value();
    EXPECT_EQ(told(of_father), "answered");
    const auto number = wire::replaced(std::string(father), R"("00")", R"("02")");
    EXPECT_EQ(told(make(number, "eligibility", "own-view", wire::Presence::card_pin)), "answered");
    EXPECT_EQ(stored("open_answer"), 0);
    accept();
    ask();
    EXPECT_EQ(stored("open_answer"), 0);
}

// The same bytes until the relay takes them, also by another start: one order.
TEST_F(RevisingTest, WaitsUntilTheRelayTakesIt) {
    ask();
    refuse();
    says = wire::Code::unavailable;
    round(look_again_s);
    EXPECT_EQ(sent.size(), 1U);
    start();
    says = wire::Code::not_ready;
    round(look_again_s + 400);
    says.reset();
    round(look_again_s + 900);
    ASSERT_EQ(sent.size(), 3U);
    EXPECT_EQ(sent[0], sent[1]);
    EXPECT_EQ(sent[0], sent[2]);
    EXPECT_EQ(stored("open_answer") + stored("tell") + stored("outbox"), 0);
}

TEST_F(RevisingTest, WhatTheRelayWillNeverTakeIsOver) {
    ask();
    refuse();
    says = wire::Code::answer_unknown;
    round(look_again_s);
    round(look_again_s + 1'000);
    EXPECT_EQ(sent.size(), 1U);
    EXPECT_EQ(stored("open_answer") + stored("tell") + stored("outbox"), 0);
}

TEST_F(RevisingTest, ATellWhoseTimeIsOverIsMadeAnew) {
    ask();
    refuse();
    says = wire::Code::unavailable;
    round(look_again_s);
    round(8 * 86'400);
    EXPECT_EQ(sent.size(), 1U) << "what has lapsed is not sent";
    says.reset();
    round(1'000);
    ASSERT_EQ(sent.size(), 2U);
    EXPECT_NE(sent[0], sent[1]);
    EXPECT_EQ(stored("open_answer") + stored("tell") + stored("outbox"), 0);
}

TEST_F(RevisingTest, AfterAYearNobodyIsTold) {
    ask();
    refuse();
    round(367 * 86'400);
    EXPECT_TRUE(sent.empty());
    EXPECT_EQ(stored("open_answer"), 0);
}

// Nothing is answered that could not be looked at again.
TEST_F(RevisingTest, IsKeptWithTheAnswerOrNothingIsAnswered) {
    alter(
        "create trigger planted before insert on open_answer begin "
        "select raise(abort, 'planted'); end");
    const auto delivery = asking(wire::replaced(std::string(father), R"("00")", R"("02")"));
    EXPECT_EQ(told(delivery), "failed");
    EXPECT_EQ(stored("evidence where service = 'eligibility'"), 0);
    alter("drop trigger planted");
    EXPECT_EQ(told(delivery), "answered");
    EXPECT_EQ(told(delivery), "answered") << "a repeat";
    EXPECT_EQ(stored("open_answer"), 1);
}

TEST_F(RevisingTest, ATellThatCannotBeKeptIsNotSent) {
    ask();
    refuse();
    alter(
        "create trigger planted before insert on outbox begin "
        "select raise(abort, 'planted'); end");
    round(look_again_s);
    EXPECT_TRUE(sent.empty());
    start();
    alter("drop trigger planted");
    round(look_again_s);
    EXPECT_EQ(sent.size(), 1U);
}

TEST_F(RevisingTest, ADatabaseThatIsAwaySaysNothing) {
    ask();
    reg.run("alter table benefit rename to gone");
    round(look_again_s);
    reg.run("alter table gone rename to benefit");
    EXPECT_TRUE(sent.empty());
    EXPECT_EQ(stored("open_answer"), 1);
    refuse();
    round(look_again_s + 100);
    EXPECT_EQ(sent.size(), 1U);
}

}  // namespace
}  // namespace mado::gateway
