#include "wire/services/eligibility.hpp"

#include <boost/json.hpp>
#include <set>

#include "wire/number.hpp"
#include "wire/services/test_rows.hpp"

namespace mado::wire {
namespace {

Row hanako() {
    return {.values = {{"symbol", "35"},
                       {"number", "2210"},
                       {"branch", "00"},
                       {"name", "厚労 花子"},
                       {"kana", "コウロウ ハナコ"},
                       {"birth_date", "1986-05-01"},
                       {"sex", "female"},
                       {"relationship", "insured"},
                       {"share_percent", std::int64_t{30}},
                       {"valid_from", "2014-04-01"},
                       {"valid_to", "2026-03-31"},
                       {"rank", std::int64_t{1}},
                       {"class", "一般"},
                       {"limit_class", "ウ"},
                       {"care_level", Value()},
                       {"special_payment", Value()},
                       {"end_reason", "退職"},
                       {"guarantee", std::int64_t{1}},
                       {"provisional", Value()},
                       {"as_of", std::int64_t{test_now - 3600}}}};
}

std::string valid_text(const std::optional<std::string>& text) {
    EXPECT_TRUE(text.has_value());
    return text.value_or("");
}

// The number of the first row, as the relay sends it: normalised, without empty fields.
Number number_of(const std::vector<Row>& rows) {
    Number out;
    for (const auto* field : {"symbol", "number"}) {
        const auto value = rows.empty() ? std::nullopt : rows.front().text(field);
        if (value && !value->empty()) out.emplace(field, valid_text(normalise(*value)));
    }
    return out;
}

class Eligibility : public testing::Test {
  protected:
    ServiceAnswer ask(const std::vector<Row>& rows, std::string_view on,
                      std::optional<std::string_view> birth_date = "1986-05-01") {
        for (const auto& row : rows)
            EXPECT_TRUE(check_row(contract_.rows, row));
        const auto born = birth_date ? std::optional(valid(parse_date(*birth_date))) : std::nullopt;
        return valid(make_answer(contract_,
                                 {.holder = *directory_.find(holder_),
                                  .number = asked_.empty() ? number_of(rows) : asked_,
                                  .birth_date = born,
                                  .parameters = {{"on", std::string(on)}},
                                  .today = valid(parse_date("2026-01-31"))},
                                 rows, {}));
    }
    json::object data(const std::vector<Row>& rows, std::string_view on) {
        auto answer = ask(rows, on);
        EXPECT_EQ(answer.outcome, Outcome::answered);
        return std::move(*answer.data);
    }
    json::object coverage(const Row& row) {
        return data({row}, "2026-01-01").at("payers").at(0).at("coverage").as_object();
    }

