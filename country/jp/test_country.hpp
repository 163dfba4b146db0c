// What the tests of this folder share: a generated country, its people, and the holders' databases
// behind the SELECTs of their mappings.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/config.hpp"
#include "base/file.hpp"
#include "base/temp_folder.hpp"
#include "db/db.hpp"
#include "generate.hpp"

namespace mado::country {

inline const std::vector<std::string> medical_ids{"06990014", "990010", "990028", "39990015"};
inline const std::vector<std::string> care_ids{"992016", "992024"};
inline const std::vector<std::string> expense_ids{"88990015", "88990023", "12990016", "12990024"};
// All of eligibility.
inline const std::vector<std::string> holder_ids = [] {
    auto all = medical_ids;
    all.insert(all.end(), care_ids.begin(), care_ids.end());
    all.insert(all.end(), expense_ids.begin(), expense_ids.end());
    return all;
}();
inline const std::vector<std::string> pension_ids{"nenkin", "npf", "kikin-1", "pfa"};
inline const std::vector<std::string> municipality_ids{"992011", "992020"};
inline std::string country_folder() {
    return std::filesystem::path(__FILE__).parent_path().string();
}

inline Date date(std::string_view text) {
    return parse_date(text).value();
}

inline const Date on = date("2026-11-22");

struct Identifier {
    std::string scheme;
    std::string holder;
    std::optional<std::string> symbol;
    std::string number;
    std::optional<std::string> branch;
    bool current = false;
    auto operator<=>(const Identifier&) const = default;
};

struct Known {
    std::string key;
    std::string name;
    std::string birth_date;
    std::string health_care_number;
    bool issued = false;
    std::string kana, sex, address;
    Identifier resident;
    std::vector<Identifier> identifiers;  // of insurers
    std::vector<Identifier> pensions;     // of pension holders
};

// What `mado-country` wrote for the issuing centre.
std::vector<Known> read_people(const std::string& path);

// Of these columns the contracts want numbers; of the others text.
inline const std::set<std::string> integers{
    "share_percent", "rank",       "special_payment", "guarantee", "provisional",
    "as_of",         "points",     "paid_yen",        "days",      "withheld",
    "quantity",      "amount_yen", "metabolic",       "guidance",  "outside",
    "additional",    "fund",       "units",           "yen",       "earned_yen",
    "continued_yen", "from_age",   "until_age",       "claim_age", "others"};

inline std::optional<std::string> value_of(const db::Statement& statement, std::size_t column) {
    if (statement.is_null(column)) return std::nullopt;
    if (statement.type(column) == db::ColumnType::integer) {
        return std::to_string(statement.integer(column));
    }
    return statement.text(column);
}

struct Row {
    std::map<std::string, std::string> texts;  // without those that are null
    [[nodiscard]] std::string text(const std::string& name) const {
        const auto at = texts.find(name);
        return at == texts.end() ? "" : at->second;
    }
    [[nodiscard]] int share() const { return std::stoi(text("share_percent")); }
    [[nodiscard]] bool covers(Date day) const {
        return date(text("valid_from")) <= day &&
               (!texts.contains("valid_to") || day <= date(text("valid_to")));
    }
};

// One SELECT of a holder's mapping, behind the holder's own database, as the gateway will use it.
class Service {
  public:
    Service(const std::string& folder, const std::string& id,
            const std::string& service = "eligibility", const std::string& select = "rows")
        : connection_(folder + "/holders/" + id + ".sqlite", db::Access::read_only),
          statement_(connection_.prepare(sql(id, service, select))) {}

    static std::string sql(const std::string& id, const std::string& service = "eligibility",
                           const std::string& select = "rows") {
        auto file = Config::load(country_folder() + "/holders/" + id + ".toml");
        auto holder = file.table("holder");
        EXPECT_EQ(holder.text("id"), id);
        EXPECT_NE(holder.text("kind"), "");
        EXPECT_NE(holder.text("name"), "");
        std::string out;
        const auto read = [&](Config services, bool is_asked) {
            for (const auto& name : services.keys()) {
                auto one = services.table(name);
                for (const auto& key : one.keys()) {
                    auto text = one.text(key);
                    if (is_asked && name == service && key == select) out = std::move(text);
                }
            }
        };
        read(file.table("service"), /*is_asked=*/true);
        if (auto says = file.optional_table("says")) read(std::move(*says), /*is_asked=*/false);
        file.finish();
        return out;
    }
    using Months = std::pair<std::string, std::string>;
    std::vector<Row> rows(const Identifier& asked, const Months& months = {},
                          const std::string& id = {}) {
        if (statement_.has_parameter("symbol")) statement_.bind("symbol", asked.symbol);
        if (statement_.has_parameter("branch")) statement_.bind("branch", asked.branch);
        if (statement_.has_parameter("from")) statement_.bind("from", months.first);
        if (statement_.has_parameter("to")) statement_.bind("to", months.second);
        if (statement_.has_parameter("id")) statement_.bind("id", id);
        statement_.bind("number", asked.number);
        std::vector<Row> out;
        while (statement_.step()) {
            Row row;
            for (std::size_t i = 0; i < statement_.columns(); ++i) {
                const auto name = statement_.column_name(i);
                const auto value = value_of(statement_, i);
                if (!value) continue;
                row.texts[name] = *value;
                EXPECT_EQ(statement_.type(i) == db::ColumnType::integer, integers.contains(name))
                    << name;
            }
            out.push_back(std::move(row));
        }
        return out;
    }
    db::Statement& statement() { return statement_; }
    db::Connection& connection() { return connection_; }

