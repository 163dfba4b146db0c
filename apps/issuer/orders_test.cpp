// What a clerk has decided is asked once more, as the register writes; whom step 11 tells what.
#include "orders.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "crypto/jwe.hpp"
#include "happenings.hpp"
#include "test_issuer.hpp"
#include "wire/test_wire.hpp"

namespace mado::issuer {
namespace {

TEST(Orders, WhatARegisterShowsIsTakenAndWhatItDoesNotIsLeftOut) {
    const Attributes person{.name = "髙橋 花子",
                            .kana = "タカハシ ハナコ",
                            .sex = "female",
                            .address = "A市上山1-2-3",
                            .birth_date = parse_date("1986-05-01").value()};
    const auto asked = as_register_writes(
        person, R"({"verdict":"different","current":true,"attributes":{)"
                R"("name":{"verdict":"different","rules":[],"writing":"佐藤 花子"},)"
                R"("kana":{"verdict":"same","rules":["width"]},)"
                R"("birth_date":{"verdict":"same","rules":[]},)"
                R"("address":{"verdict":"different","rules":[]}}})");
    EXPECT_EQ(asked.name, "佐藤 花子");
    EXPECT_EQ(asked.kana, person.kana);
    EXPECT_EQ(asked.sex, person.sex);  // that the register does not know
    EXPECT_EQ(asked.address, "");
    EXPECT_EQ(asked.birth_date, person.birth_date);
    EXPECT_EQ(as_register_writes(person, "").address, person.address);
}

// As the page or the command line sends it.
Case applied_with_everything(const wire::Schemes& schemes) {
    auto application = application_json(test_application(schemes));
    auto& claims = application.at("claims").as_array();
    const auto add = [&claims](std::string_view role, std::string_view scheme,
                               const json::object& fields) {
        claims.push_back({{"role", role}, {"number", {{"scheme", scheme}, {"fields", fields}}}});
    };
    add("pension", "basic-pension-number", {{"number", "1234567890"}});
    for (const auto* insurer : {"992016", "992024"})
        add("care", "care-insured-number", {{"insurer", insurer}, {"number", "0000000001"}});
    for (const auto* payer : {"88990015", "12990016"})
        add("public-expense", "subsidy-number", {{"payer", payer}, {"number", "9999962"}});
    const auto applied = read_application(application, schemes);
    EXPECT_TRUE(applied);
    Case one;
    one.numbers = {
        .issuing = "1234567890123456", .certificate = "2", .health_care = "621874998319"};
    return after(one, *applied, 1).value();
}

TEST(Orders, TheNumberIsToldToMedicalInsurersAloneAndThatThereIsACardToTheOthers) {
    const auto schemes = test_schemes();
    const auto directory = test_directory();
    const Parties parties{
        .directory = directory, .schemes = schemes, .authority = *wire::ParticipantId::parse("ca")};
    const auto one = applied_with_everything(schemes);
    const Days days{.today = parse_date("2026-11-27").value(),
                    .delivered_on = parse_date("2026-11-25").value()};
    const auto told = [&](int claim) -> std::string {
        const auto question = question_of(parties, one, {OrderKind::tell, claim}, days);
        if (!question) return std::string(wire::info(question.error()).name);
        const auto payload = crypto::decrypt_jwe(question->payload, test_sealing_key()).value();
        return question->to.holder->text() + " " + question->service.text() + " " +
               std::string(as_text(ByteView(payload)));
    };
    EXPECT_EQ(told(1), R"(06990014 health-care-number {"health_care_number":"621874998319",)"
                       R"("valid_from":"2026-11-27"})");
    EXPECT_EQ(told(2), R"(nenkin card-delivered {"delivered_on":"2026-11-25"})");
    EXPECT_EQ(told(4), R"(992024 card-delivered {"delivered_on":"2026-11-25"})");
    for (const int claim : {0, 3, 5, 6}) {
        EXPECT_EQ(told_of(one, one.claims.at(static_cast<std::size_t>(claim))), Told::nothing);
        EXPECT_THROW(static_cast<void>(told(claim)), Failure)
            << "who hands it over, and who pays public expense";
    }
    // Who has a card has the number too, and nobody hands one over.
    auto change = one;
    change.kind = Kind::change;
    EXPECT_EQ(told_of(change, change.claims.at(1)), Told::health_care_number);
    for (const std::size_t claim : {2U, 4U})
        EXPECT_EQ(told_of(change, change.claims.at(claim)), Told::nothing);
    // Who turns out to live elsewhere applied at another window.
    const auto moved = parse_json_object(
        R"({"what": "corrected", "claim": 0, "number": {"scheme": "resident-number",)"
        R"( "fields": {"municipality": "992020", "number": "12345678901"}}})");
    const auto corrected = read_happening(*moved, schemes);
    ASSERT_TRUE(corrected);
    const auto after_it = after(one, *corrected, 2).value();
    EXPECT_EQ(told_of(after_it, after_it.claims.at(3)), Told::delivery);
    EXPECT_EQ(told_of(after_it, after_it.claims.at(4)), Told::nothing);
}

// Of an end: how a register that has said it itself writes the name is nothing to it, and until the
// day is over it has the person.
TEST(Orders, WhoeverWasSaidToBeGoneIsGoneWhateverTheirNameIs) {
    const auto schemes = test_schemes();
    const auto directory = test_directory();
    const Parties parties{
        .directory = directory, .schemes = schemes, .authority = *wire::ParticipantId::parse("ca")};
    Case end;
    end.kind = Kind::end;
    end.reason = "death";
    end.claims = {test_application(schemes).claims.front()};
    end.linked = end.claims;
    const auto answered = [&](const Case& one, std::string_view verdict, bool current) {
        const client::Answered out{
            .answer = {.act = wire::Act::ask,
                       .issuer = wire::participant_id("992011"),
                       .audience = {},
                       .order = {},
                       .issued_at = 1,
                       .service = wire::service_id("existence"),
                       .as_of = 0,
                       .data = json::object{{"verdict", verdict}, {"current", current}}},
            .receipt = {},
            .order = {}};
        return happening_of(parties, one, {OrderKind::confirm, 0}, out).value();
    };
    auto said = end;
    said.said = Said{.id = "order", .what = News::died, .at = 1};
    EXPECT_TRUE(std::holds_alternative<Gone>(answered(said, "variant", false)));
    EXPECT_TRUE(std::holds_alternative<StillHere>(answered(said, "same", true)));
    EXPECT_TRUE(std::holds_alternative<StillHere>(answered(said, "different", true)));
    // Of a clerk's, or of a number that a clerk has put there, a clerk decides.
    EXPECT_TRUE(std::holds_alternative<WritesOtherwise>(answered(end, "variant", false)));
    EXPECT_TRUE(std::holds_alternative<WritesOtherwise>(answered(end, "same", true)));
    EXPECT_TRUE(std::holds_alternative<Gone>(answered(end, "same", false)));
    said.claims.front().number = test_resident(schemes, "992020");
    EXPECT_TRUE(std::holds_alternative<WritesOtherwise>(answered(said, "variant", false)));
    EXPECT_TRUE(std::holds_alternative<WritesOtherwise>(answered(said, "same", true)));
}

// A subsidy beside another takes the place of none: both are asked, and linked by one order.
TEST(Orders, EachPublicExpenseIsConfirmedByWhoeverPaysItAndLinked) {
    const auto schemes = test_schemes();
    const auto directory = test_directory();
    const Parties parties{
        .directory = directory, .schemes = schemes, .authority = *wire::ParticipantId::parse("ca")};
    auto one = applied_with_everything(schemes);
    EXPECT_EQ(one.claims.at(5).role, Role::public_expense);
    const auto asked = question_of(parties, one, {OrderKind::confirm, 6}, {});
    ASSERT_TRUE(asked);
    EXPECT_EQ(asked->to.holder->text(), "12990016");
    one.kind = Kind::change;
    one.linked = {one.claims.at(0), one.claims.at(1), one.claims.at(5)};
    for (auto& claim : one.claims)
        claim.finding = Finding::not_applied;
    for (const std::size_t place : {0U, 1U, 5U, 6U})
        one.claims[place].finding = Finding::same;
    const auto linked = question_of(parties, one, link_order, {});
    ASSERT_TRUE(linked);
    const auto payload = crypto::decrypt_jwe(linked->payload, test_sealing_key()).value();
    const auto numbers = parse_json_object(as_text(ByteView(payload)))->at("numbers").as_array();
    EXPECT_EQ(numbers.size(), 3U) << "also those that were linked: their holders may have ended it";
}

}  // namespace
}  // namespace mado::issuer
