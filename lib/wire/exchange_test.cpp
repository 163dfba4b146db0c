#include "wire/exchange.hpp"

#include "crypto/jwe.hpp"
#include "test_wire.hpp"

namespace mado::wire {
namespace {

class Exchanges : public testing::Test {
  protected:
    Exchanges()
        : receipt_(country_.log_order(complete(country_.order()))),
          jwe_(crypto::encrypt_jwe(as_bytes("plain"), country_.seal_to.public_key())) {}

    TestCountry country_;
    Receipt receipt_;
    std::string jwe_;
};

TEST_F(Exchanges, CarryARequestAsHeadAndSubject) {
    const Request request{.head = "a.b.c", .subject = to_bytes(R"({"mandate":"d.e.f"})")};
    const auto text = request_json(request);
    EXPECT_EQ(text, R"({"head":"a.b.c","subject":"eyJtYW5kYXRlIjoiZC5lLmYifQ"})");
    const auto read = valid(parse_request(text));
    EXPECT_EQ(read.head, request.head);
    EXPECT_EQ(read.subject, request.subject);

    for (const auto* bad :
         {R"({"head":"a.b.c"})", R"({"subject":"AA"})", R"({"head":"a.b.c","subject":"A"})",
          R"({"head":"a.b.c","subject":"AA=="})", R"({"head":"a.b.c","subject":{}})",
          R"({"head":["a"],"subject":"AA"})", R"({"head":"a.b.c","subject":"AA","payload":["x"]})",
          R"({"head":"a","head":"b","subject":"AA"})", R"([])", ""}) {
        EXPECT_FALSE(parse_request(bad)) << bad;
    }
    EXPECT_TRUE(parse_request(request_json({std::string(head_bytes_max, 'a'), Bytes(8192)})));
    EXPECT_FALSE(parse_request(request_json({std::string(head_bytes_max + 1, 'a'), {}})));
    EXPECT_FALSE(parse_request(request_json({"a", Bytes(8193)})));
    EXPECT_FALSE(parse_request(std::string(request_bytes_max, ' ') + text));
}

TEST_F(Exchanges, CarryAReplyWithOrWithoutReceipt) {
    const Reply full{.answer = jwe_, .receipt = receipt_, .subject_salt = filled(1)};
    const auto text = reply_json(full);
    EXPECT_TRUE(text.starts_with(R"({"outcome":"answered","answer":")"));
    const auto read = valid(parse_reply(text));
    EXPECT_EQ(read.answer, jwe_);
    ASSERT_TRUE(read.receipt);
    EXPECT_EQ(receipt_json(*read.receipt), receipt_json(receipt_));
    EXPECT_EQ(read.subject_salt, filled(1));

    const auto own =
        valid(parse_reply(reply_json({.answer = jwe_, .receipt = {}, .subject_salt = {}})));
    EXPECT_FALSE(own.receipt || own.subject_salt);

    EXPECT_FALSE(parse_reply(replaced(text, R"("outcome":"answered")", R"("outcome":"no_match")")));
    EXPECT_FALSE(parse_reply(replaced(text, R"("outcome":"answered",)", "")));
    EXPECT_FALSE(parse_reply(replaced(text, R"("outcome")", R"("note":"","outcome")")));
    EXPECT_FALSE(parse_reply(replaced(text, R"("proof":[])", R"("proof":[7])")));
    EXPECT_FALSE(parse_reply(replaced(text, base64url(filled(1)), "AA")));
    EXPECT_FALSE(parse_reply(R"({"outcome":"answered"})"));
    EXPECT_FALSE(parse_reply(R"({"outcome":"answered","answer":"a","receipt":null})"));
}

TEST_F(Exchanges, CarryADeliveryWithWhatItsOrderCommitsTo) {
    const Delivery full{.receipt = receipt_,
                        .number = R"({"holder":"06990014"})",
                        .number_salt = filled(2),
                        .birth_date = valid(parse_date("1986-05-01"))};
    const auto text = delivery_json(full);
    const auto read = valid(parse_delivery(text));
    EXPECT_EQ(receipt_json(read.receipt), receipt_json(receipt_));
    EXPECT_EQ(read.number, full.number);
    EXPECT_EQ(read.number_salt, filled(2));
    EXPECT_EQ(read.birth_date, full.birth_date);

    const auto bare = valid(parse_delivery(
        delivery_json({.receipt = receipt_, .number = "", .number_salt = {}, .birth_date = {}})));
    EXPECT_EQ(bare.number, "");
    EXPECT_FALSE(bare.birth_date);

    const auto salt = R"(,"number_salt":")" + base64url(filled(2)) + "\"";
    EXPECT_FALSE(parse_delivery(replaced(text, salt, "")));
    const auto number = R"("number":")" + base64url(as_bytes(full.number)) + "\",";
    EXPECT_FALSE(parse_delivery(replaced(text, number, "")));
    EXPECT_FALSE(parse_delivery(replaced(text, "1986-05-01", "1986-05-32")));
    EXPECT_FALSE(parse_delivery(replaced(text, R"("birth_date")", R"("birthday")")));
    EXPECT_FALSE(parse_delivery(replaced(text, R"("index":0)", R"("index":-1)")));
    EXPECT_FALSE(parse_delivery(R"({"number":"AA"})"));
    EXPECT_FALSE(parse_delivery("{}"));
    EXPECT_TRUE(parse_delivery(delivery_json({.receipt = receipt_,
                                              .number = std::string(1024, 'a'),
                                              .number_salt = {},
                                              .birth_date = {}})));
    EXPECT_FALSE(parse_delivery(delivery_json({.receipt = receipt_,
                                               .number = std::string(1025, 'a'),
                                               .number_salt = {},
                                               .birth_date = {}})));
}

TEST_F(Exchanges, CarryADeliverysReply) {
    const auto answered = valid(parse_delivery_reply(
        delivery_reply_json({.outcome = Outcome::answered, .answer = jwe_, .reason = {}})));
    EXPECT_EQ(answered.outcome, Outcome::answered);
    EXPECT_EQ(answered.answer, jwe_);
    const auto refused = valid(parse_delivery_reply(delivery_reply_json(
        {.outcome = Outcome::refused, .answer = {}, .reason = "receipt_invalid"})));
    EXPECT_EQ(refused.outcome, Outcome::refused);
    EXPECT_EQ(refused.reason, "receipt_invalid");
    EXPECT_EQ(delivery_reply_json({.outcome = Outcome::no_match, .answer = {}, .reason = {}}),
              R"({"outcome":"no_match"})");

    // An answer that is no JWE must not reach the requester.
    EXPECT_FALSE(parse_delivery_reply(R"({"outcome":"answered"})"));
    EXPECT_FALSE(parse_delivery_reply(R"({"outcome":"answered","answer":"a.b.c"})"));
    EXPECT_FALSE(parse_delivery_reply(R"({"outcome":"answered","answer":")" + jwe_ + ".\"}"));
    EXPECT_FALSE(parse_delivery_reply(R"({"outcome":"unavailable"})"));
    EXPECT_FALSE(parse_delivery_reply(R"({"outcome":"no_match","data":{}})"));
    EXPECT_FALSE(
        parse_delivery_reply(R"({"outcome":"refused","reason":")" + std::string(41, 'a') + "\"}"));
    EXPECT_FALSE(parse_delivery_reply(R"({"outcome":7})"));
    EXPECT_FALSE(parse_delivery_reply("{}"));
    EXPECT_FALSE(parse_delivery_reply("answered"));
}

TEST(Outcomes, HaveFiveNames) {
    for (const auto outcome : {Outcome::answered, Outcome::no_match, Outcome::several_match,
                               Outcome::refused, Outcome::failed}) {
        EXPECT_EQ(parse_outcome(to_text(outcome)), outcome);
    }
    EXPECT_FALSE(parse_outcome(""));
    EXPECT_FALSE(parse_outcome("Answered"));
}

}  // namespace
}  // namespace mado::wire
