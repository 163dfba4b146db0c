#include "wire/services/existence.hpp"

#include <boost/json.hpp>

#include "wire/services/test_rows.hpp"

namespace mado::wire {
namespace {

Row resident() {
    return {.values = {{"symbol", "21"},
                       {"number", "1042"},
                       {"branch", "00"},
                       {"name", "髙橋　花子"},
                       {"kana", "ﾀｶﾊｼ ﾊﾅｺ"},
                       {"birth_date", "1986-05-01"},
                       {"sex", "female"},
                       {"address", "A市上山一丁目２番３号"},
                       {"from", "2020-04-01"},
                       {"as_of", std::int64_t{test_now - 3600}}}};
}

class Existence : public ServiceTest {
  protected:
    Existence() : ServiceTest("existence", {}, {{"symbol", "21"}, {"number", "1042"}}) {
        birth_date_ = valid(parse_date("1986-05-01"));
        payload_ = valid(read_payload(
            contract_, R"({"name":"髙橋 花子","kana":"タカハシ ハナコ","sex":"female",)"
                       R"("address":"A市上山1-2-3"})"));
        tables_ = valid(matching::Tables::parse(
            R"({"sources":{},"variants":[["高","髙","T"]],"mistaken":[],"look_alikes":[],)"
            R"("prefectures":[],"municipalities":[]})"));
    }
    std::string text(const std::vector<Row>& rows) { return json::serialize(data(rows)); }
};

TEST_F(Existence, TheSameIsSaidWithoutAnythingOfTheRegister) {
    EXPECT_EQ(text({resident()}),
              R"({"verdict":"same","current":true,"attributes":{)"
              R"("name":{"verdict":"same","rules":["space"]},)"
              R"("kana":{"verdict":"same","rules":["width"]},)"
              R"("birth_date":{"verdict":"same","rules":[]},"sex":{"verdict":"same","rules":[]},)"
              R"("address":{"verdict":"same","rules":["width","kanji-numeral","chome"]}}})");
}

TEST_F(Existence, AnotherWritingIsShownBesideItsRule) {
    const auto found = data({with(resident(), "name", "高橋 花子")});
    EXPECT_EQ(found.at("verdict").as_string(), "variant");
    EXPECT_EQ(json::serialize(found.at("attributes").at("name")),
              R"({"verdict":"variant","rules":["itaiji"],"writing":"高橋 花子"})");
    EXPECT_FALSE(found.at("attributes").at("address").as_object().contains("writing"));
}

TEST_F(Existence, WhatDiffersIsShownAlone) {
    const auto found = data({with(resident(), "address", "A市駅前9-9")});
    EXPECT_EQ(found.at("verdict").as_string(), "different");
    EXPECT_EQ(json::serialize(found.at("attributes").at("address")),
              R"({"verdict":"different","rules":[],"writing":"A市駅前9-9"})");
    EXPECT_FALSE(found.at("attributes").at("name").as_object().contains("writing"));
}

// Somebody else's number and, by chance or not, birth date.
TEST_F(Existence, OfAnotherPersonNothingIsShown) {
    const auto found = data({with(with(with(resident(), "name", "鈴木 文"), "kana", "スズキ アヤ"),
                                  "address", "B市下川2-7")});
    EXPECT_EQ(found.at("verdict").as_string(), "different");
    for (const auto& [name, attribute] : found.at("attributes").as_object())
        EXPECT_FALSE(attribute.as_object().contains("writing")) << name;
}

TEST_F(Existence, EveryMissIsTheSame) {
    EXPECT_EQ(outcome({}), Outcome::no_match);
    EXPECT_EQ(outcome({with(resident(), "number", "01042")}), Outcome::no_match);
    EXPECT_EQ(outcome({with(resident(), "symbol", "22")}), Outcome::no_match);
    EXPECT_EQ(outcome({with(resident(), "birth_date", "1986-05-02")}), Outcome::no_match);
    birth_date_.reset();
    EXPECT_EQ(outcome({resident()}), Outcome::no_match);
}

// However alike one of them writes: twins share number and birth date.
TEST_F(Existence, TwoPeopleAreNotToldApartByTheirNames) {
    EXPECT_EQ(outcome({with(resident(), "branch", ""),
                       with(with(resident(), "branch", ""), "name", "髙橋 月子")}),
              Outcome::several_match);
}

TEST_F(Existence, CurrentIsWhoeverIsInTheRegisterOnTheOrdersDay) {
    const auto current = [this](const std::vector<Row>& rows) {
        return data(rows).at("current").as_bool();
    };
    EXPECT_TRUE(current({resident()}));
    EXPECT_TRUE(current({with(resident(), "to", "2026-11-22")}));
    EXPECT_FALSE(current({with(resident(), "to", "2026-11-21")}));
    EXPECT_FALSE(current({with(resident(), "from", "2026-11-23")}));
    EXPECT_TRUE(current({with(resident(), "from", std::monostate())}));
    EXPECT_TRUE(
        current({with(resident(), "to", "2020-01-01"), with(resident(), "from", "2022-01-01")}));
}

TEST_F(Existence, TheNewestRowIsTheRegistersWriting) {
    const auto old = with(with(resident(), "address", "A市駅前9-9"), "to", "2021-03-31");
    EXPECT_EQ(data({old, with(resident(), "from", "2021-04-01")}).at("verdict").as_string(),
              "same");
}

// Without an address namesakes of one day could be taken for each other.
TEST_F(Existence, WithoutAnAddressTheRegistryHasToKnowThatThereIsOnlyOne) {
    const auto row = with(resident(), "address", std::monostate());
    const auto found = data({row});
    EXPECT_EQ(found.at("verdict").as_string(), "variant");
    EXPECT_EQ(json::serialize(found.at("rules")), R"(["too-little"])");
    payload_.values["only_one"] = std::int64_t{1};
    EXPECT_EQ(data({row}).at("verdict").as_string(), "same");
    payload_.values["only_one"] = std::int64_t{2};
    EXPECT_EQ(data({row}).at("verdict").as_string(), "variant");
}

TEST_F(Existence, PayloadsOfAnotherForm) {
    for (const auto* text :
         {"{}", R"({"name":1})", R"({"name":"a","birth_date":"1986-05-01"})",
          R"({"name":"a","only_one":true})", R"({"name":"a","only_one":"1"})", R"({"name":null})"})
        EXPECT_FALSE(read_payload(contract_, text)) << text;
    EXPECT_TRUE(read_payload(contract_, R"({"name":"a","only_one":1})"));
}

}  // namespace
}  // namespace mado::wire