  private:
    db::Connection connection_;
    db::Statement statement_;
};

// A generated country, its people and its services.
class Country {
  public:
    Country(std::int64_t people, std::uint64_t seed) {
        GenerateOptions options;
        options.out = path();
        options.country = country_folder();
        options.people = people;
        options.seed = seed;
        options.on = on;
        generate(options);
        known_ = read_people(path() + "/people.ndjson");
        for (const auto& id : holder_ids)
            services_.try_emplace(id, path(), id);
    }
    [[nodiscard]] std::string path() const { return folder_.path("country"); }
    [[nodiscard]] const std::vector<Known>& people() const { return known_; }
    [[nodiscard]] const Known& person(const std::string& key) const {
        for (const auto& known : known_) {
            if (known.key == key) return known;
        }
        throw Failure("nobody has the key " + key);
    }
    Service& service(const std::string& id) { return services_.at(id); }
    // What the holder says of this person under one of the person's identifiers.
    std::vector<Row> rows(const Known& known, const Identifier& identifier) {
        auto all = service(identifier.holder).rows(identifier);
        std::erase_if(all, [&](const Row& row) {
            return row.text("birth_date") != known.birth_date || row.text("name") != known.name;
        });
        return all;
    }
    std::vector<Row> medical(const Known& known) {
        std::vector<Row> all;
        for (const auto& identifier : known.identifiers) {
            if (identifier.scheme != "insured-number") continue;
            for (auto& row : rows(known, identifier))
                all.push_back(std::move(row));
        }
        std::ranges::sort(all, {}, [](const Row& row) { return row.text("valid_from"); });
        return all;
    }
    Row on_day(const std::string& key, Date day) {
        for (auto& row : medical(person(key))) {
            if (row.covers(day)) return row;
        }
        return {};
    }

  private:
    TempFolder folder_;
    std::vector<Known> known_;
    std::map<std::string, Service> services_;
};

// No table is read from its first row to its last.
inline void expect_no_scan(db::Connection& connection, const std::string& sql) {
    std::set<std::string> scans;
    auto names = connection.prepare("select name from sqlite_schema where type = 'table'");
    while (names.step())
        scans.insert("SCAN " + names.text(0));
    auto plan = connection.prepare("explain query plan " + sql);
    std::size_t steps = 0;
    while (plan.step()) {
        ++steps;
        const auto detail = plan.text(3);
        EXPECT_FALSE(scans.contains(detail)) << detail << "\n" << sql;
    }
    EXPECT_GT(steps, 1U);
}

class CountryTest : public testing::Test {
  protected:
    static void SetUpTestSuite() {
        if (!shared()) shared() = std::make_unique<Country>(1000, 1);
    }
    // Made once for all suites: they only read.
    static std::unique_ptr<Country>& shared() {
        static std::unique_ptr<Country> country;
        return country;
    }
    Country& country() { return *shared(); }
};

// Of a service that medical insurers have, with rows and items.
class MedicalTest : public CountryTest {
  protected:
    explicit MedicalTest(std::string service) : service_(std::move(service)) {}

    // This person's rows at the insurer of that number, those of the whole family left out.
    std::vector<Row> rows(const Known& known, const Identifier& identifier,
                          const Service::Months& months) {
        auto all = select(identifier.holder, "rows").rows(identifier, months);
        std::erase_if(all, [&](const Row& row) { return row.text("name") != known.name; });
        return all;
    }
    Service& select(const std::string& holder, const std::string& which) {
        auto& open = selects_[holder + which];
        if (!open) open = std::make_unique<Service>(country().path(), holder, service_, which);
        return *open;
    }
    void expect_columns(const std::string& which, const std::vector<std::string>& columns) {
        for (const auto& id : medical_ids) {
            auto& service = select(id, which);
            EXPECT_TRUE(service.statement().reads_only());
            std::vector<std::string> found;
            for (std::size_t i = 0; i < service.statement().columns(); ++i)
                found.push_back(service.statement().column_name(i));
            EXPECT_EQ(found, columns) << id;
            expect_no_scan(service.connection(), Service::sql(id, service_, which));
        }
    }
    template <class See>
    void for_each_number(See see) {
        for (const auto& known : country().people()) {
            for (const auto& identifier : known.identifiers) {
                if (identifier.scheme == "insured-number") see(known, identifier);
            }
        }
    }

  private:
    std::string service_;
    std::map<std::string, std::unique_ptr<Service>> selects_;
};

}  // namespace mado::country