    const Contract& contract_ = *find_contract("eligibility");
    TestCountry country_;
    Directory directory_ = country_.directory();
    std::string holder_ = "06990014";
    Number asked_;  // when a test asks for another number than its rows have
};

// A SELECT that matches more loosely than the relay's index must not answer for another number.
TEST_F(Eligibility, AnswersOnlyForTheNumberThatWasAsked) {
    const auto outcome = [this](Number asked) {
        asked_ = std::move(asked);
        return ask({hanako()}, "2026-01-01").outcome;
    };
    EXPECT_EQ(outcome({{"symbol", "35"}, {"number", "2210"}}), Outcome::answered);
    EXPECT_EQ(outcome({{"symbol", "35"}, {"number", "2210"}, {"branch", "00"}}), Outcome::answered);
    EXPECT_EQ(outcome({{"symbol", "35"}, {"number", "0002210"}}), Outcome::no_match);
    EXPECT_EQ(outcome({{"number", "2210"}}), Outcome::no_match);
    EXPECT_EQ(outcome({{"symbol", "36"}, {"number", "2210"}}), Outcome::no_match);
    EXPECT_EQ(outcome({{"symbol", "35"}, {"number", "2210"}, {"branch", "01"}}), Outcome::no_match);
}

TEST_F(Eligibility, TakesRowsThatFitItsContract) {
    EXPECT_TRUE(check_row(contract_.rows, hanako()));
    for (const auto& column : contract_.rows) {
        auto row = hanako();
        row.values.erase(row.values.find(column.name));
        EXPECT_EQ(check_row(contract_.rows, row).has_value(), !column.required) << column.name;
        EXPECT_EQ(check_row(contract_.rows, with(hanako(), column.name, Value())).has_value(),
                  !column.required)
            << column.name;
        const bool text = column.kind != ColumnKind::integer;
        const auto other = text ? Value(std::int64_t{1}) : Value("1");
        EXPECT_FALSE(check_row(contract_.rows, with(hanako(), column.name, other))) << column.name;
        if (column.kind != ColumnKind::date) continue;
        for (const auto* day : {"", "2026-02-30", "20260101", "9999-12-31"}) {
            EXPECT_FALSE(check_row(contract_.rows, with(hanako(), column.name, day))) << day;
        }
    }
    for (const auto& text : {std::string("\xff"), std::string("\xe5\x8e"), std::string(257, 'a')})
        EXPECT_FALSE(check_row(contract_.rows, with(hanako(), "name", text)));
    // Columns that no contract knows are the database's own business.
    EXPECT_TRUE(check_row(contract_.rows, with(hanako(), "note", "x")));
}

// What a requester would not read fails here, where it can be mended.
TEST_F(Eligibility, NumbersOutOfBounds) {
    const auto refused = [this](const std::vector<Row>& rows) {
        return !make_answer(contract_,
                            {.holder = *directory_.find(holder_),
                             .number = number_of(rows),
                             .birth_date = {},
                             .parameters = {{"on", "2026-01-01"}}},
                            rows, {});
    };
    for (const std::int64_t rank : {INT64_MIN, std::int64_t{0}, rank_max + 1})
        EXPECT_TRUE(refused({with(hanako(), "rank", rank)})) << rank;
    for (const std::int64_t share : {-1, 101})
        EXPECT_TRUE(refused({with(hanako(), "share_percent", share)})) << share;
    EXPECT_FALSE(refused(std::vector<Row>(payers_max, hanako())));
    EXPECT_TRUE(refused(std::vector<Row>(payers_max + 1, hanako())));
}

TEST_F(Eligibility, OfNobodyAndWithAnotherBirthDateIsTheSame) {
    const auto nobody = ask({}, "2026-01-01");
    const auto wrong = ask({hanako()}, "2026-01-01", "1986-05-02");
    EXPECT_EQ(nobody.outcome, Outcome::no_match);
    EXPECT_EQ(wrong.outcome, Outcome::no_match);
    EXPECT_EQ(*wrong.data, *nobody.data);
    EXPECT_EQ(wrong.as_of, nobody.as_of);
    // With a card there is no birth date to compare.
    EXPECT_EQ(ask({hanako()}, "2026-01-01", std::nullopt).outcome, Outcome::answered);
}

TEST_F(Eligibility, TellsPeopleApartAndNotPeriods) {
    const auto twin = with(with(hanako(), "branch", "01"), "name", "厚労 月子");
    EXPECT_EQ(ask({hanako(), twin}, "2026-01-01").outcome, Outcome::several_match);
    EXPECT_TRUE(ask({hanako(), twin}, "2026-01-01").data->empty());
    // One of them was born on another day.
    EXPECT_EQ(ask({hanako(), with(twin, "birth_date", "1990-01-01")}, "2026-01-01").outcome,
              Outcome::answered);
    // The same branch is the same person, also under the name of before a marriage.
    const auto before =
        with(with(with(hanako(), "valid_from", "2010-04-01"), "valid_to", "2014-03-31"), "name",
             "山田 花子");
    EXPECT_EQ(ask({before, hanako()}, "2026-01-01").outcome, Outcome::answered);
    // Registers of before 2021 have no branch: there the name tells.
    const auto no_branch = with(hanako(), "branch", Value());
    EXPECT_EQ(ask({no_branch, no_branch}, "2026-01-01").outcome, Outcome::answered);
    EXPECT_EQ(ask({no_branch, with(no_branch, "name", "厚労 月子")}, "2026-01-01").outcome,
              Outcome::several_match);
}

TEST_F(Eligibility, IsInsuredFromTheFirstToTheLastDay) {
    const auto result = [&](std::string_view on) {
        return std::string(data({hanako()}, on).at("result").as_string());
    };
    EXPECT_EQ(result("2014-03-31"), "not_on_this_date");
    EXPECT_EQ(result("2014-04-01"), "insured");
    EXPECT_EQ(result("2026-03-31"), "insured");
    EXPECT_EQ(result("2026-04-01"), "not_on_this_date");
    const auto open = with(hanako(), "valid_to", Value());
    EXPECT_EQ(data({open}, "2999-12-31").at("result"), "insured");
    const auto one_day = with(hanako(), "valid_from", "2026-03-31");
    EXPECT_EQ(data({one_day}, "2026-03-31").at("result"), "insured");
}

TEST_F(Eligibility, ThatEndedIsAnAnswerWithItsLastDay) {
    const auto ended = data({hanako()}, "2026-11-22");
    EXPECT_EQ(json::serialize(ended),
              R"({"on":"2026-11-22","result":"not_on_this_date","payers":[],)"
              R"("last_day":"2026-03-31","end_reason":"退職"})");
    // The newest end counts, not the newest row.
    const auto older =
        with(with(with(hanako(), "valid_from", "2000-01-01"), "valid_to", "2001-01-01"),
             "end_reason", "死亡");
    EXPECT_EQ(data({hanako(), older}, "2026-11-22"), ended);
    EXPECT_EQ(data({older, hanako()}, "2026-11-22"), ended);
    const auto no_reason = data({with(hanako(), "end_reason", Value())}, "2026-11-22");
    EXPECT_FALSE(no_reason.contains("end_reason"));
    // Not begun yet: there is no last day to tell.
    EXPECT_EQ(json::serialize(data({hanako()}, "2014-01-01")),
              R"({"on":"2014-01-01","result":"not_on_this_date","payers":[]})");
    EXPECT_EQ(ask({hanako()}, "2026-11-22").as_of, test_now - 3600);
}

TEST_F(Eligibility, NamesThePayersByRank) {
    const auto second =
        with(with(hanako(), "rank", std::int64_t{2}), "share_percent", std::int64_t{10});
    const auto newer = with(second, "as_of", std::int64_t{test_now});
    const auto both = ask({newer, hanako()}, "2026-01-01");
    EXPECT_EQ(both.as_of, test_now);
    const auto payers = data({newer, hanako()}, "2026-01-01").at("payers").as_array();
    ASSERT_EQ(payers.size(), 2U);
    EXPECT_EQ(payers[0].at("rank"), 1);
    EXPECT_EQ(payers[0].at("share_percent"), 30);
    EXPECT_EQ(payers[1].at("rank"), 2);
    EXPECT_EQ(payers[1].at("share_percent"), 10);
    EXPECT_EQ(payers[1].at("coverage").at("order"), 2);
    // What is over on that day does not pay.
    EXPECT_EQ(data({hanako(), with(second, "valid_to", "2025-12-31")}, "2026-01-01")
                  .at("payers")
                  .as_array()
                  .size(),
              1U);
}

TEST_F(Eligibility, SaysWhetherItBindsAndWhetherASpecialPaymentApplies) {
    const auto payer = [&](const Row& row) {
        return data({row}, "2026-01-01").at("payers").at(0).as_object();
    };
    const auto plain = payer(hanako());
    EXPECT_EQ(plain.at("guarantee"), true);
    EXPECT_EQ(plain.at("special_payment"), false);
    // The register's own writing, for the claim.
    EXPECT_EQ(plain.at("symbol"), "35");
    EXPECT_EQ(plain.at("number"), "2210");
    EXPECT_EQ(plain.at("branch"), "00");
    const auto bare = payer(with(with(hanako(), "symbol", Value()), "branch", Value()));
    EXPECT_EQ(bare.at("symbol"), "");
    EXPECT_EQ(bare.at("branch"), "");
    EXPECT_EQ(plain.size(), 8U);
    EXPECT_EQ(payer(with(hanako(), "guarantee", std::int64_t{0})).at("guarantee"), false);
    // What a holder knows today does not bind it for a day to come.
    const auto later = ask({hanako()}, "2026-02-01");
    EXPECT_EQ(later.data->at("payers").at(0).at("guarantee"), false);
    EXPECT_EQ(later.data->at("result").as_string(), "insured");
    EXPECT_EQ(payer(with(hanako(), "special_payment", std::int64_t{1})).at("special_payment"),
              true);
    EXPECT_EQ(payer(with(hanako(), "special_payment", std::int64_t{0})).at("special_payment"),
              false);
}

// HL7 FHIR R4, "ele-1": no element is empty.
void expect_no_empty_element(const json::value& value, const std::string& path) {
    EXPECT_FALSE(value.is_null()) << path;
    if (const auto* text = value.if_string()) {
        EXPECT_FALSE(text->empty()) << path;
    } else if (const auto* array = value.if_array()) {
        EXPECT_FALSE(array->empty()) << path;
        for (const auto& element : *array)
            expect_no_empty_element(element, path + "[]");
    } else if (const auto* object = value.if_object()) {
        EXPECT_FALSE(object->empty()) << path;
        for (const auto& member : *object)
            expect_no_empty_element(member.value(), path + "." + std::string(member.key()));
    }
}

// References of the form "#id" anywhere below.
void collect_references(const json::value& value, std::set<std::string>& out) {
    if (const auto* array = value.if_array()) {
        for (const auto& element : *array)
            collect_references(element, out);
    } else if (const auto* object = value.if_object()) {
        for (const auto& member : *object) {
            if (member.key() == "reference") out.emplace(member.value().as_string());
            collect_references(member.value(), out);
        }
    }
}

TEST_F(Eligibility, IsACoverageOfFhirR4) {
    auto bare = hanako();
    for (const auto& column : contract_.rows) {
        if (!column.required) bare.values.erase(bare.values.find(column.name));
    }
    for (const auto& row : {hanako(), bare}) {
        const auto found = coverage(row);
        EXPECT_EQ(found.at("resourceType"), "Coverage");
        // Mandatory (1..1, 1..1, 1..*) in R4: status, beneficiary, payor.
        EXPECT_EQ(found.at("status"), "active");
        EXPECT_EQ(found.at("beneficiary").at("reference"), "#patient");
        ASSERT_EQ(found.at("payor").as_array().size(), 1U);
        EXPECT_EQ(found.at("payor").at(0).at("reference"), "#insurer");
        // dom-3: what is contained is referenced, and what is referenced is contained.
        std::set<std::string> contained;
        for (const auto& resource : found.at("contained").as_array()) {
            EXPECT_TRUE(contained.insert("#" + std::string(resource.at("id").as_string())).second);
            EXPECT_FALSE(resource.as_object().contains("contained"));  // dom-2
        }
        std::set<std::string> referenced;
        collect_references(found, referenced);
        EXPECT_EQ(contained, referenced);
        expect_no_empty_element(found, "Coverage");
    }
}

TEST_F(Eligibility, WritesTheNumberAsJpCoreDoes) {
    const auto row =
        with(with(with(hanako(), "symbol", "あいう"), "number", "187"), "branch", "05");
    const auto found = coverage(row);
    EXPECT_EQ(found.at("meta").at("profile").at(0),
              "http://jpfhir.jp/fhir/core/StructureDefinition/JP_Coverage");
    EXPECT_EQ(found.at("identifier").at(0).at("value"), "06990014:あいう:１８７:05");
    EXPECT_EQ(found.at("subscriberId"), "あいう:１８７");
    EXPECT_EQ(found.at("dependent"), "05");
    const auto& extensions = found.at("extension").as_array();
    ASSERT_EQ(extensions.size(), 3U);
    const std::string base =
        "http://jpfhir.jp/fhir/core/Extension/StructureDefinition/JP_Coverage_InsuredPerson";
    EXPECT_EQ(extensions[0].at("url").as_string(), base + "Symbol");
    EXPECT_EQ(extensions[0].at("valueString"), "あいう");
    EXPECT_EQ(extensions[1].at("url").as_string(), base + "Number");
    EXPECT_EQ(extensions[1].at("valueString"), "１８７");
    EXPECT_EQ(extensions[2].at("url").as_string(), base + "SubNumber");
    EXPECT_EQ(extensions[2].at("valueString"), "05");  // stays half-width

    EXPECT_EQ(coverage(with(hanako(), "number", "Az-~!")).at("extension").at(1).at("valueString"),
              "Ａｚ－～！");
}

TEST_F(Eligibility, WritesANumberWithoutSymbolOrBranch) {
    auto row = with(hanako(), "number", "187");
    for (const auto& nothing : {Value(), Value("")}) {
        const auto found = coverage(with(with(row, "symbol", nothing), "branch", nothing));
        // The last colon stays.
        EXPECT_EQ(found.at("identifier").at(0).at("value"), "06990014::１８７:");
        EXPECT_EQ(found.at("subscriberId"), "１８７");
        EXPECT_FALSE(found.contains("dependent"));
        EXPECT_EQ(found.at("extension").as_array().size(), 1U);
    }
}

TEST_F(Eligibility, DescribesThePersonAndTheInsurer) {
    const auto found = coverage(hanako());
    const auto& patient = found.at("contained").at(0).as_object();
    EXPECT_EQ(patient.at("resourceType"), "Patient");
    EXPECT_EQ(patient.at("birthDate"), "1986-05-01");
    EXPECT_EQ(patient.at("gender"), "female");
    EXPECT_EQ(patient.at("name").at(0).at("text"), "厚労 花子");
    EXPECT_EQ(patient.at("name").at(0).at("extension").at(0).at("valueCode"), "IDE");
    EXPECT_EQ(patient.at("name").at(1).at("text"), "コウロウ ハナコ");
    EXPECT_EQ(patient.at("name").at(1).at("extension").at(0).at("valueCode"), "SYL");
    const auto& insurer = found.at("contained").at(1).as_object();
    EXPECT_EQ(insurer.at("resourceType"), "Organization");
    EXPECT_EQ(insurer.at("name"), "健康保険組合");
    EXPECT_EQ(insurer.at("identifier").at(0).at("value"), "06990014");

    EXPECT_EQ(found.at("relationship").at("coding").at(0).at("code"), "1");
    EXPECT_EQ(coverage(with(hanako(), "relationship", "dependent"))
                  .at("relationship")
                  .at("coding")
                  .at(0)
                  .at("code"),
              "2");
    EXPECT_EQ(json::serialize(found.at("period")), R"({"start":"2014-04-01","end":"2026-03-31"})");
    EXPECT_EQ(found.at("costToBeneficiary").at(0).at("valueQuantity").at("value"), 30);
    ASSERT_EQ(found.at("class").as_array().size(), 2U);
    EXPECT_EQ(found.at("class").at(0).at("value"), "一般");
    EXPECT_EQ(found.at("class").at(1).at("value"), "ウ");
}

TEST_F(Eligibility, OfACareInsurerHasOneNumber) {
    const auto text =
        replaced(replaced(country_.directory_json(), "medical-insurer", "care-insurer"),
                 R"("id":"06990014")", R"("id":"992016")");
    directory_ =
        valid(open_directory(country_.sign_directory(text), country_.authority.public_key()));
    holder_ = "992016";
    auto row = with(with(hanako(), "number", "0000001234"), "care_level", "要介護2");
    row.values.erase("symbol");
    row.values.erase("branch");
    const auto found = coverage(row);
    EXPECT_EQ(found.at("identifier").at(0).at("value"), "0000001234");
    EXPECT_EQ(found.at("subscriberId"), "0000001234");
    EXPECT_FALSE(found.contains("extension"));
    EXPECT_EQ(found.at("contained").at(1).at("identifier").at(0).at("value"), "00992016");
    EXPECT_EQ(found.at("class").at(2).at("value"), "要介護2");
    expect_no_empty_element(found, "Coverage");
}

// A payer of public expense has a number of digits, and no insurance's parts.
TEST_F(Eligibility, OfPublicExpenseHasOneNumber) {
    const auto text =
        replaced(replaced(country_.directory_json(), "medical-insurer", "public-expense"),
                 R"("id":"06990014")", R"("id":"88990015")");
    directory_ =
        valid(open_directory(country_.sign_directory(text), country_.authority.public_key()));
    holder_ = "88990015";
    auto row = with(with(hanako(), "number", "0000018"), "rank", std::int64_t{3});
    row.values.erase("symbol");
    row.values.erase("branch");
    const auto found = coverage(row);
    EXPECT_EQ(found.at("identifier").at(0).at("system"), "urn:mado:jp:subsidy-number");
    EXPECT_EQ(found.at("identifier").at(0).at("value"), "0000018");
    EXPECT_EQ(found.at("order"), 3);
    EXPECT_FALSE(found.contains("extension"));
    EXPECT_TRUE(pays_beside_others(directory_.find(holder_)->kind));
    EXPECT_FALSE(pays_beside_others(directory_.find("clinic-1")->kind));
    expect_no_empty_element(found, "Coverage");
}

TEST_F(Eligibility, FiledAndNotDecidedIsProvisional) {
    const auto payer = [this](const Value& value) {
        return data({with(hanako(), "provisional", value)}, "2026-01-01")
            .at("payers")
            .at(0)
            .as_object();
    };
    EXPECT_TRUE(payer(std::int64_t{1}).at("provisional").as_bool());
    EXPECT_FALSE(payer(std::int64_t{0}).contains("provisional"));
    EXPECT_FALSE(payer(Value()).contains("provisional"));
}

// A filing that was refused: no last day, because there was no first one.
TEST_F(Eligibility, WhatNeverBeganHasNoLastDay) {
    const auto row = with(with(hanako(), "valid_to", "2014-03-31"), "end_reason", "認定されず");
    EXPECT_EQ(json::serialize(data({row}, "2026-01-01")),
              R"({"on":"2026-01-01","result":"not_on_this_date","payers":[],)"
              R"("end_reason":"認定されず"})");
    EXPECT_EQ(data({row}, "2014-04-01").at("result"), "not_on_this_date");
}

}  // namespace
}  // namespace mado::wire
