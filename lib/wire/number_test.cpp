#include "wire/number.hpp"

#include <boost/json.hpp>

#include "test_wire.hpp"

namespace mado::wire {
namespace {

std::string normal(std::string_view text) {
    return normalise(text).value_or("(not UTF-8)");
}

class Numbers : public testing::Test {
  protected:
    std::expected<PersonNumber, Code> read(std::string_view scheme, std::string_view fields) {
        return read_number(*schemes_.find(scheme), json::parse(fields).as_object());
    }
    PersonNumber good(std::string_view scheme, std::string_view fields) {
        auto number = read(scheme, fields);
        EXPECT_TRUE(number.has_value()) << fields;
        return number.value();
    }
    std::string said(std::string_view scheme, std::string_view fields) {
        const auto number = read(scheme, fields);
        return number ? "good" : std::string(info(number.error()).name);
    }

    Schemes schemes_ = test_schemes();
};

TEST(Normalise, MakesOneFormOfWhatPeopleType) {
    EXPECT_EQ(normal("1234"), "1234");
    EXPECT_EQ(normal("１２３４"), "1234");
    EXPECT_EQ(normal("0012"), "0012");
    EXPECT_EQ(normal("ａｂｃＤ"), "ABCD");
    EXPECT_EQ(normal("abc"), "ABC");
    EXPECT_EQ(normal("ｱｲｳ"), "アイウ");
    EXPECT_EQ(normal("ｶﾞﾊﾟ"), "ガパ");
    EXPECT_EQ(normal("か\u3099"), "が");  // combining mark
    EXPECT_EQ(normal("①㈱"), "1(株)");
    EXPECT_EQ(normal("国公"), "国公");
    EXPECT_EQ(normal("é"), normal("É"));
    EXPECT_EQ(normal(""), "");
    EXPECT_EQ(normal(std::string_view("a\0b", 3)), "AB");
}

TEST(Normalise, DropsSpacesOfEveryKind) {
    for (const auto* space : {" ", "\u3000", "\u00a0", "\u2003", "\u2009", "\u202f", "\t", "\n",
                              "\u200b", "\u2060", "\ufeff", "\u2028", "\u2029"}) {
        EXPECT_EQ(normal(std::string("12") + space + "34"), "1234");
        EXPECT_EQ(normal(space), "");
    }
}

TEST(Normalise, DropsHyphensOfEveryKindAndKeepsTheLongVowel) {
    for (const auto* hyphen : {"-", "\u2010", "\u2011", "\u2012", "\u2013", "\u2014", "\u2015",
                               "\u2212", "\uff0d", "\ufe58", "\ufe63", "\u00ad"}) {
        EXPECT_EQ(normal(std::string("12") + hyphen + "34"), "1234") << hyphen;
    }
    EXPECT_EQ(normal("サーバ"), "サーバ");
    EXPECT_EQ(normal("ｻｰﾊﾞ"), "サーバ");
}

TEST(Normalise, RefusesWhatIsNotUtf8) {
    EXPECT_FALSE(normalise("\xff"));
    EXPECT_FALSE(normalise("12\xe3\x81"));
    EXPECT_FALSE(normalise("\xc0\xb1"));      // overlong
    EXPECT_FALSE(normalise("\xed\xa0\x80"));  // a surrogate
}

TEST(Normalise, LeavesItsOwnResultAsItIs) {
    for (const auto* text : {"ａ-１", "ｶﾞ", "か-\u3099", "ß", "ŉ", "ǆ", "①㈱", "ﬁ", "\u1e9a"}) {
        EXPECT_EQ(normal(normal(text)), normal(text)) << text;
    }
}

TEST_F(Numbers, OfNoHolderAreCheckedByTheirCheckDigit) {
    // 572 → 5724 is the worked example of Damm's method; 12 digits of the demo country.
    EXPECT_EQ(said("health-care-number", R"({"number":"621874998319"})"), "good");
    EXPECT_EQ(
        good("health-care-number", R"({"number":"６２１８-７４９９ ８３１９"})").field("number"),
        "621874998319");
    EXPECT_EQ(said("health-care-number", R"({"number":"621874998318"})"), "number_malformed");
    EXPECT_EQ(said("health-care-number", R"({"number":"612874998319"})"), "number_malformed");
    EXPECT_EQ(said("health-care-number", R"({"number":"62187499831"})"), "number_malformed");
    EXPECT_EQ(said("health-care-number", R"({"number":"6218749983190"})"), "number_malformed");
    EXPECT_EQ(said("health-care-number", R"({"number":"62187499831a"})"), "number_malformed");
    EXPECT_EQ(said("health-care-number", R"({"number":"000000000000"})"), "good");
    EXPECT_EQ(said("health-care-number", R"({"number":""})"), "number_malformed");
    EXPECT_EQ(said("health-care-number", R"({})"), "number_malformed");
    EXPECT_EQ(said("health-care-number", R"({"number":621874998319})"), "malformed");
    EXPECT_EQ(said("health-care-number", R"({"number":null})"), "malformed");
    EXPECT_EQ(said("health-care-number", R"({"number":"621874998319","branch":"01"})"),
              "malformed");
}

TEST_F(Numbers, OfAnInsurerAreNormalisedFieldByField) {
    const auto number = good(
        "insured-number", R"({"insurer":"０６９９００１４","symbol":" ｱｲ-ｳ ","number":"0012a"})");
    EXPECT_EQ(number.scheme, "insured-number");
    const std::vector<std::pair<std::string, std::string>> expected = {
        {"insurer", "06990014"}, {"symbol", "アイウ"}, {"number", "0012A"}, {"branch", ""}};
    EXPECT_EQ(number.fields, expected);
    EXPECT_EQ(number.field("number"), "0012A");
    EXPECT_EQ(number.field("branch"), "");
    EXPECT_EQ(number.field("fax"), "");
    // Absent is empty, and so is what has nothing but spaces and hyphens in it.
    for (const auto* fields :
         {R"({"insurer":"06990014","symbol":"アイウ","number":"0012A","branch":""})",
          R"({"insurer":"06990014","symbol":"アイウ","number":"0012A","branch":" - "})",
          R"({"number":"0012A","symbol":"アイウ","insurer":"06990014"})"}) {
        EXPECT_EQ(good("insured-number", fields), number) << fields;
    }
    EXPECT_NE(good("insured-number", R"({"insurer":"06990014","symbol":"アイウ","number":"12A"})"),
              number);
}

TEST_F(Numbers, OfAnInsurerHaveTheirLengths) {
    const auto with = [&](std::string_view insurer, std::string_view branch,
                          std::string_view number) {
        return said("insured-number",
                    fmt::format(R"({{"insurer":"{}","branch":"{}","number":"{}"}})", insurer,
                                branch, number));
    };
    EXPECT_EQ(with("06990014", "01", "1"), "good");
    EXPECT_EQ(with("990010", "00", "1"), "good");
    EXPECT_EQ(with("06990013", "01", "1"), "number_malformed");
    EXPECT_EQ(with("6990014", "01", "1"), "number_malformed");
    EXPECT_EQ(with("", "01", "1"), "number_malformed");
    EXPECT_EQ(with("06990014", "1", "1"), "number_malformed");
    EXPECT_EQ(with("06990014", "001", "1"), "number_malformed");
    EXPECT_EQ(with("06990014", "0a", "1"), "number_malformed");
    EXPECT_EQ(with("06990014", "01", ""), "number_malformed");
    EXPECT_EQ(with("06990014", "01", std::string(40, '1')), "good");
    EXPECT_EQ(with("06990014", "01", std::string(41, '1')), "number_malformed");
    // Far too long is not even looked at.
    EXPECT_EQ(with("06990014", "01", std::string(161, '1')), "malformed");
}

TEST_F(Numbers, GiveTheIndexDifferentMaterialForDifferentFields) {
    const auto number = [](std::string first, std::string second, std::string third = "") {
        return PersonNumber{.scheme = "s",
                            .fields = {{"symbol", std::move(first)},
                                       {"number", std::move(second)},
                                       {"branch", std::move(third)}}};
    };
    EXPECT_NE(index_material(number("ab", "c")), index_material(number("a", "bc")));
    EXPECT_NE(index_material(number("", "ab")), index_material(number("ab", "")));
    auto other_scheme = number("ab", "c");
    other_scheme.scheme = "t";
    EXPECT_NE(index_material(other_scheme), index_material(number("ab", "c")));
    // scheme and fields, each behind its length in 8 bytes.
    Bytes expected;
    for (const std::string_view part : {"s", "ab", "c", "01"}) {
        append_u64(expected, part.size());
        append(expected, part);
    }
    EXPECT_EQ(index_material(number("ab", "c", "01")), expected);
    EXPECT_EQ(hex(index_material({.scheme = "s", .fields = {{"f", "é"}}})),
              "0000000000000001730000000000000002c3a9");

    EXPECT_NE(index_material(number("a", "b", "01")), index_material(number("a", "b", "02")));
}

TEST_F(Numbers, AreSentToTheHolderWithoutTheHoldersOwnField) {
    const auto holder = participant_id("06990014");
    const auto full = good("insured-number", R"({"insurer":"06990014","symbol":"ｱ","number":"7",)"
                                             R"("branch":"01"})");
    EXPECT_EQ(number_for_holder(full, *schemes_.find("insured-number"), holder),
              R"({"holder":"06990014","scheme":"insured-number","symbol":"ア","number":"7",)"
              R"("branch":"01"})");
    const auto bare = good("insured-number", R"({"insurer":"06990014","number":"7"})");
    EXPECT_EQ(number_for_holder(bare, *schemes_.find("insured-number"), holder),
              R"({"holder":"06990014","scheme":"insured-number","number":"7"})");
}

TEST_F(Numbers, HaveOneTextForTheHolder) {
    const auto holder = participant_id("06990014");
    const auto is_one = [&](std::string_view text) {
        return is_number_for_holder(text, *schemes_.find("insured-number"), holder);
    };
    EXPECT_TRUE(is_one(R"({"holder":"06990014","scheme":"insured-number","symbol":"ア",)"
                       R"("number":"7","branch":"01"})"));
    EXPECT_TRUE(is_one(R"({"holder":"06990014","scheme":"insured-number","number":"7"})"));
    for (const auto* other :
         {R"({"holder":"06990014","scheme":"insured-number","number": "7"})",
          R"({"scheme":"insured-number","holder":"06990014","number":"7"})",
          R"({"holder":"06990014","scheme":"insured-number","number":"7","more":"x"})",
          R"({"holder":"06990014","scheme":"insured-number","number":"７"})",
          R"({"holder":"06990014","scheme":"insured-number","number":"7","branch":""})",
          R"({"holder":"06990014","scheme":"care-insured-number","number":"7"})",
          R"({"holder":"990010","scheme":"insured-number","number":"7"})",
          R"({"holder":"06990014","number":"7"})", "no JSON", ""}) {
        EXPECT_FALSE(is_one(other)) << other;
    }
}

TEST_F(Numbers, HaveSchemesByNameAndByKindOfHolder) {
    EXPECT_EQ(schemes_.find("pension-number"), nullptr);
    EXPECT_EQ(schemes_.of_holder(participant_id("992016"), code_id("care-insurer"))->name,
              "care-insured-number");
    EXPECT_EQ(schemes_.of_holder(participant_id("relay"), code_id("relay")), nullptr);
    EXPECT_FALSE(schemes_.find("health-care-number")->kind);
    EXPECT_EQ(schemes_.find("insured-number")->left_out, "branch");
}

TEST(NumberSchemes, SayWhoMayAskByTheirNumbers) {
    constexpr std::string_view text = R"({"schemes": [
        {"name": "health-care-number", "kind": null, "asked_by": ["clinic", "care-provider"],
         "fields": [{"name": "number", "digits": [12]}]},
        {"name": "fund-number", "kind": "pension", "holder": "fund",
         "fields": [{"name": "number", "digits": [7]}]}]})";
    const auto schemes = valid(Schemes::parse(text));
    const auto* limited = schemes.find("health-care-number");
    EXPECT_TRUE(limited->may_ask(code_id("clinic")));
    EXPECT_TRUE(limited->may_ask(code_id("care-provider")));
    EXPECT_FALSE(limited->may_ask(code_id("investigator")));
    EXPECT_TRUE(schemes.find("fund-number")->may_ask(code_id("investigator")));
    constexpr std::string_view kinds = R"(["clinic", "care-provider"])";
    for (const auto* wrong : {"[]", R"(["Clinic"])", R"("clinic")", "null"})
        EXPECT_FALSE(Schemes::parse(replaced(text, kinds, wrong))) << wrong;
}

