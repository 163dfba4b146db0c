// The demo country's check-ups: what the three medical insurers have, each in its own tables,
// behind their own SELECTs; and the judgements.
#include "checkups.hpp"

#include "calendar.hpp"
#include "test_country.hpp"

namespace mado::country {
namespace {

const Service::Months all_months{"2021-12", "2026-11"};

struct Examined {
    Row checkup;
    std::map<std::string, Row> items;  // by the first five characters of the code
    [[nodiscard]] std::string value(const std::string& analyte) const {
        const auto at = items.find(analyte);
        return at == items.end() ? "" : at->second.text("value");
    }
};

class CheckupsTest : public MedicalTest {
  protected:
    CheckupsTest() : MedicalTest("checkups") {}

    std::vector<Examined> checkups(const Known& known, const Identifier& identifier,
                                   const Service::Months& months = all_months) {
        std::vector<Examined> out;
        const auto items = select(identifier.holder, "items").rows(identifier, months);
        for (auto& row : rows(known, identifier, months)) {
            if (!row.texts.contains("checkup_id")) continue;
            Examined one{std::move(row), {}};
            for (const auto& item : items) {
                if (item.text("checkup_id") != one.checkup.text("checkup_id")) continue;
                EXPECT_TRUE(one.items.emplace(item.text("code").substr(0, 5), item).second);
            }
            out.push_back(std::move(one));
        }
        return out;
    }
    std::vector<std::string> days(const std::string& key, std::size_t identifier) {
        std::vector<std::string> out;
        const auto& known = country().person(key);
        for (const auto& one : checkups(known, known.identifiers.at(identifier)))
            out.push_back(one.checkup.text("day"));
        return out;
    }
};

TEST_F(CheckupsTest, ColumnsAreTheAgreedOnes) {
    const std::vector<std::string> row_columns{
        "symbol",   "number", "branch",      "name",           "checkup_id",
        "day",      "kind",   "institution", "institution_id", "metabolic",
        "guidance", "doctor", "arrived_to",  "as_of"};
    const std::vector<std::string> item_columns{"checkup_id", "code", "name",  "value",  "unit",
                                                "low",        "high", "range", "outside"};
    expect_columns("rows", row_columns);
    expect_columns("items", item_columns);
    EXPECT_EQ(Service::sql("992016", "checkups"), "") << "a care insurer has no check-ups";
}

// Every person has a row in every span of months, with or without a check-up.
TEST_F(CheckupsTest, EveryInsuredPersonIsThere) {
    for_each_number([this](const Known& known, const Identifier& identifier) {
        const auto none = rows(known, identifier, {"2026-10", "2026-11"});
        ASSERT_FALSE(none.empty()) << known.name;
        for (const auto& row : none) {
            EXPECT_FALSE(row.texts.contains("checkup_id"));
            EXPECT_FALSE(row.texts.contains("kind"));
            EXPECT_EQ(row.text("arrived_to"), "2026-09");
            EXPECT_TRUE(row.texts.contains("as_of"));
        }
    });
}

// 実施基準第1条: from the fiscal year in which somebody becomes 40; the insurer of that day has it.
TEST_F(CheckupsTest, WhoWentWasOfAgeAndInsuredThere) {
    std::map<std::string, std::size_t> seen;
    std::set<std::string> never_went;
    for_each_number([&](const Known& known, const Identifier& identifier) {
        const auto periods = country().rows(known, identifier);
        const auto birth = date(known.birth_date);
        const auto all = checkups(known, identifier);
        std::set<int> fiscal_years;
        for (const auto& [checkup, items] : all) {
            ++seen[identifier.holder];
            const Date day = date(checkup.text("day"));
            const int year = static_cast<int>(day.year()) - (unsigned(day.month()) < 4 ? 1 : 0);
            EXPECT_TRUE(fiscal_years.insert(year).second) << "one in each fiscal year";
            EXPECT_LT(reached_on(birth, 40), std::chrono::year(year + 1) / 4 / 1) << known.name;
            EXPECT_TRUE(std::ranges::any_of(periods, [&](const Row& row) {
                return row.covers(day);
            })) << known.name;
            const bool late = identifier.holder == "39990015";
            EXPECT_EQ(checkup.text("kind"), late ? "late-elderly" : "specific");
            EXPECT_EQ(checkup.texts.contains("metabolic"), !late);
            EXPECT_EQ(checkup.texts.contains("guidance"), !late);
            EXPECT_EQ(items.contains("9N016"), !late) << "the waist";
            EXPECT_EQ(items.size(), late ? 16U : 17U);
            EXPECT_EQ(late, birthday(birth, 75) <= day) << known.name;
            EXPECT_LE(checkup.text("day"), "2026-09-30");
        }
        if (all.empty() && plus_years(birth, 45) < on && identifier.current) {
            never_went.insert(known.health_care_number);
        }
    });
    for (const auto& id : medical_ids)
        EXPECT_GT(seen[id], 30U) << id;
    EXPECT_GT(never_went.size(), 30U);
}

// What each insurer says of a range fits what it says of the value, in its own way of saying it.
TEST_F(CheckupsTest, RangesAreThoseOfTheSources) {
    std::map<std::string, std::pair<std::size_t, std::size_t>> seen;  // within, outside
    for_each_number([&](const Known& known, const Identifier& identifier) {
        for (const auto& [checkup, items] : checkups(known, identifier)) {
            const auto pressure = std::stoi(items.at("9A751").text("value"));
            const auto& item = items.at("9A751");
            const bool outside = pressure >= 130;
            ++(outside ? seen[identifier.holder].second : seen[identifier.holder].first);
            EXPECT_EQ(item.text("unit"), "mmHg");
            if (identifier.holder == "39990015") {
                EXPECT_EQ(item.text("range"), "130未満");
                EXPECT_FALSE(item.texts.contains("high"));
                EXPECT_EQ(item.text("outside"), outside ? "1" : "0");
            } else {
                EXPECT_EQ(item.text("high"), "129");
                EXPECT_EQ(item.texts.contains("range"), identifier.holder.starts_with("9900"));
                EXPECT_FALSE(item.texts.contains("outside"));
            }
            EXPECT_EQ(items.at("1A010").text("range"), "(-)");
            EXPECT_EQ(items.at("1A010").text("outside"),
                      items.at("1A010").text("value") == "(-)" ? "0" : "1");
            EXPECT_FALSE(items.at("9N001").texts.contains("outside"))
                << "of a height there is none";
            EXPECT_FALSE(items.at("9N001").texts.contains("high"));
        }
    });
    for (const auto& id : medical_ids) {
        EXPECT_GT(seen[id].first, 10U) << id;
        EXPECT_GT(seen[id].second, 10U) << id;
    }
}

TEST_F(CheckupsTest, MonthsBoundBothSelects) {
    const auto& taro = country().person("taro");
    EXPECT_EQ(checkups(taro, taro.identifiers[0], {"2024-10", "2025-10"}).size(), 2U);
    EXPECT_EQ(checkups(taro, taro.identifiers[0], {"2024-11", "2025-09"}).size(), 0U);
    for_each_number([this](const Known& known, const Identifier& identifier) {
        const Service::Months month{"2025-09", "2025-09"};
        std::set<std::string> shown;
        for (const auto& row : select(identifier.holder, "rows").rows(identifier, month))
            shown.insert(row.text("checkup_id"));
        for (const auto& item : select(identifier.holder, "items").rows(identifier, month))
            EXPECT_TRUE(shown.contains(item.text("checkup_id"))) << "an orphan of " << known.name;
    });
}

TEST_F(CheckupsTest, TheNamedPeople) {
    using Days = std::vector<std::string>;
    EXPECT_EQ(days("hanako", 0), Days{"2026-08-19"});
    EXPECT_EQ(days("hanako", 1), Days{}) << "at her former insurer she was under 40";
    EXPECT_EQ(days("taro", 0), (Days{"2023-10-12", "2024-10-09", "2025-10-15", "2026-09-09"}));
    EXPECT_EQ(days("haru", 0), (Days{"2022-10-05", "2023-10-11", "2024-07-03"}));
    EXPECT_EQ(days("mei", 0), Days{});
    const auto& taro = country().person("taro");
    const auto his = checkups(taro, taro.identifiers[0]);
    std::vector<std::string> judged;
    for (const auto& one : his)
        judged.push_back(one.checkup.text("metabolic") + one.checkup.text("guidance"));
    EXPECT_EQ(judged, (std::vector<std::string>{"11", "22", "33", "33"}));
    EXPECT_EQ(his[0].value("9N006"), "75.2");
    EXPECT_EQ(his[0].value("9N011"), "25.6");
    EXPECT_EQ(his[0].items.at("9N016").text("high"), "84.9") << "of a man";
    const auto& hanako = country().person("hanako");
    const auto hers = checkups(hanako, hanako.identifiers[0]);
    EXPECT_EQ(hers[0].items.at("9N016").text("high"), "89.9") << "of a woman";
    EXPECT_EQ(hers[0].value("2A030"), "11.8");
    EXPECT_EQ(hers[0].checkup.text("institution"), "A市健診センター");
}

// ---- the judgements ----

TEST(Judgements, CountTheRisks) {
    const Risks well{.sex = Sex::male,
                     .age = 45,
                     .waist_mm = 860,
                     .bmi_tenths = 240,
                     .systolic = 120,
                     .diastolic = 80,
                     .triglyceride = 100,
                     .hdl = 50,
                     .glucose = 90,
                     .hba1c_tenths = 52};
    EXPECT_EQ(metabolic_of(well), 3);
    EXPECT_EQ(guidance_of(well), 3);
    auto pressure = well;
    pressure.systolic = 130;
    EXPECT_EQ(metabolic_of(pressure), 2);
    EXPECT_EQ(guidance_of(pressure), 2);
    auto two = pressure;
    two.hdl = 39;
    EXPECT_EQ(metabolic_of(two), 1);
    EXPECT_EQ(guidance_of(two), 1);
    two.age = 65;
    EXPECT_EQ(guidance_of(two), 2) << "from 65 on there is no 積極的支援";
    auto woman = two;
    woman.sex = Sex::female;
    EXPECT_EQ(metabolic_of(woman), 3) << "860 mm is no risk of a woman";
    woman.bmi_tenths = 250;
    woman.age = 45;
    EXPECT_EQ(guidance_of(woman), 2) << "by BMI three risks are needed";
    woman.glucose = 100;
    EXPECT_EQ(guidance_of(woman), 1);
    auto sugar = well;
    sugar.hba1c_tenths = 56;
    EXPECT_EQ(metabolic_of(sugar), 3) << "the syndrome's own bound is higher";
    EXPECT_EQ(guidance_of(sugar), 2);
    sugar.glucose = 110;
    EXPECT_EQ(metabolic_of(sugar), 2);
}

TEST(CheckupsFile, DecimalsHaveTheirPlaces) {
    EXPECT_EQ(decimal(623, 1), "62.3");
    EXPECT_EQ(decimal(5, 2), "0.05");
    EXPECT_EQ(decimal(7, 0), "7");
}

TEST(CheckupsFile, WhatDoesNotFitIsRefused) {
    const TempFolder folder;
    const auto text = read_file(country_folder() + "/checkups.json").value();
    const auto loads = [&folder](std::string_view content) {
        replace_file(folder.path("checkups.json"), as_bytes(content));
        try {
            const Checkups checkups(folder.path("."));
            return true;
        } catch (const OperatorError&) {
            return false;
        }
    };
    const auto with = [&text](std::string_view part, std::string_view by) {
        auto changed = text;
        changed.replace(changed.find(part), part.size(), by);
        return changed;
    };
    EXPECT_TRUE(loads(text));
    EXPECT_FALSE(loads("{}"));
    EXPECT_FALSE(loads(with("\"2026-09\"", "\"2026-9\"")));
    EXPECT_FALSE(loads(with("\"89.9\"", "\"90\""))) << "not the item's places";
    EXPECT_FALSE(loads(with("\"129\", ", "")));
    EXPECT_FALSE(loads(with("9N001000000000001", "9N001")));
    EXPECT_FALSE(loads(with("\"places\": 1", "\"places\": 4")));
    EXPECT_FALSE(loads(with("\"places\": 1", "\"places\": 1, \"more\": 1")));
    EXPECT_THROW(Checkups(folder.path("nowhere")), OperatorError);
}

}  // namespace
}  // namespace mado::country
