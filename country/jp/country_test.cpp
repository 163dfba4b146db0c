#include <boost/json.hpp>

#include "base/check_digit.hpp"
#include "base/json.hpp"
#include "calendar.hpp"
#include "test_country.hpp"

namespace mado::country {
namespace {

// The agreed columns of the service `eligibility`; those with * are never null, those with ? only
// insurers have that provisional answers are of.
const std::vector<std::string> columns{
    "symbol",          "number*",    "branch",       "name*",          "kana",
    "birth_date*",     "sex",        "relationship", "share_percent*", "valid_from*",
    "valid_to",        "rank*",      "class",        "limit_class",    "care_level",
    "special_payment", "end_reason", "guarantee*",   "provisional?",   "as_of*"};

// Every value of every table: what two databases must share to be the same.
std::string dump(const std::string& path) {
    db::Connection connection(path, db::Access::read_only);
    std::vector<std::string> tables;
    auto names = connection.prepare("select name from sqlite_schema where type = 'table'");
    while (names.step())
        tables.push_back(names.text(0));
    std::string out;
    for (const auto& table : tables) {
        out += "# " + table + "\n";
        auto rows = connection.prepare("select * from \"" + table + "\"");
        while (rows.step()) {
            for (std::size_t i = 0; i < rows.columns(); ++i) {
                out += value_of(rows, i).value_or("NULL") + "|";
            }
            out += "\n";
        }
    }
    return out;
}

std::string dump_country(const Country& country) {
    auto out = read_file(country.path() + "/people.ndjson").value();
    auto all = holder_ids;
    all.insert(all.end(), pension_ids.begin(), pension_ids.end());
    all.insert(all.end(), municipality_ids.begin(), municipality_ids.end());
    for (const auto& id : all)
        out += dump(country.path() + "/holders/" + id + ".sqlite");
    return out;
}

// ---- the same for the same seed ----

TEST_F(CountryTest, SameSeedSameCountry) {
    EXPECT_EQ(dump_country(Country(1000, 1)), dump_country(country()));
}

TEST_F(CountryTest, OtherSeedOtherPeople) {
    const Country other(1000, 2);
    std::set<std::string> numbers;
    for (const auto& known : country().people())
        numbers.insert(known.health_care_number);
    std::size_t same = 0;
    std::size_t named = 0;
    for (const auto& known : other.people())
        same += numbers.contains(known.health_care_number);
    for (const auto& household : {"hanako", "sato-1", "jiro"})
        named += !other.person(household).key.empty();
    EXPECT_EQ(named, 3U);
    EXPECT_LT(same, 30U);  // the named people
    EXPECT_NE(dump_country(other), dump_country(country()));
}

TEST_F(CountryTest, NamedPeopleAreTheSameEverywhere) {
    const Country other(50, 99);
    EXPECT_EQ(other.people().size(), 50U);
    std::size_t named = 0;
    for (const auto& known : other.people()) {
        if (known.key.empty()) continue;
        ++named;
        const auto& here = country().person(known.key);
        EXPECT_EQ(known.name, here.name);
        EXPECT_EQ(known.health_care_number, here.health_care_number);
        EXPECT_EQ(known.identifiers, here.identifiers);
    }
    EXPECT_EQ(named, 20U);
}

// ---- the holders' SQL keeps the contract ----

TEST_F(CountryTest, ColumnsAreTheAgreedOnes) {
    for (const auto& id : holder_ids) {
        auto& statement = country().service(id).statement();
        EXPECT_TRUE(statement.reads_only());
        std::size_t at = 0;
        for (const auto& column : columns) {
            const auto name = column.substr(0, column.find_first_of("*?"));
            if (column.ends_with('?') && statement.column_name(at) != name) continue;
            ASSERT_LT(at, statement.columns()) << id;
            EXPECT_EQ(statement.column_name(at++), name) << id;
        }
        EXPECT_EQ(at, statement.columns()) << id;
        const std::set<std::string> allowed{"symbol", "number", "branch"};
        for (const auto& name : statement.parameters())
            EXPECT_TRUE(allowed.contains(name)) << name;
    }
}

TEST_F(CountryTest, NumbersAreFoundByIndex) {
    for (const auto& id : holder_ids)
        expect_no_scan(country().service(id).connection(), Service::sql(id));
}

void expect_well_formed(const Row& row) {
    for (const auto& column : columns) {
        if (column.ends_with('*')) {
            EXPECT_TRUE(row.texts.contains(column.substr(0, column.size() - 1))) << column;
        }
    }
    EXPECT_TRUE(parse_date(row.text("valid_from")));
    EXPECT_TRUE(parse_date(row.text("birth_date")));
    if (row.texts.contains("valid_to")) {
        EXPECT_LE(date(row.text("valid_from")), date(row.text("valid_to")));
    }
    EXPECT_TRUE(row.text("sex") == "male" || row.text("sex") == "female");
    const auto number_class = row.text("class");
    const bool welfare = number_class.starts_with("医療扶助");
    const bool subsidy = number_class == "子ども医療費助成";
    EXPECT_EQ(row.text("rank"), welfare ? "2" : subsidy ? "3" : "1");
    // The night before the country's day, in seconds.
    const auto as_of = std::stoll(row.text("as_of"));
    const auto midnight = std::chrono::sys_days(on).time_since_epoch().count() * 86400LL;
    EXPECT_LT(as_of, midnight);
    EXPECT_GT(as_of, midnight - 86400);
}

TEST_F(CountryTest, EveryIdentifierLeadsToItsPerson) {
    std::size_t former = 0;
    for (const auto& known : country().people()) {
        ASSERT_FALSE(known.identifiers.empty()) << known.name;
        bool seen_former = false;
        for (const auto& identifier : known.identifiers) {
            const auto rows = country().rows(known, identifier);
            ASSERT_FALSE(rows.empty()) << known.name << " " << identifier.number;
            for (const auto& row : rows) {
                expect_well_formed(row);
                EXPECT_EQ(row.text("symbol"), identifier.symbol.value_or(""));
                EXPECT_EQ(row.text("number"), identifier.number);
                EXPECT_EQ(row.text("branch"), identifier.branch.value_or(""));
            }
            const bool covered =
                std::ranges::any_of(rows, [](const Row& row) { return row.covers(on); });
            EXPECT_EQ(covered, identifier.current) << known.name << " " << identifier.number;
            if (identifier.scheme != "insured-number") continue;
            EXPECT_FALSE(seen_former && identifier.current) << "former before current";
            seen_former |= !identifier.current;
            former += !identifier.current;
        }
    }
    EXPECT_GT(former, 100U);
}

TEST_F(CountryTest, NullMatchesEveryBranchAndNoOtherSymbol) {
    auto& society = country().service("06990014");
    Identifier family{.scheme = "insured-number",
                      .holder = "06990014",
                      .symbol = "21",
                      .number = "1042",
                      .branch = std::nullopt};
    std::set<std::string> names;
    for (const auto& row : society.rows(family))
        names.insert(row.text("name"));
    EXPECT_EQ(names, (std::set<std::string>{"厚労 太郎", "厚労 芽依", "厚労 希"}));
    family.branch = "01";
    ASSERT_EQ(society.rows(family).size(), 1U);
    EXPECT_EQ(society.rows(family)[0].text("name"), "厚労 芽依");
    family.symbol = std::nullopt;
    EXPECT_TRUE(society.rows(family).empty());
    family.symbol = "35";
    EXPECT_TRUE(society.rows(family).empty());
    family.symbol = "21";
    family.number = "01042";
    EXPECT_TRUE(society.rows(family).empty());
}

// ---- consistent lives ----

TEST_F(CountryTest, OneMedicalInsurerAtATime) {
    for (const auto& known : country().people()) {
        const auto rows = country().medical(known);
        for (std::size_t i = 1; i < rows.size(); ++i) {
            ASSERT_TRUE(rows[i - 1].texts.contains("valid_to")) << known.name;
            // Whoever is lost by one is gained by the next on that day.
            EXPECT_EQ(plus_days(date(rows[i - 1].text("valid_to")), 1),
                      date(rows[i].text("valid_from")))
                << known.name;
        }
        const bool insured =
            std::ranges::any_of(rows, [](const Row& row) { return row.covers(on); });
        EXPECT_EQ(insured, known.key != "seiho") << known.name;
        EXPECT_LE(date(known.birth_date), date(rows.front().text("valid_from"))) << known.name;
    }
}

TEST_F(CountryTest, SharesByAge) {
    std::map<std::string, std::set<int>> seen;
    for (const auto& known : country().people()) {
        const Date birth = date(known.birth_date);
        for (const auto& row : country().medical(known)) {
            if (!row.covers(on)) continue;
            const int age = age_on(birth, on);
            const bool late = row.text("class") == "後期高齢者";
            EXPECT_EQ(late, age >= 75) << known.name;
            std::string group = "other";
            if (on <= preschool_last(birth)) group = "preschool";
            if (on >= seventy_share_from(birth)) group = late ? "late" : "seventies";
            seen[group].insert(row.share());
            EXPECT_EQ(row.text("special_payment") == "1", known.key == "tokubetsu");
        }
    }
    EXPECT_EQ(seen["preschool"], (std::set<int>{20}));
    EXPECT_EQ(seen["other"], (std::set<int>{30}));
    EXPECT_EQ(seen["seventies"], (std::set<int>{20, 30}));
    EXPECT_EQ(seen["late"], (std::set<int>{10, 20, 30}));
}

TEST_F(CountryTest, TurningSeventyFiveChangesTheInsurerOnThatDay) {
    std::size_t turned = 0;
    for (const auto& known : country().people()) {
        const Date at = birthday(date(known.birth_date), 75);
        if (at > on) continue;
        for (const auto& row : country().medical(known)) {
            EXPECT_EQ(row.text("class") == "後期高齢者", date(row.text("valid_from")) >= at);
            turned += row.texts.contains("valid_to") && date(row.text("valid_to")) < at;
        }
    }
    EXPECT_GT(turned, 10U);
}

TEST_F(CountryTest, CareInsuranceFromSixtyFive) {
    std::size_t certified_old = 0;
    std::size_t certified_young = 0;
    for (const auto& known : country().people()) {
        const int age = age_on(date(known.birth_date), on);
        const auto care =
            std::ranges::find(known.identifiers, "care-insured-number", &Identifier::scheme);
        const bool has = care != known.identifiers.end();
        if (age >= 65) EXPECT_TRUE(has) << known.name;
        if (age < 40) EXPECT_FALSE(has) << known.name;
        if (!has) continue;
        for (const auto& row : country().rows(known, *care)) {
            if (!row.covers(on)) continue;
            EXPECT_EQ(row.text("class"), age >= 65 ? "第1号" : "第2号");
            const bool certified = row.texts.contains("care_level");
            if (age < 65) EXPECT_TRUE(certified);
            (age < 65 ? certified_young : certified_old) += certified;
        }
    }
    EXPECT_GT(certified_old, 20U);
    EXPECT_GT(certified_young, 0U);
}

TEST_F(CountryTest, LooksLikeACountry) {
    std::size_t unissued = 0;
    std::size_t beyond_basic_plane = 0;
    std::size_t variation_selectors = 0;
    std::size_t latin = 0;
    std::size_t children = 0;
    for (const auto& known : country().people()) {
        unissued += !known.issued;
        beyond_basic_plane += known.name.contains("𠮷");
        variation_selectors += known.name.contains("\U000E0100");
        latin += known.name.front() >= 'A' && known.name.front() <= 'Z';
        children += age_on(date(known.birth_date), on) < 18;
    }
    EXPECT_GT(unissued, 60U);
    EXPECT_LT(unissued, 140U);
    EXPECT_GT(beyond_basic_plane, 1U);
    EXPECT_GT(variation_selectors, 2U);
    EXPECT_GT(latin, 3U);
    EXPECT_GT(children, 100U);
    EXPECT_LT(children, 350U);
}

// ---- the named people ----

TEST_F(CountryTest, Hanako) {
    const auto& hanako = country().person("hanako");
    EXPECT_EQ(hanako.name, "厚労 花子");
    EXPECT_EQ(hanako.birth_date, "1986-05-01");
    EXPECT_TRUE(hanako.issued);
    ASSERT_EQ(hanako.identifiers.size(), 2U);
    EXPECT_EQ(hanako.identifiers[0].holder, "990010");
    EXPECT_TRUE(hanako.identifiers[0].current);
    EXPECT_EQ(hanako.identifiers[1].holder, "06990014");
    EXPECT_FALSE(hanako.identifiers[1].current);

    const auto rows = country().medical(hanako);
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(rows[0].text("valid_to"), "2026-03-31");
    EXPECT_EQ(rows[0].text("end_reason"), "退職");
    EXPECT_EQ(rows[0].text("relationship"), "insured");
    EXPECT_EQ(rows[1].text("valid_from"), "2026-04-01");
    EXPECT_FALSE(rows[1].texts.contains("valid_to"));
    EXPECT_EQ(rows[1].text("share_percent"), "30");
    EXPECT_EQ(rows[1].text("sex"), "female");
    EXPECT_EQ(rows[1].text("guarantee"), "1");
}

TEST_F(CountryTest, HerFamily) {
    EXPECT_EQ(country().on_day("taro", on).text("relationship"), "insured");
    const auto mei = country().on_day("mei", on);
    EXPECT_EQ(mei.text("relationship"), "dependent");
    EXPECT_EQ(mei.share(), 20);
    EXPECT_EQ(mei.text("branch"), "01");
    EXPECT_EQ(country().on_day("nozomi", on).text("valid_from"), "2026-10-20");
    EXPECT_EQ(country().on_day("haru", on).text("class"), "後期高齢者");
    EXPECT_EQ(country().on_day("haru", on).share(), 10);
    EXPECT_EQ(country().on_day("haru", date("2022-06-14")).text("end_reason"), "75歳到達");
    EXPECT_EQ(country().on_day("haru", date("2022-06-14")).share(), 20);
    EXPECT_FALSE(country().person("jiro").issued);
}

TEST_F(CountryTest, HarusCareLevelOnEachDay) {
    const auto& haru = country().person("haru");
    const auto rows = country().rows(haru, haru.identifiers.back());
    const auto level_on = [&](std::string_view day) -> std::string {
        for (const auto& row : rows) {
            if (row.covers(date(day))) {
                return row.texts.contains("care_level") ? row.text("care_level") : "none";
            }
        }
        return "not insured";
    };
    EXPECT_EQ(level_on("2012-06-13"), "not insured");
    EXPECT_EQ(level_on("2024-08-31"), "none");
    EXPECT_EQ(level_on("2024-09-01"), "要介護1");
    EXPECT_EQ(level_on("2025-08-31"), "要介護1");
    EXPECT_EQ(level_on("2025-09-01"), "要介護2");
    EXPECT_EQ(level_on("2028-08-31"), "要介護2");
    EXPECT_EQ(level_on("2028-09-01"), "none");
}

TEST_F(CountryTest, TwinsWithoutBranchAreSeveral) {
    const auto& twin = country().person("takasaki-1");
    const auto& other = country().person("takasaki-2");
    EXPECT_EQ(twin.birth_date, other.birth_date);
    EXPECT_EQ(twin.identifiers[0], other.identifiers[0]);
    EXPECT_FALSE(twin.identifiers[0].branch);
    std::set<std::string> names;
    for (const auto& row : country().service("06990014").rows(twin.identifiers[0])) {
        if (row.text("birth_date") == twin.birth_date && row.covers(on)) {
            names.insert(row.text("name"));
        }
    }
    EXPECT_EQ(names, (std::set<std::string>{"髙﨑 陽", "髙﨑 月"}));
}

TEST_F(CountryTest, Others) {
    const auto ninkei = country().on_day("ninkei", on);
    EXPECT_EQ(ninkei.text("class"), "任意継続");
    EXPECT_EQ(ninkei.text("valid_from"), "2026-02-01");
    EXPECT_EQ(country().on_day("ninkei", date("2026-01-31")).text("class"), "一般");

    EXPECT_EQ(country().on_day("tokubetsu", date("2025-07-31")).text("special_payment"), "");
    EXPECT_EQ(country().on_day("tokubetsu", date("2025-08-01")).text("special_payment"), "1");

    EXPECT_TRUE(country().on_day("seiho", on).texts.empty());
    const auto last = country().on_day("seiho", date("2026-06-09"));
    EXPECT_EQ(last.text("end_reason"), "生活保護");
    EXPECT_FALSE(country().person("seiho").identifiers.front().current);

    EXPECT_EQ(country().person("sato-1").name, country().person("sato-2").name);
    EXPECT_EQ(country().person("sato-1").birth_date, country().person("sato-2").birth_date);
    EXPECT_NE(country().person("sato-1").identifiers, country().person("sato-2").identifiers);
    EXPECT_TRUE(country().person("nguyen").name.starts_with("NGUYEN"));
}

// ---- public expense ----

TEST_F(CountryTest, ChildrenHaveTheirCitysSubsidy) {
    std::map<std::string, std::set<int>> shares;
    for (const auto& known : country().people()) {
        const Date birth = date(known.birth_date);
        const bool b = known.resident.holder == "992020";
        const Date last = plus_years(preschool_last(birth), b ? 9 : 12);
        std::set<std::string> payers;
        for (const auto& identifier : known.identifiers) {
            if (identifier.scheme != "subsidy-number") continue;
            EXPECT_TRUE(payers.insert(identifier.holder).second) << known.name;
            EXPECT_EQ(identifier.number.size(), 7U);
            EXPECT_TRUE(insurer_valid(identifier.number)) << identifier.number;
            for (const auto& row : country().rows(known, identifier)) {
                if (row.covers(on)) shares[identifier.holder].insert(row.share());
            }
        }
        if (payers.contains("12990016") || payers.contains("12990024")) {
            EXPECT_EQ(payers.size(), 1U) << known.name;
        } else {
            EXPECT_EQ(payers.contains(b ? "88990023" : "88990015"), on <= last) << known.name;
            EXPECT_LE(payers.size(), 1U) << known.name;
        }
    }
    EXPECT_EQ(shares["88990015"], (std::set<int>{0}));
    EXPECT_EQ(shares["88990023"], (std::set<int>{0, 10}));
    EXPECT_EQ(shares["12990016"], (std::set<int>{0}));
    EXPECT_EQ(shares["12990024"], (std::set<int>{0}));
}

// Insurance first, then public expense: what clinics merge by rank.
TEST_F(CountryTest, NamedPublicExpenses) {
    const auto number_at = [this](const char* key, const char* holder) {
        const auto& all = country().person(key).identifiers;
        const auto at = std::ranges::find(all, holder, &Identifier::holder);
        return at == all.end() ? "" : at->number;
    };
    EXPECT_EQ(number_at("mei", "88990015"), "0000018");
    EXPECT_EQ(number_at("nozomi", "88990015"), "0000026");
    EXPECT_EQ(number_at("seiho", "12990016"), "0000018");
    EXPECT_EQ(number_at("haru", "88990015"), "");
    const auto& seiho = country().person("seiho");
    const auto rows = country().rows(seiho, seiho.identifiers.back());
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].text("valid_from"), "2026-06-10");
    EXPECT_EQ(rows[0].text("class"), "医療扶助（単独）");
}