// Several holders of one kind, each with numbers of its own; the number does not say whose it is.
TEST(NumberSchemes, SayWhoGivesNumbersThatNobodyElseCouldConfirm) {
    constexpr std::string_view text = R"({"schemes": [
        {"name": "issuing-number", "kind": "issuer", "holder": "issuer", "given_by": "issuer",
         "fields": [{"name": "number", "digits": [16]}]},
        {"name": "health-care-number", "kind": null, "given_by": "issuer",
         "fields": [{"name": "number", "digits": [12]}]},
        {"name": "fund-number", "kind": "pension", "holder": "fund",
         "fields": [{"name": "number", "digits": [7]}]}]})";
    const auto schemes = valid(Schemes::parse(text));
    EXPECT_EQ(schemes.find("issuing-number")->given_by, code_id("issuer"));
    EXPECT_EQ(schemes.find("health-care-number")->given_by, code_id("issuer"));
    EXPECT_FALSE(schemes.find("fund-number")->given_by.has_value());
    EXPECT_FALSE(
        Schemes::parse(replaced(text, R"(null, "given_by": "issuer")", R"(null, "given_by": "I")"))
            .has_value());
    EXPECT_FALSE(
        Schemes::parse(replaced(text, R"(null, "given_by": "issuer")", R"(null, "given_by": null)"))
            .has_value());
}

