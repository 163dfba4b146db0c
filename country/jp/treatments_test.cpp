// The demo country's claims: what the three medical insurers have, each in its own tables, behind
// their own SELECTs.
#include "treatments.hpp"

#include <numeric>

#include "calendar.hpp"
#include "test_country.hpp"

namespace mado::country {
namespace {

const Service::Months all_months{"2025-01", "2026-12"};

// A claim with what was billed on it.
struct Billed {
    Row claim;
    std::vector<Row> items;
};

class ClaimsTest : public MedicalTest {
  protected:
    ClaimsTest() : MedicalTest("claims") {}

    std::vector<Billed> claims(const Known& known, const Identifier& identifier,
                               const Service::Months& months = all_months) {
        std::vector<Billed> out;
        const auto items = select(identifier.holder, "items").rows(identifier, months);
        for (auto& row : rows(known, identifier, months)) {
            if (!row.texts.contains("claim_id")) continue;
            Billed one{std::move(row), {}};
            for (const auto& item : items) {
                if (item.text("claim_id") == one.claim.text("claim_id")) one.items.push_back(item);
            }
            out.push_back(std::move(one));
        }
        return out;
    }
};

TEST_F(ClaimsTest, ColumnsAreTheAgreedOnes) {
    const std::vector<std::string> row_columns{
        "symbol",   "number", "branch",      "name",           "claim_id",
        "month",    "kind",   "institution", "institution_id", "points",
        "paid_yen", "days",   "withheld",    "arrived_to",     "as_of"};
    const std::vector<std::string> item_columns{"claim_id", "code", "name", "points", "quantity"};
    expect_columns("rows", row_columns);
    expect_columns("items", item_columns);
    EXPECT_EQ(Service::sql("992016", "claims"), "") << "a care insurer has no such claims";
}

// Every person has a row in every span of months, with or without a claim.
TEST_F(ClaimsTest, EveryInsuredPersonIsThere) {
    for_each_number([this](const Known& known, const Identifier& identifier) {
        const auto none = rows(known, identifier, {"2026-08", "2026-12"});
        ASSERT_FALSE(none.empty()) << known.name;
        for (const auto& row : none) {
            EXPECT_FALSE(row.texts.contains("claim_id"));
            EXPECT_FALSE(row.texts.contains("month"));
            EXPECT_EQ(row.text("arrived_to"), "2026-07");
            EXPECT_TRUE(row.texts.contains("as_of"));
        }
    });
}

TEST_F(ClaimsTest, ItemsSumToTheClaimAndThePersonPaidTheirShare) {
    std::size_t seen = 0;
    std::size_t withheld = 0;
    std::map<std::string, std::size_t> kinds;
    for_each_number([&](const Known& known, const Identifier& identifier) {
        const auto periods = country().rows(known, identifier);
        for (const auto& [claim, items] : claims(known, identifier)) {
            ++seen;
            ++kinds[claim.text("kind")];
            const Date month = date(claim.text("month") + "-01");
            const auto points = std::stoll(claim.text("points"));
            if (claim.text("withheld") == "1") {
                ++withheld;
                EXPECT_TRUE(items.empty());
            } else {
                std::int64_t sum = 0;
                for (const auto& item : items) {
                    EXPECT_EQ(item.text("code").size(), 9U);
                    sum += std::stoll(item.text("points"));
                }
                EXPECT_EQ(sum, points) << known.name << " " << claim.text("month");
            }
            // Somewhere in that month the person was insured there, at that share.
            const bool fits = std::ranges::any_of(periods, [&](const Row& row) {
                const auto from = date(row.text("valid_from"));
                return from < plus_months(month, 1) &&
                       (!row.texts.contains("valid_to") || date(row.text("valid_to")) >= month) &&
                       paid_yen(points, row.share()) == std::stoll(claim.text("paid_yen")) &&
                       !row.texts.contains("special_payment");
            });
            EXPECT_TRUE(fits) << known.name << " " << claim.text("month");
            EXPECT_GE(plus_months(month, 1), date(known.birth_date)) << known.name;
            EXPECT_LE(claim.text("month"), "2026-07");
            EXPECT_EQ(claim.text("institution_id").size(), 10U);
        }
    });
    EXPECT_GT(seen, 3000U);
    EXPECT_GT(withheld, 20U);
    EXPECT_LT(withheld, seen / 20);
    for (const auto* kind : {"medical", "pharmacy", "dental", "dpc"})
        EXPECT_GT(kinds[kind], 10U) << kind;
    EXPECT_EQ(kinds.size(), 4U);
}

// レセプト: one for each person, institution and month, in the order of the months.
TEST_F(ClaimsTest, OneClaimForEachInstitutionAndMonth) {
    for_each_number([this](const Known& known, const Identifier& identifier) {
        std::set<std::pair<std::string, std::string>> seen;
        std::string last;
        for (const auto& [claim, items] : claims(known, identifier)) {
            EXPECT_TRUE(seen.emplace(claim.text("month"), claim.text("institution_id")).second)
                << known.name << " " << claim.text("month");
            EXPECT_LE(last, claim.text("month"));
            last = claim.text("month");
        }
    });
}

TEST_F(ClaimsTest, MonthsBoundBothSelects) {
    const auto& hanako = country().person("hanako");
    const auto& society = hanako.identifiers[1];
    EXPECT_EQ(claims(hanako, society, {"2026-02", "2026-02"}).size(), 3U);
    EXPECT_EQ(claims(hanako, society, {"2026-04", "2026-07"}).size(), 0U);
    for (const auto& id : medical_ids) {
        for (const auto& known : country().people()) {
            for (const auto& identifier : known.identifiers) {
                if (identifier.holder != id) continue;
                const auto items = select(id, "items").rows(identifier, {"2026-03", "2026-03"});
                std::set<std::string> shown;
                for (const auto& row :
                     select(id, "rows").rows(identifier, {"2026-03", "2026-03"})) {
                    shown.insert(row.text("claim_id"));
                }
                for (const auto& item : items)
                    EXPECT_TRUE(shown.contains(item.text("claim_id"))) << "an orphan";
            }
        }
    }
}

TEST_F(ClaimsTest, Hanako) {
    const auto& hanako = country().person("hanako");
    const auto lines = [&](const Identifier& identifier) {
        std::vector<std::string> out;
        for (const auto& [claim, items] : claims(hanako, identifier, {"2026-01", "2026-07"})) {
            out.push_back(claim.text("month") + " " + claim.text("kind") + " " +
                          claim.text("points") + " " + claim.text("paid_yen") +
                          (claim.text("withheld") == "1" ? " withheld" : ""));
        }
        return out;
    };
    EXPECT_EQ(lines(hanako.identifiers[1]),
              (std::vector<std::string>{"2026-02 medical 450 1350 withheld",
                                        "2026-02 medical 351 1050", "2026-02 pharmacy 147 440",
                                        "2026-03 medical 187 560", "2026-03 pharmacy 248 740"}));
    EXPECT_EQ(lines(hanako.identifiers[0]),
              (std::vector<std::string>{"2026-05 medical 768 2300", "2026-06 medical 351 1050",
                                        "2026-06 pharmacy 147 440", "2026-07 medical 457 1370"}));
}

TEST_F(ClaimsTest, FamilyMembersAreToldApart) {
    const auto& mei = country().person("mei");
    auto family = mei.identifiers[0];
    std::set<std::string> names;
    for (const auto& row : select("06990014", "rows").rows(family, all_months))
        names.insert(row.text("name"));
    EXPECT_EQ(names, (std::set<std::string>{"厚労 芽依"}));
    // Twins under one number without branch: both are there, whoever of them was treated.
    const auto& twin = country().person("takasaki-1");
    names.clear();
    for (const auto& row :
         select("06990014", "rows").rows(twin.identifiers[0], {"2026-07", "2026-07"}))
        names.insert(row.text("name"));
    EXPECT_EQ(names.size(), 4U);
}

TEST_F(ClaimsTest, WhoPaysEverythingFirstHasNone) {
    const auto& known = country().person("tokubetsu");
    for (const auto& [claim, items] : claims(known, known.identifiers[0]))
        EXPECT_LT(claim.text("month"), "2025-08");
}

TEST(PaidAtTheCounter, IsRoundedToTenYen) {
    EXPECT_EQ(paid_yen(351, 30), 1050);  // 1,053
    EXPECT_EQ(paid_yen(147, 30), 440);   // 441
    EXPECT_EQ(paid_yen(185, 30), 560);   // 555: half is up
    EXPECT_EQ(paid_yen(468, 10), 470);
    EXPECT_EQ(paid_yen(0, 30), 0);
}

TEST(TreatmentsFile, WhatDoesNotFitIsRefused) {
    const TempFolder folder;
    const auto text = read_file(country_folder() + "/treatments.json").value();
    const auto loads = [&folder](std::string_view content) {
        replace_file(folder.path("treatments.json"), as_bytes(content));
        try {
            const Treatments treatments(folder.path("."));
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
    EXPECT_FALSE(loads(with("\"2026-07\"", "\"2026-7\"")));
    EXPECT_FALSE(loads(with("[\"9911000010\"]", "[\"9911000099\"]")));
    EXPECT_FALSE(loads(with("[\"9911000010\"]", "[]")));
    EXPECT_FALSE(loads(with("\"kind\": \"dental\"", "\"kind\": \"optician\"")));
    EXPECT_FALSE(loads(with("\"points\": 291", "\"points\": 0")));
    EXPECT_FALSE(loads(with("\"ages\": [7, 120]", "\"ages\": [7]")));
    EXPECT_FALSE(loads(with("\"weight\": 30", "\"weight\": 30, \"more\": 1")));
    EXPECT_THROW(Treatments(folder.path("nowhere")), OperatorError);
}

}  // namespace
}  // namespace mado::country
