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
            R"("municipalities":[]})"));
    }
    std::string text(const std::vector<Row>& rows) { return json::serialize(data(rows)); }
};

TEST_F(Existence, TheSameIsSaidWithoutAnythingOfTheRegister) {
    asked_["branch"] = "00";
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
              R"({"verdict":"variant","rules":["itaiji"],"writing":"高橋 花子",)"
              R"("differences":[[0,1,0,1]]})");
    EXPECT_FALSE(found.at("attributes").at("address").as_object().contains("writing"));
}

TEST_F(Existence, WhatDiffersIsShownAlone) {
    const auto found = data({with(resident(), "address", "A市駅前9-9")});
    EXPECT_EQ(found.at("verdict").as_string(), "different");
    EXPECT_EQ(json::serialize(found.at("attributes").at("address")),
              R"({"verdict":"different","rules":[],"writing":"A市駅前9-9",)"
              R"("differences":[[2,7,2,5],[8,9,6,7]]})");
    EXPECT_FALSE(found.at("attributes").at("name").as_object().contains("writing"));
}

// Many places are one: nobody looks at more, and an answer has its bounds.
TEST_F(Existence, ManyDifferencesAreOne) {
    std::string asked;
    std::string row;
    for (int i = 0; i < 30; ++i) {
        asked += "あA";
        row += "あB";
    }
    payload_.values["address"] = asked;
    const auto found = data({with(resident(), "address", row)});
    EXPECT_EQ(json::serialize(found.at("attributes").at("address").at("differences")),
              "[[1,60,1,60]]");
}

// Somebody else's number and, by chance or not, birth date: a miss, that the relay counts.
TEST_F(Existence, AnotherPersonIsAMiss) {
    EXPECT_EQ(outcome({with(with(resident(), "name", "鈴木 文"), "kana", "スズキ アヤ")}),
              Outcome::no_match);
    EXPECT_EQ(outcome({with(with(resident(), "name", "髙橋 文"), "kana", "スズキ アヤ")}),
              Outcome::no_match);
    EXPECT_EQ(outcome({with(with(resident(), "name", std::monostate()), "kana", std::monostate())}),
              Outcome::no_match);
}

// The register is no book of addresses: a guessed part of a name opens none.
TEST_F(Existence, WhereSomebodyLivesIsForWhoKnowsTheName) {
    payload_ = valid(read_payload(
        contract_, R"({"name":"佐藤 花子","kana":"サトウ ハナコ","address":"A市駅前9-9"})"));
    const auto guessed = data({resident()});
    EXPECT_EQ(guessed.at("verdict").as_string(), "different");
    EXPECT_TRUE(guessed.at("attributes").at("name").as_object().contains("writing"));
    EXPECT_EQ(json::serialize(guessed.at("attributes").at("address")),
              R"({"verdict":"different","rules":[]})");
    payload_ = valid(read_payload(
        contract_,
        R"({"name":"アキ イト ウエ 髙橋 花子","kana":"サトウ スズキ タカハシ ヤマダ ハナコ",)"
        R"("address":"A市駅前9-9"})"));
    EXPECT_EQ(outcome({resident()}), Outcome::no_match);
}

TEST_F(Existence, EveryMissIsTheSame) {
    EXPECT_EQ(outcome({}), Outcome::no_match);
    EXPECT_EQ(outcome({with(resident(), "number", "01042")}), Outcome::no_match);
    EXPECT_EQ(outcome({with(resident(), "symbol", "22")}), Outcome::no_match);
    EXPECT_EQ(outcome({with(resident(), "birth_date", "1986-05-02")}), Outcome::no_match);
    birth_date_.reset();
    EXPECT_EQ(outcome({resident()}), Outcome::no_match);
}

