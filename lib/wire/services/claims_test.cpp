#include "wire/services/claims.hpp"

#include <boost/json.hpp>

#include "wire/services/test_rows.hpp"

namespace mado::wire {
namespace {

Row nobodys_claim() {
    return with(insured_person("35", "2210", "00"), "arrived_to", "2026-07");
}

Row claim(const char* id = "1", const char* month = "2026-05") {
    auto row = nobodys_claim();
    row.values.merge(decltype(row.values){{"claim_id", id},
                                          {"month", month},
                                          {"kind", "medical"},
                                          {"institution", "花みずき内科クリニック"},
                                          {"institution_id", "9911000010"},
                                          {"points", std::int64_t{351}},
                                          {"paid_yen", std::int64_t{1050}},
                                          {"days", std::int64_t{1}},
                                          {"withheld", std::int64_t{0}}});
    return row;
}

Row item(const char* id, const char* code, std::int64_t points) {
    return {.values = {{"claim_id", id},
                       {"code", code},
                       {"name", "初診料"},
                       {"points", points},
                       {"quantity", std::int64_t{1}}}};
}

class Claims : public ServiceTest {
  protected:
    Claims()
        : ServiceTest("claims", {{"from", "2026-01"}, {"to", "2026-07"}},
                      {{"symbol", "35"}, {"number", "2210"}}) {}
    json::object explanation(const Row& row, const std::vector<Row>& items = {}) {
        return data({row}, items).at("claims").at(0).at("explanation").as_object();
    }
};

// ---- about whom ----

TEST_F(Claims, AreOnlyThoseOfTheNumberAsked) {
    EXPECT_EQ(outcome({claim()}), Outcome::answered);
    asked_ = {{"symbol", "35"}, {"number", "2210"}, {"branch", "01"}};
    EXPECT_EQ(outcome({claim()}), Outcome::no_match);
    asked_ = {{"number", "2210"}};
    EXPECT_EQ(outcome({claim()}), Outcome::no_match);
    EXPECT_EQ(outcome({}), Outcome::no_match);
}

// A row of another number that a loose SELECT brought, and its items, are not shown.
TEST_F(Claims, OfAnotherNumberStayOut) {
    const auto other = with(claim("2"), "number", "02210");
    const auto document =
        data({claim(), other}, {item("1", "111000110", 351), item("2", "120002910", 60)});
    ASSERT_EQ(document.at("claims").as_array().size(), 1U);
    EXPECT_FALSE(json::serialize(document).contains("120002910"));
}

TEST_F(Claims, OfPeopleWhoCannotBeToldApartAreNobodys) {
    const auto twin = [](Row row, const char* name) {
        return with(with(std::move(row), "branch", Value()), "name", name);
    };
    EXPECT_EQ(outcome({twin(claim(), "陽"), twin(claim("2"), "陽")}), Outcome::answered);
    EXPECT_EQ(outcome({twin(claim(), "陽"), twin(claim("2"), "月")}), Outcome::several_match);
    // Only one of them was treated: the row of the other says that there are two.
    EXPECT_EQ(outcome({twin(claim(), "陽"), twin(nobodys_claim(), "月")}), Outcome::several_match);
    EXPECT_EQ(outcome({claim(), with(claim("2"), "branch", "01")}), Outcome::several_match);
}

TEST_F(Claims, AreNotGivenForABirthDate) {
    birth_date_ = valid(parse_date("1986-05-01"));
    EXPECT_EQ(outcome({claim()}), Outcome::no_match);
}

// ---- the document ----

TEST_F(Claims, NoneIsAnAnswerToo) {
    const auto answer = valid(ask({nobodys_claim()}));
    EXPECT_EQ(answer.outcome, Outcome::answered);
    EXPECT_EQ(answer.as_of, test_now - 3600);
    EXPECT_EQ(json::serialize(*answer.data),
              R"({"from":"2026-01","to":"2026-07","arrived_to":"2026-07","claims":[]})");
}

TEST_F(Claims, KeepTheOrderOfTheSelects) {
    const auto document = data({claim("b", "2026-06"), claim("a", "2026-02")},
                               {item("a", "3", 1), item("b", "2", 350), item("b", "1", 1)});
    const auto& claims = document.at("claims").as_array();
    ASSERT_EQ(claims.size(), 2U);
    EXPECT_EQ(claims[0].at("month"), "2026-06");
    const auto& items = claims[0].at("explanation").at("item").as_array();
    ASSERT_EQ(items.size(), 2U);
    EXPECT_EQ(items[0].at("productOrService").at("coding").at(0).at("code"), "2");
    EXPECT_EQ(items[1].at("sequence"), 2);
}

TEST_F(Claims, HavePlainMembersBesidesTheExplanation) {
    const auto document = data({claim()}, {item("1", "111000110", 351)});
    auto one = document.at("claims").at(0).as_object();
    one.erase("explanation");
    EXPECT_EQ(json::serialize(one),
              R"({"month":"2026-05","kind":"medical","institution":"花みずき内科クリニック",)"
              R"("cost_yen":3510,"points":351,"paid_yen":1050,"days":1})");
}

// The elements that FHIR R4 requires of an ExplanationOfBenefit (its cardinality 1..), and money.
TEST_F(Claims, AreExplanationsOfBenefit) {
    const auto eob =
        explanation(claim(), {item("1", "111000110", 291), item("1", "120002910", 60)});
    EXPECT_EQ(eob.at("resourceType"), "ExplanationOfBenefit");
    EXPECT_EQ(eob.at("status"), "active");
    EXPECT_EQ(eob.at("type").at("coding").at(0).at("code"), "professional");
    EXPECT_EQ(eob.at("type").at("coding").at(1).at("code"), "medical");
    EXPECT_EQ(eob.at("use"), "claim");
    EXPECT_EQ(eob.at("outcome"), "complete");
    EXPECT_EQ(eob.at("created"), "2026-11-22T01:00:00Z");
    EXPECT_EQ(eob.at("billablePeriod"),
              json::value({{"start", "2026-05-01"}, {"end", "2026-05-31"}}));
    EXPECT_EQ(eob.at("insurance").at(0).at("focal"), true);
    std::map<std::string, std::string> contained;
    for (const auto& one : eob.at("contained").as_array()) {
        contained.emplace("#" + std::string(one.at("id").as_string()),
                          std::string(one.at("resourceType").as_string()));
    }
    const auto target = [&contained](const json::value& reference) {
        return contained[std::string(reference.at("reference").as_string())];
    };
    EXPECT_EQ(target(eob.at("patient")), "Patient");
    EXPECT_EQ(target(eob.at("insurer")), "Organization");
    EXPECT_EQ(target(eob.at("provider")), "Organization");
    EXPECT_EQ(target(eob.at("insurance").at(0).at("coverage")), "Coverage");
    EXPECT_EQ(eob.at("item").at(0).at("net"), json::value({{"value", 2910}, {"currency", "JPY"}}));
    EXPECT_EQ(eob.at("item").at(0).at("adjudication").at(0).at("value"), 291);
    EXPECT_EQ(eob.at("adjudication").at(0).at("value"), 351);
    EXPECT_EQ(eob.at("total").at(0).at("amount").at("value"), 3510);
    EXPECT_EQ(eob.at("total").at(1).at("category").at("coding").at(0).at("code"), "copay");
    EXPECT_EQ(eob.at("total").at(1).at("amount").at("value"), 1050);
    EXPECT_FALSE(eob.contains("diagnosis"));
    EXPECT_FALSE(json::serialize(eob).contains("　")) << "FHIR strings have no wide space";
}

TEST_F(Claims, WhatIsOptionalMayBeMissing) {
    auto row = claim();
    for (const auto* column : {"institution_id", "paid_yen", "days", "withheld"})
        row.values.erase(column);
    auto one = item("1", "111000110", 351);
    one.values.erase("quantity");
    const auto eob = explanation(row, {one});
    EXPECT_EQ(eob.at("total").as_array().size(), 1U);
    EXPECT_FALSE(eob.at("item").at(0).as_object().contains("quantity"));
    EXPECT_FALSE(explanation(row).contains("item")) << "an empty list is no FHIR";
}

TEST_F(Claims, WithheldItemsAreNotSentEvenWhenTheSelectBringsThem) {
    const auto document =
        data({with(claim(), "withheld", std::int64_t{1})}, {item("1", "180020410", 351)});
    const auto& one = document.at("claims").at(0).as_object();
    EXPECT_EQ(one.at("withheld"), "ask-doctor");
    EXPECT_EQ(one.at("points"), 351);
    EXPECT_FALSE(one.at("explanation").as_object().contains("item"));
    EXPECT_TRUE(one.at("explanation").as_object().contains("processNote"));
    EXPECT_FALSE(json::serialize(document).contains("180020410"));
}

TEST_F(Claims, OfSomeKindsAreInYen) {
    auto row = with(with(claim(), "points", Value()), "cost_yen", std::int64_t{4210});
    auto one =
        with(with(item("1", "550000110", 1), "points", Value()), "cost_yen", std::int64_t{4210});
    for (const auto* kind : {"visiting-nurse", "judo"}) {
        const auto eob = explanation(with(row, "kind", kind), {one});
        EXPECT_EQ(eob.at("total").at(0).at("amount").at("value"), 4210);
        EXPECT_FALSE(eob.contains("adjudication"));
        EXPECT_EQ(why_bad({with(claim(), "kind", kind)}),
                  "points and cost_yen do not fit the kind of claim");
    }
    EXPECT_EQ(why_bad({row}), "points and cost_yen do not fit the kind of claim");
    EXPECT_EQ(why_bad({with(claim(), "cost_yen", std::int64_t{1})}),
              "points and cost_yen do not fit the kind of claim");
}

// ---- what breaks the contract ----

TEST_F(Claims, OrphanItemsBreakTheContract) {
    EXPECT_EQ(why_bad({claim()}, {item("2", "1", 1)}), "an item belongs to none of the rows");
    EXPECT_EQ(why_bad({nobodys_claim()}, {item("1", "1", 1)}),
              "an item belongs to none of the rows");
    EXPECT_EQ(why_bad({claim("1"), claim("1")}), "two rows have one key");
}

TEST_F(Claims, EachColumnHasItsBounds) {
    const auto bad_with = [this](std::string_view column, Value value) {
        return why_bad({with(claim(), column, std::move(value))});
    };
    EXPECT_EQ(bad_with("kind", "optician"), "a claim of an unknown kind");
    EXPECT_EQ(bad_with("kind", Value()), "a claim of an unknown kind");
    EXPECT_EQ(bad_with("month", Value()), "a claim without month or institution");
    EXPECT_EQ(bad_with("institution", Value()), "a claim without month or institution");
    for (const auto* id : {"991100001", "99110000100", "991100001a", ""})
        EXPECT_EQ(bad_with("institution_id", id), "an institution's id does not have ten digits");
    for (const auto* column : {"points", "paid_yen", "days", "withheld"}) {
        EXPECT_EQ(bad_with(column, std::int64_t{-1}), "a number of a claim is out of bounds");
        EXPECT_EQ(bad_with(column, std::int64_t{INT64_MAX}),
                  "a number of a claim is out of bounds");
    }
    EXPECT_EQ(bad_with("withheld", std::int64_t{2}), "a number of a claim is out of bounds");
    EXPECT_EQ(bad_with("month", "2025-12"), "a claim of a month that was not asked for");
    EXPECT_EQ(bad_with("month", "2026-08"), "a claim of a month that was not asked for");
    EXPECT_EQ(why_bad({claim()}, {item("1", "1", -1)}), "a number of a claim is out of bounds");
}

TEST_F(Claims, OfTooManyBytesAreNotSent) {
    std::vector<Row> rows;
    for (int i = 0; i < 1500; ++i)
        rows.push_back(claim(std::to_string(i).c_str()));
    EXPECT_EQ(why_bad(rows), "the document is too long");
}

}  // namespace
}  // namespace mado::wire
