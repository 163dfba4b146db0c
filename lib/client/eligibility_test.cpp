#include "client/eligibility.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace mado::client {
namespace {

constexpr std::string_view insured = R"({"on":"2026-11-22","result":"insured","payers":[
{"rank":1,"share_percent":30,"guarantee":true,"special_payment":false,"symbol":"あいう",
"number":"0000187","branch":"01","coverage":{"resourceType":"Coverage","contained":[
{"resourceType":"Patient","id":"patient","name":[{"text":"厚労 花子"},{"text":"コウロウ ハナコ"}],
"birthDate":"1986-05-01"},{"resourceType":"Organization","id":"insurer"}],"status":"active",
"period":{"start":"2026-04-01","end":"2027-03-31"},"class":[{"value":"一般"},{"value":"区分ウ"}]}}]})";
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
                                      .redirect_uris = {},
                                      .web_build = {}});
    return read_eligibility({.answer = {.issuer = *wire::ParticipantId::parse("06990014"),
                                        .service = *wire::ServiceId::parse("eligibility"),
                                        .as_of = 1'795'342'500,
                                        .data = parse_json_object(data, {.depth_max = 31}).value()},
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
    EXPECT_EQ(payer.words.name, "厚労 花子");
    EXPECT_EQ(payer.words.kana, "コウロウ ハナコ");
    EXPECT_EQ(payer.words.birth_date, "1986-05-01");
    EXPECT_EQ(payer.words.from, "2026-04-01");
    EXPECT_EQ(payer.words.to, "2027-03-31");
    EXPECT_EQ(payer.words.classes, (std::vector<std::string>{"一般", "区分ウ"}));
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
    EXPECT_FALSE(read("{}"));
    for (const auto& [part, by] : std::vector<std::pair<std::string, std::string>>{
             {R"("on":"2026-11-22",)", ""},
             {R"("result":"insured",)", ""},
             {R"("result":"insured")", R"("result":"perhaps")"},
             {R"("result":"insured")", R"("result":"not_on_this_date")"},
             {R"("result":"insured")", R"("result":"insured","last_day":"2026-06-09")"},
             {R"("rank":1)", R"("rank":0)"},
             {R"("branch":"01",)", ""},
             {R"("guarantee":true)", R"("guarantee":true,"limit":1)"},
             {"}}]}", R"(}}],"unknown":1})"},
             {"}}]}", "}},1]}"}}) {
        EXPECT_FALSE(read(with(insured, part, by))) << part << " → " << by;
    }
    EXPECT_FALSE(read(with(ended, "not_on_this_date", "insured")));
}

TEST(EligibilityAnswer, MayBeProvisional) {
    EXPECT_FALSE(read(insured)->payers.front().provisional);
    const auto filed =
        read(with(insured, R"("guarantee":true)", R"("guarantee":false,"provisional":true)"));
    ASSERT_TRUE(filed);
    EXPECT_TRUE(filed->payers.front().provisional);
    EXPECT_FALSE(read(with(insured, R"("guarantee":true)", R"("guarantee":true,"provisional":1)")));
}

TEST(EligibilityAnswer, MayLeaveOut) {
    for (const auto part : {R"(,{"text":"コウロウ ハナコ"})", R"(,"end":"2027-03-31")",
                            R"(,"class":[{"value":"一般"},{"value":"区分ウ"}])"}) {
        EXPECT_TRUE(read(with(insured, part, ""))) << part;
    }
}

TEST(EligibilityAnswer, HasACoverageThatCanBeShown) {
    for (const auto& [part, by] : std::vector<std::pair<std::string, std::string>>{
             {R"("coverage":{)", R"("coverage":[],"was":{)"},
             {R"({"resourceType":"Coverage",)", R"({"resourceType":"Claim",)"},
             {R"("contained":[)", R"("contains":[)"},
             {R"("contained":[)", R"("contained":[1,)"},
             {R"("resourceType":"Patient")", R"("resourceType":"Person")"},
             {R"({"resourceType":"Organization","id":"insurer"})",
              R"({"resourceType":"Patient","name":[{"text":"x"}],"birthDate":"1986-05-01"})"},
             {R"([{"text":"厚労 花子"},{"text":"コウロウ ハナコ"}])", "[]"},
             {R"([{"text":"厚労 花子"},)", "[1,"},
             {R"({"text":"厚労 花子"})", R"({"family":"厚労"})"},
             {R"(
"birthDate":"1986-05-01")",
              R"("gender":"female")"},
             {R"("period":{)", R"("periods":{)"},
             {R"("period":{"start":"2026-04-01",)", R"("period":{)"},
             {R"("end":"2027-03-31")", R"("end":20270331)"},
             {R"("class":[)", R"("class":[1,)"},
             {R"("class":[{"value":"一般"},{"value":"区分ウ"}])", R"("class":{})"},
             {R"({"value":"一般"})", R"({"value":1})"}}) {
        EXPECT_FALSE(read(with(insured, part, by))) << part << " → " << by;
    }
}

}  // namespace
}  // namespace mado::client
