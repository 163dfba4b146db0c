// What a holder says by itself: taken up from its database in order, told once.
#include "saying.hpp"

#include "crypto/jwe.hpp"
#include "test_outgoing.hpp"
#include "wire/subject.hpp"

namespace mado::gateway {
namespace {

constexpr std::string_view head_of_mapping =
    "[holder]\nid = \"06990014\"\nkind = \"medical-insurer\"\nname = \"…\"\n[service]\n";
constexpr std::string_view rows =
    "select id, number, told as health_care_number, day as valid_from from change "
    "where id > :after order by id";

std::string mapping_of(std::string_view select, std::string_view to = "06990014",
                       std::string_view purpose = "membership",
                       std::string_view service = "health-care-number") {
    return fmt::format("{}[says.{}]\nto = \"{}\"\npurpose = \"{}\"\nrows = \"{}\"\n",
                       head_of_mapping, service, to, purpose, select);
}

void open_register(TestRegister& reg) {
    reg.run(
        "create table change (id integer primary key, number text, told text, day text);"
        "insert into change values (3, '1', '621874998319', '2026-11-01'), "
        "(7, '2', '621874998320', '2026-11-02')");
    reg.write_mapping(mapping_of(rows));
}

class SayingTest : public OutgoingTest {
  protected:
    SayingTest() : OutgoingTest(open_register) { start(); }
    // As after a restart: what was kept is all that is known.
    void start() {
        start_telling();
        saying.emplace(parts(), unix_now());
    }
    Saying::Parts parts() {
        return {.directory = directory,
                .policy = policy,
                .holders = holders,
                .tells = *tells,
                .telling = *telling,
                .log = log,
                .gone_back = gone_back,
                .store = evidence_path};
    }
    void round(std::int64_t later_s = 0) { round_of(*saying, later_s); }
    // No new ones, which are made as of now, are needed in a year to come.
    void let_requests_last() const { alter("update outbox set expires = expires + 366 * 86400"); }
    // Of each that was sent: whose number it is about, and what is sealed.
    std::vector<std::string> said() {
        std::vector<std::string> out;
        for (const auto& body : sent) {
            const auto request = wire::valid(wire::parse_request(body));
            const auto head = wire::valid(wire::parse_head(request.head));
            EXPECT_TRUE(wire::head_is_signed(head, directory));
            EXPECT_EQ(head.head.to.holder->text(), "06990014");
            EXPECT_EQ(head.head.purpose.text(), "membership");
            const auto subject = wire::read_subject(request.subject, schemes).value();
            const auto payload = wire::valid(
                crypto::decrypt_jwe(request.payload, holders.at("06990014").sealing_key));
            out.push_back(std::string(std::get<wire::OwnSubject>(subject).number.field("number")) +
                          " " + std::string(as_text(payload)));
        }
        return out;
    }
    // How often its list had gone back; "": never.
    std::string gone_back_so_often() const {
        const std::string line = "\nback{holder=\"06990014\",service=\"health-care-number\"} ";
        const auto text = metrics.text();
        const auto at = text.find(line);
        if (at == std::string::npos) return "";
        return text.substr(at + line.size(), text.find('\n', at + 1) - at - line.size());
    }
    // Why the gateway does not start with it; "": it does.
    std::string why_not(std::string_view mapping) {
        reg.write_mapping(mapping);
        try {
            auto one = Holder{Records(reg.mapping, reg.database, directory, schemes),
                              crypto::PrivateKey::generate(crypto::KeyType::p256),
                              {},
                              crypto::PrivateKey::generate(crypto::KeyType::p256)};
            std::map<std::string, Holder, std::less<>> all;
            all.emplace("06990014", std::move(one));
            auto with = parts();
            const Saying another({.directory = with.directory,
                                  .policy = with.policy,
                                  .holders = all,
                                  .tells = with.tells,
                                  .telling = with.telling,
                                  .log = with.log,
                                  .gone_back = with.gone_back,
                                  .store = with.store},
                                 unix_now());
        } catch (const OperatorError& error) {
            return error.what();
        }
        return "";
    }

