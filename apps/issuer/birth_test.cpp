// A newborn's case: who signs what, what is told to whom, and what comes of the answers. Every way
// through it: birth_states_slow_test.cpp.
#include "birth.hpp"

#include <boost/json.hpp>

#include "application.hpp"
#include "happenings.hpp"
#include "test_issuer.hpp"
#include "window.hpp"
#include "wire/test_wire.hpp"

namespace mado::issuer {
namespace {

constexpr UnixTime now = 1'795'700'000;

class BirthTest : public ::testing::Test {
  protected:
    wire::PersonNumber insured(const std::string& branch) const {
        return test_number(
            schemes, "insured-number",
            R"({"insurer": "06990014", "symbol": "12", "number": "777", "branch": ")" + branch +
                "\"}");
    }
    Parent mother() const {
        const auto application = test_application(schemes);
        return {.person = "100000000009",
                .issuing = "1000000000000001",
                .attributes = application.person,
                .linked = application.claims};
    }
    Applied form(int parent = 0) const {
        Applied out{.person = {.name = "厚労 葵",
                               .kana = "コウロウ アオイ",
                               .sex = "female",
                               .address = mother().attributes.address,
                               .birth_date = Date{std::chrono::year(2026) / 11 / 20}},
                    .claims = {},
                    .signing = false};
        out.newborn = NewbornForm{
            .relation = "長女", .card = true, .parent = parent, .insurer = insured("01")};
        return out;
    }
    Case happens(Case one, const Happening& what) const {
        auto next = after(one, what, now, "sato");
        EXPECT_TRUE(next) << (next ? "" : to_text(next.error()));
        return next ? *next : one;
    }
    static Opened opened(std::optional<Parent> parent) {
        Opened out{.numbers = {.issuing = "9", .certificate = "8", .health_care = "7"}};
        out.kind = Kind::birth;
        out.parent = std::move(parent);
        return out;
    }
    Case applied() const { return happens(happens({}, opened(mother())), form()); }
    static Signed signature() {
        return {.parent = 0,
                .mandate = "mandate",
                .notice = "sealed notice",
                .filing = "sealed filing",
                .evidence = "{}"};
    }
    Case filed() const {
        auto one = happens(applied(), signature());
        one = happens(
            happens(one, Sent{notify_order}),
            Given{.order = notify_order,
                  .number = test_number(schemes, "resident-number",
                                        R"({"municipality": "992011", "number": "22345678901"})")});
        const OrderName file{OrderKind::file, 0};
        return happens(happens(one, Sent{file}), Given{.order = file, .number = insured("02")});
    }
    static bool waits(const Case& one, Step step) {
        return std::ranges::any_of(todo(one), [step](const Todo& t) { return t.step == step; });
    }

