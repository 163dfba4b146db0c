#include "client/checkups.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace mado::client {
namespace {

constexpr std::string_view good = R"x({"from":"2021-12","to":"2026-11","arrived_to":"2026-09",
"checkups":[{"id":"K-2","day":"2026-08-19","kind":"specific","institution":"健診センター",
"metabolic":"none","guidance":"motivational","doctor":"注意","values":[
{"code":"3D046000001906202","name":"HbA1c","value":"5.7","unit":"%","high":"5.5","range":"5.6未満",
"outside":true},{"code":"1A010000000191111","name":"尿蛋白","value":"(-)"}],
"report":{"resourceType":"DiagnosticReport"}},
{"id":"K-1","day":"2025-08-19","kind":"late-elderly","institution":"診療所","values":[],
"report":{}}]})x";

Parsed<Checkups> read(std::string_view data, const std::map<std::string, std::string>& asked = {}) {
    return read_checkups({.answer = {.issuer = *wire::ParticipantId::parse("06990014"),
                                     .service = *wire::ServiceId::parse("checkups"),
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

TEST(CheckupsAnswer, IsReadForTheScreen) {
    const auto all = read(good);
    ASSERT_TRUE(all);
    EXPECT_EQ(all->arrived_to, "2026-09");
    ASSERT_EQ(all->checkups.size(), 2U);
    const auto& newest = all->checkups[0];
    EXPECT_EQ(newest.guidance, "motivational");
    EXPECT_EQ(newest.doctor, "注意");
    ASSERT_EQ(newest.values.size(), 2U);
    EXPECT_EQ(newest.values[0].high, "5.5");
    EXPECT_EQ(newest.values[0].outside, true);
    EXPECT_EQ(newest.values[1].outside, std::nullopt);
    EXPECT_EQ(newest.report, R"({"resourceType":"DiagnosticReport"})");
    EXPECT_EQ(all->checkups[1].metabolic, "");
}

TEST(CheckupsAnswer, IsOfTheMonthsAsked) {
    EXPECT_TRUE(read(good, {{"from", "2021-12"}, {"to", "2026-11"}}));
    EXPECT_FALSE(read(good, {{"from", "2022-01"}}));
    EXPECT_FALSE(read(good, {{"to", "2026-10"}}));
}

TEST(CheckupsAnswer, OfAnotherFormIsRefused) {
    EXPECT_FALSE(read("{}"));
    for (const auto& [part, by] : std::vector<std::pair<std::string, std::string>>{
             {R"("arrived_to":"2026-09",)", ""},
             {R"("day":"2026-08-19")", R"("day":"2026-08-32")"},
             {R"("day":"2026-08-19")", R"("day":"2024-08-19")"},
             {R"("value":"5.7")", R"("value":57)"},
             {R"("outside":true)", R"("outside":1)"},
             {R"("unit":"%")", R"("unit":"%","diagnosis":"x")"},
             {R"("report":{})", R"("report":[])"},
             {R"("values":[],)", ""},
             {R"("values":[])", R"("values":[1])"},
             {R"("kind":"late-elderly")", R"("kind":"late-elderly","more":1)"}}) {
        EXPECT_FALSE(read(with(part, by))) << part << " → " << by;
    }
}

}  // namespace
}  // namespace mado::client