    http::CounterFamily& gone_back = metrics.counters("back", "…", {"holder", "service"});
    std::optional<Saying> saying;
    const std::string first =
        R"(1 {"health_care_number":"621874998319","valid_from":"2026-11-01"})";
    const std::string second =
        R"(2 {"health_care_number":"621874998320","valid_from":"2026-11-02"})";
};

TEST_F(SayingTest, EachRowIsToldOnceAndInOrder) {
    round();
    EXPECT_EQ(said(), (std::vector{first, second}));
    EXPECT_EQ(stored("tell") + stored("outbox"), 0);
    start();
    round(10);
    EXPECT_EQ(sent.size(), 2U);
    reg.run("insert into change values (8, '3', '621874998321', '2026-11-03')");
    round(20);
    ASSERT_EQ(sent.size(), 3U);
    EXPECT_TRUE(said().back().starts_with("3 "));
}

// The same bytes until it is taken, also by another start: one order.
TEST_F(SayingTest, WaitsUntilItIsTaken) {
    says = wire::Code::unavailable;
    round();
    start();
    round(400);
    says.reset();
    round(900);
    ASSERT_EQ(sent.size(), 6U);
    EXPECT_EQ(sent[0], sent[4]);
    EXPECT_EQ(sent[1], sent[5]);
    EXPECT_EQ(stored("tell") + stored("outbox"), 0);
}

// How far the list was read and what waits are one: nothing is lost, and nothing is said twice.
TEST_F(SayingTest, WhatCannotBeKeptIsTakenUpAgain) {
    alter(
        "create trigger planted before insert on outbox begin "
        "select raise(abort, 'planted'); end");
    round();
    EXPECT_TRUE(sent.empty());
    EXPECT_EQ(stored("said"), 0);
    start();
    alter("drop trigger planted");
    round();
    EXPECT_EQ(said(), (std::vector{first, second}));
}

// Whoever gets a card in the meantime; of anybody else nobody hears.
TEST_F(SayingTest, OfWhomThereIsNoLinkItIsSaidAgainEachDayForNinetyDays) {
    says = wire::Code::no_link;
    round();
    EXPECT_EQ(sent.size(), 2U);
    round(86'000);
    EXPECT_EQ(sent.size(), 2U) << "not before the next day";
    round(86'500);
    ASSERT_EQ(sent.size(), 4U);
    EXPECT_EQ(sent[0], sent[2]);
    let_requests_last();
    round(91 * 86'400);
    EXPECT_EQ(sent.size(), 6U);
    EXPECT_EQ(stored("tell") + stored("outbox"), 0);
}

TEST_F(SayingTest, WhoIsLinkedOnAnotherDayIsHeardOf) {
    says = wire::Code::no_link;
    round();
    says.reset();
    round(86'500);
    EXPECT_EQ(sent.size(), 4U);
    EXPECT_EQ(stored("tell") + stored("outbox"), 0);
}

// A policy, a directory or a key that is mended: the word is not lost by it.
TEST_F(SayingTest, NoOtherRefusalIsFinal) {
    std::int64_t later = 0;
    for (const auto code : {wire::Code::not_allowed, wire::Code::malformed,
                            wire::Code::several_match, wire::Code::answer_unknown}) {
        says = code;
        const auto before = sent.size();
        round(later);
        EXPECT_EQ(sent.size(), before + 2);
        round(later + 86'000);
        EXPECT_EQ(sent.size(), before + 2) << "not before the next day";
        later += 86'500;
    }
    EXPECT_EQ(sent[0], sent[6]);
    let_requests_last();
    round(100 * 86'400);
    EXPECT_EQ(stored("tell"), 2) << "it is no matter of a link";
    says.reset();
    round(102 * 86'400);
    EXPECT_EQ(said().back(), second);
    EXPECT_EQ(stored("tell") + stored("outbox"), 0);
}

TEST_F(SayingTest, OneThatDoesNotOpenKeepsNoOtherWaiting) {
    says = wire::Code::unavailable;
    round();
    sent.clear();
    says.reset();
    alter("update tell set sealed = x'00' where name = (select min(name) from tell)");
    round(10);
    EXPECT_EQ(said(), std::vector{second});
    EXPECT_EQ(stored("outbox where tries = 2"), 1) << "later, and later still";
    EXPECT_EQ(stored("tell"), 1);
}

// Who has had an answer that holds no longer waits for it.
TEST_F(SayingTest, WhatIsAboutAnAnswerGoesFirst) {
    says = wire::Code::unavailable;
    for (int i = 8; i < 30; ++i)
        reg.run(
            fmt::format("insert into change values ({}, '1', '621874998319', '2026-11-02')", i));
    round();
    round(1);
    EXPECT_GT(stored("outbox"), 20);
    sent.clear();
    says.reset();
    auto tell = tells->find(tells->to_send(unix_now() + 1'000, 1).front()).value();
    tell.link_until = 0;
    tell.payload = R"({"health_care_number":"621874998321","valid_from":"2026-11-03"})";
    const auto request = telling->prepare(tell);
    http::await(io, tells->write([&tell, &request](db::Connection&, TellWriter& to) {
        to.put("zz", tell, request, unix_now() + 1'000);
    }));
    round(1'000);
    EXPECT_EQ(said().front(), "1 " + tell.payload);
}

TEST_F(SayingTest, ATellWhoseTimeIsOverIsMadeAnewAndAfterAYearGivenUp) {
    says = wire::Code::unavailable;
    round();
    round(8 * 86'400);
    EXPECT_EQ(sent.size(), 2U) << "what has lapsed is not sent";
    round(1'000);
    ASSERT_EQ(sent.size(), 4U);
    EXPECT_NE(sent[0], sent[2]);
    EXPECT_EQ(said()[2], first);
    round(367 * 86'400);
    EXPECT_EQ(stored("tell") + stored("outbox"), 0);
}

TEST_F(SayingTest, WhatStandsUnderNoNumberKeepsNoOtherWaiting) {
    reg.run("update change set number = '' where id = 3");
    round();
    EXPECT_EQ(said(), std::vector{second});
}

// The holder's people have to see to it: nothing is passed over by mistake, and nothing before it
// waits for them.
TEST_F(SayingTest, ARowThatBreaksTheContractWaits) {
    reg.run("insert into change values (8, '3', '621874998321', '2026-11-03')");
    reg.run("update change set day = 'soon' where id = 7");
    round();
    EXPECT_EQ(said(), std::vector{first});
    round(10);
    EXPECT_EQ(sent.size(), 1U);
    reg.run("update change set day = '2026-11-02' where id = 7");
    round(20);
    EXPECT_EQ(sent.size(), 1U) << "it was looked at a moment ago";
    reg.run("update change set told = x'00' where id = 8");
    round(100);
    EXPECT_EQ(said(), (std::vector{first, second}));
    reg.run("update change set told = '621874998321' where id = 8");
    round(200);
    EXPECT_EQ(sent.size(), 3U);
}

// A register that was put back to an earlier state gives the same ids to other changes.
TEST_F(SayingTest, AListThatHasGoneBackIsNotPassedOverInSilence) {
    round();
    round(10);
    EXPECT_EQ(gone_back_so_often(), "") << "the row told last is there";
    reg.run("delete from change where id = 7");
    round(20);
    EXPECT_EQ(gone_back_so_often(), "1");
    round(30);
    EXPECT_EQ(gone_back_so_often(), "1") << "once an hour";
    round(4'000);
    EXPECT_EQ(gone_back_so_often(), "2");
    start();
    round(4'010);
    EXPECT_EQ(gone_back_so_often(), "3") << "and at start";
    reg.run("insert into change values (9, '3', '621874998321', '2026-11-03')");
    round(4'020);
    EXPECT_EQ(sent.size(), 3U) << "what comes later is told nevertheless";
    start();
    round(8'000);
    EXPECT_EQ(gone_back_so_often(), "4") << "also when the list has grown again";
    alter("update said set last = 9, gone = 0");
    start();
    round(12'000);
    EXPECT_EQ(gone_back_so_often(), "4") << "somebody has seen to it";
}

// As gateway.md says how; also while what was told under the same id before still waits.
TEST_F(SayingTest, AListIsToldAnewFromWhereSomebodySays) {
    says = wire::Code::no_link;
    round();
    reg.run("update change set number = '3' where id = 7");
    alter(
        "update said set last = 3, gone = 0 where holder = '06990014' and service = "
        "'health-care-number'");
    says.reset();
    sent.clear();
    round(10);
    ASSERT_EQ(sent.size(), 1U);
    EXPECT_TRUE(said().front().starts_with("3 "));
    EXPECT_EQ(stored("tell"), 2) << "the former ones wait for the next day";
}

// What comes after a greater id would be lost once that one is told.
TEST_F(SayingTest, NothingIsToldWhileTheIdsDoNotRise) {
    reg.write_mapping(
        mapping_of("select id, number, told as health_care_number, day as valid_from from change "
                   "where id > :after order by id desc"));
    auto& records = holders.at("06990014").records;
    records = Records(reg.mapping, reg.database, directory, schemes);
    round();
    EXPECT_TRUE(sent.empty());
    EXPECT_EQ(stored("said"), 0);
}

TEST_F(SayingTest, AGatewayDoesNotStartWithAnother) {
    const auto expect = [this](std::string_view why, const std::string& mapping) {
        const auto said_why = why_not(mapping);
        EXPECT_NE(said_why.find(why), std::string::npos) << why << ": " << said_why;
    };
    EXPECT_EQ(why_not(mapping_of(rows)), "");
    expect("without :after", mapping_of("select 1 as id, '1' as number, '' as health_care_number, "
                                        "'2026-11-01' as valid_from"));
    expect("valid_from is missing",
           mapping_of("select id, number, told as health_care_number from change where id > "
                      ":after"));
    expect("no column day", mapping_of("select id, number, told as health_care_number, day as "
                                       "valid_from, day from change where id > :after"));
    expect("more than read", mapping_of("delete from change where id > :after returning id"));
    expect("no parameter :number",
           mapping_of("select id, number, told as health_care_number, day as valid_from from "
                      "change where id > :after and number = :number"));
    expect("nobody", mapping_of(rows, "clinic-1"));
    expect("nobody", mapping_of(rows, "someone"));
    expect("policy", mapping_of(rows, "06990014", "treatment"));
    expect("no such service", mapping_of(rows, "06990014", "membership", "eligibility"));
}

}  // namespace
}  // namespace mado::gateway