    wire::Schemes schemes = test_schemes();
    wire::Directory directory = test_directory();
    Parties parties{
        .directory = directory, .schemes = schemes, .authority = wire::participant_id("ca")};
    const OrderName ask{OrderKind::ask_decision, 0};
};

TEST_F(BirthTest, AFormIsAboutAParentsOwnInsurer) {
    EXPECT_FALSE(after({}, opened(std::nullopt), now));
    const auto one = happens({}, opened(mother()));
    EXPECT_TRUE(waits(one, Step::apply));
    EXPECT_FALSE(after(one, form(1), now)) << "nobody has named the other parent";
    auto other = form();
    other.newborn->insurer = insured("09");
    EXPECT_FALSE(after(one, other, now)) << "not this parent's number";
    EXPECT_FALSE(after(one, test_application(schemes), now)) << "no form of a birth";
    EXPECT_TRUE(waits(applied(), Step::sign));
}

TEST_F(BirthTest, NewbornsAreUpToAYearOld) {
    const auto child = form().person;
    const auto born = std::chrono::sys_days(child.birth_date);
    EXPECT_TRUE(is_newborn(child, Date(born)));
    EXPECT_TRUE(is_newborn(child, Date(born + std::chrono::days(366))));
    EXPECT_FALSE(is_newborn(child, Date(born + std::chrono::days(367))));
    EXPECT_FALSE(is_newborn(child, Date(born - std::chrono::days(1)))) << "not born yet";
}

TEST_F(BirthTest, OneSignatureForBothAndAnotherWhenItHasEnded) {
    const auto one = applied();
    EXPECT_EQ(to_sign(one), (ToSign{.parent = 0, .notice = true, .filing = true}));
    auto half = signature();
    half.filing.clear();
    EXPECT_FALSE(after(one, half, now)) << "less than what was asked for";
    auto signed_once = happens(one, signature());
    EXPECT_EQ(to_sign(signed_once), std::nullopt);
    EXPECT_EQ(happens(signed_once, signature()), signed_once) << "once more";
    auto refused =
        happens(happens(signed_once, Sent{notify_order}), Refused{notify_order, "mandate_expired"});
    EXPECT_EQ(to_sign(refused), (ToSign{.parent = 0, .notice = true, .filing = false}));
    Signed again{.parent = 0, .mandate = "another", .notice = "sealed", .evidence = "{}"};
    refused = happens(refused, again);
    EXPECT_EQ(refused.notice.mandate, "another");
    EXPECT_TRUE(refused.refused.empty());
}

TEST_F(BirthTest, WhatIsToldIsWhatWasSigned) {
    EXPECT_THROW(static_cast<void>(question_of(parties, applied(), notify_order, {})), Failure)
        << "nobody has signed";
    const auto one = happens(applied(), signature());
    const auto notice = question_of(parties, one, notify_order, {});
    ASSERT_TRUE(notice);
    EXPECT_EQ(notice->service.text(), "birth");
    EXPECT_EQ(notice->to.holder->text(), "992011");
    EXPECT_EQ(notice->payload, "sealed notice");
    EXPECT_NE(as_text(notice->subject).find("\"application\":\"mandate\""), std::string::npos);
    const auto filing = question_of(parties, one, {OrderKind::file, 0}, {});
    ASSERT_TRUE(filing);
    EXPECT_EQ(filing->service.text(), "dependant");
    EXPECT_EQ(filing->to.holder->text(), "06990014");
    EXPECT_EQ(filing->payload, "sealed filing");
}

TEST_F(BirthTest, TheDocumentSaysAllOfIt) {
    CaseFile file{
        .id = 1, .number = "200000000006", .opened_at = now, .clerk = {}, .one = applied()};
    const auto application = application_of(file, parties);
    ASSERT_TRUE(application);
    EXPECT_EQ(application->document,
              "出生届と、健康保険の被扶養者などの届出\n"
              "受付番号: 200000000006\n"
              "届け出る親: 厚労 花子（1986-05-01生まれ）\n"
              "子の氏名: 厚労 葵\n"
              "子の読み: コウロウ アオイ\n"
              "子の生年月日: 2026-11-20\n"
              "子の性別: 女\n"
              "父母との続柄: 長女\n"
              "子の住所: 九十九県A市本町1丁目2番3号\n"
              "出生届の届け先: 992011 992011\n"
              "健康保険の届け先: 06990014 06990014\n"
              "健康保険が認めるまで、資格は暫定です。\n"
              "認められないときは、はじめからなかったことになります。\n"
              "カード: 作る");
    ASSERT_EQ(application->handed_on.size(), 2U);
    EXPECT_EQ(application->handed_on[0].text,
              R"({"name":"厚労 葵","kana":"コウロウ アオイ","birth_date":"2026-11-20",)"
              R"("sex":"female","relation":"長女","parent_number":"12345678901",)"
              R"("parent_birth_date":"1986-05-01"})");
    EXPECT_EQ(application->services, (std::vector<std::string>{"signature", "birth", "dependant"}));
    for (const auto* hidden : {"pay \u202e001", "厚労\u200b葵", "厚労\U000E0041葵", "ア\uFE00"}) {
        file.one.person->name = hidden;
        EXPECT_FALSE(application_of(file, parties)) << "it would not show";
    }
    file.one.person->name = "葛\U000E0100城 葵";
    EXPECT_TRUE(application_of(file, parties)->document.contains("子の氏名: 葛[U+E0100]城 葵\n"));
}

// One parent may have to hide from the other where they live with the child.
TEST_F(BirthTest, TheOtherParentIsNotToldWhereTheChildLives) {
    auto father = mother();
    father.person = "300000000005";
    father.issuing = "5";
    father.attributes.name = "厚労 次郎";
    auto one = happens(happens({}, opened(mother())), ParentNamed{father});
    one = happens(one, form(1));
    const auto first = application_of(
        {.id = 1, .number = "1", .opened_at = now, .clerk = {}, .one = one}, parties);
    ASSERT_TRUE(first);
    EXPECT_EQ(first->covers, (ToSign{.parent = 0, .notice = true, .filing = false}));
    EXPECT_TRUE(first->document.contains("子の住所")) << "it is her own";
    auto signed_notice = signature();
    signed_notice.filing.clear();
    one = happens(happens(one, signed_notice), Sent{notify_order});
    one = happens(one, Given{.order = notify_order,
                             .number = test_number(
                                 schemes, "resident-number",
                                 R"({"municipality": "992011", "number": "22345678901"})")});
    const auto second = application_of(
        {.id = 1, .number = "1", .opened_at = now, .clerk = {}, .one = one}, parties);
    ASSERT_TRUE(second);
    EXPECT_EQ(second->covers, (ToSign{.parent = 1, .notice = false, .filing = true}));
    EXPECT_FALSE(second->document.contains("住所")) << second->document;
    EXPECT_FALSE(second->document.contains("本町")) << second->document;
    EXPECT_TRUE(first->document.contains("受付番号"));
    EXPECT_FALSE(second->document.contains("受付番号")) << "/status says when she is at the window";
    ASSERT_EQ(second->handed_on.size(), 1U);
    EXPECT_EQ(second->handed_on[0].text,
              R"({"name":"厚労 葵","kana":"コウロウ アオイ","birth_date":"2026-11-20",)"
              R"("sex":"female","relation":"長女"})");
}

TEST_F(BirthTest, AnAcceptanceGivesANumber) {
    const auto one = happens(applied(), signature());
    const auto resident =
        given_by(parties, one, notify_order, *parse_json_object(R"({"number":"22345678901"})"));
    EXPECT_EQ(std::get<Given>(resident).number.field("municipality"), "992011");
    const auto child = given_by(
        parties, one, {OrderKind::file, 0},
        *parse_json_object(R"({"symbol":"12","number":"777","branch":"02","provisional":true})"));
    EXPECT_EQ(std::get<Given>(child).number, insured("02"));
    const auto own = given_by(
        parties, one, {OrderKind::file, 0},
        *parse_json_object(R"({"symbol":"12","number":"777","branch":"01","provisional":true})"));
    EXPECT_EQ(std::get<Refused>(own).code, "answer_invalid") << "the parent's own number";
    EXPECT_EQ(std::get<Refused>(given_by(parties, one, notify_order, {})).code, "answer_invalid");
}

TEST_F(BirthTest, TheInsurersLastWordCounts) {
    const auto one = filed();
    const auto said = [&](const std::string& rows) {
        return decision_in(one, ask, *parse_json_object(R"({"filings":[)" + rows + "]}"));
    };
    const auto row = [](const std::string& branch, const std::string& outcome) {
        return R"({"order":"x","received":1,"symbol":"12","number":"777","branch":")" + branch +
               R"(","outcome":")" + outcome + R"(","reason":"no"})";
    };
    EXPECT_EQ(std::get<Undecided>(said(row("02", "waiting"))).filing, 0);
    EXPECT_EQ(std::get<Accepted>(said(row("02", "waiting") + "," + row("02", "accepted"))).filing,
              0);
    EXPECT_EQ(std::get<Declined>(said(row("03", "accepted") + "," + row("02", "refused"))).reason,
              "no");
    EXPECT_EQ(std::get<Refused>(said(row("03", "refused"))).code, "no_match") << "another child";
}