TEST_F(CountryTest, EachCityInsuresItsOwnPeople) {
    std::map<std::string, std::size_t> seen;
    for (const auto& known : country().people()) {
        if (!known.key.empty()) continue;
        const bool b = known.resident.holder == "992020";
        for (const auto& identifier : known.identifiers) {
            ++seen[identifier.holder];
            EXPECT_NE(identifier.holder, b ? "990010" : "990028") << known.name;
            EXPECT_NE(identifier.holder, b ? "992016" : "992024") << known.name;
        }
    }
    for (const auto& id : holder_ids) {
        if (id != "12990016") EXPECT_GT(seen[id], 0U) << id;
    }
}

// Where both cities have the same package, the second's mapping differs in its head alone.
TEST(Data, TheSamePackageHasTheSameMapping) {
    const auto body = [](const std::string& id) {
        const auto text = read_file(country_folder() + "/holders/" + id + ".toml").value();
        return text.substr(text.find("[service."));
    };
    EXPECT_EQ(body("990010"), body("990028"));
    EXPECT_EQ(body("992016"), body("992024"));
    EXPECT_EQ(body("88990015"), body("88990023"));
    EXPECT_EQ(body("12990016"), body("12990024"));
}

// ---- what officers write later ----

TEST(Registers, LossesEnteredLaterCutTheRows) {
    Country country(50, 3);
    const auto end = [&](const std::string& id, const char* sql) {
        db::Connection connection(country.path() + "/holders/" + id + ".sqlite",
                                  db::Access::read_write);
        connection.run(sql);
        EXPECT_EQ(connection.changes(), 1);
    };
    end("06990014",
        "update member set lost_ymd = 20261001 where symbol = '21' and number = '1042'");
    end("990010",
        "update shikaku set soshitsu_bi = 5081001 where kojin_no = (select kojin_no from kojin"
        " where shimei = '厚労 花子')");
    end("39990015", "update 被保険者 set 資格喪失年月日 = '2026-10-01' where 氏名 = '厚労 ハル'");
    for (const auto* key : {"taro", "hanako", "haru"}) {
        EXPECT_FALSE(country.on_day(key, date("2026-09-30")).texts.empty()) << key;
        EXPECT_TRUE(country.on_day(key, date("2026-10-01")).texts.empty()) << key;
    }
}

