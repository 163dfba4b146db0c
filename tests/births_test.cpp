// A birth at the demo country's municipalities and at national health insurance: a gateway's own
// reading of the mappings, the generated databases with their own triggers.
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <filesystem>
#include <fstream>

#include "base/check_digit.hpp"
#include "base/file.hpp"
#include "base/temp_folder.hpp"
#include "crypto/digest.hpp"
#include "db/db.hpp"
#include "gateway/records.hpp"
#include "generate.hpp"
#include "matching/tables.hpp"
#include "wire/services/catalogue.hpp"
#include "wire/test_wire.hpp"

namespace mado {
namespace {

namespace json = boost::json;

const Date today = parse_date("2026-11-22").value();
const std::vector<std::pair<std::string, std::string>> kinds{
    {"12990016", "public-expense"}, {"12990024", "public-expense"}, {"88990015", "public-expense"},
    {"88990023", "public-expense"}, {"990010", "medical-insurer"},  {"990028", "medical-insurer"},
    {"992011", "municipality"},     {"992016", "care-insurer"},     {"992020", "municipality"},
    {"992024", "care-insurer"}};

wire::Directory directory() {
    const wire::TestCountry country;
    std::string before;
    std::string after;
    std::uint8_t certificate = 20;
    for (const auto& [id, kind] : kinds) {
        before += fmt::format(R"({{"id":"{}","name":"…","kind":"{}","certificates":["{}"],)"
                              R"("signing_keys":[],"services":["existence"],"addresses":[]}},)",
                              id, kind, base64url(wire::filled(certificate++)));
    }
    constexpr std::string_view clinic = R"({"id":"clinic-1")";
    const auto text =
        wire::replaced(country.directory_json(), clinic, before + std::string(clinic));
    return wire::valid(
        wire::open_directory(country.sign_directory(text), country.authority.public_key()));
}

using Number = std::map<std::string, std::string, std::less<>>;

class Births : public testing::Test {
  protected:
    Births() {
        country::GenerateOptions options;
        options.out = folder.path("country");
        options.country = "country/jp";
        options.people = 200;
        options.on = today;
        country::generate(options);
    }
    gateway::Records& records(const std::string& id) {
        auto& one = open_[id];
        if (!one) {
            one = std::make_unique<gateway::Records>("country/jp/holders/" + id + ".toml",
                                                     database(id), directory_, schemes_);
        }
        return *one;
    }
    [[nodiscard]] std::string database(const std::string& id) const {
        return folder.path("country/holders/" + id + ".sqlite");
    }
    struct Asked {
        std::string holder, service;
        Number number = {};
        json::object payload = {};
        std::string order = base64url(crypto::random_hash());
        std::string birth_date = {};
    };
    // As the gateway does with an order: what the holder answers, takes in, and then answers.
    std::string ask(const Asked& asked) {
        const auto service = wire::service_id(asked.service);
        const auto& contract = *wire::find_contract(asked.service);
        auto& holder = records(asked.holder);
        wire::ServiceQuestion question{
            .holder = holder.holder(),
            .number = asked.number,
            .birth_date = {},
            .parameters = wire::valid(wire::read_parameters(contract, {}, today)),
            .payload = {},
            .order_id = asked.order,
            .now = unix_now(),
            .today = today,
            .tables = &tables_};
        if (!asked.birth_date.empty()) question.birth_date = parse_date(asked.birth_date).value();
        if (!contract.payload.empty()) {
            question.payload =
                wire::valid(wire::read_payload(contract, json::serialize(asked.payload)));
        }
        auto answer = holder.answer(service, question);
        if (contract.act == wire::Act::tell && answer.outcome == wire::Outcome::answered) {
            holder.apply(service, question, {.id = asked.order, .time = 1'795'300'000});
            answer = holder.answer(service, question);
        }
        if (answer.outcome != wire::Outcome::answered) {
            return std::string(wire::to_text(answer.outcome));
        }
        return json::serialize(*answer.data);
    }
    // Somebody's resident number and birth date, as the issuing centre knows them.
    json::object somebody_of(const std::string& municipality) const {
        std::ifstream lines(folder.path("country/people.ndjson"));
        for (std::string line; std::getline(lines, line);) {
            auto person = wire::valid(parse_json_object(line));
            const auto& resident = person.at("resident").as_object();
            if (resident.at("municipality").as_string() == municipality) return person;
        }
        throw Failure("nobody lives there");
    }
    static std::string resident_number(const json::object& person) {
        return std::string(person.at("resident").at("number").as_string());
    }
    // Of the parent; named in the notice where the order cannot name them.
    static json::object notice(const json::object& parent, const char* name = "厚労 葵") {
        return {{"name", name},
                {"kana", "コウロウ アオイ"},
                {"birth_date", "2026-11-20"},
                {"sex", "male"},
                {"relation", "長男"},
                {"parent_number", resident_number(parent)},
                {"parent_birth_date", parent.at("birth_date")}};
    }
    std::int64_t count(const std::string& id, const std::string& table) const {
        db::Connection connection(database(id), db::Access::read_only);
        auto rows = connection.prepare("select count(*) from " + table);
        rows.step();
        return rows.integer(0);
    }

    TempFolder folder;

  private:
    wire::Directory directory_ = directory();
    wire::Schemes schemes_ =
        wire::valid(wire::Schemes::parse(read_file("country/jp/schemes.json").value()));
    matching::Tables tables_ =
        wire::valid(matching::Tables::parse(read_file("country/jp/writing.json").value()));
    std::map<std::string, std::unique_ptr<gateway::Records>> open_;
};

std::string number_in(const std::string& data) {
    return std::string(wire::valid(parse_json_object(data)).at("number").as_string());
}

TEST_F(Births, EveryMappingIsRead) {
    for (const auto& [id, kind] : kinds)
        EXPECT_EQ(records(id).holder().id.text(), id);
}

// Both registers, with the parent unlinked: the order has no number.
TEST_F(Births, AMunicipalityGivesTheNumber) {
    for (const auto* municipality : {"992011", "992020"}) {
        const auto parent = somebody_of(municipality);
        const Asked birth{.holder = municipality, .service = "birth", .payload = notice(parent)};
        const auto data = ask(birth);
        const auto number = number_in(data);
        EXPECT_TRUE(resident_valid(number)) << number;
        EXPECT_TRUE(number.starts_with("992"));
        EXPECT_EQ(ask(birth), data) << "the same order";
        auto again = birth;
        again.order = base64url(crypto::random_hash());
        EXPECT_EQ(ask(again), data) << "the same child";
        again.order = base64url(crypto::random_hash());
        again.payload["name"] = "厚労 茜";
        EXPECT_NE(number_in(ask(again)), number) << "a twin";
        // The register knows the child from now on, at the parent's address.
        const auto found = ask({.holder = municipality,
                                .service = "existence",
                                .number = {{"number", number}},
                                .payload = {{"name", "厚労 葵"},
                                            {"kana", "コウロウ アオイ"},
                                            {"sex", "male"},
                                            {"address", parent.at("address")}},
                                .birth_date = "2026-11-20"});
        EXPECT_TRUE(found.contains(R"("verdict":"same","current":true)")) << found;
    }
}

TEST_F(Births, WhoIsNotTheParentIsNobody) {
    const auto parent = somebody_of("992011");
    Asked birth{.holder = "992011", .service = "birth", .payload = notice(parent)};
    const auto outcome = [&](const char* member, const json::value& value) {
        auto one = birth;
        one.payload[member] = value;
        return ask(one);
    };
    EXPECT_EQ(outcome("parent_birth_date", "1901-01-01"), "no_match");
    EXPECT_EQ(outcome("parent_number", "99999999999"), "no_match");
    birth.number = {{"number", "99999999999"}};
    EXPECT_EQ(ask(birth), "no_match") << "the order and the notice name two";
    birth.number = {};
    birth.payload.erase("parent_number");
    EXPECT_EQ(ask(birth), "no_match") << "nobody is named";
    birth.number = {{"number", resident_number(parent)}};
    EXPECT_NE(ask(birth), "no_match") << "the order alone names the parent";
    EXPECT_EQ(count("992011", "出生届"), 1);
}

// Without a number to give nothing is taken in, and the tell waits.
TEST_F(Births, NoNumberIsLeft) {
    db::Connection(database("992011"), db::Access::read_write).run("delete from 未使用番号");
    db::Connection(database("992020"), db::Access::read_write).run("delete from bango_zaiko");
    for (const auto* municipality : {"992011", "992020"}) {
        EXPECT_THROW(ask({.holder = municipality,
                          .service = "birth",
                          .payload = notice(somebody_of(municipality))}),
                     Failure);
    }
    EXPECT_EQ(count("992011", "出生届"), 0);
}

// ---- 国保 ----

class CityFilings : public Births {
  protected:
    const Number hanako{{"symbol", "あいう"}, {"number", "0000187"}, {"branch", "01"}};
    Asked filing(const char* name = "厚労 葵") const {
        return {.holder = "990010",
                .service = "dependant",
                .number = hanako,
                .payload = {{"name", name},
                            {"kana", "コウロウ アオイ"},
                            {"birth_date", "2026-11-20"},
                            {"sex", "male"},
                            {"relation", "長男"}}};
    }
    std::string eligibility(const std::string& branch) {
        return ask({.holder = "990010",
                    .service = "eligibility",
                    .number = {{"symbol", "あいう"}, {"number", "0000187"}, {"branch", branch}},
                    .birth_date = "2026-11-20"});
    }
    std::string filings() {
        return ask({.holder = "990010", .service = "dependants", .number = hanako});
    }
    void decide(const char* what) const {
        db::Connection(database("990010"), db::Access::read_write)
            .run(std::string("update todoke set kettei_bi = 5081126, ") + what);
    }
    const std::string second =
        R"({"symbol":"あいう","number":"0000187","branch":"02","provisional":true})";
};

TEST_F(CityFilings, OnceForEachChild) {
    EXPECT_EQ(filings(), R"({"filings":[]})");
    const auto first = filing();
    EXPECT_EQ(ask(first), second);
    EXPECT_EQ(ask(first), second);
    EXPECT_EQ(ask(filing()), second);
    EXPECT_TRUE(ask(filing("厚労 茜")).contains(R"("branch":"03")"));
    const auto found = eligibility("02");
    EXPECT_TRUE(found.contains(R"("share_percent":20,"guarantee":false)")) << found;
    EXPECT_TRUE(found.contains(R"("provisional":true)")) << found;
    EXPECT_TRUE(filings().contains(R"("outcome":"waiting")"));
    auto other = filing();
    other.number["branch"] = "09";
    EXPECT_EQ(ask(other), "no_match");
    other = filing();
    other.payload["birth_date"] = "2026-03-31";  // she came on 1 April
    EXPECT_EQ(ask(other), "no_match");
}

TEST_F(CityFilings, Accepted) {
    ask(filing());
    decide("kekka = 1");
    const auto found = eligibility("02");
    EXPECT_TRUE(found.contains(R"("guarantee":true)")) << found;
    EXPECT_FALSE(found.contains("provisional"));
    EXPECT_TRUE(filings().contains(R"("outcome":"accepted")"));
}

TEST_F(CityFilings, RefusedWasNeverInsured) {
    ask(filing());
    ask(filing());
    decide("kekka = 2, riyu = '父の健康保険の被扶養者'");
    EXPECT_EQ(eligibility("02"), R"({"on":"2026-11-22","result":"not_on_this_date","payers":[],)"
                                 R"("end_reason":"資格取得の届出を認めず"})");
    EXPECT_TRUE(filings().contains(R"("outcome":"refused","reason":"父の健康保険の被扶養者")"));
    EXPECT_FALSE(filings().contains("waiting"));
    EXPECT_TRUE(ask(filing()).contains(R"("branch":"03")")) << "filed anew";
}

}  // namespace
}  // namespace mado
