#include "wire/services/certificates.hpp"

#include <boost/json.hpp>

#include "wire/services/test_rows.hpp"

namespace mado::wire {
namespace {

const std::string serial(40, 'a');
const std::string entry = base64url(filled(9));

Row person() {
    return {.values = {{"number", "12345678901234567890"}, {"as_of", std::int64_t{test_now - 60}}}};
}

Row certificate() {
    auto row = person();
    row.values.merge(decltype(row.values){{"serial", serial},
                                          {"use", "signing"},
                                          {"not_before", std::int64_t{10}},
                                          {"not_after", std::int64_t{20}},
                                          {"status", "revoked"},
                                          {"since", std::int64_t{15}},
                                          {"reason", "attributes-changed"}});
    return row;
}

Row order() {
    auto row = person();
    row.values.merge(decltype(row.values){{"order_id", entry},
                                          {"act", "issue-signing"},
                                          {"received", std::int64_t{9}},
                                          {"outcome", "issued"},
                                          {"about", serial}});
    return row;
}

std::vector<Row> pieces() {
    return {{.values = {{"serial", serial}, {"piece", "MIIB"}}},
            {.values = {{"serial", serial}, {"piece", "AAAA"}}}};
}

class CertificatesTest : public ServiceTest {
  protected:
    explicit CertificatesTest(std::string_view service = "certificates",
                              ParameterValues parameters = {})
        : ServiceTest(service, std::move(parameters), {{"number", "12345678901234567890"}}) {}
};

TEST_F(CertificatesTest, AreThoseOfThePersonWithTheirOrders) {
    EXPECT_EQ(json::serialize(data({certificate(), order(), person()}, pieces())),
              R"({"certificates":[{"serial":")" + serial +
                  R"(","use":"signing","not_before":10,"not_after":20,"status":"revoked",)"
                  R"("since":15,"reason":"attributes-changed","certificate":"MIIBAAAA"}],)"
                  R"("orders":[{"order":")" +
                  entry + R"(","act":"issue-signing","received":9,"outcome":"issued","serial":")" +
                  serial + R"("}]})");
    EXPECT_EQ(outcome({}), Outcome::no_match);
    EXPECT_EQ(outcome({with(certificate(), "number", "09876543210987654321")}), Outcome::no_match);
    birth_date_ = valid(parse_date("1986-05-01"));
    EXPECT_EQ(outcome({person()}), Outcome::no_match);
}

TEST_F(CertificatesTest, AnOrderThatWaitsHasNoOutcomeYet) {
    const auto waiting = with(with(order(), "outcome", Value()), "about", Value());
    EXPECT_EQ(data({waiting}).at("orders").at(0).at("outcome"), "waiting");
    const auto refused = with(with(waiting, "outcome", "refused"), "refusal", "too_young");
    EXPECT_EQ(data({refused}).at("orders").at(0).at("refusal"), "too_young");
}

TEST_F(CertificatesTest, WhatTheContractDoesNotAllowIsNoAnswer) {
    for (const auto* column : {"use", "not_before", "not_after", "status", "since", "reason"})
        EXPECT_NE(why_bad({with(certificate(), column, Value())}, pieces()), "") << column;
    EXPECT_NE(why_bad({with(certificate(), "use", "sealing")}, pieces()), "");
    EXPECT_NE(why_bad({with(certificate(), "status", "good")}, pieces()), "") << "with a reason";
    EXPECT_NE(why_bad({certificate()}), "") << "without its bytes";
    EXPECT_NE(why_bad({certificate()}, {{.values = {{"serial", serial}, {"piece", "="}}}}), "");
    EXPECT_NE(why_bad({certificate()},
                      std::vector<Row>(
                          9, {.values = {{"serial", serial}, {"piece", std::string(1'000, 'A')}}})),
              "");
    EXPECT_NE(why_bad({with(order(), "order_id", "x")}), "");
    EXPECT_NE(why_bad({with(order(), "outcome", "refused")}), "") << "without saying why";
    EXPECT_NE(why_bad({with(order(), "refusal", "revoked")}), "");
    EXPECT_NE(why_bad({with(order(), "outcome", "lost")}), "");
}

TEST(CertificateTells, SayWhatIsDone) {
    const auto today = valid(parse_date("2026-11-22"));
    const auto takes = [today](const char* service, std::map<std::string, std::string> asked) {
        return read_parameters(*find_contract(service), asked, today).has_value();
    };
    EXPECT_TRUE(takes("certificate", {{"act", "issue-authentication"}}));
    const auto asked = base64url(filled(7));
    EXPECT_TRUE(takes("certificate", {{"act", "issue-signing"}, {"index", "7"}, {"order", asked}}));
    EXPECT_FALSE(takes("certificate", {{"act", "issue-signing"}})) << "whose word is it?";
    EXPECT_FALSE(takes("certificate", {{"act", "issue-signing"}, {"order", asked}}));
    EXPECT_FALSE(takes("certificate", {{"act", "issue-signing"}, {"index", "7"}}));
    EXPECT_FALSE(takes("certificate", {{"act", "issue-signing"}, {"index", "7"}, {"order", "x"}}));
    EXPECT_FALSE(
        takes("certificate", {{"act", "issue-authentication"}, {"index", "7"}, {"order", asked}}));
    for (const auto* act : {"suspend", "resume", "revoke"}) {
        EXPECT_TRUE(takes("certificate-status", {{"act", act}})) << act;
        EXPECT_FALSE(takes("certificate", {{"act", act}})) << act;
    }
    EXPECT_FALSE(takes("certificate", {}));
    EXPECT_FALSE(takes("certificate-status", {}));
    EXPECT_FALSE(takes("certificate-status", {{"act", "erase"}}));
    EXPECT_TRUE(takes("certificates", {}));
}

TEST(CertificateTells, HaveAPayload) {
    const auto takes = [](const char* service, std::string_view text) {
        return read_payload(*find_contract(service), text).has_value();
    };
    EXPECT_TRUE(takes("certificate", R"({"public_key":"MIIB"})"));
    EXPECT_TRUE(takes("certificate",
                      R"({"public_key":"MIIB","name":"名","kana":"カナ",)"
                      R"("address":"住所","birth_date":"1984-03-15","sex":"male"})"));
    EXPECT_TRUE(takes("certificate", R"({"public_key":"MIIB","salt":"x","answer":")" +
                                         std::string(8'192, 'x') + R"("})"));
    EXPECT_FALSE(takes("certificate",
                       R"({"public_key":"MIIB","answer":")" + std::string(8'193, 'x') + R"("})"));
    EXPECT_FALSE(takes("certificate", R"({"name":"名"})"));
    EXPECT_FALSE(takes("certificate", R"({"public_key":"MIIB","birth_date":"1984-03-32"})"));
    EXPECT_FALSE(takes("certificate", R"({"public_key":"MIIB","email":"a@b"})"));
    EXPECT_FALSE(takes("certificate", R"({"public_key":")" + std::string(1'001, 'A') + R"("})"));
    EXPECT_TRUE(takes("certificate-status", R"({"serial":"4a","reason":"lost"})"));
    EXPECT_FALSE(takes("certificate-status", R"({"serial":"4 a","reason":"lost"})"));
    EXPECT_FALSE(takes("certificate-status", R"({"serial":"4a"})"));
}

}  // namespace
}  // namespace mado::wire