TEST(NumberSchemes, MayBeOfOneHolder) {
    constexpr std::string_view text = R"({"schemes": [
        {"name": "basic-pension-number", "kind": "pension", "holder": "nenkin",
         "fields": [{"name": "number", "digits": [10]}]},
        {"name": "fund-number", "kind": "pension", "holder": "fund",
         "fields": [{"name": "number", "digits": [7]}]}]})";
    const auto schemes = valid(Schemes::parse(text));
    const auto pension = code_id("pension");
    EXPECT_EQ(schemes.of_holder(participant_id("nenkin"), pension)->name, "basic-pension-number");
    EXPECT_EQ(schemes.of_holder(participant_id("fund"), pension)->name, "fund-number");
    EXPECT_EQ(schemes.of_holder(participant_id("another"), pension), nullptr);
    EXPECT_EQ(schemes.of_holder(participant_id("nenkin"), code_id("clinic")), nullptr);

    const auto& basic = *schemes.find("basic-pension-number");
    const auto number = read_number(basic, {{"number", "１２３４-567890"}});
    ASSERT_TRUE(number);
    EXPECT_EQ(basic.giver(*number), "nenkin");
    EXPECT_EQ(read_number(basic, {{"number", "123-567890"}}).error(), Code::number_malformed);
    const auto sent = number_for_holder(*number, basic, participant_id("nenkin"));
    EXPECT_EQ(sent, R"({"holder":"nenkin","scheme":"basic-pension-number","number":"1234567890"})");
    EXPECT_TRUE(is_number_for_holder(sent, basic, participant_id("nenkin")));
    EXPECT_FALSE(is_number_for_holder(sent, basic, participant_id("fund")));

    for (const auto* by : {R"("holder": "")", R"("holder": "No Id")", R"("holder": 7)",
                           R"("holder": "fund", "holder_field": "number")",
                           R"("holder": "fund", "holder_field": "none")"}) {
        EXPECT_FALSE(Schemes::parse(replaced(text, R"("holder": "fund")", by))) << by;
    }
    EXPECT_FALSE(Schemes::parse(
        replaced(text, R"("kind": "pension", "holder": "fund",)", R"("holder": "fund",)")));
}

