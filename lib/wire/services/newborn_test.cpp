#include "wire/services/newborn.hpp"

#include <boost/json.hpp>

#include "wire/services/test_rows.hpp"

namespace mado::wire {
namespace {

const std::string entry = base64url(filled(9));

class NewbornContractTest : public ServiceTest {
  protected:
    explicit NewbornContractTest(std::string_view service = "dependants")
        : ServiceTest(service, {}, {{"symbol", "21"}, {"number", "1042"}, {"branch", "00"}}) {}

    static Row filing() {
        auto row = insured_person("21", "1042", "00");
        row.values.merge(decltype(row.values){{"order_id", entry},
                                              {"received", std::int64_t{9}},
                                              {"child_symbol", "21"},
                                              {"child_number", "1042"},
                                              {"child_branch", "02"},
                                              {"outcome", "refused"},
                                              {"reason", "…"}});
        return row;
    }
};

TEST_F(NewbornContractTest, FilingsWithTheirOutcomes) {
    EXPECT_EQ(json::serialize(data({filing()})),
              R"({"filings":[{"order":")" + entry +
                  R"(","received":9,"symbol":"21","number":"1042","branch":"02",)"
                  R"("outcome":"refused","reason":"…"}]})");
    EXPECT_EQ(json::serialize(data({insured_person("21", "1042", "00")})), R"({"filings":[]})");
    EXPECT_EQ(outcome({}), Outcome::no_match);
    EXPECT_EQ(outcome({insured_person("21", "1042", "01")}), Outcome::no_match);
}

TEST_F(NewbornContractTest, AFilingThatBreaksTheContract) {
    EXPECT_NE(why_bad({with(filing(), "outcome", "maybe")}), "");
    EXPECT_NE(why_bad({with(filing(), "outcome", Value())}), "");
    EXPECT_NE(why_bad({with(filing(), "reason", Value())}), "") << "a refusal without a reason";
    EXPECT_NE(why_bad({with(filing(), "outcome", "waiting")}), "") << "a reason without a refusal";
    EXPECT_NE(why_bad({with(filing(), "child_number", Value())}), "");
    EXPECT_NE(why_bad({with(filing(), "received", Value())}), "");
    EXPECT_NE(why_bad({with(filing(), "order_id", "x")}), "");
    EXPECT_NE(why_bad(std::vector<Row>(filings_max + 1, filing())), "");
}

class DependantContractTest : public NewbornContractTest {
  protected:
    DependantContractTest() : NewbornContractTest("dependant") {}
};

TEST_F(DependantContractTest, SaysWhatTheChildWasGiven) {
    auto row = insured_person("21", "1042", "00");
    EXPECT_TRUE(data({row}).empty()) << "before it is taken in";
    row = with(row, "child_number", "1042");
    EXPECT_EQ(json::serialize(data({row})),
              R"({"symbol":"","number":"1042","branch":"","provisional":true})");
    EXPECT_NE(why_bad({row, row}), "");
    EXPECT_EQ(outcome({with(row, "branch", "01")}), Outcome::no_match);
    birth_date_ = today_;
    EXPECT_EQ(outcome({row}), Outcome::no_match) << "a filing is made with a card";
}

class BirthContractTest : public ServiceTest {
  protected:
    BirthContractTest() : ServiceTest("birth", {}, {}) {}
    static Row parent(const char* number) {
        return {.values = {{"parent_number", number}, {"as_of", std::int64_t{test_now - 60}}}};
    }
};

// Linked here or not, the parent must be whom order and notice name.
TEST_F(BirthContractTest, TheParentIsWhomOrderAndNoticeName) {
    const auto row = parent("1234567890-1");
    EXPECT_EQ(outcome({row}), Outcome::no_match) << "nobody is named";
    payload_.values["parent_number"] = "12345678901";
    EXPECT_TRUE(data({row}).empty());
    EXPECT_EQ(json::serialize(data({with(row, "child_number", "2234567890-1")})),
              R"({"number":"22345678901"})");
    EXPECT_EQ(outcome({parent("12345678902")}), Outcome::no_match);
    asked_ = {{"number", "12345678901"}};
    EXPECT_TRUE(data({row}).empty());
    payload_.values["parent_number"] = "12345678902";
    EXPECT_EQ(outcome({row}), Outcome::no_match) << "they name two";
    payload_ = {};
    EXPECT_TRUE(data({row}).empty());
    EXPECT_EQ(outcome({}), Outcome::no_match);
    EXPECT_NE(why_bad({row, row}), "");
    EXPECT_NE(why_bad({with(row, "child_number", "-")}), "");
}

TEST_F(BirthContractTest, OnlyANewborn) {
    const auto fits = [this](const std::string& text) {
        return contract_.payload_fits(valid(read_payload(contract_, text)), {}, today_);
    };
    const auto born = [](const std::string& day) {
        return R"({"name":"厚労 葵","birth_date":")" + day +
               R"(","sex":"female","relation":"長女","parent_birth_date":"1984-03-15"})";
    };
    EXPECT_TRUE(fits(born("2026-11-22")));
    EXPECT_TRUE(fits(born("2025-11-21")));
    EXPECT_FALSE(fits(born("2025-11-20")));
    EXPECT_FALSE(fits(born("2026-11-23")));
    EXPECT_FALSE(fits(replaced(born("2026-11-22"), "female", "f")));
    EXPECT_FALSE(fits(replaced(born("2026-11-22"), "長女", "")));
    EXPECT_FALSE(fits(replaced(born("2026-11-22"), "厚労 葵", "")));
}

}  // namespace
}  // namespace mado::wire
