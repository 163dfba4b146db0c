// What the demo country's pension holders answer about everybody: a gateway's own reading of the
// mappings, the generated databases, the contract, the rules of lib/benefit.
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>

#include "base/config.hpp"
#include "base/file.hpp"
#include "base/temp_folder.hpp"
#include "benefit/tables.hpp"
#include "db/db.hpp"
#include "gateway/records.hpp"
#include "generate.hpp"
#include "wire/services/catalogue.hpp"
#include "wire/test_wire.hpp"

namespace mado {
namespace {

const std::vector<std::string> holder_ids{"kikin-1", "nenkin", "npf", "pfa"};
const Date today = parse_date("2026-11-22").value();

struct Known {
    std::string birth_date;
    std::map<std::string, std::string> numbers;  // by pension holder
};

wire::Directory directory() {
    const wire::TestCountry country;
    std::string pensions;
    std::uint8_t certificate = 20;
    for (const auto& id : holder_ids) {
        pensions +=
            fmt::format(R"({{"id":"{}","name":"年金","kind":"pension","certificates":["{}"],)"
                        R"("signing_keys":[{{"kid":"{}","jwk":{}}}],)"
                        R"("services":["pension","notices","notice"],"addresses":[]}},)",
                        id, base64url(wire::filled(certificate++)), wire::kid_of(country.insurer),
                        country.insurer.public_key().jwk());
    }
    constexpr std::string_view relay = R"({"id":"relay")";
    const auto text =
        wire::replaced(country.directory_json(), relay, pensions + std::string(relay));
    return wire::valid(
        wire::open_directory(country.sign_directory(text), country.authority.public_key()));
}

class Pensions : public testing::Test {
  protected:
    static void SetUpTestSuite() { shared() = std::make_unique<Holders>(); }
    static void TearDownTestSuite() { shared().reset(); }

    // A generated country, and the holders' databases as their gateways read them.
    struct Holders {
        Holders() {
            country::GenerateOptions options;
            options.out = folder.path("country");
            options.country = "country/jp";
            options.people = 1000;
            options.on = today;
            country::generate(options);
            std::ifstream lines(options.out + "/people.ndjson");
            for (std::string line; std::getline(lines, line);)
                read(json::parse(line).as_object());
            for (const auto& id : holder_ids) {
                records.try_emplace(id, "country/jp/holders/" + id + ".toml",
                                    options.out + "/holders/" + id + ".sqlite", known_holders,
                                    schemes);
            }
        }
        void read(const json::object& line) {
            Known known{.birth_date = std::string(line.at("birth_date").as_string()),
                        .numbers = {}};
            for (const auto& one : line.at("identifiers").as_array()) {
                const std::string holder(one.at("holder").as_string());
                if (std::ranges::find(holder_ids, holder) == holder_ids.end()) continue;
                known.numbers[holder] = one.at("fields").at("number").as_string();
            }
            if (line.at("key").is_string()) {
                named[std::string(line.at("key").as_string())] = known;
            }
            everybody.push_back(std::move(known));
        }

        TempFolder folder;
        wire::Directory known_holders = directory();
        wire::Schemes schemes =
            wire::valid(wire::Schemes::parse(*read_file("country/jp/schemes.json")));
        std::vector<Known> everybody;
        std::map<std::string, Known> named;
        std::map<std::string, gateway::Records> records;
    };
    static std::unique_ptr<Holders>& shared() {
        static std::unique_ptr<Holders> holders;
        return holders;
    }

