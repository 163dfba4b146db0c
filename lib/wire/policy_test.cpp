#include "wire/policy.hpp"

#include <boost/json.hpp>

#include "base/file.hpp"
#include "base/temp_folder.hpp"
#include "test_wire.hpp"

namespace mado::wire {
namespace {

constexpr std::string_view file = R"({"utc_offset_s": 32400, "policies": [
 {"id": "a", "service": "eligibility", "requester_kind": "clinic", "purpose": "treatment",
  "presence": "number", "holder_kinds": ["medical-insurer"], "legal_basis": "健康保険法",
  "keep_days": 1826, "tell_at_once": true, "from": "2024-12-02", "to": "2027-03-31"},
 {"id": "b", "service": "eligibility", "requester_kind": "care-provider", "purpose": "care",
  "presence": "card-pin", "mandate": "check",
  "holder_kinds": ["care-insurer", "medical-insurer"], "legal_basis": "介護保険法",
  "keep_days": 1, "tell_at_once": false, "from": "2024-12-02"},
 {"id": "c", "service": "eligibility", "requester_kind": "care-provider", "purpose": "care",
  "presence": "number", "holder_kinds": ["medical-insurer", "public-expense"],
  "legal_basis": "健康保険法", "keep_days": 1, "tell_at_once": false, "from": "2024-12-02"}]})";

class Policies : public testing::Test {
  protected:
    struct Question {
        std::string service = "eligibility";
        std::string requester_kind = "clinic";
        std::string purpose = "treatment";
        Presence presence = Presence::number;
        std::string holder_kind = "medical-insurer";
        std::string on = "2026-11-22";
    };
    // The id of the row that allows it; "" when nothing does.
    std::string allows(const Question& question) {
        const auto* row = policy_.find({.service = service_id(question.service),
                                        .requester_kind = code_id(question.requester_kind),
                                        .purpose = code_id(question.purpose),
                                        .presence = question.presence,
                                        .holder_kind = code_id(question.holder_kind),
                                        .on = valid(parse_date(question.on))});
        return row == nullptr ? "" : row->id.text();
    }

    Policy policy_ = valid(Policy::parse(file));
};

TEST_F(Policies, DenyWhatNoRowAllows) {
    EXPECT_EQ(allows({}), "a");
    EXPECT_EQ(allows({.service = "claims"}), "");
    EXPECT_EQ(allows({.requester_kind = "portal"}), "");
    EXPECT_EQ(allows({.purpose = "research"}), "");
    EXPECT_EQ(allows({.presence = Presence::none}), "");
    EXPECT_EQ(allows({.presence = Presence::card_seen}), "");
    EXPECT_EQ(allows({.holder_kind = "care-insurer"}), "");
    // Members of two rows do not add up to a third.
    EXPECT_EQ(allows({.requester_kind = "care-provider"}), "");
    EXPECT_EQ(allows({.presence = Presence::card_pin}), "");
    const auto empty = valid(Policy::parse(R"({"utc_offset_s": 0, "policies": []})"));
    EXPECT_EQ(empty.row(code_id("a")), nullptr);
}

TEST_F(Policies, AllowFromTheirFirstToTheirLastDay) {
    EXPECT_EQ(allows({.on = "2024-12-01"}), "");
    EXPECT_EQ(allows({.on = "2024-12-02"}), "a");
    EXPECT_EQ(allows({.on = "2027-03-31"}), "a");
    EXPECT_EQ(allows({.on = "2027-04-01"}), "");
    EXPECT_EQ(allows({.requester_kind = "care-provider",
                      .purpose = "care",
                      .presence = Presence::card_pin,
                      .on = "2999-12-31"}),
              "b");
}

TEST_F(Policies, NameTheKindsOfHolder) {
    for (const auto* kind : {"care-insurer", "medical-insurer"}) {
        EXPECT_EQ(allows({.requester_kind = "care-provider",
                          .purpose = "care",
                          .presence = Presence::card_pin,
                          .holder_kind = kind}),
                  "b");
    }
    const auto kinds = policy_.holder_kinds(service_id("eligibility"), code_id("care-provider"));
    EXPECT_EQ(kinds, (std::vector{code_id("care-insurer"), code_id("medical-insurer"),
                                  code_id("public-expense")}));
    EXPECT_TRUE(policy_.holder_kinds(service_id("eligibility"), code_id("portal")).empty());
    EXPECT_TRUE(policy_.holder_kinds(service_id("claims"), code_id("clinic")).empty());
}

TEST_F(Policies, TellWhatTheirRowSays) {
    const auto* row = policy_.row(code_id("a"));
    ASSERT_NE(row, nullptr);
    EXPECT_EQ(row->legal_basis, "健康保険法");
    EXPECT_EQ(row->keep_days, 1826);
    EXPECT_TRUE(row->tell_at_once);
    EXPECT_EQ(row->to, valid(parse_date("2027-03-31")));
    EXPECT_FALSE(policy_.row(code_id("b"))->to);
    EXPECT_EQ(policy_.row(code_id("d")), nullptr);
}

