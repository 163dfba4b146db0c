// A newborn's filing: taken in, provisional, decided.
#include <boost/json.hpp>

#include "test_newborn.hpp"

namespace mado::gateway {
namespace {

TEST_F(NewbornTest, IsInsuredProvisionallyAtOnce) {
    EXPECT_EQ(filed(file(child("厚労 葵"))), second);
    const auto found = eligibility("02");
    ASSERT_EQ(found.at("result").as_string(), "insured");
    const auto payer = found.at("payers").at(0).as_object();
    EXPECT_TRUE(payer.at("provisional").as_bool());
    EXPECT_FALSE(payer.at("guarantee").as_bool());
    EXPECT_EQ(payer.at("share_percent").as_int64(), 20);
    EXPECT_EQ(payer.at("coverage").at("relationship").at("coding").at(0).at("code"), "2");
    EXPECT_EQ(payer.at("coverage").at("class").at(1).at("value"), "ウ");
}

TEST_F(NewbornTest, TwiceIsOnce) {
    const auto delivery = file(child("厚労 葵"));
    EXPECT_EQ(filed(delivery), second);
    EXPECT_EQ(filed(delivery), second);
    EXPECT_EQ(count("filing"), 1);
    // The same child by another order: an order that lapsed in doubt, or paper.
    EXPECT_EQ(filed(file(child("厚労 葵"))), second);
    EXPECT_EQ(count("filing"), 2);
    EXPECT_EQ(count("dependant"), 2);
    EXPECT_EQ(count("benefit"), 3);
}

// The gateway dies when it has been taken in, before the acceptance is kept.
TEST_F(NewbornTest, KilledBetweenTakingInAndKeeping) {
    const auto delivery = file(child("厚労 葵"));
    db::Connection(evidence_path, db::Access::read_write)
        .run(
            "create trigger planted before update on evidence begin select raise(abort, 'p'); end");
    EXPECT_EQ(told(delivery), "failed");
    db::Connection(evidence_path, db::Access::read_write).run("drop trigger planted");
    EXPECT_EQ(filed(delivery), second);
    EXPECT_EQ(count("dependant"), 2);
}

TEST_F(NewbornTest, TwinsHaveABranchEach) {
    EXPECT_EQ(filed(file(child("厚労 葵"))), second);
    EXPECT_TRUE(filed(file(child("厚労 茜"))).contains(R"("branch":"03")"));
    EXPECT_EQ(filings().at("filings").as_array().size(), 2U);
    ASSERT_EQ(eligibility("03").at("result").as_string(), "insured");
}

TEST_F(NewbornTest, WhoIsNoNewbornOrIncompleteIsRefused) {
    std::vector<json::object> wrong;
    for (const auto* member : {"name", "birth_date", "sex", "relation"}) {
        wrong.push_back(child("厚労 葵"));
        wrong.back().erase(member);
    }
    wrong.push_back(child(""));
    wrong.push_back(child("厚労 葵", -1));
    wrong.push_back(child("厚労 葵", 367));
    wrong.push_back(child("厚労 葵"));
    wrong.back()["sex"] = "other";
    wrong.push_back(child("厚労 葵"));
    wrong.back()["branch"] = "02";
    for (const auto& payload : wrong)
        EXPECT_EQ(told(file(payload)), "refused malformed") << json::serialize(payload);
    EXPECT_EQ(count("filing"), 0);
}

TEST_F(NewbornTest, OnlyAMemberWhoIsInsuredHereCanFile) {
    for (const auto* number :
         {R"("number":"1043","branch":"00")", R"("number":"1042","branch":"01")",
          R"("number":"1042","branch":"09")"}) {
        const auto other =
            wire::replaced(std::string(father), R"("number":"1042","branch":"00")", number);
        EXPECT_EQ(filed(file(child("厚労 葵"), other)), "no_match") << number;
    }
    reg.run("update member set lost_ymd = 20200401, lost_code = 1");
    EXPECT_EQ(filed(file(child("厚労 葵"))), "no_match");
    EXPECT_EQ(count("filing"), 0);
    EXPECT_EQ(count("dependant"), 1);
}

TEST_F(NewbornTest, AcceptedIsNoLongerProvisional) {
    filed(file(child("厚労 葵")));
    EXPECT_EQ(filings().at("filings").at(0).at("outcome").as_string(), "waiting");
    reg.run("update filing set outcome = 1, decided_ymd = 20261126");
    const auto payer = eligibility("02").at("payers").at(0).as_object();
    EXPECT_FALSE(payer.contains("provisional"));
    EXPECT_TRUE(payer.at("guarantee").as_bool());
    EXPECT_EQ(filings().at("filings").at(0).at("outcome").as_string(), "accepted");
    // Filed once more, it is decided already.
    EXPECT_EQ(filed(file(child("厚労 葵"))), second);
    EXPECT_EQ(filings().at("filings").at(1).at("outcome").as_string(), "accepted");
}

TEST_F(NewbornTest, RefusedWasNeverInsured) {
    const auto delivery = file(child("厚労 葵"));
    filed(delivery);
    filed(file(child("厚労 葵")));  // both filings are decided by one decision
    EXPECT_THROW(reg.run("update filing set outcome = 2"), Failure) << "without a reason";
    const auto entry = base64url(wire::order_entry(delivery.receipt.salt, delivery.receipt.order));
    reg.run(
        "update filing set outcome = 2, reason = '母の収入が多い', decided_ymd = 20261126"
        " where order_id = '" +
        entry + "'");
    const auto found = eligibility("02");
    EXPECT_EQ(found.at("result").as_string(), "not_on_this_date");
    EXPECT_FALSE(found.contains("last_day"));
    EXPECT_EQ(found.at("end_reason").as_string(), "被扶養者と認定されず");
    const auto all = filings();
    ASSERT_EQ(all.at("filings").as_array().size(), 2U);
    for (const auto& one : all.at("filings").as_array()) {
        EXPECT_EQ(one.at("outcome").as_string(), "refused");
        EXPECT_EQ(one.at("reason").as_string(), "母の収入が多い");
        EXPECT_EQ(one.at("branch").as_string(), "02");
    }
    // With more evidence it can be filed anew, under another number.
    EXPECT_TRUE(filed(file(child("厚労 葵"))).contains(R"("branch":"03")"));
    EXPECT_EQ(eligibility("03").at("result").as_string(), "insured");
}

TEST_F(NewbornTest, WithoutAFilingTheListIsEmpty) {
    EXPECT_TRUE(filings().at("filings").as_array().empty());
}

}  // namespace
}  // namespace mado::gateway
