#include "client/pension.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace mado::client {
namespace {

constexpr std::string_view good = R"({"body":"state","name":"厚労 花子","birth_date":"1986-05-01",
"recorded_to":"2026-09","office":{"name":"年金事務所","telephone":"0990-20-0101"},
"spans":[{"scheme":"national","from":"2006-04","to":"2009-03","category":"first"},
{"scheme":"employees","from":"2009-04","to":null,"workplace":"商事"}],
"receiving":null,"months":[],"years":[],
"expected":{"basis":[],"counted_months":244,"needed_months":120,"qualifies":true,
"so_far":[{"age":65,"parts":[{"scheme":"national","yearly_yen":367163,
"monthly_yen":30596,"from_age":65,"until_age":null}]}],"continued":[]},
"working":{"pension_yen":60839,"limit_yen":650000,"free_until_yen":589161,"none_from_yen":710839,
"fiscal_year":2026},
"national_fund":{"possible":false,"reasons":["exempt"]}})";

Parsed<PensionView> read(std::string_view data) {
    return read_pension({.answer = {.issuer = *wire::ParticipantId::parse("nenkin"),
                                    .service = *wire::ServiceId::parse("pension"),
                                    .data = parse_json_object(data, {.depth_max = 31}).value()},
                         .receipt = {},
                         .order = {}});
}

std::string with(std::string_view part, std::string_view by) {
    std::string out(good);
    const auto at = out.find(part);
    EXPECT_NE(at, std::string::npos) << part;
    return out.replace(at, part.size(), by);
}

TEST(PensionAnswer, IsReadForTheScreen) {
    const auto view = read(good);
    ASSERT_TRUE(view) << view.error().why;
    EXPECT_EQ(view->body, "state");
    EXPECT_EQ(view->telephone, "0990-20-0101");
    ASSERT_EQ(view->spans.size(), 2U);
    EXPECT_EQ(view->spans[0].category, "first");
    EXPECT_EQ(view->spans[1].to, "");
    EXPECT_EQ(view->counted_months, 244);
    ASSERT_EQ(view->so_far.size(), 1U);
    EXPECT_EQ(view->so_far[0].parts.at(0).monthly_yen, 30'596);
    EXPECT_FALSE(view->so_far[0].parts[0].until_age);
    EXPECT_TRUE(view->receiving.empty());
    ASSERT_TRUE(view->working);
    EXPECT_EQ(view->working->free_until_yen, 589'161);
    EXPECT_EQ(view->working->none_from_yen, 710'839);
    EXPECT_EQ(view->working->fiscal_year, 2026);
}

TEST(PensionAnswer, OfSomebodyWhoReceives) {
    auto text = with(R"("receiving":null)",
                     R"("receiving":{"since":"2012-07","parts":[{"scheme":"national",
"yearly_yen":12,"monthly_yen":1,"from_age":65,"until_age":80,"since":"2012-07"}]})");
    const auto at = text.find(R"("expected":{)");
    text.replace(at, text.find(R"("national_fund")") - at,
                 R"("expected":null,"expected_unknown":"receiving",)");
    const auto view = read(text);
    ASSERT_TRUE(view) << view.error().why;
    EXPECT_EQ(view->receiving_since, "2012-07");
    EXPECT_EQ(view->receiving.at(0).until_age, 80);
    EXPECT_EQ(view->unknown, "receiving");
}

TEST(PensionAnswer, OfAnotherFormIsRefused) {
    for (const auto& [part, by] : std::vector<std::pair<std::string_view, std::string_view>>{
             {R"("body":"state",)", ""},
             {R"("recorded_to":"2026-09")", R"("recorded_to":202609)"},
             {R"("receiving":null,)", ""},
             {R"("receiving":null)", R"("receiving":7)"},
             {R"("to":null,)", ""},
             {R"("to":null)", R"("to":"2009-04-01")"},
             {R"("to":null)", R"("to":7)"},
             {R"("until_age":null)", R"("until_age":-1)"},
             {R"("yearly_yen":367163)", R"("yearly_yen":-1)"},
             {R"("parts":[{)", R"("parts":[7,{)"},
             {R"("continued":[])", R"("continued":{})"},
             {R"("fiscal_year":2026)", R"("fiscal_year":2026,"more":1)"},
             {R"("limit_yen":650000,)", ""},
             {R"("working":{)", R"("working":7,"more":{)"},
             {R"("basis":[],)", R"("basis":[],"more":1,)"},
             {R"("months":[],)", R"("months":[],"more":1,)"}}) {
        EXPECT_FALSE(read(with(part, by))) << by;
    }
}

}  // namespace
}  // namespace mado::client
