// What the demo country's pension holders answer about everybody: a gateway's own reading of the
// mappings, the generated databases, the contract, the rules of lib/benefit.
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>

#include "base/file.hpp"
#include "base/temp_folder.hpp"
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
        pensions += fmt::format(
            R"({{"id":"{}","name":"年金","kind":"pension","certificates":["{}"],)"
            R"("signing_keys":[{{"kid":"{}","jwk":{}}}],"services":["pension"],"addresses":[]}},)",
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
        auto parameters =
            wire::valid(wire::read_parameters(*wire::find_contract("pension"), {}, today));
        return records.answer(wire::service_id("pension"), {.holder = records.holder(),
                                                            .number = {{"number", number}},
                                                            .birth_date = {},
                                                            .parameters = std::move(parameters)});
    }
    static json::object document(const std::string& holder, const std::string& number) {
        auto answer = ask(holder, number);
        EXPECT_EQ(answer.outcome, wire::Outcome::answered) << holder << " " << number;
        return std::move(*answer.data);
    }
    static json::object of(const std::string& key, const std::string& holder = "nenkin") {
        return document(holder, shared()->named.at(key).numbers.at(holder));
    }
};

TEST_F(Pensions, Dump) {
    for (const auto& [key, known] : shared()->named) {
        for (const auto& [holder, number] : known.numbers) {
            std::ofstream("/tmp/pp/dump/" + key + "." + holder + ".json")
                << json::serialize(document(holder, number));
        }
    }
}

}  // namespace
}  // namespace mado