TEST_F(BirthTest, AskedOnceADayOrNow) {
    auto one = happens(happens(filed(), Sent{ask}), Undecided{0});
    const auto waiting = [&one] {
        const auto all = todo(one);
        return *std::ranges::find(all, Step::decide, &Todo::step);
    };
    EXPECT_EQ(waiting().from, now + ask_every_s);
    EXPECT_EQ(waiting().since, now);
    one = happens(one, TryAgain{ask});
    EXPECT_EQ(waiting().from, 0);
}

TEST_F(BirthTest, DeclinedIsFiledElsewhere) {
    auto one = happens(happens(filed(), Sent{ask}), Declined{.filing = 0, .reason = "父の収入"});
    EXPECT_TRUE(is_declined(one, 1));
    EXPECT_EQ(one.claims[1].finding, Finding::not_applied);
    EXPECT_TRUE(waits(one, Step::file_elsewhere));
    EXPECT_FALSE(after(one, Corrected{1, Role::medical, insured("02")}, now)) << "it is over";
    EXPECT_FALSE(after(one, FiledElsewhere{.parent = 1, .insurer = insured("01")}, now));
    auto father = mother();
    father.issuing = "1000000000000002";
    one = happens(one, ParentNamed{father});
    one = happens(one, FiledElsewhere{.parent = 1, .insurer = insured("01")});
    EXPECT_EQ(to_sign(one), (ToSign{.parent = 1, .notice = false, .filing = true}));
    const auto shown = case_json({.id = 1, .number = "2", .opened_at = 1, .clerk = {}, .one = one},
                                 {{.at = 1, .clerk = {}, .what = signature()}}, now);
    EXPECT_EQ(shown.at("signs"), 1);
    EXPECT_EQ(shown.at("filings").at(0).at("reason"), "父の収入");
    const auto text = json::serialize(shown);
    for (const auto* secret : {"1000000000000001", "sealed", "mandate"})
        EXPECT_EQ(text.find(secret), std::string::npos) << secret;
}