// ---- options ----

TEST(Generate, RefusesWrongOptions) {
    const TempFolder folder;
    GenerateOptions options;
    options.out = folder.path("out");
    options.country = country_folder();
    options.on = on;
    options.people = 49;
    EXPECT_THROW(generate(options), OperatorError);
    options.people = 2'000'001;
    EXPECT_THROW(generate(options), OperatorError);
    options.people = 50;
    options.on = date("2026-10-01");  // a named child is not yet born
    EXPECT_THROW(generate(options), OperatorError);
    options.on = on;
    options.country = folder.path("nowhere");
    EXPECT_THROW(generate(options), OperatorError);
    EXPECT_FALSE(std::filesystem::exists(options.out));
}

TEST(Generate, RefusesAFullFolderAndTakesAnEmptyOne) {
    const TempFolder folder;
    GenerateOptions options;
    options.out = folder.path("out/");
    options.country = country_folder();
    options.on = date("2027-03-01");
    options.people = 50;
    std::filesystem::create_directory(options.out);
    generate(options);
    EXPECT_EQ(read_people(options.out + "people.ndjson").size(), 50U);
    EXPECT_FALSE(std::filesystem::exists(folder.path("out.unfinished")));
    EXPECT_THROW(generate(options), OperatorError);
}

// ---- the hand-written data ----

