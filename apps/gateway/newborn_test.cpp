// A newborn's filing at the demo country's society, through the gateway: its own mapping, its own
// database with its own triggers.
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <filesystem>

#include "crypto/digest.hpp"
#include "crypto/jwe.hpp"
#include "test_answering.hpp"

namespace mado::gateway {
namespace {

namespace json = boost::json;

const std::string holders_folder =
    (std::filesystem::path(__FILE__).parent_path() / "../../country/jp/holders/").string();
constexpr std::string_view father =
    R"({"holder":"06990014","scheme":"insured-number","symbol":"21",)"
    R"("number":"1042","branch":"00"})";

// One member, insured since 2008, with a child of branch 01.
void open_society(TestRegister& reg) {
    reg.mapping = holders_folder + "06990014.toml";
    reg.database += ".society";
    reg.run(read_file(holders_folder + "06990014.sql").value());
    reg.run(
        "insert into nightly_batch values ('register', 20261122023000);"
        "insert into workplace values ('21', 'w');"
        "insert into member values (1, '21', '1042', '00', '厚労 太郎', 'コウロウ タロウ',"
        " 19840315, 1, 'A市上山1-2-3', 1, 20080401, 99991231, null);"
        "insert into dependant values (2, '21', '1042', '01', '厚労 芽依', 'コウロウ メイ',"
        " 20220707, 2, 'A市上山1-2-3', 1, 20220707, 99991231, null);"
        "insert into benefit values (1, 20080401, 99991231, 3, 'ウ'),"
        " (2, 20220707, 20290331, 2, 'ウ')");
}

class NewbornTest : public AnsweringTest {
  protected:
    NewbornTest() : AnsweringTest(open_society) {}

    [[nodiscard]] Date today() const { return policy.day_of(unix_now()); }
    [[nodiscard]] std::string born(int days_ago) const {
        return to_text(Date(std::chrono::sys_days(today()) - std::chrono::days(days_ago)));
    }
    [[nodiscard]] json::object child(const char* name, int days_ago = 3) const {
        return {{"name", name},    {"kana", "コウロウ アオイ"}, {"birth_date", born(days_ago)},
                {"sex", "female"}, {"address", "A市上山1-2-3"}, {"relation", "二女"}};
    }
    wire::Delivery file(const json::object& payload, std::string_view number = father) {
        const auto& [kid, key] = *directory.find("06990014")->sealing_keys.begin();
        const auto sealed = crypto::encrypt_jwe(as_bytes(json::serialize(payload)), key, kid);
        auto out = make(number, "dependant", "filed", wire::Presence::card_pin, sealed);
        out.payload = sealed;
        return out;
    }
    wire::Delivery make(std::string_view number, std::string_view service, std::string_view row,
                        wire::Presence presence, std::string_view payload = {}) {
        Forgery forgery = now();
        forgery.number = number;
        forgery.head = [&](wire::Head& head) {
            head.to = {.holder = wire::participant_id("06990014"), .kind = {}, .position = 1};
            head.service = wire::service_id(service);
            head.purpose = wire::code_id("issuing");
            head.parameters.clear();
            if (payload.empty()) return;
            head.payload_hash = crypto::sha256(as_bytes(payload));
            head.expires = head.issued_at + wire::tell_lifetime_s;
        };
        forgery.order = [&](wire::Order& order) {
            order.policy = wire::code_id(row);
            order.presence = presence;
        };
        auto out = country.deliver(forgery);
        out.birth_date = {};
        return out;
    }
    std::string data(const wire::Delivery& delivery, std::string_view service) {
        const auto reply = deliver(delivery);
        if (reply.outcome != wire::Outcome::answered) return std::string(to_text(reply.outcome));
        const auto entry = wire::order_entry(delivery.receipt.salt, delivery.receipt.order);
        const auto answer = open(reply, entry, service);
        return answer ? json::serialize(*answer->data) : answer.error().why;
    }
    std::string filed(const wire::Delivery& delivery) { return data(delivery, "dependant"); }
    json::object filings() {
        const auto delivery = make(father, "dependants", "filings", wire::Presence::none);
        return wire::valid(parse_json_object(data(delivery, "dependants"), {.depth_max = 31}));
    }
    // Of the child, by number and birth date, as a clinic asks.
    json::object eligibility(std::string_view branch, int days_ago = 3) {
        const auto number =
            wire::replaced(std::string(father), R"("00")", "\"" + std::string(branch) + "\"");
        Forgery forgery = now();
        forgery.number = number;
        forgery.head = [this](wire::Head& head) {
            head.to = {.holder = wire::participant_id("06990014"), .kind = {}, .position = 1};
            head.parameters = {{"on", to_text(today())}};
        };
        auto delivery = country.deliver(forgery);
        delivery.birth_date = parse_date(born(days_ago)).value();
        return wire::valid(parse_json_object(data(delivery, "eligibility"), {.depth_max = 31}));
    }
    std::int64_t count(const std::string& table) const {
        db::Connection connection(reg.database, db::Access::read_only);
        auto rows = connection.prepare("select count(*) from " + table);
        rows.step();
        return rows.integer(0);
    }

    const std::string second =
        R"({"symbol":"21","number":"1042","branch":"02","provisional":true})";
};

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