TEST_F(Policies, RefuseAFileThatIsNotWhole) {
    const auto rows = valid(parse_json_object(file)).at("policies").as_array();
    const auto reads = [](const json::value& row) {
        return Policy::parse(json::serialize(
                                 json::object{{"utc_offset_s", 0}, {"policies", json::array{row}}}))
            .has_value();
    };
    const auto& full = rows[0].as_object();
    ASSERT_TRUE(reads(full));
    for (const auto& member : full) {
        auto changed = full;
        changed.erase(member.key());
        EXPECT_EQ(reads(changed), member.key() == "to") << member.key();
        for (const auto& value :
             {json::value(nullptr), json::value(7.5), json::value(-1), json::value(""),
              json::value(json::object{}), json::value(json::array{""})}) {
            changed[member.key()] = value;
            EXPECT_FALSE(reads(changed)) << member.key();
        }
    }
    auto more = full;
    more["region"] = "";
    EXPECT_FALSE(reads(more));
    EXPECT_FALSE(reads("a"));
    EXPECT_STREQ(Policy::parse(replaced(file, R"("id": "b")", R"("id": "a")")).error().why,
                 "two policy rows have one id");
    EXPECT_FALSE(Policy::parse(R"({"utc_offset_s": 0, "policies": [], "version": 1})"));
    EXPECT_FALSE(Policy::parse("[]"));
    EXPECT_FALSE(Policy::parse(""));
}

TEST_F(Policies, SayWhatACardMustHaveSigned) {
    EXPECT_EQ(policy_.row(code_id("b"))->mandate, MandateKind::check);
    EXPECT_FALSE(policy_.row(code_id("a"))->mandate);
    EXPECT_FALSE(Policy::parse(replaced(file, R"("mandate": "check",)", "")));
    EXPECT_FALSE(Policy::parse(replaced(file, R"("mandate": "check")", R"("mandate": "guess")")));
    EXPECT_TRUE(Policy::parse(replaced(file, R"("mandate": "check")", R"("mandate": "login")")));
    // Where no card signs, there is no mandate.
    EXPECT_FALSE(Policy::parse(
        replaced(file, R"("keep_days": 1826)", R"("keep_days": 1826, "mandate": "check")")));
}

TEST(PolicyRows, GoWithoutANumberOnlyWithWhatIsToldByAnApplication) {
    const std::string row =
        R"({"utc_offset_s":32400,"policies":[{"id":"a","service":"health-care-number",)"
        R"("requester_kind":"portal","purpose":"birth","presence":"card-pin",)"
        R"("mandate":"application","holder_kinds":["medical-insurer"],"legal_basis":"…",)"
        R"("keep_days":30,"tell_at_once":false,"unlinked":true,"from":"2020-01-01"}]})";
    EXPECT_TRUE(valid(Policy::parse(row)).row(code_id("a"))->unlinked);
    EXPECT_FALSE(
        valid(Policy::parse(replaced(row, R"("unlinked":true,)", ""))).row(code_id("a"))->unlinked);
    EXPECT_FALSE(Policy::parse(replaced(row, "health-care-number", "eligibility")));
    EXPECT_FALSE(Policy::parse(replaced(row, R"("application")", R"("consent")")));
    EXPECT_FALSE(Policy::parse(
        replaced(row, R"("presence":"card-pin","mandate":"application")", R"("presence":"none")")));
    EXPECT_FALSE(Policy::parse(replaced(row, R"("unlinked":true)", R"("unlinked":1)")));
}

TEST_F(Policies, KnowTheDayOfTheirCountry) {
    EXPECT_EQ(to_text(policy_.day_of(1'795'359'599)), "2026-11-22");  // 23:59:59 in Japan
    EXPECT_EQ(to_text(policy_.day_of(1'795'359'600)), "2026-11-23");
    const auto offset = [](std::string_view by) {
        return Policy::parse(replaced(file, "32400", by)).has_value();
    };
    EXPECT_TRUE(offset("-50400"));
    EXPECT_TRUE(offset("50400"));
    EXPECT_FALSE(offset("50401"));
    EXPECT_FALSE(offset("\"+09:00\""));
    EXPECT_FALSE(Policy::parse(replaced(file, R"("utc_offset_s": 32400, )", "")));
}

TEST(NationalFiles, AreThoseOfTheDirectoryOrNothing) {
    const TempFolder folder;
    const TestCountry country;
    auto directory = country.directory();
    directory.policy = crypto::sha256(as_bytes(file));
    directory.schemes = crypto::sha256(as_bytes(schemes_text));
    const auto path = folder.path("file.json");
    EXPECT_THROW(load_policy(path, directory), OperatorError);
    replace_file(path, as_bytes(file));
    EXPECT_NE(load_policy(path, directory).row(code_id("a")), nullptr);
    EXPECT_THROW(load_schemes(path, directory), OperatorError);
    replace_file(path, as_bytes(schemes_text));
    EXPECT_NE(load_schemes(path, directory).find("insured-number"), nullptr);
    EXPECT_THROW(load_policy(path, directory), OperatorError);
    replace_file(path, as_bytes(std::string(file) + "\n"));  // the same rows, other bytes
    EXPECT_THROW(load_policy(path, directory), OperatorError);
    // What the directory lists and nobody can read.
    replace_file(path, as_bytes("{}"));
    directory.policy = crypto::sha256(as_bytes("{}"));
    EXPECT_THROW(load_policy(path, directory), OperatorError);
}

}  // namespace
}  // namespace mado::wire