    static wire::ServiceAnswer ask(const std::string& holder, const std::string& number) {
        auto& records = shared()->records.at(holder);
        return records.answer(wire::service_id("pension"), {.holder = records.holder(),
                                                            .number = {{"number", number}},
                                                            .birth_date = {},
                                                            .parameters = {},
                                                            .today = today});
    }
    static json::object document(const std::string& holder, const std::string& number) {
        auto answer = ask(holder, number);
        EXPECT_EQ(answer.outcome, wire::Outcome::answered) << holder << " " << number;
        return std::move(*answer.data);
    }
    // Of the first category, as far as it can still be paid today.
    static std::int64_t unpaid_yen(const json::object& data, const std::string& birth_date) {
        std::int64_t yen = 0;
        for (const auto& one : data.at("months").as_array()) {
            if (one.at("status").as_string() != "unpaid") continue;
            if (one.at("category").as_string() != "first") continue;
            if (!one.as_object().contains("payable_until")) continue;
            const auto month = parse_date(std::string(one.at("month").as_string()) + "-01").value();
            yen += benefit::national_premium_yen(month.year() / month.month(),
                                                 parse_date(birth_date).value())
                       .value();
        }
        return yen;
    }
    static json::object of(const std::string& key, const std::string& holder = "nenkin") {
        return document(holder, shared()->named.at(key).numbers.at(holder));
    }
};

// ---- everybody ----

TEST_F(Pensions, EverybodyOfTwentyHasADocumentThatHoldsTogether) {
    std::map<std::string, std::size_t> bodies;
    std::map<std::string, std::size_t> statuses;
    for (const auto& known : shared()->everybody) {
        const auto twenty = parse_date("2006-11-23").value();  // 20 on the day before the birthday
        EXPECT_EQ(known.numbers.contains("nenkin"), parse_date(known.birth_date).value() <= twenty);
        for (const auto& [holder, number] : known.numbers) {
            const auto data = document(holder, number);
            EXPECT_EQ(data.at("birth_date").as_string(), known.birth_date) << holder;
            EXPECT_EQ(data.at("recorded_to").as_string(), "2026-09");
            EXPECT_TRUE(data.at("expected").is_null() == data.contains("expected_unknown"));
            EXPECT_LT(json::serialize(data).size(), 200'000U);
            bodies[std::string(data.at("body").as_string())] += 1;
            if (holder != "nenkin") continue;
            for (const auto& month : data.at("months").as_array())
                statuses[std::string(month.at("status").as_string())] += 1;
        }
    }
    EXPECT_GT(bodies["state"], 700U);
    EXPECT_GT(bodies["national-fund"], 3U);
    EXPECT_GT(bodies["employees-fund"], 5U);
    EXPECT_GT(bodies["federation"], 20U);
    for (const auto* status :
         {"paid", "unpaid", "exempt-full", "exempt-three-quarters", "exempt-half", "exempt-quarter",
          "student", "deferred", "employees", "third", "empty", "not-joined"}) {
        EXPECT_GT(statuses[status], 0U) << status;
    }
}

// What the state reminds somebody of is what its record says.
TEST_F(Pensions, WhatIsAskedForIsWhatIsUnpaid) {
    auto& records = shared()->records.at("nenkin");
    std::size_t reminded = 0;
    for (const auto& known : shared()->everybody) {
        const auto number = known.numbers.find("nenkin");
        if (number == known.numbers.end()) continue;
        const auto answer = records.answer(wire::service_id("notices"),
                                           {.holder = records.holder(),
                                            .number = {{"number", number->second}},
                                            .birth_date = {},
                                            .parameters = {{"from", "2026-11"}, {"to", "2026-11"}},
                                            .today = today});
        ASSERT_EQ(answer.outcome, wire::Outcome::answered);
        for (const auto& notice : answer.data->at("notices").as_array()) {
            if (!notice.as_object().contains("amount_yen")) continue;
            ++reminded;
            const auto data = document("nenkin", number->second);
            EXPECT_EQ(notice.at("amount_yen").as_int64(), unpaid_yen(data, known.birth_date))
                << known.birth_date;
        }
    }
    EXPECT_GT(reminded, 5U);
}

TEST_F(Pensions, NobodyHasANumberOfAnother) {
    std::set<std::string> seen;
    for (const auto& known : shared()->everybody) {
        for (const auto& [holder, number] : known.numbers) {
            EXPECT_TRUE(seen.insert(holder + " " + number).second) << holder << " " << number;
            for (const auto& other : holder_ids) {
                if (other != holder) {
                    EXPECT_EQ(ask(other, number).outcome, wire::Outcome::no_match);
                }
            }
        }
    }
}

TEST_F(Pensions, NoTableIsReadFromItsFirstRowToItsLast) {
    for (const auto& holder : holder_ids) {
        db::Connection connection(shared()->folder.path("country/holders/" + holder + ".sqlite"),
                                  db::Access::read_only);
        std::set<std::string> tables;
        auto names = connection.prepare("select name from sqlite_schema where type = 'table'");
        while (names.step())
            tables.insert("SCAN " + names.text(0));
        auto file = Config::load("country/jp/holders/" + holder + ".toml");
        auto service = file.table("service").table("pension");
        for (const auto* select : {"rows", "items"}) {
            auto plan = connection.prepare("explain query plan " + service.text(select));
            while (plan.step())
                EXPECT_FALSE(tables.contains(plan.text(3))) << holder << " " << plan.text(3);
        }
    }
}

// ---- the named people: every state of the page once ----

std::string status_of(const json::object& data, std::string_view month) {
    for (const auto& one : data.at("months").as_array()) {
        if (one.at("month").as_string() == month) return std::string(one.at("status").as_string());
    }
    return "";
}

std::string reasons_of(const json::object& data) {
    const auto& fund = data.at("national_fund").as_object();
    return fund.at("possible").as_bool() ? "possible" : json::serialize(fund.at("reasons"));
}

std::int64_t yearly_yen(const json::value& claims, std::int64_t age, std::string_view scheme) {
    std::int64_t sum = 0;
    for (const auto& claim : claims.as_array()) {
        if (claim.at("age").as_int64() != age) continue;
        for (const auto& part : claim.at("parts").as_array()) {
            if (part.at("scheme").as_string() == scheme) sum += part.at("yearly_yen").as_int64();
        }
    }
    return sum;
}

TEST_F(Pensions, Hanako) {
    const auto data = of("hanako");
    EXPECT_EQ(data.at("months").as_array().front().at("month").as_string(), "2006-04");
    EXPECT_EQ(status_of(data, "2006-04"), "student");
    EXPECT_EQ(status_of(data, "2009-04"), "employees");
    EXPECT_EQ(status_of(data, "2026-03"), "employees");
    EXPECT_EQ(status_of(data, "2026-06"), "paid");
    EXPECT_EQ(status_of(data, "2026-07"), "unpaid");
    EXPECT_EQ(status_of(data, "2026-08"), "unpaid");
    EXPECT_EQ(status_of(data, "2026-09"), "paid");
    EXPECT_EQ(reasons_of(data), "possible");
    // 244 of 480 months; four months at 17,920 yen this year.
    EXPECT_EQ(data.at("expected").at("counted_months").as_int64(), 244);
    EXPECT_EQ(data.at("years").as_array().back().at("yen").as_int64(), 4 * 17'920);
    // Paid: 204 employed, 4 alone; the student's 36 count for the 120 only.
    EXPECT_EQ(yearly_yen(data.at("expected").at("so_far"), 65, "national"), 367'163);
    EXPECT_EQ(shared()->named.at("hanako").numbers.count("kikin-1"), 0U);
}

// The state pays what her year in the fund lacks; the federation has taken the fund's place.
TEST_F(Pensions, HanakosFederation) {
    const auto data = of("hanako", "pfa");
    EXPECT_EQ(data.at("body").as_string(), "federation");
    EXPECT_EQ(data.at("spans").at(0).at("from").as_string(), "2009-04");
    EXPECT_EQ(data.at("spans").at(0).at("to").as_string(), "2010-03");
    // At least what the state would owe for it: (200,000 × 12 + 300,000 × 2) × 5.481 ÷ 1000.
    EXPECT_GE(yearly_yen(data.at("expected").at("continued"), 65, "employees-fund"), 16'443);
}

TEST_F(Pensions, WhyTheNationalFundIsNotPossible) {
    EXPECT_EQ(reasons_of(of("taro")), R"(["second-category"])");
    EXPECT_EQ(reasons_of(of("futae")), R"(["second-category"])");
    EXPECT_EQ(reasons_of(of("sango")), R"(["third-category"])");
    EXPECT_EQ(reasons_of(of("nguyen")), R"(["exempt"])");
    EXPECT_EQ(reasons_of(of("sato-2")), R"(["exempt"])");
    EXPECT_EQ(reasons_of(of("seiho")), R"(["exempt"])");
    EXPECT_EQ(reasons_of(of("ninkei")), R"(["too-old"])");
    EXPECT_EQ(reasons_of(of("kikin")), R"(["already-member"])");
    EXPECT_EQ(reasons_of(of("haru")), R"(["too-old","receiving"])");
    EXPECT_EQ(reasons_of(of("sango-husband")), R"(["too-old","receiving"])");
    EXPECT_EQ(reasons_of(of("kiroku")), "possible") << "a voluntary member of 63";
    EXPECT_EQ(reasons_of(of("jiei")), "possible");
    const auto jiei = of("jiei");
    const auto& first = jiei.at("national_fund").at("joining").at(0).at("first");
    EXPECT_FALSE(first.at("A").at("premium_yen").is_null());
}

TEST_F(Pensions, MembersOfTheNationalFund) {
    const auto member = of("kikin", "npf");
    EXPECT_TRUE(member.at("spans").at(0).at("to").is_null());
    EXPECT_EQ(member.at("years").as_array().back().at("yen").as_int64(), 6 * (11'880 + 3'635));
    EXPECT_EQ(yearly_yen(member.at("expected").at("continued"), 65, "national-fund"), 360'000);
    const auto former = of("sato-1", "npf");
    EXPECT_EQ(former.at("spans").at(0).at("to").as_string(), "2012-06");
    EXPECT_EQ(reasons_of(of("sato-1")), R"(["second-category"])");
}

// The fund has written to her: an answer, in which nothing is joined, paid or promised.
TEST_F(Pensions, WhoIsOnlyInvitedHasJoinedNothing) {
    for (const auto* key : {"hanako", "jiei"}) {
        const auto invited = of(key, "npf");
        EXPECT_EQ(invited.at("body").as_string(), "national-fund");
        EXPECT_TRUE(invited.at("spans").as_array().empty());
        EXPECT_TRUE(invited.at("years").as_array().empty());
        EXPECT_TRUE(invited.at("receiving").is_null());
        EXPECT_TRUE(invited.at("expected").is_null());
        EXPECT_EQ(invited.at("expected_unknown").as_string(), "not-joined");
        EXPECT_EQ(invited.at("office").at("name").as_string(), "加入相談室");
        EXPECT_EQ(reasons_of(of(key)), "possible");
    }
}

TEST_F(Pensions, WhoReceives) {
    const auto haru = of("haru");
    EXPECT_EQ(haru.at("receiving").at("since").as_string(), "2012-07");
    EXPECT_EQ(haru.at("expected_unknown").as_string(), "receiving");
    EXPECT_EQ(status_of(haru, "1971-04"), "empty");
    EXPECT_EQ(status_of(haru, "1986-04"), "third");
    EXPECT_EQ(haru.at("months").as_array().back().at("month").as_string(), "2007-05");
    EXPECT_EQ(of("sango-husband").at("receiving").at("since").as_string(), "2026-06");
}

TEST_F(Pensions, WhoDoesNotQualify) {
    const auto tokubetsu = of("tokubetsu");
    EXPECT_TRUE(tokubetsu.at("expected").at("continued").as_array().empty());
    EXPECT_EQ(tokubetsu.at("expected").at("counted_months").as_int64(), 67);
    const auto nguyen = of("nguyen");
    EXPECT_FALSE(nguyen.at("expected").at("qualifies").as_bool());
    EXPECT_FALSE(nguyen.at("expected").at("continued").as_array().empty());
}

// The husband's employment ended in 2024, and nobody told the state: she is still third.
TEST_F(Pensions, ThirdCategoryThatWasNeverEnded) {
    EXPECT_EQ(status_of(of("sango-husband"), "2024-05"), "employees");
    EXPECT_EQ(status_of(of("sango"), "2026-09"), "third");
}

TEST_F(Pensions, TwoEmployersAtOnce) {
    const auto data = of("futae");
    const auto& months = data.at("months").as_array();
    EXPECT_EQ(months.back().at("pay_yen").as_int64(), 560'000);
    EXPECT_EQ(months.back().at("category").as_string(), "second");
}

// What he earned in those years is in a record that nobody has joined to his number.
TEST_F(Pensions, AGapThatIsNotHisFault) {
    const auto data = of("kiroku");
    EXPECT_EQ(status_of(data, "1983-02"), "not-joined");
    EXPECT_EQ(status_of(data, "1988-09"), "not-joined");
    EXPECT_EQ(status_of(data, "1988-10"), "employees");
    EXPECT_EQ(data.at("months").as_array().back().at("category").as_string(), "voluntary");
    db::Connection connection(shared()->folder.path("country/holders/nenkin.sqlite"),
                              db::Access::read_only);
    auto old =
        connection.prepare("select shimei_kana from mitogo where jigyosho_mei = '大川製鋼所'");
    ASSERT_TRUE(old.step());
    EXPECT_EQ(old.text(0), "アンドオ セイイチ");
    EXPECT_FALSE(json::serialize(data).contains("大川製鋼所"));
}

TEST_F(Pensions, WelfareIsExemptByLaw) {
    EXPECT_EQ(status_of(of("seiho"), "2026-06"), "exempt-full");
}

// The fund pays in the state's place: what the state still owes is the revaluation, which no table
// has, and the months before the fund.
TEST_F(Pensions, TaroIsInHisEmployersFund) {
    const auto state = of("taro");
    EXPECT_TRUE(state.at("months").as_array().back().at("fund").as_bool());
    EXPECT_FALSE(state.at("years").as_array().back().as_object().contains("months_unknown"));
    const auto fund = of("taro", "kikin-1");
    const auto from_state = yearly_yen(state.at("expected").at("so_far"), 65, "employees");
    const auto from_fund = yearly_yen(fund.at("expected").at("so_far"), 65, "employees-fund");
    EXPECT_LT(from_state, 50'000);
    EXPECT_GT(from_fund, 500'000);
}

}  // namespace
}  // namespace mado
