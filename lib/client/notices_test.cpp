#include "client/notices.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "wire/test_wire.hpp"

namespace mado::client {
namespace {

constexpr std::string_view list =
    R"({"from":"2024-12","to":"2026-11","more":false,"notices":[
{"id":"12","subject":"保険料","sender":"A市 保険年金課","received":"2026-11-09",
"deadline":"2026-11-30","procedure":"premium-payment","amount_yen":18400,"amount_for":"pay"},
{"id":"9","subject":"医療費","sender":"A市","received":"2026-01-26"}]})";
constexpr std::string_view opened =
    R"({"notice":{"id":"9","subject":"医療費","sender":"A市","received":"2026-01-26"},
"body":["お知らせします。","お問い合わせ"]})";

Answered answer(std::string_view data) {
    return {.answer = {.issuer = *wire::ParticipantId::parse("990010"),
                       .service = *wire::ServiceId::parse("notices"),
                       .data = parse_json_object(data, {.depth_max = 31}).value()},
            .receipt = {},
            .order = {}};
}

std::string with(std::string_view whole, std::string_view part, std::string_view by) {
    std::string out(whole);
    const auto at = out.find(part);
    EXPECT_NE(at, std::string::npos) << part;
    return out.replace(at, part.size(), by);
}

TEST(NoticesAnswer, IsReadForTheScreen) {
    const auto read = read_notices(answer(list), {});
    ASSERT_TRUE(read);
    EXPECT_FALSE(read->more);
    ASSERT_EQ(read->notices.size(), 2U);
    const auto& premium = read->notices[0];
    EXPECT_EQ(premium.id, "12");
    EXPECT_EQ(premium.sender, "A市 保険年金課");
    EXPECT_EQ(premium.deadline, *parse_date("2026-11-30"));
    EXPECT_EQ(premium.procedure, "premium-payment");
    EXPECT_EQ(premium.amount_yen, 18'400);
    EXPECT_EQ(premium.amount_for, "pay");
    EXPECT_EQ(read->notices[1].received, *parse_date("2026-01-26"));
    EXPECT_EQ(read->notices[1].deadline, std::nullopt);
    EXPECT_EQ(read->notices[1].procedure, "");
    EXPECT_EQ(read->notices[1].amount_yen, std::nullopt);
}

TEST(NoticesAnswer, IsOfTheMonthsAsked) {
    EXPECT_TRUE(read_notices(answer(list), {{"from", "2024-12"}, {"to", "2026-11"}}));
    EXPECT_FALSE(read_notices(answer(list), {{"from", "2025-01"}}));
    EXPECT_FALSE(read_notices(answer(list), {{"to", "2026-10"}}));
}

TEST(NoticesAnswer, OfAnotherFormIsRefused) {
    EXPECT_FALSE(read_notices(answer("{}"), {}));
    for (const auto& [part, by] : std::vector<std::pair<std::string, std::string>>{
             {R"("more":false)", R"("more":0)"},
             {R"("more":false,)", ""},
             {R"("id":"12")", R"("id":"1 2")"},
             {R"("id":"12")", R"("id":12)"},
             {R"("subject":"保険料")", R"("subject":"")"},
             {R"("sender":"A市 保険年金課",)", ""},
             {R"("received":"2026-11-09")", R"("received":"2026-11-31")"},
             {R"("received":"2026-11-09")", R"("received":"2026-01-25")"},
             {R"("deadline":"2026-11-30")", R"("deadline":"soon")"},
             {R"("procedure":"premium-payment")", R"("procedure":"javascript:x")"},
             {R"("amount_yen":18400)", R"("amount_yen":-1)"},
             {R"("amount_yen":18400,)", ""},
             {R"("amount_for":"pay")", R"("amount_for":"burn")"},
             {R"("amount_yen":18400)", R"("amount_yen":1000000001)"},
             {R"("amount_yen":18400)", R"("amount_yen":1,"opened":true)"},
             {R"({"id":"9")", R"(1,{"id":"9")"}}) {
        EXPECT_FALSE(read_notices(answer(with(list, part, by)), {})) << part << " → " << by;
    }
}

TEST(NoticeAnswer, HasItsText) {
    const auto read = read_notice(answer(opened), "9");
    ASSERT_TRUE(read);
    EXPECT_EQ(read->notice.subject, "医療費");
    EXPECT_EQ(read->body, (std::vector<std::string>{"お知らせします。", "お問い合わせ"}));
}

TEST(NoticeAnswer, OfAnotherNoticeOrFormIsRefused) {
    EXPECT_FALSE(read_notice(answer(opened), "12"));
    EXPECT_FALSE(read_notice(answer(list), "12"));
    for (const auto& [part, by] : std::vector<std::pair<std::string, std::string>>{
             {R"(["お知らせします。","お問い合わせ"])", "[]"},
             {R"(["お知らせします。","お問い合わせ"])", R"("お知らせします。")"},
             {"お知らせします。", std::string(1'001, 'x')},
             {R"("received":"2026-01-26")", R"("received":null)"},
             {R"("body":)", R"("html":"","body":)"}}) {
        EXPECT_FALSE(read_notice(answer(with(opened, part, by)), "9")) << part;
    }
    EXPECT_TRUE(
        read_notice(answer(with(opened, "お知らせします。", std::string(1'000, 'x'))), "9"));
}

// Nothing else in a person's list is a notice that they have read.
TEST(OpenedNotices, AreThoseOfAnsweredOrders) {
    wire::TestCountry country;
    PersonEntries entries;
    const auto add = [&](std::string_view service, std::string_view outcome,
                         std::map<std::string, std::string> parameters) -> PersonEntry& {
        PersonEntry entry;
        entry.kind = "order";
        entry.order = country.order();
        entry.order->holder = wire::participant_id("990010");
        entry.head = country.head();
        entry.head->service = wire::service_id(service);
        entry.head->parameters = std::move(parameters);
        entry.outcome = outcome;
        return entries.entries.emplace_back(std::move(entry));
    };
    add("notice", "answered", {{"id", "12"}});
    add("notice", "answered", {{"id", "12"}});
    add("notice", "answered", {{"id", "9"}}).order->holder = wire::participant_id("06990014");
    add("notice", "no_match", {{"id", "1"}});
    add("notice", "", {{"id", "2"}});
    add("notices", "answered", {{"from", "2026-01"}});
    add("notices", "answered", {{"id", "3"}});
    add("notice", "answered", {{"id", "4"}}).order.reset();
    add("notice", "answered", {});
    EXPECT_EQ(opened_notices(entries),
              (std::set<std::pair<std::string, std::string>>{{"06990014", "9"}, {"990010", "12"}}));
}

}  // namespace
}  // namespace mado::client