TEST_F(BirthTest, EveryHappeningIsReadAsItIsWritten) {
    for (const auto& what :
         std::vector<Happening>{opened(mother()), form(), ParentNamed{mother()}, signature(),
                                Given{.order = {OrderKind::file, 0}, .number = insured("02")},
                                Undecided{1}, Accepted{1}, Declined{.filing = 1, .reason = "no"},
                                FiledElsewhere{.parent = 1, .insurer = insured("01")}}) {
        const auto object = happening_json(what);
        const auto read = read_happening(object, schemes);
        ASSERT_TRUE(read) << json::serialize(object) << read.error().why;
        EXPECT_EQ(happening_json(*read), object);
    }
    EXPECT_FALSE(read_happening(*parse_json_object(R"({"what":"declined","filing":0,"reason":""})"),
                                schemes));
    // No page says what comes of orders and signatures.
    EXPECT_FALSE(read_act(R"({"number":"1","happening":{"what":"accepted","filing":0}})", schemes));
    EXPECT_TRUE(read_act(
        R"({"number":"1","happening":{"what":"parent_named","parent":{"person":"100000000009"}}})",
        schemes));
    EXPECT_TRUE(read_open(R"({"kind":"birth","person":"100000000009"})", schemes));
    EXPECT_FALSE(read_open(R"({"kind":"birth"})", schemes));
}

TEST_F(BirthTest, WhoApplies) {
    KnownPerson person;
    person.numbers.issuing = "1";
    EXPECT_EQ(parent_of(person, "2").error(), Misfit::no_card);
    person.issued.push_back(
        {.card = {.use = Use::signing,
                  .certificate = test_certificate(
                      crypto::PrivateKey::generate(crypto::KeyType::p256).public_key())}});
    EXPECT_EQ(parent_of(person, "2")->issuing, "1");
    EXPECT_TRUE(signing_card_of(person));
    person.issued.front().standing = Standing::suspended;
    EXPECT_FALSE(parent_of(person, "2"));
    EXPECT_FALSE(signing_card_of(person));
}

}  // namespace
}  // namespace mado::issuer