TEST(Data, OrganisationsHoldTogether) {
    const auto text = read_file(country_folder() + "/organisations.json").value();
    const auto object = parse_json_object(text).value();
    std::map<std::string, std::string> kinds;
    for (const auto& value : object.at("participants").as_array()) {
        const auto& one = value.as_object();
        EXPECT_TRUE(kinds.emplace(one.at("id").as_string(), one.at("kind").as_string()).second);
        EXPECT_FALSE(one.at("name").as_string().empty());
    }
    std::set<std::string> behind_gateways;
    for (const auto& value : object.at("gateways").as_array()) {
        for (const auto& holder : value.at("holders").as_array()) {
            EXPECT_TRUE(behind_gateways.emplace(holder.as_string()).second);
        }
    }
    auto all = holder_ids;
    all.insert(all.end(), pension_ids.begin(), pension_ids.end());
    all.insert(all.end(), municipality_ids.begin(), municipality_ids.end());
    all.emplace_back("ca");  // whose database is its program's
    all.emplace_back("issuer");
    EXPECT_EQ(behind_gateways, std::set<std::string>(all.begin(), all.end()));
    for (const auto& id : all) {
        auto holder = Config::load(country_folder() + "/holders/" + id + ".toml").table("holder");
        EXPECT_EQ(holder.text("kind"), kinds[id]);
    }
}

