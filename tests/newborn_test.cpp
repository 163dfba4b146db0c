// A child is born: one form at the window that a parent signs, the municipality's number, the
// insurer's provisional word and its decision, by the real programs.
#include <boost/json.hpp>

#include "base/file.hpp"
#include "db/db.hpp"
#include "issuing_fixture.hpp"

namespace mado::tests {
namespace {

class Newborn : public AtTheWindow {
  protected:
    // A first card, with a signing certificate: the number on the slip.
    std::string card_of(const std::string& name, const std::string& applied) {
        const auto number = text_at(done({"open"}), "number");
        done({"apply", number, applied});
        wait_for_any(number, "make_keys");
        done({"card", number, name, "--new-pin", "2468", "--new-password", "ABC987"});
        done({"hand-over", number});
        wait_for_any(number, "");
        return number;
    }
    std::string jiro() { return card_of("jiro", application()); }
    std::string mother();
    std::string address_of_jiro() {
        const auto known = parse_json_object(read_file(application()).value_or(""));
        return text_at(known->at("person").as_object(), "address");
    }
    static json::object form(const std::string& address, bool card) {
        return {{"person",
                 {{"name", "厚労 葵"},
                  {"kana", "コウロウ アオイ"},
                  {"sex", "female"},
                  {"address", address},
                  {"birth_date", "2026-11-20"}}},
                {"claims", json::array()},
                {"signing", false},
                {"newborn",
                 {{"relation", "長女"},
                  {"card", card},
                  {"parent", 0},
                  {"insurer",
                   {{"scheme", "insured-number"},
                    {"fields",
                     {{"insurer", "06990014"},
                      {"symbol", "21"},
                      {"number", "1077"},
                      {"branch", "00"}}}}}}}};
    }
    std::string opened(const std::string& parent, bool card) {
        const auto one = done({"open", "--kind", "birth", "--person", parent});
        auto number = text_at(one, "number");
        const auto address = text_at(one.at("parents").at(0).as_object(), "address");
        done({"apply", number, file("born", form(address, card))});
        return number;
    }
    Finished check(const std::string& health_number) {
        return country.cli(
            {"check", "--health-number", health_number, "--birth-date", "2026-11-20"});
    }
    Finished look(std::vector<std::string> words, const std::string& card) {
        words.insert(words.end(), {"--card", card, "--pin", "2468"});
        return country.cli(words);
    }
};

// 厚労美月 is Jiro's wife, and with the city's 国保. The demo country does not have her.
std::string Newborn::mother() {
    const auto code = text_of("992011", "select 住民票コード from 未使用番号 order by 順 limit 1");
    at("992011", "delete from 未使用番号 where 住民票コード = '" + code + "'");
    at("992011", "insert into 住民 select '" + code +
                     "', '厚労 美月', 'コウロウ ミヅキ', '', '1990-04-02', '2', 住所, 世帯番号, "
                     "null, null, null from 住民 where 氏名 like '厚労%次郎%' limit 1");
    at("990010", "insert into setai values (999999, '', '0009999', '" + address_of_jiro() +
                     "', '厚労 美月')");
    at("990010",
       "insert into kojin values (999999, 999999, '01', '厚労 美月', 'コウロウ ミヅキ', "
       "'', 4020402, '女')");
    at("990010", "insert into shikaku values (999999, 1, 5070401, 0, 0)");
    at("990010",
       "insert into kyufu select 999999, 1, 5070401, 5991231, 3, gendo_kubun, 0 from "
       "kyufu limit 1");
    const auto number = [](const char* scheme, json::object fields) {
        return json::object{{"scheme", scheme}, {"fields", std::move(fields)}};
    };
    return card_of(
        "mizuki",
        file("mizuki",
             {{"person",
               {{"name", "厚労 美月"},
                {"kana", "コウロウ ミヅキ"},
                {"sex", "female"},
                {"address", address_of_jiro()},
                {"birth_date", "1990-04-02"}}},
              {"claims",
               json::array{{{"role", "resident"},
                            {"number", number("resident-number",
                                              {{"municipality", "992011"}, {"number", code}})}},
                           {{"role", "medical"},
                            {"number", number("insured-number", {{"insurer", "990010"},
                                                                 {"number", "0009999"},
                                                                 {"branch", "01"}})}}}},
              {"signing", true}}));
}

TEST_F(Newborn, IsInsuredProvisionallyAndThenForGood) {
    const auto parent = jiro();
    const auto number = opened(parent, /*card=*/true);
    EXPECT_TRUE(has_step(done({"show", number}), "sign"));
    EXPECT_NE(issue({"sign", number, "--card", "jiro", "--password", "WRONG1"}).status, 0);
    EXPECT_NE(issue({"sign", number, "--card", "sato-1", "--password", "ABC123"}).status, 0)
        << "another one's card";
    EXPECT_EQ(text_of("992011", "select 届 from 出生届"), "") << "nothing is told unsigned";
    done({"sign", number, "--card", "jiro", "--password", "ABC987"});
    wait_for_any(number, "make_keys");
    EXPECT_EQ(text_of("992011", "select 氏名 from 出生届"), "厚労 葵");
    done({"card", number, "aoi", "--new-pin", "2468"});
    done({"hand-over", number});
    const auto one = wait_for_any(number, "decide");
    const auto health_number = text_at(one, "health_care_number");
    ASSERT_FALSE(health_number.empty());
    const auto first = check(health_number);
    EXPECT_EQ(first.status, 0) << first.output;
    EXPECT_NE(first.output.find("暫定"), std::string::npos) << first.output;
    // The insurer decides; tomorrow the case would hear of it, and the clerk asks now.
    at("06990014", "update filing set outcome = 1, decided_ymd = 20261127");
    done({"again", number});
    wait_for_any(number, "");
    const auto second = check(health_number);
    EXPECT_EQ(second.status, 0) << second.output;
    EXPECT_EQ(second.output.find("暫定"), std::string::npos) << second.output;
    const auto as_answered = country.cli({"answers"});
    EXPECT_EQ(as_answered.status, 0) << "decided as it was answered\n" << as_answered.output;
    // Each has its own list, and the parent's has what the parent has signed.
    const auto looked = look({"log", "show", "--compare"}, "jiro");
    EXPECT_EQ(looked.status, 0) << looked.output;
    for (const auto* what : {"birth", "dependant", "dependants"})
        EXPECT_NE(looked.output.find(what), std::string::npos) << what << "\n" << looked.output;
    const auto of_child = look({"log", "show", "--compare"}, "aoi");
    EXPECT_EQ(of_child.status, 0) << of_child.output;
    for (const auto* what : {"existence", "link first", "card activate", "health-care-number"})
        EXPECT_NE(of_child.output.find(what), std::string::npos) << what << of_child.output;
}

// 国保, with the other parent, in the same case.
TEST_F(Newborn, IsDeclinedAndFiledElsewhere) {
    const auto father = jiro();
    const auto other = mother();
    const auto number = opened(father, /*card=*/true);
    done({"sign", number, "--card", "jiro", "--password", "ABC987"});
    wait_for_any(number, "make_keys");
    done({"card", number, "aoi", "--new-pin", "2468"});
    done({"hand-over", number});
    const auto health_number = text_at(wait_for_any(number, "decide"), "health_care_number");
    const auto provisional = check(health_number);
    EXPECT_EQ(provisional.status, 0) << provisional.output;
    EXPECT_NE(provisional.output.find("暫定"), std::string::npos) << provisional.output;
    const auto waiting = country.cli({"answers"});
    EXPECT_EQ(waiting.status, 0) << waiting.output;
    EXPECT_NE(waiting.output.find("厚労 葵"), std::string::npos) << waiting.output;
    at("06990014",
       "update filing set outcome = 2, reason = '父の収入が足りない', decided_ymd = "
       "20261127");
    // The clinic hears of it, and nobody else does.
    const auto heard = country.cli({"answers", "--wait", "60"});
    EXPECT_EQ(heard.status, 1) << heard.output;
    EXPECT_NE(heard.output.find("has changed: ask again"), std::string::npos) << heard.output;
    EXPECT_EQ(country.cli({"answers", "--as", "clinic-2"}).status, 0);
    EXPECT_EQ(check(health_number).status, 1) << "asked again: not insured";
    done({"again", number});
    const auto declined = wait_for_any(number, "file_elsewhere");
    EXPECT_NE(json::serialize(declined).find("父の収入が足りない"), std::string::npos);
    EXPECT_NE(issue({"waive", number, "--claim", "7"}).status, 0) << "there is no such filing";
    const auto elsewhere =
        file("elsewhere",
             {{"parent", 1},
              {"insurer",
               {{"scheme", "insured-number"},
                {"fields", {{"insurer", "990010"}, {"number", "0009999"}, {"branch", "01"}}}}}});
    EXPECT_NE(issue({"elsewhere", number, elsewhere}).status, 0) << "nobody has named her yet";
    done({"parent", number, "--person", other});
    done({"elsewhere", number, elsewhere});
    EXPECT_NE(issue({"sign", number, "--card", "jiro", "--password", "ABC987"}).status, 0)
        << "it is her insurer";
    done({"sign", number, "--card", "mizuki", "--password", "ABC987"});
    wait_for_any(number, "decide");
    at("990010", "update todoke set kekka = 1, kettei_bi = 5081127");
    done({"again", number});
    wait_for_any(number, "");
    const auto found = check(health_number);
    EXPECT_EQ(found.status, 0) << found.output;
    EXPECT_NE(found.output.find("990010"), std::string::npos) << found.output;
    EXPECT_EQ(found.output.find("暫定"), std::string::npos) << found.output;
    // Who comes later hears it too; and the child's list says that the clinic was told.
    const auto later = country.cli({"answers", "--json"});
    EXPECT_EQ(later.status, 1) << later.output;
    EXPECT_NE(later.output.find(R"("changed":true)"), std::string::npos) << later.output;
    const auto of_child = look({"log", "show", "--compare"}, "aoi");
    EXPECT_EQ(of_child.status, 0) << of_child.output;
    EXPECT_NE(of_child.output.find("answer-changed"), std::string::npos) << of_child.output;
    EXPECT_NE(of_child.output.find("has changed, and who asked was told"), std::string::npos)
        << of_child.output;
}

// The family files by itself, and nothing is left to do here.
TEST_F(Newborn, IsDeclinedAndFiledNowhereElse) {
    const auto number = opened(jiro(), /*card=*/false);
    EXPECT_NE(issue({"waive", number}).status, 0) << "nobody has refused anything";
    done({"sign", number, "--card", "jiro", "--password", "ABC987"});
    wait_for_any(number, "hand_over");
    done({"hand-over", number});
    wait_for_any(number, "decide");
    at("06990014",
       "update filing set outcome = 2, reason = '父の収入が足りない', decided_ymd = 20261127");
    done({"again", number});
    wait_for_any(number, "file_elsewhere");
    done({"waive", number});
    wait_for_any(number, "");
}

}  // namespace
}  // namespace mado::tests
