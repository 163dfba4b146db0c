#include "client/claims.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace mado::client {
namespace {

constexpr std::string_view good = R"({"from":"2026-01","to":"2026-07","arrived_to":"2026-06",
"claims":[{"month":"2026-05","kind":"medical","institution":"クリニック","cost_yen":3510,"points":351,
"paid_yen":1050,"days":1,"explanation":{"resourceType":"ExplanationOfBenefit","item":[
{"sequence":1,"productOrService":{"coding":[{"code":"111000110","display":"初診料"}]},
"quantity":{"value":1},"net":{"value":2910,"currency":"JPY"},"adjudication":[{"value":291}]},
{"sequence":2,"productOrService":{"coding":[{"code":"120002910"}]},"net":{"value":600}}]}},
{"month":"2026-06","kind":"judo","institution":"接骨院","cost_yen":4210,"withheld":"ask-doctor",
"explanation":{}}]})";

Parsed<Claims> read(std::string_view data, const std::map<std::string, std::string>& asked = {}) {
    return read_claims({.answer = {.issuer = *wire::ParticipantId::parse("06990014"),
                                   .service = *wire::ServiceId::parse("claims"),
                                   .data = parse_json_object(data, {.depth_max = 31}).value()},
                        .receipt = {},
                        .order = {}},
                       asked);
}

std::string with(std::string_view part, std::string_view by) {
    std::string out(good);
    const auto at = out.find(part);
    EXPECT_NE(at, std::string::npos) << part;
    return out.replace(at, part.size(), by);
}

TEST(ClaimsAnswer, IsReadForTheScreen) {
    const auto claims = read(good);
    ASSERT_TRUE(claims);
    EXPECT_EQ(claims->arrived_to, "2026-06");
    ASSERT_EQ(claims->claims.size(), 2U);
    const auto& medical = claims->claims[0];
    EXPECT_EQ(medical.points, 351);
    EXPECT_EQ(medical.paid_yen, 1050);
    EXPECT_EQ(medical.withheld, "");
    ASSERT_EQ(medical.items.size(), 2U);
    EXPECT_EQ(medical.items[0].name, "初診料");
    EXPECT_EQ(medical.items[0].points, 291);
    EXPECT_EQ(medical.items[0].quantity, 1);
    EXPECT_EQ(medical.items[1].points, std::nullopt);
    EXPECT_EQ(medical.items[1].cost_yen, 600);
    EXPECT_EQ(claims->claims[1].withheld, "ask-doctor");
    EXPECT_EQ(claims->claims[1].points, std::nullopt);
    EXPECT_TRUE(claims->claims[1].items.empty());
}

TEST(ClaimsAnswer, IsOfTheMonthsAsked) {
    EXPECT_TRUE(read(good, {{"from", "2026-01"}, {"to", "2026-07"}}));
    EXPECT_FALSE(read(good, {{"from", "2026-02"}, {"to", "2026-07"}}));
    EXPECT_FALSE(read(good, {{"to", "2026-06"}}));
}

TEST(ClaimsAnswer, OfAnotherFormIsRefused) {
    EXPECT_FALSE(read("{}"));
    EXPECT_FALSE(read(R"({"on":"2026-11-22","result":"insured","payers":[]})"));
    for (const auto& [part, by] : std::vector<std::pair<std::string, std::string>>{
             {R"("arrived_to":"2026-06",)", ""},
             {R"("from":"2026-01")", R"("from":202601)"},
             {R"("days":1)", R"("days":"one")"},
             {R"("days":1)", R"("days":1,"diagnosis":"x")"},
             {R"("cost_yen":3510)", R"("cost_yen":-1)"},
             {R"("explanation":{})", R"("explanation":[])"},
             {R"("explanation":{})", R"("explanation":{"item":{}})"},
             {R"("explanation":{})", R"("explanation":{"item":[1]})"},
             {R"("explanation":{})", R"("explanation":{"item":[{}]})"},
             {R"({"coding":[{"code":"120002910"}]})", R"({"coding":[]})"},
             {R"("net":{"value":600})", R"("net":{"value":"600"})"}}) {
        EXPECT_FALSE(read(with(part, by))) << part << " → " << by;
    }
}

}  // namespace
}  // namespace mado::client