// Each municipality's window has a telephone, and none of them rings anywhere.
TEST(Data, WhomPeopleCall) {
    const auto text = read_file(country_folder() + "/organisations.json").value();
    const auto object = parse_json_object(text).value();
    const auto& telephones = object.at("telephones").as_object();
    const auto is_nobodys = [](const json::value& number) {
        const std::string_view digits = number.as_string();
        return digits.size() == 13 && digits.starts_with("050-0000-");
    };
    EXPECT_TRUE(is_nobodys(telephones.at("hotline")));
    std::set<std::string> windows;
    for (const auto& value : telephones.at("windows").as_array()) {
        const auto& one = value.as_object();
        EXPECT_TRUE(windows.emplace(one.at("municipality").as_string()).second);
        EXPECT_FALSE(one.at("name").as_string().empty());
        EXPECT_TRUE(is_nobodys(one.at("telephone")));
    }
    EXPECT_EQ(windows, std::set<std::string>(municipality_ids.begin(), municipality_ids.end()));
}

TEST(Data, SchemesAreStrictJson) {
    const auto text = read_file(country_folder() + "/schemes.json").value();
    const auto object = parse_json_object(text).value();
    std::vector<std::string> names;
    for (const auto& scheme : object.at("schemes").as_array()) {
        names.emplace_back(scheme.at("name").as_string());
    }
    EXPECT_EQ(names,
              (std::vector<std::string>{
                  "health-care-number", "insured-number", "care-insured-number", "subsidy-number",
                  "resident-number", "basic-pension-number", "npf-number", "employees-fund-number",
                  "pfa-number", "certificate-number", "issuing-number"}));
}

