#include "wire/head.hpp"

#include <boost/json.hpp>
#include <set>

#include "test_wire.hpp"

namespace mado::wire {
namespace {

class Heads : public testing::Test {
  protected:
    Heads() {
        auto full = country_.head();
        full.to = {.holder = participant_id("06990014"), .kind = {}, .position = 1};
        full.payload_hash = filled(8);
        full.person_operator = filled(9);
        full.card_seen = true;
        const auto jws = sign_head(full, kid_of(country_.clinic), country_.clinic);
        const auto payload = valid(crypto::parse_jws(jws)).payload;
        full_ = valid(parse_json_object(as_text(payload)));
    }
    [[nodiscard]] std::string sign(const json::object& payload) const {
        return jws_of(head_type, json::serialize(payload), country_.clinic);
    }
    [[nodiscard]] bool reads(const json::object& payload) const {
        return parse_head(sign(payload)).has_value();
    }
    template <class T>
    [[nodiscard]] json::object with(std::string_view name, const T& value) const {
        auto out = full_;
        out[name] = value;
        return out;
    }

    TestCountry country_;
    json::object full_;  // the payload of a head with every member
};

TEST_F(Heads, AreReadAsTheyWereSigned) {
    const auto text = sign(full_);
    const auto [head, jws] = valid(parse_head(text));
    EXPECT_EQ(head.issuer.text(), "clinic-1");
    EXPECT_EQ(head.audience.text(), "relay");
    EXPECT_EQ(head.jti.size(), 22U);
    EXPECT_EQ(head.issued_at, test_now);
    EXPECT_EQ(head.expires, test_now + 60);
    ASSERT_TRUE(head.to.holder);
    EXPECT_EQ(head.to.holder->text(), "06990014");
    EXPECT_FALSE(head.to.kind);
    EXPECT_EQ(head.service.text(), "eligibility");
    EXPECT_EQ(head.purpose.text(), "treatment");
    EXPECT_EQ(head.seal_to.thumbprint(), country_.seal_to.public_key().thumbprint());
    EXPECT_EQ(head.parameters, (std::map<std::string, std::string>{{"on", "2026-11-22"}}));
    EXPECT_EQ(head.payload_hash, filled(8));
    EXPECT_EQ(head.person_operator, filled(9));
    EXPECT_TRUE(head.card_seen);
    EXPECT_TRUE(crypto::verify_jws(jws, country_.clinic.public_key()));
    EXPECT_FALSE(crypto::verify_jws(jws, country_.relay.public_key()));

    const auto plain = valid(parse_head(sign_head(country_.head(), "k", country_.clinic)));
    EXPECT_EQ(plain.jws.key_id, "k");
    ASSERT_TRUE(plain.head.to.kind);
    EXPECT_EQ(plain.head.to.kind->text(), "medical-insurer");
    EXPECT_EQ(plain.head.to.position, 1);
    EXPECT_FALSE(plain.head.payload_hash || plain.head.person_operator || plain.head.card_seen);
}

TEST_F(Heads, HaveExactlyTheirMembers) {
    ASSERT_TRUE(reads(full_));
    const std::set<std::string_view> optional = {"payload_hash", "operator", "presence"};
    for (const auto& member : full_) {
        auto without = full_;
        without.erase(member.key());
        EXPECT_EQ(reads(without), optional.contains(member.key())) << member.key();
        EXPECT_FALSE(reads(with(member.key(), nullptr))) << member.key();
        EXPECT_FALSE(reads(with(member.key(), true))) << member.key();
        EXPECT_FALSE(reads(with(member.key(), json::array{}))) << member.key();
        EXPECT_FALSE(reads(with(member.key(), std::string(65, 'a')))) << member.key();
        EXPECT_FALSE(reads(with(member.key(), ""))) << member.key();
    }
    EXPECT_FALSE(reads(with("nbf", test_now)));
    EXPECT_FALSE(parse_head(jws_of(head_type, "[]", country_.clinic)));
    EXPECT_FALSE(parse_head(jws_of(head_type, "not JSON", country_.clinic)));
    EXPECT_FALSE(parse_head(jws_of("mado-mandate+jws", json::serialize(full_), country_.clinic)));
    EXPECT_FALSE(parse_head(""));
}

TEST_F(Heads, RefuseValuesOutOfTheirRange) {
    for (const auto* name : {"iss", "aud", "service", "purpose"}) {
        for (const auto* code : {"Clinic", "clinic 1", "-clinic", ".clinic", "診療所", "a/b"}) {
            EXPECT_FALSE(reads(with(name, code))) << name << " " << code;
        }
        EXPECT_TRUE(reads(with(name, std::string(64, 'a')))) << name;
    }
    for (const std::size_t bytes : {0U, 15U, 17U}) {
        EXPECT_FALSE(reads(with("jti", base64url(Bytes(bytes))))) << bytes;
    }
    EXPECT_FALSE(reads(with("jti", "AAAAAAAAAAAAAAAAAAAAAB")));  // trailing bits
    for (const auto* name : {"iat", "exp"}) {
        EXPECT_FALSE(reads(with(name, -1))) << name;
        EXPECT_FALSE(reads(with(name, INT64_MAX))) << name;
        EXPECT_FALSE(reads(with(name, "1795312800"))) << name;
    }
    EXPECT_FALSE(reads(with("presence", "card-pin")));
    EXPECT_FALSE(reads(with("payload_hash", base64url(Bytes(31)))));
}

TEST_F(Heads, AskOneHolderOrTheNthOfAKind) {
    const auto to = [&](std::string_view text) { return reads(with("to", json::parse(text))); };
    EXPECT_TRUE(to(R"({"holder":"relay"})"));
    EXPECT_TRUE(to(R"({"kind":"care-insurer","position":1})"));
    EXPECT_TRUE(to(R"({"kind":"care-insurer","position":16})"));
    for (const auto* bad :
         {R"({})", R"({"holder":""})", R"({"holder":7})", R"({"kind":"a"})", R"({"position":1})",
          R"({"kind":"a","position":0})", R"({"kind":"a","position":17})",
          R"({"kind":"a","position":"1"})", R"({"kind":"A","position":1})",
          R"({"holder":"a","position":1})", R"({"holder":"a","kind":"a","position":1})",
          R"({"holder":"a","branch":"b"})"}) {
        EXPECT_FALSE(to(bad)) << bad;
    }
}

TEST_F(Heads, AreSealedToAPublicP256KeyOnly) {
    const auto seals_to = [&](const std::string& jwk) {
        return reads(with("seal_to", json::parse(jwk)));
    };
    using crypto::KeyType;
    for (const auto type : {KeyType::p384, KeyType::rsa, KeyType::ed25519}) {
        EXPECT_FALSE(seals_to(crypto::PrivateKey::generate(type).public_key().jwk()));
    }
    const auto good = country_.seal_to.public_key().jwk();
    EXPECT_TRUE(seals_to(good));
    // A browser's Web Crypto adds these two.
    EXPECT_TRUE(seals_to(replaced(good, R"("kty")", R"("ext":true,"key_ops":[],"kty")")));
    EXPECT_FALSE(seals_to(replaced(good, R"("kty")", R"("d":"AA","kty")")));
    EXPECT_FALSE(seals_to(replaced(good, R"("P-256")", R"("P-384")")));
    // Not on the curve.
    EXPECT_FALSE(seals_to(R"({"crv":"P-256","kty":"EC","x":")" + base64url(filled(1)) +
                          R"(","y":")" + base64url(filled(1)) + "\"}"));
}

TEST_F(Heads, HaveFewAndShortParameters) {
    const auto takes = [&](const json::object& parameters) {
        return reads(with("parameters", parameters));
    };
    EXPECT_TRUE(takes({}));
    EXPECT_TRUE(takes({{std::string(40, 'n'), std::string(64, 'v')}}));
    EXPECT_FALSE(takes({{std::string(41, 'n'), "v"}}));
    EXPECT_FALSE(takes({{"n", std::string(65, 'v')}}));
    EXPECT_FALSE(takes({{"n", 1}}));
    EXPECT_FALSE(takes({{"n", nullptr}}));
    json::object many;
    for (const char c : {'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'})
        many[std::string(1, c)] = "";
    EXPECT_TRUE(takes(many));
    many["i"] = "";
    EXPECT_FALSE(takes(many));
}

TEST_F(Heads, AreRefusedBeforeReadingWhenTooLong) {
    auto text = sign(full_);
    ASSERT_LT(text.size(), head_bytes_max);
    text.append(head_bytes_max - text.size() + 1, 'A');
    EXPECT_STREQ(parse_head(text).error().why, "the JWS is too large");
}

TEST_F(Heads, AreFreshFromAMinuteBeforeTheirStartUntilTheirEnd) {
    auto head = country_.head();
    EXPECT_FALSE(head_is_fresh(head, test_now - 61, ask_lifetime_s));
    EXPECT_TRUE(head_is_fresh(head, test_now - 60, ask_lifetime_s));
    EXPECT_TRUE(head_is_fresh(head, test_now, ask_lifetime_s));
    EXPECT_TRUE(head_is_fresh(head, test_now + 59, ask_lifetime_s));
    EXPECT_FALSE(head_is_fresh(head, test_now + 60, ask_lifetime_s));
    head.expires = test_now + 61;  // longer than an ask may live
    EXPECT_FALSE(head_is_fresh(head, test_now, ask_lifetime_s));
    head.expires = test_now + 1;
    EXPECT_TRUE(head_is_fresh(head, test_now, ask_lifetime_s));
    head.expires = test_now;  // no life at all
    EXPECT_FALSE(head_is_fresh(head, test_now - 1, ask_lifetime_s));
    head.expires = test_now - 1;
    EXPECT_FALSE(head_is_fresh(head, test_now - 1, ask_lifetime_s));
    // The largest times that parse_head lets through do not overflow.
    head.issued_at = 0;
    head.expires = INT64_MAX / 2;
    EXPECT_FALSE(head_is_fresh(head, INT64_MAX / 2, ask_lifetime_s));
}

}  // namespace
}  // namespace mado::wire
