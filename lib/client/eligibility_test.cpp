#include "client/eligibility.hpp"

#include <gtest/gtest.h>

namespace mado::client {
namespace {

constexpr std::string_view insured = R"({"on":"2026-11-22","result":"insured","payers":[
{"rank":1,"share_percent":30,"guarantee":true,"special_payment":false,"symbol":"あいう",
"number":"0000187","branch":"01","coverage":{"resourceType":"Coverage"}}]})";
constexpr std::string_view ended = R"({"on":"2026-11-22","result":"not_on_this_date","payers":[],
"last_day":"2026-06-09","end_reason":"退職"})";

Parsed<HolderEligibility> read(std::string_view data, const std::string& on = "2026-11-22") {
    wire::Directory directory;
    directory.participants.push_back({.id = *wire::ParticipantId::parse("06990014"),
                                      .name = "まどか電機健康保険組合",
                                      .kind = *wire::CodeId::parse("medical-insurer"),
                                      .certificates = {},
                                      .signing_keys = {},
                                      .services = {},
                                      .sealing_keys = {},
                                      .addresses = {},
                                      .redirect_uris = {}});
    return read_eligibility({.answer = {.issuer = *wire::ParticipantId::parse("06990014"),
                                        .service = *wire::ServiceId::parse("eligibility"),
                                        .as_of = 1'795'342'500,
                                        .data = std::string(data)},
                             .receipt = {},
                             .order = {}},
                            directory, on);
}

std::string with(std::string_view text, std::string_view part, std::string_view by) {
    std::string out(text);
    const auto at = out.find(part);
    EXPECT_NE(at, std::string::npos) << part;
    return out.replace(at, part.size(), by);
}

TEST(EligibilityAnswer, IsReadForTheScreen) {
    const auto said = read(insured);
    ASSERT_TRUE(said);
    EXPECT_FALSE(said->ended);
    ASSERT_EQ(said->payers.size(), 1U);
    const auto& payer = said->payers.front();
    EXPECT_EQ(payer.holder_name, "まどか電機健康保険組合");
    EXPECT_EQ(payer.share_percent, 30);
    EXPECT_TRUE(payer.guarantee);
    EXPECT_EQ(payer.number, "0000187");
    EXPECT_EQ(payer.as_of, 1'795'342'500);
    const auto former = read(ended);
    ASSERT_TRUE(former);
    EXPECT_TRUE(former->payers.empty());
    ASSERT_TRUE(former->ended);
    EXPECT_EQ(former->ended->last_day, "2026-06-09");
    EXPECT_EQ(former->ended->reason, "退職");
}

TEST(EligibilityAnswer, IsAboutTheDayAsked) {
    for (const auto answer : {insured, ended}) {
        EXPECT_FALSE(read(answer, "2026-11-21"));
        EXPECT_FALSE(read(with(answer, "2026-11-22", "2025-11-22")));
    }
}

TEST(EligibilityAnswer, OfAnotherFormIsRefusedWhole) {
    EXPECT_FALSE(read(""));
    EXPECT_FALSE(read("[]"));
    for (const auto& [part, by] : std::vector<std::pair<std::string, std::string>>{
             {R"("on":"2026-11-22",)", ""},
             {R"("result":"insured",)", ""},
             {R"("result":"insured")", R"("result":"perhaps")"},
             {R"("result":"insured")", R"("result":"not_on_this_date")"},
             {R"("result":"insured")", R"("result":"insured","last_day":"2026-06-09")"},
             {R"("rank":1)", R"("rank":0)"},
             {R"("branch":"01",)", ""},
             {R"("coverage":{"resourceType":"Coverage"})", R"("coverage":[])"},
             {R"("guarantee":true)", R"("guarantee":true,"limit":1)"},
             {"}}]}", R"(}}],"unknown":1})"},
             {"}}]}", "}},1]}"}}) {
        EXPECT_FALSE(read(with(insured, part, by))) << part << " → " << by;
    }
    EXPECT_FALSE(read(with(ended, "not_on_this_date", "insured")));
}

}  // namespace
}  // namespace mado::client
