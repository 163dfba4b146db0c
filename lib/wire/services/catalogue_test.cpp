#include "wire/services/catalogue.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "wire/services/test_rows.hpp"
#include "wire/test_wire.hpp"

namespace mado::wire {
namespace {

const Date today = valid(parse_date("2026-11-22"));

std::string why_refused(std::string_view service,
                        const std::map<std::string, std::string>& parameters) {
    const auto read = read_parameters(*find_contract(service), parameters, today);
    return read ? "" : read.error().why;
}

TEST(Catalogue, KnowsItsServices) {
    EXPECT_EQ(find_contract("eligibility")->service, "eligibility");
    EXPECT_EQ(find_contract("claims")->service, "claims");
    EXPECT_EQ(find_contract("checkups")->service, "checkups");
    EXPECT_EQ(find_contract("notices")->service, "notices");
    EXPECT_EQ(find_contract("pension")->service, "pension");
    EXPECT_EQ(find_contract("notice")->service, "notice");
    EXPECT_EQ(find_contract("existence")->service, "existence");
    EXPECT_EQ(find_contract("Eligibility"), nullptr);
    EXPECT_EQ(find_contract(""), nullptr);
}

TEST(Catalogue, SaysWhichServicesAreTells) {
    for (const auto* tell :
         {"health-care-number", "card-delivered", "resident-changed", "link", "card"}) {
        EXPECT_EQ(act_of(service_id(tell)), Act::tell) << tell;
        EXPECT_EQ(lifetime_s_max(service_id(tell)), tell_lifetime_s) << tell;
    }
    for (const auto* ask : {"eligibility", "entries", "question", "question-answer", "horoscope"})
        EXPECT_EQ(act_of(service_id(ask)), Act::ask) << ask;
}

TEST(Catalogue, KeysOfItemsAreColumnsOfBoth) {
    for (const auto* service :
         {"eligibility", "claims", "checkups", "pension", "notices", "notice", "existence"}) {
        const auto& contract = *find_contract(service);
        // Those of `existence` are not of its rows.
        EXPECT_EQ(contract.items.empty() || contract.items_optional, contract.item_key.empty());
        if (contract.item_key.empty()) continue;
        for (const auto columns : {contract.rows, contract.items}) {
            const auto key = std::ranges::find(columns, contract.item_key, &Column::name);
            ASSERT_NE(key, columns.end());
            EXPECT_TRUE(key->kind == ColumnKind::text || key->kind == ColumnKind::record_id);
        }
        EXPECT_TRUE(std::ranges::find(contract.items, contract.item_key, &Column::name)->required);
    }
}

TEST(Catalogue, ParametersAreOfTheirKind) {
    EXPECT_EQ(why_refused("eligibility", {{"on", "2026-11-22"}}), "");
    EXPECT_EQ(why_refused("eligibility", {{"on", "2026-11"}}), "a parameter of the wrong kind");
    EXPECT_EQ(why_refused("eligibility", {{"on", ""}}), "a parameter of the wrong kind");
    EXPECT_EQ(why_refused("eligibility", {{"from", "2026-11"}}),
              "a parameter that the service lacks");
    EXPECT_EQ(why_refused("claims", {{"from", "2026-01"}, {"to", "2026-07"}}), "");
    for (const auto* month :
         {"2026-13", "2026-00", "2026-7", "2026-07-01", "", "2026/07", "1867-01"})
        EXPECT_EQ(why_refused("claims", {{"to", month}}), "a parameter of the wrong kind") << month;
    EXPECT_EQ(why_refused("claims", {{"on", "2026-11-22"}}), "a parameter that the service lacks");
}

TEST(Catalogue, ANoticeIsNamedByTheVeryIdOfIt) {
    for (const auto* id : {"1", "T2026-000123", "a-Z", "1234567890123456789012345678901234567890"})
        EXPECT_EQ(why_refused("notice", {{"id", id}}), "") << id;
    for (const auto* id : {"", " 1", "1 ", "1\n", "a_b", "a.b", "%", "あ", "１",
                           "12345678901234567890123456789012345678901"}) {
        EXPECT_EQ(why_refused("notice", {{"id", id}}), "a parameter of the wrong kind") << id;
    }
    EXPECT_EQ(why_refused("notice", {}), "no notice is named");
    EXPECT_EQ(why_refused("notice", {{"id", "1"}, {"from", "2026-01"}}),
              "a parameter that the service lacks");
    EXPECT_EQ(why_refused("notices", {{"id", "1"}}), "a parameter that the service lacks");
}

TEST(Catalogue, ParametersThatAreMissingAreFilledIn) {
    const auto complete = [](std::string_view service,
                             const std::map<std::string, std::string>& parameters) {
        return valid(read_parameters(*find_contract(service), parameters, today));
    };
    EXPECT_EQ(complete("eligibility", {}), (ParameterValues{{"on", "2026-11-22"}}));
    EXPECT_EQ(complete("claims", {}), (ParameterValues{{"from", "2025-12"}, {"to", "2026-11"}}));
    EXPECT_EQ(complete("checkups", {}), (ParameterValues{{"from", "2021-12"}, {"to", "2026-11"}}));
    EXPECT_EQ(complete("notices", {}), (ParameterValues{{"from", "2024-12"}, {"to", "2026-11"}}));
    EXPECT_EQ(complete("claims", {{"to", "2026-03"}}),
              (ParameterValues{{"from", "2025-04"}, {"to", "2026-03"}}));
    EXPECT_EQ(complete("claims", {{"from", "2026-10"}}),
              (ParameterValues{{"from", "2026-10"}, {"to", "2026-11"}}));
}

TEST(Catalogue, MonthsFollowEachOtherAndAreNotTooMany) {
    const auto fits = [](const char* from, const char* to) {
        return why_refused("claims", {{"from", from}, {"to", to}}).empty();
    };
    EXPECT_TRUE(fits("2026-07", "2026-07"));
    EXPECT_FALSE(fits("2026-08", "2026-07"));
    EXPECT_TRUE(fits("2021-08", "2026-07"));   // sixty months
    EXPECT_FALSE(fits("2021-07", "2026-07"));  // sixty-one
    EXPECT_FALSE(fits("1868-01", "2999-12"));
    EXPECT_NE(why_refused("claims", {{"from", "2026-12"}}), "") << "after today's month";
    EXPECT_EQ(why_refused("notices", {{"from", "2021-12"}}), "");
    EXPECT_NE(why_refused("notices", {{"from", "2021-11"}}), "") << "more than sixty months";
}

TEST(Catalogue, MonthsAreThoseOfTheCalendar) {
    EXPECT_EQ(valid(parse_month("2026-02")), valid(parse_date("2026-02-01")));
    EXPECT_EQ(month_text(today), "2026-11");
    EXPECT_FALSE(parse_month("2026-2"));
    EXPECT_FALSE(parse_month("2026-02-"));
}

// The same of every tell that a register takes in and says nothing about.
class AcceptanceTest : public ServiceTest, public testing::WithParamInterface<const char*> {
  protected:
    AcceptanceTest() : ServiceTest(GetParam(), {}, {{"number", "2210"}}) {}
};
INSTANTIATE_TEST_SUITE_P(Tells, AcceptanceTest,
                         testing::Values("health-care-number", "card-delivered", "certificate",
                                         "certificate-status", "resident-changed"));

TEST_P(AcceptanceTest, IsEmptyAndOfOnePersonWithACard) {
    const auto row = [](const char* number, const char* name, std::int64_t as_of) {
        return Row{.values = {{"number", number}, {"name", name}, {"as_of", as_of}}};
    };
    const auto taken =
        valid(ask({row("2210", "甲", 7), row("2210", "甲", 9), row("2211", "乙", 11)}));
    EXPECT_EQ(taken.outcome, Outcome::answered);
    EXPECT_TRUE(taken.data->empty());
    EXPECT_EQ(taken.as_of, 9);
    EXPECT_EQ(outcome({row("2211", "乙", 11)}), Outcome::no_match);
    EXPECT_EQ(outcome({row("2210", "甲", 7), row("2210", "乙", 7)}), Outcome::several_match);
    birth_date_ = valid(parse_date("1986-05-01"));
    EXPECT_EQ(outcome({row("2210", "甲", 7)}), Outcome::no_match);
}

}  // namespace
}  // namespace mado::wire