TEST(NumberSchemes, RefuseWhatTheyDoNotKnow) {
    const auto said = [](std::string_view part, std::string_view by) -> std::string {
        const auto schemes = Schemes::parse(replaced(schemes_text, part, by));
        return schemes ? "good" : schemes.error().why;
    };
    EXPECT_EQ(said(R"("check": "damm")", R"("check": "luhn")"), "unknown check digit rule");
    EXPECT_EQ(said(R"("name": "care-insured-number")", R"("name": "insured-number")"),
              "two number schemes have one name");
    EXPECT_EQ(said(R"("bytes_max": 60)", R"("bytes_max": 60, "pattern": "")"), "unknown member");
    EXPECT_EQ(said(R"("digits": [12])", R"("digits": [0])"),
              "a number length is not between 1 and 40");
    EXPECT_EQ(said(R"("digits": [12])", R"("digits": ["12"])"),
              "a number length is not between 1 and 40");
    EXPECT_NE(said(R"("bytes_max": 60)", R"("bytes_max": 201)"), "good");
    EXPECT_NE(said(R"("kind": "care-insurer")", R"("kind": "Care Insurer")"), "good");
    // Wrong in a way that would quietly lead numbers nowhere.
    EXPECT_NE(said(R"("kind": null)", R"("kind": 7)"), "good");
    EXPECT_NE(said(R"("left_out": "branch")", R"("left_out": "brunch")"), "good");
    EXPECT_NE(said(R"("kind": "medical-insurer", "holder_field": "insurer",)",
                   R"("kind": "medical-insurer",)"),
              "good");
    EXPECT_NE(said(R"({"name": "symbol",)", R"({"name": "insurer",)"), "good");
    // Taken by what stands around the fields in a subject and in a holder's number.
    for (const auto* taken : {"scheme", "birth_date", "holder"}) {
        EXPECT_NE(said(R"({"name": "symbol",)", fmt::format(R"({{"name": "{}",)", taken)), "good");
    }
    EXPECT_FALSE(Schemes::parse(R"({"schemes": [7]})"));
    EXPECT_FALSE(Schemes::parse(R"({"schemes": [{"name": "a", "fields": [7]}]})"));
    EXPECT_FALSE(Schemes::parse("{}"));
    EXPECT_FALSE(Schemes::parse("7"));
}

}  // namespace
}  // namespace mado::wire
