#include "wire/services/checkups.hpp"

#include <boost/json.hpp>

#include "wire/services/test_rows.hpp"

namespace mado::wire {
namespace {

Row nobodys_checkup() {
    return with(insured_person("35", "2210", "00"), "arrived_to", "2026-09");
}

Row checkup(const char* id = "K-1", const char* day = "2026-08-19") {
    auto row = nobodys_checkup();
    row.values.merge(decltype(row.values){{"checkup_id", id},
                                          {"day", day},
                                          {"kind", "specific"},
                                          {"institution", "A市健診センター"},
                                          {"institution_id", "9911000069"},
                                          {"metabolic", std::int64_t{3}},
                                          {"guidance", std::int64_t{2}},
                                          {"doctor", "血糖に　注意"}});
    return row;
}

constexpr const char* sugar_code = "3D046000001906202";
constexpr const char* waist_code = "9N016160100000001";

Row item(const char* value = "5.7", const char* code = sugar_code, const char* id = "K-1") {
    return {.values = {{"checkup_id", id},
                       {"code", code},
                       {"name", "HbA1c"},
                       {"value", value},
                       {"unit", "%"},
                       {"high", "5.5"},
                       {"range", "5.5以下"}}};
}

Row in_words(const char* value = "(+)") {
    auto row = item(value, "1A010000000191111");
    for (const auto* column : {"unit", "high"})
        row.values.erase(column);
    return with(std::move(row), "range", "(-)");
}

class Checkups : public ServiceTest {
  protected:
    Checkups()
        : ServiceTest("checkups", {{"from", "2021-12"}, {"to", "2026-11"}},
                      {{"symbol", "35"}, {"number", "2210"}}) {}
    json::object report(const Row& row, const std::vector<Row>& items = {}) {
        return data({row}, items).at("checkups").at(0).at("report").as_object();
    }
    // The contained Observation of the first item.
    json::object observation(const Row& one) {
        return report(checkup(), {one}).at("contained").at(3).as_object();
    }
    json::object value(const Row& one) {
        return data({checkup()}, {one}).at("checkups").at(0).at("values").at(0).as_object();
    }
};

// ---- about whom ----

TEST_F(Checkups, AreOnlyThoseOfTheNumberAsked) {
    EXPECT_EQ(outcome({checkup()}), Outcome::answered);
    const auto document = data({checkup(), with(checkup("K-2"), "number", "02210")},
                               {item(), item("98.7", waist_code, "K-2")});
    EXPECT_EQ(document.at("checkups").as_array().size(), 1U);
    EXPECT_FALSE(json::serialize(document).contains("98.7"));
    asked_ = {{"symbol", "35"}, {"number", "2210"}, {"branch", "01"}};
    EXPECT_EQ(outcome({checkup()}), Outcome::no_match);
    EXPECT_EQ(outcome({}), Outcome::no_match);
}

TEST_F(Checkups, OfPeopleWhoCannotBeToldApartAreNobodys) {
    const auto twin = [](Row row, const char* name) {
        return with(with(std::move(row), "branch", Value()), "name", name);
    };
    EXPECT_EQ(outcome({twin(checkup(), "陽"), twin(checkup("K-2"), "陽")}), Outcome::answered);
    // Only one of them was examined: the row of the other says that there are two.
    EXPECT_EQ(outcome({twin(checkup(), "陽"), twin(nobodys_checkup(), "月")}),
              Outcome::several_match);
}

TEST_F(Checkups, AreNotGivenForABirthDate) {
    birth_date_ = valid(parse_date("1986-05-01"));
    EXPECT_EQ(outcome({checkup()}), Outcome::no_match);
}

// ---- the document ----

TEST_F(Checkups, NoneIsAnAnswerToo) {
    const auto answer = valid(ask({nobodys_checkup()}));
    EXPECT_EQ(answer.as_of, test_now - 3600);
    EXPECT_EQ(json::serialize(*answer.data),
              R"({"from":"2021-12","to":"2026-11","arrived_to":"2026-09","checkups":[]})");
}

TEST_F(Checkups, AreNewestFirstAndKeepTheOrderOfTheirItems) {
    const auto document =
        data({checkup("a", "2024-08-01"), checkup("b"), checkup("c")},
             {item("1", waist_code, "c"), item("2", sugar_code, "b"), item("3", waist_code, "b")});
    const auto& checkups = document.at("checkups").as_array();
    ASSERT_EQ(checkups.size(), 3U);
    EXPECT_EQ(checkups[0].at("id"), "b");
    EXPECT_EQ(checkups[1].at("id"), "c");
    EXPECT_EQ(checkups[2].at("day"), "2024-08-01");
    EXPECT_EQ(checkups[0].at("values").at(0).at("value"), "2");
    EXPECT_EQ(checkups[0].at("values").at(1).at("value"), "3");
    EXPECT_TRUE(checkups[2].at("values").as_array().empty());
}

TEST_F(Checkups, HavePlainMembersBesidesTheReport) {
    const auto document = data({checkup()}, {item(), in_words()});
    auto one = document.at("checkups").at(0).as_object();
    one.erase("report");
    EXPECT_EQ(json::serialize(one),
              R"({"id":"K-1","day":"2026-08-19","kind":"specific","institution":"A市健診センター",)"
              R"("metabolic":"none","guidance":"motivational","doctor":"血糖に　注意","values":[)"
              R"({"code":"3D046000001906202","name":"HbA1c","value":"5.7","unit":"%",)"
              R"("high":"5.5","range":"5.5以下","outside":true},)"
              R"x({"code":"1A010000000191111","name":"HbA1c","value":"(+)","range":"(-)"}]})x");
}

TEST_F(Checkups, ARangeIncludesItsBounds) {
    const auto outside = [this](const char* low, const char* high, const char* measured) {
        auto one = with(item(measured), "high", high == nullptr ? Value() : Value(high));
        if (low != nullptr) one = with(std::move(one), "low", low);
        return value(one).at("outside").as_bool();
    };
    EXPECT_FALSE(outside(nullptr, "5.5", "5.5"));
    EXPECT_TRUE(outside(nullptr, "5.5", "5.6"));
    EXPECT_FALSE(outside("18.5", "24.9", "18.5"));
    EXPECT_TRUE(outside("18.5", "24.9", "18.4"));
    EXPECT_FALSE(outside("40", nullptr, "40.0")) << "decimals, not texts, are compared";
    EXPECT_TRUE(outside("60", nullptr, "9.9"));
}

TEST_F(Checkups, TheHoldersWordGoesBeforeAComparison) {
    EXPECT_EQ(value(with(item(), "outside", std::int64_t{0})).at("outside"), false);
    EXPECT_EQ(value(with(in_words(), "outside", std::int64_t{1})).at("outside"), true);
    auto no_range = item();
    no_range.values.erase("high");
    EXPECT_FALSE(value(no_range).contains("outside")) << "not known";
}

// ---- FHIR ----

// What FHIR R4 requires (its cardinality 1..), and that every reference leads to something.
TEST_F(Checkups, AreDiagnosticReports) {
    const auto out = report(checkup(), {item(), in_words()});
    EXPECT_EQ(out.at("resourceType"), "DiagnosticReport");
    EXPECT_EQ(out.at("status"), "final");
    EXPECT_EQ(out.at("code").at("coding").at(0).at("code"), "specific");
    EXPECT_EQ(out.at("effectiveDateTime"), "2026-08-19");
    EXPECT_EQ(out.at("conclusion"), "血糖に 注意") << "FHIR strings have no wide space";
    std::map<std::string, std::string> contained;
    for (const auto& one : out.at("contained").as_array()) {
        contained.emplace("#" + std::string(one.at("id").as_string()),
                          std::string(one.at("resourceType").as_string()));
    }
    const auto target = [&contained](const json::value& reference) {
        return contained[std::string(reference.at("reference").as_string())];
    };
    EXPECT_EQ(target(out.at("subject")), "Patient");
    EXPECT_EQ(target(out.at("performer").at(0)), "Organization");
    EXPECT_EQ(target(out.at("identifier").at(0).at("assigner")), "Organization");
    ASSERT_EQ(out.at("result").as_array().size(), 4U) << "two values, two judgements";
    for (const auto& one : out.at("result").as_array())
        EXPECT_EQ(target(one), "Observation");
    EXPECT_EQ(contained.size(), 7U);
}

TEST_F(Checkups, AQuantityIsAWholeNumberOfSteps) {
    const auto out = observation(item());
    EXPECT_EQ(out.at("status"), "final");
    EXPECT_EQ(out.at("category").at(0).at("coding").at(0).at("code"), "laboratory");
    EXPECT_EQ(out.at("code"),
              json::value({{"coding", json::array{{{"system", "urn:oid:1.2.392.200119.6.1005"},
                                                   {"code", sugar_code},
                                                   {"display", "HbA1c"}}}}}));
    EXPECT_EQ(out.at("valueQuantity"), json::value({{"value", 57},
                                                    {"unit", "×0.1 %"},
                                                    {"system", "http://unitsofmeasure.org"},
                                                    {"code", "10*-1.%"}}));
    EXPECT_EQ(out.at("referenceRange").at(0).at("high").at("value"), 55);
    EXPECT_EQ(out.at("referenceRange").at(0).at("text"), "5.5以下");
    EXPECT_EQ(out.at("interpretation").at(0).at("coding").at(0).at("code"), "H");
    const auto whole = observation(with(with(item("129"), "unit", "mmHg"), "high", "129"));
    EXPECT_EQ(whole.at("valueQuantity"), json::value({{"value", 129},
                                                      {"unit", "mmHg"},
                                                      {"system", "http://unitsofmeasure.org"},
                                                      {"code", "mm[Hg]"}}));
    EXPECT_EQ(whole.at("interpretation").at(0).at("coding").at(0).at("code"), "N");
}

// One quantity and its range have one unit, also when the range has more decimals.
TEST_F(Checkups, ValueAndRangeHaveOneUnit) {
    auto one = with(with(with(item("84"), "unit", "cm"), "high", "84.9"), "low", "50.25");
    const auto out = observation(one);
    EXPECT_EQ(out.at("valueQuantity").at("value"), 8400);
    EXPECT_EQ(out.at("valueQuantity").at("code"), "10*-2.cm");
    EXPECT_EQ(out.at("referenceRange").at(0).at("high").at("value"), 8490);
    EXPECT_EQ(out.at("referenceRange").at(0).at("low").at("value"), 5025);
}

TEST_F(Checkups, WordsAndUnknownUnitsAreFhirToo) {
    const auto words = observation(with(in_words(), "outside", std::int64_t{1}));
    EXPECT_EQ(words.at("valueString"), "(+)");
    EXPECT_EQ(words.at("interpretation").at(0).at("coding").at(0).at("code"), "A");
    EXPECT_FALSE(words.contains("valueQuantity"));
    const auto unknown = observation(with(item(), "unit", "ゴールド"));
    EXPECT_EQ(unknown.at("valueQuantity"), json::value({{"value", 57}, {"unit", "×0.1 ゴールド"}}));
    auto bare = item("57");
    for (const auto* column : {"unit", "high", "range"})
        bare.values.erase(column);
    const auto out = observation(bare);
    EXPECT_EQ(out.at("valueQuantity"), json::value({{"value", 57}}));
    EXPECT_FALSE(out.contains("referenceRange")) << "an empty list is no FHIR";
    EXPECT_FALSE(out.contains("interpretation"));
}

TEST_F(Checkups, WhatIsOptionalMayBeMissing) {
    auto row = checkup();
    for (const auto* column : {"institution_id", "metabolic", "guidance", "doctor"})
        row.values.erase(column);
    const auto out = report(with(row, "kind", "late-elderly"));
    EXPECT_EQ(out.at("code").at("coding").at(0).at("code"), "late-elderly");
    EXPECT_FALSE(out.contains("result"));
    EXPECT_FALSE(out.contains("conclusion"));
    EXPECT_EQ(out.at("contained").as_array().size(), 3U);
}

// ---- what breaks the contract ----

TEST_F(Checkups, OrphanItemsBreakTheContract) {
    EXPECT_EQ(why_bad({checkup("K-2")}, {item()}), "an item belongs to none of the rows");
    EXPECT_EQ(why_bad({nobodys_checkup()}, {item()}), "an item belongs to none of the rows");
    EXPECT_EQ(why_bad({checkup(), checkup()}), "two rows have one key");
    EXPECT_EQ(why_bad({checkup()}, {item(), item("6.0")}), "a check-up has two values of one item");
}

TEST_F(Checkups, EachColumnHasItsBounds) {
    const auto bad_with = [this](std::string_view column, Value value) {
        return why_bad({with(checkup(), column, std::move(value))});
    };
    EXPECT_EQ(bad_with("kind", "dental"), "a check-up of an unknown kind");
    EXPECT_EQ(bad_with("day", Value()), "a check-up without day or institution");
    EXPECT_EQ(bad_with("institution", ""), "a check-up without day or institution");
    EXPECT_EQ(bad_with("institution_id", "991100006"),
              "an institution's id does not have ten digits");
    for (const auto* column : {"metabolic", "guidance"}) {
        for (const std::int64_t code : {std::int64_t{0}, std::int64_t{5}, INT64_MAX}) {
            EXPECT_EQ(bad_with(column, code), "a judgement is none of the national code's");
        }
    }
    for (const auto* day : {"2021-11-30", "2026-12-01"})
        EXPECT_EQ(bad_with("day", day), "a check-up of a month that was not asked for");
}

TEST_F(Checkups, EachItemHasItsBounds) {
    const auto bad_with = [this](std::string_view column, Value value) {
        return why_bad({checkup()}, {with(item(), column, std::move(value))});
    };
    for (const auto* code : {"", "3D04600000190620", "3d046000001906202", "3D0460000019062022"})
        EXPECT_EQ(bad_with("code", code), "an item's code is none of 特定健診");
    EXPECT_EQ(bad_with("value", ""), "an item without name or value");
    EXPECT_EQ(bad_with("high", "low"), "a bound is no decimal number");
    EXPECT_EQ(bad_with("value", "(-)"), "a value in words has bounds in numbers");
    EXPECT_EQ(bad_with("outside", std::int64_t{2}), "outside is neither 0 nor 1");
}

// ---- decimals ----

TEST(Decimals, AreReadExactly) {
    const auto read = [](std::string_view text) { return valid(parse_decimal(text)); };
    EXPECT_EQ(read("62.3").thousandths, 62300);
    EXPECT_EQ(read("62.3").places, 1);
    EXPECT_EQ(read("0").thousandths, 0);
    EXPECT_EQ(read("0.005").thousandths, 5);
    EXPECT_EQ(read("999999.999").thousandths, 999'999'999);
    EXPECT_EQ(read("5.60").places, 2);
    EXPECT_EQ(read("5.60").scaled(2), 560);
    EXPECT_EQ(read("5.6").scaled(3), 5600);
    for (const auto* text : {"", ".", "5.", ".5", "05", "-1", "+1", "1,5", "1e3", "1.2345",
                             "1000000", " 1", "1 ", "５", "1.2.3"}) {
        EXPECT_FALSE(parse_decimal(text)) << text;
    }
}

}  // namespace
}  // namespace mado::wire
