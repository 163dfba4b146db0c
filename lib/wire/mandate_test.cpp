#include "wire/mandate.hpp"

#include <boost/json.hpp>

#include "test_wire.hpp"

namespace mado::wire {
namespace {

class Mandates : public testing::Test {
  protected:
    [[nodiscard]] std::string sign(std::string_view payload,
                                   std::string_view type = mandate_type) const {
        return crypto::sign_jws(type, {.key_id = {}, .certificate = filled(3)}, as_bytes(payload),
                                card_);
    }
    [[nodiscard]] bool reads(const json::object& payload) const {
        return parse_mandate(sign(json::serialize(payload))).has_value();
    }

    crypto::PrivateKey card_ = crypto::PrivateKey::generate(crypto::KeyType::p256);
    Mandate mandate_{.audience = participant_id("relay"),
                     .organisation = participant_id("clinic-1"),
                     .kind = MandateKind::check,
                     .scope = {service_id("eligibility"), service_id("claims")},
                     .nonce = "n",
                     .issued_at = test_now,
                     .expires = test_now + 120,
                     .stop = filled(0)};
};

TEST_F(Mandates, AreTheseBytes) {
    EXPECT_EQ(mandate_payload(mandate_),
              R"({"aud":"relay","for":"clinic-1","kind":"check","scope":["eligibility","claims"],)"
              R"("nonce":"n","iat":1795312800,"exp":1795312920,)"
              R"("stop":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"})");
    mandate_.stop = std::nullopt;
    mandate_.kind = MandateKind::login;
    EXPECT_EQ(mandate_payload(mandate_),
              R"({"aud":"relay","for":"clinic-1","kind":"login","scope":["eligibility","claims"],)"
              R"("nonce":"n","iat":1795312800,"exp":1795312920})");
}

TEST_F(Mandates, AreReadAsTheyWereSigned) {
    const auto [mandate, jws] = valid(parse_mandate(sign(mandate_payload(mandate_))));
    EXPECT_EQ(mandate.audience, mandate_.audience);
    EXPECT_EQ(mandate.organisation, mandate_.organisation);
    EXPECT_EQ(mandate.kind, MandateKind::check);
    EXPECT_EQ(mandate.scope, mandate_.scope);
    EXPECT_EQ(mandate.nonce, "n");
    EXPECT_EQ(mandate.issued_at, test_now);
    EXPECT_EQ(mandate.expires, test_now + 120);
    EXPECT_EQ(mandate.stop, filled(0));
    EXPECT_EQ(jws.certificate, filled(3));
    EXPECT_TRUE(crypto::verify_jws(jws, card_.public_key()));
    EXPECT_TRUE(mandate.covers(service_id("claims")));
    EXPECT_FALSE(mandate.covers(service_id("pension")));

    mandate_.kind = MandateKind::login;
    EXPECT_EQ(valid(parse_mandate(sign(mandate_payload(mandate_)))).mandate.kind,
              MandateKind::login);
}

TEST_F(Mandates, HaveExactlyTheirMembers) {
    const auto full = valid(parse_json_object(mandate_payload(mandate_)));
    ASSERT_TRUE(reads(full));
    for (const auto& member : full) {
        auto changed = full;
        changed.erase(member.key());
        EXPECT_EQ(reads(changed), member.key() == "stop") << member.key();
        for (const auto& value :
             {json::value(nullptr), json::value(true), json::value(-1), json::value(INT64_MAX),
              json::value(std::string(65, 'a')), json::value(json::array{})}) {
            changed[member.key()] = value;
            EXPECT_FALSE(reads(changed)) << member.key();
        }
    }
    auto more = full;
    more["iss"] = "a";
    EXPECT_FALSE(reads(more));
    for (const auto* kind : {"delegate", "application", "Check", ""}) {
        auto changed = full;
        changed["kind"] = kind;
        EXPECT_FALSE(reads(changed)) << kind;
    }
    auto scope = full;
    scope["scope"] = json::array(32, json::value("claims"));
    EXPECT_TRUE(reads(scope));
    scope["scope"] = json::array(33, json::value("claims"));
    EXPECT_FALSE(reads(scope));
    scope["scope"] = json::array{"Eligibility"};
    EXPECT_FALSE(reads(scope));
    scope["scope"] = json::array{1};
    EXPECT_FALSE(reads(scope));
}

TEST_F(Mandates, OfEachKindHaveWhatTheKindNeeds) {
    mandate_.stop = std::nullopt;
    mandate_.kind = MandateKind::delegate;
    mandate_.delegate = filled(0);
    const auto delegate = mandate_payload(mandate_);
    EXPECT_TRUE(delegate.ends_with(R"("exp":1795312920,"delegate":)"
                                   R"("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"})"));
    EXPECT_EQ(valid(parse_mandate(sign(delegate))).mandate.delegate, filled(0));
    mandate_.delegate = std::nullopt;
    mandate_.kind = MandateKind::application;
    mandate_.payload_hashes = std::vector<Hash>(payloads_max, filled(0));
    const auto application = mandate_payload(mandate_);
    EXPECT_EQ(valid(parse_mandate(sign(application))).mandate.payload_hashes,
              mandate_.payload_hashes);
    EXPECT_LE(sign(application).size(), mandate_bytes_max);
    mandate_.payload_hashes.push_back(filled(1));
    EXPECT_FALSE(parse_mandate(sign(mandate_payload(mandate_)))) << "33 payloads";

    const auto reads_as = [this](MandateKind kind, bool names_one, bool payloads) {
        auto other = mandate_;
        other.kind = kind;
        other.delegate = names_one ? std::optional(filled(0)) : std::nullopt;
        other.payload_hashes = payloads ? std::vector{filled(0)} : std::vector<Hash>();
        return parse_mandate(sign(mandate_payload(other))).has_value();
    };
    for (const auto kind : {MandateKind::login, MandateKind::check, MandateKind::consent,
                            MandateKind::delegate, MandateKind::application}) {
        for (const bool names_one : {false, true}) {
            for (const bool payloads : {false, true}) {
                EXPECT_EQ(reads_as(kind, names_one, payloads),
                          names_one == (kind == MandateKind::delegate) &&
                              payloads == (kind == MandateKind::application))
                    << to_text(kind);
            }
        }
    }
    auto none = valid(parse_json_object(application));
    none["payload_hashes"] = json::array{};
    EXPECT_FALSE(reads(none));
}

TEST_F(Mandates, NameTheCardThatSigned) {
    const auto payload = mandate_payload(mandate_);
    EXPECT_STREQ(parse_mandate(jws_of(mandate_type, payload, card_)).error().why,
                 "a mandate must name the card's certificate");
    EXPECT_STREQ(parse_mandate(sign(payload, head_type)).error().why, "not a mandate");
    EXPECT_FALSE(parse_mandate(payload));
    EXPECT_FALSE(parse_mandate(""));
    auto text = sign(payload);
    text.append(mandate_bytes_max - text.size() + 1, 'A');
    EXPECT_STREQ(parse_mandate(text).error().why, "the JWS is too large");
}

TEST_F(Mandates, LiveAsLongAsTheirKindAllows) {
    EXPECT_EQ(lifetime_s_max(MandateKind::check), 120);
    EXPECT_EQ(lifetime_s_max(MandateKind::login), 1800);
    for (const auto kind :
         {MandateKind::consent, MandateKind::delegate, MandateKind::application}) {
        EXPECT_EQ(lifetime_s_max(kind), 86'400);
    }
    EXPECT_EQ(nonce_lifetime_s, 300);
}

}  // namespace
}  // namespace mado::wire