TEST_F(Existence, SaysTheBranchThatItWasAskedWithout) {
    const auto row = with(resident(), "branch", "０1");
    auto found = valid(ask({row}));
    EXPECT_EQ(found.branch, "01");
    EXPECT_EQ(found.data->at("branch").as_string(), "01");
    EXPECT_FALSE(valid(ask({with(resident(), "branch", "")})).data->contains("branch"));
    asked_["branch"] = "01";
    found = valid(ask({row}));
    EXPECT_FALSE(found.data->contains("branch")) << "it was asked with one";
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

// Without an address namesakes of one day could be taken for each other, here or in another city.
TEST_F(Existence, WithoutAnAddressAClerkDecides) {
    const auto row = with(resident(), "address", std::monostate());
    const auto found = data({row});
    EXPECT_EQ(found.at("verdict").as_string(), "variant");
    EXPECT_EQ(json::serialize(found.at("rules")), R"(["too-little"])");
    payload_.values["only_one"] = std::int64_t{1};
    EXPECT_EQ(data({row}).at("verdict").as_string(), "variant");
    payload_.values["decided"] = std::int64_t{1};
    EXPECT_EQ(data({row}).at("verdict").as_string(), "same");
    payload_.values["decided"] = std::int64_t{2};
    EXPECT_EQ(data({row}).at("verdict").as_string(), "variant");
}

TEST_F(Existence, AnUnknownSexIsNoDeadEnd) {
    const auto row = with(resident(), "sex", "unknown");
    EXPECT_EQ(data({row}).at("verdict").as_string(), "variant");
    payload_.values["decided"] = std::int64_t{1};
    EXPECT_EQ(data({row}).at("verdict").as_string(), "same");
}

Row listed(const char* number, const char* name, const char* kana, const char* address) {
    return {.values = {{"symbol", "21"},
                       {"number", number},
                       {"name", name},
                       {"kana", kana},
                       {"address", address}}};
}

TEST_F(Existence, ARegisterThatKnowsWhoElseThereIsSaysSo) {
    const auto only_one = [this](const std::vector<Row>& items) {
        const auto found = data({resident()}, items);
        return found.contains("only_one") ? json::serialize(found.at("only_one")) : "not known";
    };
    const auto self = listed("1042", "髙橋　花子", "ﾀｶﾊｼ ﾊﾅｺ", "A市上山一丁目２番３号");
    EXPECT_EQ(only_one({}), "not known");
    EXPECT_EQ(only_one({self}), "true");
    EXPECT_EQ(only_one({self, listed("1043", "山田 花子", "ヤマダ ハナコ", "A市本町1-1")}), "true");
    EXPECT_EQ(only_one({self, listed("1043", "高橋花子", "コウバシ カコ", "A市本町1-1")}), "false");
    EXPECT_EQ(only_one({self, listed("1043", "山田 月子", "ヤマダ ツキコ", "A市上山1-2-3 201")}),
              "false");
    EXPECT_EQ(why_bad({resident()}, {listed("1043", "山田 月子", "ヤマダ ツキコ", "")}),
              "the person is not among those of one birth date and sex");
}

// To be shown to somebody who is told the attributes.
TEST_F(Existence, WithASaltTheAnswerCommitsToWhatIsTheSame) {
    EXPECT_FALSE(data({resident()}).contains("confirms")) << "nobody has asked for it";
    payload_.values["salt"] = base64url(filled(7));
    const ConfirmedPerson all{.name = "髙橋 花子",
                              .kana = "タカハシ ハナコ",
                              .birth_date = "1986-05-01",
                              .sex = "female",
                              .address = "A市上山1-2-3"};
    const auto confirms = [this](const Row& row) {
        const auto found = data({row});
        return found.contains("confirms") ? std::string(found.at("confirms").as_string()) : "";
    };
    const auto of = [](const ConfirmedPerson& person) {
        return base64url(commit_confirmed(filled(7), person));
    };
    EXPECT_EQ(confirms(resident()), of(all)) << "as it was asked, not as the register writes it";
    EXPECT_EQ(confirms(with(resident(), "name", "高橋 花子")), "") << "another writing";
    auto without = all;
    without.kana = std::nullopt;
    EXPECT_EQ(confirms(with(resident(), "kana", Value())), of(without)) << "what it has not";
    payload_.values["decided"] = std::int64_t{1};
    without = all;
    without.sex = std::nullopt;
    EXPECT_EQ(confirms(with(resident(), "sex", "unknown")), of(without));
    EXPECT_NE(of(all), base64url(commit_confirmed(filled(8), all)));
    auto shifted = all;
    shifted.name = "髙橋 花子タ";
    shifted.kana = "カハシ ハナコ";
    EXPECT_NE(of(all), of(shifted));
    for (const auto* salt : {"", "x", "7"}) {
        payload_.values["salt"] = salt;
        EXPECT_FALSE(contract_.payload_fits(payload_, {{"decision", "x"}}, today_)) << salt;
    }
}

// A register answers for no word that it does not have: others take an address that says more.
TEST_F(Existence, WithASaltAnAddressIsConfirmedAsAWhole) {
    payload_.values["address"] = "九十九県A市上山1-2-3 まどか荘201";
    const auto other = data({resident()});
    EXPECT_EQ(other.at("verdict").as_string(), "same");
    payload_.values["salt"] = base64url(filled(7));
    const auto found = data({resident()});
    EXPECT_EQ(found.at("verdict").as_string(), "variant");
    EXPECT_FALSE(found.contains("confirms"));
    EXPECT_EQ(found.at("attributes").at("address").at("writing").as_string(),
              "A市上山一丁目２番３号");
}

// Who reads the log sees that a decision stands behind an order, and which; the register sees both.
TEST_F(Existence, WhatIsDecidedNamesItsDecision) {
    const auto fits = [this](std::int64_t decided, const ParameterValues& parameters) {
        payload_.values["decided"] = decided;
        return contract_.payload_fits(payload_, parameters, today_);
    };
    const ParameterValues named{{"decision", base64url(filled(1))}};
    EXPECT_TRUE(fits(0, {}));
    EXPECT_TRUE(fits(1, named));
    EXPECT_FALSE(fits(1, {})) << "without naming it";
    EXPECT_FALSE(fits(0, named)) << "for nothing";
    EXPECT_FALSE(fits(2, named));
    payload_.values.erase("decided");
    EXPECT_TRUE(contract_.payload_fits(payload_, {}, today_));
    EXPECT_FALSE(contract_.payload_fits(payload_, named, today_));
    EXPECT_EQ(valid(read_parameters(contract_, {named.begin(), named.end()}, today_)), named);
    EXPECT_TRUE(valid(read_parameters(contract_, {}, today_)).empty());
    for (const auto* text : {"", "x", "2026-11-22"}) {
        EXPECT_FALSE(read_parameters(contract_, {{"decision", text}}, today_)) << text;
    }
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