// ---- days ----

TEST(Calendar, PreschoolEndsInMarch) {
    // Born on 1 April: six years are complete on 31 March, so school begins the day after.
    EXPECT_EQ(preschool_last(date("2020-04-01")), date("2026-03-31"));
    EXPECT_EQ(preschool_last(date("2020-04-02")), date("2027-03-31"));
    EXPECT_EQ(preschool_last(date("2021-03-31")), date("2027-03-31"));
}

TEST(Calendar, SeventyCountsFromTheNextMonth) {
    EXPECT_EQ(seventy_share_from(date("1956-05-02")), date("2026-06-01"));
    EXPECT_EQ(seventy_share_from(date("1956-05-01")), date("2026-05-01"));
    EXPECT_EQ(seventy_share_from(date("1956-12-31")), date("2027-01-01"));
}

TEST(Calendar, BirthdaysOfLeapDays) {
    EXPECT_EQ(birthday(date("1952-02-29"), 75), date("2027-03-01"));
    EXPECT_EQ(reached_on(date("1952-02-29"), 65), date("2017-02-28"));
    EXPECT_EQ(age_on(date("1952-02-29"), date("2027-02-28")), 74);
    EXPECT_EQ(age_on(date("1986-05-01"), on), 40);
}

TEST(Calendar, Eras) {
    EXPECT_EQ(era_date(date("1986-05-01")), 3610501);
    EXPECT_EQ(era_date(date("1926-12-24")), 2151224);
    EXPECT_EQ(era_date(date("1926-12-25")), 3011225);
    EXPECT_EQ(era_date(date("1989-01-07")), 3640107);
    EXPECT_EQ(era_date(date("1989-01-08")), 4010108);
    EXPECT_EQ(era_date(date("2019-04-30")), 4310430);
    EXPECT_EQ(era_date(date("2019-05-01")), 5010501);
}

}  // namespace
}  // namespace mado::country
