// What the issuing centre gets: people and their numbers.
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <set>

#include "base/check_digit.hpp"
#include "base/json.hpp"
#include "random.hpp"
#include "test_country.hpp"

namespace mado::country {
namespace {

Identifier read_identifier(const json::value& value) {
    Members in(value.as_object());
    Identifier out;
    out.scheme = in.text("scheme");
    out.holder = in.text("holder");
    out.current = in.text("state") == "current";
    Members fields(in.object("fields"));
    // A pension holder's number goes with nothing that another holder knows.
    const bool pension = std::ranges::find(pension_ids, out.holder) != pension_ids.end();
    const bool expense = std::ranges::find(expense_ids, out.holder) != expense_ids.end();
    if (!pension) EXPECT_EQ(fields.text(expense ? "payer" : "insurer"), out.holder);
    out.symbol = fields.optional_text("symbol");
    out.number = fields.text("number");
    out.branch = fields.optional_text("branch");
    EXPECT_TRUE(fields.finish());
    EXPECT_TRUE(in.finish());
    return out;
}

}  // namespace

std::vector<Known> read_people(const std::string& path) {
    std::vector<Known> people;
    const auto text = read_file(path).value();
    std::size_t start = 0;
    for (auto end = text.find('\n'); end != text.npos; end = text.find('\n', start)) {
        const auto object = parse_json_object(std::string_view(text).substr(start, end - start));
        start = end + 1;
        if (!object) throw Failure(object.error().why);
        Members in(*object);
        Known known;
        known.key = object->at("key").is_null() ? "" : std::string(object->at("key").as_string());
        (void)in.any("key");
        known.name = in.text("name");
        EXPECT_NE(in.text("kana"), "");
        known.birth_date = in.text("birth_date");
        known.sex = in.text("sex");
        known.kana = object->at("kana").as_string();
        known.address = in.text("address");
        Members resident(in.object("resident"));
        known.resident = {.scheme = "resident-number",
                          .holder = resident.text("municipality"),
                          .symbol = std::nullopt,
                          .number = resident.text("number"),
                          .branch = std::nullopt,
                          .current = true};
        EXPECT_TRUE(resident.finish());
        known.health_care_number = in.text("health_care_number");
        known.issued = in.boolean("issued");
        EXPECT_NE(in.text("card"), "");
        for (const auto& one : in.array("identifiers", 50)) {
            auto identifier = read_identifier(one);
            const bool pension =
                std::ranges::find(pension_ids, identifier.holder) != pension_ids.end();
            (pension ? known.pensions : known.identifiers).push_back(std::move(identifier));
        }
        EXPECT_TRUE(in.finish());
        people.push_back(std::move(known));
    }
    EXPECT_EQ(start, text.size());
    return people;
}

namespace {

TEST_F(CountryTest, HealthCareNumbersAreValidAndDifferent) {
    std::set<std::string> seen;
    for (const auto& known : country().people()) {
        const auto& number = known.health_care_number;
        EXPECT_EQ(number.size(), 12U);
        EXPECT_NE(number.front(), '0');
        EXPECT_TRUE(damm_valid(number)) << number;
        EXPECT_TRUE(seen.insert(number).second) << number;
    }
    EXPECT_EQ(seen.size(), 1000U);
}

TEST(HealthCareNumbers, DoNotRepeat) {
    Random random(7);
    HealthCareNumbers numbers(random);
    std::set<std::string> seen;
    for (int i = 0; i < 100'000; ++i)
        seen.insert(numbers.next());
    EXPECT_EQ(seen.size(), 100'000U);
}

TEST_F(CountryTest, InsurerNumbersHaveCheckDigits) {
    for (const auto& id : holder_ids)
        EXPECT_TRUE(insurer_valid(id)) << id;
    for (const auto& known : country().people()) {
        for (const auto& identifier : known.identifiers) {
            if (identifier.holder == "39990015") {
                EXPECT_EQ(identifier.number.size(), 8U);
                EXPECT_TRUE(insurer_valid(identifier.number)) << identifier.number;
                EXPECT_FALSE(identifier.symbol || identifier.branch);
            }
            if (identifier.scheme == "care-insured-number") {
                EXPECT_EQ(identifier.number.size(), 10U);
            }
        }
    }
}

// Nobody has the number of somebody else, but for families without branches.
TEST_F(CountryTest, NumbersAreOnesOwn) {
    std::map<Identifier, std::string> seen;
    for (const auto& known : country().people()) {
        for (const auto& identifier : known.identifiers) {
            if (identifier.holder == "06990014" && !identifier.branch) continue;
            auto key = identifier;
            key.current = true;
            EXPECT_TRUE(seen.emplace(key, known.name).second) << identifier.number;
        }
    }
}

}  // namespace
}  // namespace mado::country
