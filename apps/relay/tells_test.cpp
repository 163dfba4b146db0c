// Tells: what an organisation hands over about a person whom it knows by its own number.
#include "crypto/digest.hpp"
#include "test_exchange.hpp"

namespace mado::relay {
namespace {

class TellsTest : public ExchangeTest {
  protected:
    // The relay cannot open it, and does not look.
    const std::string payload = crypto::encrypt_jwe(
        as_bytes(R"({"health_care_number":"621874998319"})"), store.country.seal_to.public_key());

    [[nodiscard]] wire::Head tell_head() const {
        auto out = head();
        out.to = {.holder = participant_id("06990014"), .kind = {}, .position = 1};
        out.service = service_id("health-care-number");
        out.purpose = wire::code_id("issuing");
        out.parameters.clear();
        out.payload_hash = crypto::sha256(as_bytes(payload));
        out.expires = out.issued_at + wire::tell_lifetime_s;
        return out;
    }
    [[nodiscard]] std::string tell_body(const wire::Head& of, std::string_view subject,
                                        std::string_view with) const {
        const auto& key = store.country.clinic;
        return wire::request_json({.head = wire::sign_head(of, wire::kid_of(key), key),
                                   .subject = to_bytes(subject),
                                   .payload = std::string(with)});
    }
    std::string tell(const wire::Head& of, std::string_view subject) {
        return code_of(send(tell_body(of, subject, payload)));
    }
    std::string tell(const wire::Head& of) { return tell(of, own()); }
    static std::string own(std::string_view digits = "000123") {
        return wire::own_subject(file_number(digits));
    }
};

TEST_F(TellsTest, GoesToTheHolderWithItsOwnNumberAndThePayload) {
    dial_answering();
    EXPECT_EQ(tell(tell_head()), "ok");
    ASSERT_EQ(deliveries.size(), 1U);
    EXPECT_EQ(deliveries[0].payload, payload);
    EXPECT_NE(deliveries[0].number.find("insured-number"), std::string::npos);
    EXPECT_EQ(deliveries[0].number.find("000123"), std::string::npos)
        << "no holder learns another's number";
    EXPECT_EQ(deliveries[0].birth_date, std::nullopt);
    const auto order = wire::valid(wire::parse_order(deliveries[0].receipt.order));
    EXPECT_EQ(order.presence, wire::Presence::none);
    EXPECT_EQ(logged(), 1);
}

TEST_F(TellsTest, TheSameBytesAreTheSameOrder) {
    dial_answering();
    const auto body = tell_body(tell_head(), own(), payload);
    EXPECT_EQ(code_of(send(body)), "ok");
    EXPECT_EQ(code_of(send(body)), "ok");
    ASSERT_EQ(deliveries.size(), 2U);
    EXPECT_EQ(deliveries[0].receipt.order, deliveries[1].receipt.order);
    EXPECT_EQ(deliveries[1].payload, payload);
    EXPECT_EQ(logged(), 1);
}

TEST_F(TellsTest, WhoIsMeantMustBeLinkedAndTheNumberOnesOwn) {
    dial_answering();
    EXPECT_EQ(tell(tell_head(), own("000124")), "no_link");
    auto other = tell_head();
    other.to.holder = participant_id("992016");
    EXPECT_EQ(tell(other), "not_allowed") << "a care insurer is not told";
    const auto insured = R"({"own":{"scheme":"insured-number","insurer":"06990014",)"
                         R"("symbol":"12","number":"1","branch":"00"}})";
    EXPECT_EQ(tell(tell_head(), insured), "not_allowed") << "the insurer's number is not ours";
    const auto everybodys =
        fmt::format(R"({{"own":{{"scheme":"health-care-number","number":"{}"}}}})",
                    health_care_number("12345678901"));
    EXPECT_EQ(tell(tell_head(), everybodys), "not_allowed");
    EXPECT_EQ(logged(), 0);
}

TEST_F(TellsTest, MalformedNumbers) {
    dial_answering();
    EXPECT_EQ(tell(tell_head(), own("123")), "number_malformed");
    for (const auto* subject :
         {R"({"own":"000123"})", R"({"own":{}})", R"({"own":{"scheme":"file-number"}})",
          R"({"own":{"number":"000123"}})", R"({"own":{"scheme":"horoscope","number":"000123"}})",
          R"({"own":{"scheme":"file-number","number":"000123","birth_date":"1986-11-22"}})",
          R"({"own":{"scheme":"file-number","number":"000123"},"by":"x"})"}) {
        EXPECT_TRUE(tell(tell_head(), subject).contains("malformed")) << subject;
    }
    EXPECT_EQ(logged(), 0);
}

// A number of one's own says nothing about the person's part: it opens no record.
TEST_F(TellsTest, ItDoesNotStandInForACardOrANumber) {
    dial_answering();
    EXPECT_EQ(ask(head(), own()), "not_allowed");
    EXPECT_EQ(tell(tell_head(), mandate()), "not_allowed");
    EXPECT_EQ(logged(), 0);
    EXPECT_EQ(tell(tell_head(), number("1")), "not_allowed");
    EXPECT_LE(logged(), 1) << "that somebody tried by number the person sees, and nothing else";
}

TEST_F(TellsTest, ThePayloadIsTheSignedOneAndForOneHolder) {
    dial_answering();
    EXPECT_EQ(code_of(send(tell_body(tell_head(), own(), ""))), "malformed");
    EXPECT_EQ(code_of(send(tell_body(tell_head(), own(), payload + "x"))), "malformed");
    auto without = tell_head();
    without.payload_hash = {};
    EXPECT_EQ(tell(without), "malformed");
    auto to_kind = tell_head();
    to_kind.to = {.holder = {}, .kind = wire::code_id("medical-insurer"), .position = 1};
    EXPECT_EQ(tell(to_kind), "malformed");
    auto check = head();
    check.payload_hash = crypto::sha256(as_bytes(payload));
    EXPECT_EQ(code_of(send(tell_body(check, number("1"), payload))), "not_allowed")
        << "eligibility takes none";
    EXPECT_EQ(logged(), 0);
}

TEST_F(TellsTest, LivesForAWeekAndAnAskForAMinute) {
    dial_answering();
    auto old = tell_head();
    old.issued_at -= wire::tell_lifetime_s - 5;
    old.expires = old.issued_at + wire::tell_lifetime_s;
    EXPECT_EQ(tell(old), "ok");
    auto too_long = tell_head();
    too_long.expires += 1;
    EXPECT_EQ(tell(too_long), "head_stale");
    auto long_ask = head();
    long_ask.expires += 1;
    EXPECT_EQ(ask(long_ask, number("1")), "head_stale");
    EXPECT_EQ(logged(), 1);
}

// Nothing is recorded and nothing kept here: it waits with its sender.
TEST_F(TellsTest, AnAbsentHolderIsSaid) {
    EXPECT_EQ(tell(tell_head()), "unavailable absent");
    EXPECT_EQ(logged(), 0);
}

}  // namespace
}  // namespace mado::relay
