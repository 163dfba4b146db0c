#include "wire/answer.hpp"

#include <boost/json.hpp>

#include "crypto/jwe.hpp"
#include "test_wire.hpp"
#include "wire/exchange.hpp"

namespace mado::wire {
namespace {

class Answers : public testing::Test {
  protected:
    [[nodiscard]] Answer answer() const {
        return {.issuer = participant_id("06990014"),
                .audience = country_.seal_to.public_key().thumbprint(),
                .order = filled(7),
                .issued_at = test_now,
                .service = service_id("eligibility"),
                .as_of = test_now - 3600,
                .data = json::object{{"result", "insured"},
                                     {"name", "厚労 花子"},
                                     {"payers", json::array{json::object{{"rank", 1}}}}},
                .signed_form = {}};
    }
    [[nodiscard]] std::string seal(const Answer& answer) const {
        return seal_answer(answer, kid_of(country_.insurer), country_.insurer,
                           country_.seal_to.public_key());
    }
    // "good", or why the one who asked refuses it.
    [[nodiscard]] std::string said(std::string_view jwe, UnixTime now = test_now) const {
        const auto opened = open_answer(jwe, country_.seal_to,
                                        {.from = *directory_.find("06990014"),
                                         .order = filled(7),
                                         .service = service_id("eligibility"),
                                         .now = now});
        return opened ? "good" : opened.error().why;
    }
    // Any payload, signed and sealed as an answer is.
    [[nodiscard]] std::string seal_json(std::string_view payload, const crypto::PrivateKey& key,
                                        std::string_view type = answer_type(Act::ask)) const {
        return crypto::encrypt_jwe(as_bytes(jws_of(type, payload, key)),
                                   country_.seal_to.public_key(), {}, answer_type(Act::ask));
    }
    [[nodiscard]] std::string payload() const {
        const auto plain = valid(crypto::decrypt_jwe(seal(answer()), country_.seal_to));
        return to_text(ByteView(valid(crypto::parse_jws(as_text(plain))).payload));
    }

    TestCountry country_;
    Directory directory_ = country_.directory();
};

TEST_F(Answers, AreOpenedByTheOneWhoAsked) {
    const auto opened = valid(open_answer(seal(answer()), country_.seal_to,
                                          {.from = *directory_.find("06990014"),
                                           .order = filled(7),
                                           .service = service_id("eligibility"),
                                           .now = test_now}));
    EXPECT_EQ(opened.issuer, answer().issuer);
    EXPECT_EQ(opened.audience, answer().audience);
    EXPECT_EQ(opened.order, filled(7));
    EXPECT_EQ(opened.issued_at, test_now);
    EXPECT_EQ(opened.service, answer().service);
    EXPECT_EQ(opened.as_of, test_now - 3600);
    EXPECT_EQ(*opened.data, *answer().data);
    // What the requester keeps is the holder's own signature over it.
    const auto kept = valid(crypto::parse_jws(opened.signed_form));
    EXPECT_TRUE(crypto::verify_jws(kept, country_.insurer.public_key()));
    EXPECT_EQ(as_text(kept.payload), payload());
    // What the relay passes on says nothing.
    EXPECT_FALSE(seal(answer()).contains("insured"));
    EXPECT_NE(seal(answer()), seal(answer()));
}

TEST_F(Answers, OpenWithTheirKeyOnly) {
    const auto& other = country_.clinic;
    const auto opened = open_answer(seal(answer()), other,
                                    {.from = *directory_.find("06990014"),
                                     .order = filled(7),
                                     .service = service_id("eligibility"),
                                     .now = test_now});
    EXPECT_FALSE(opened);
    // Sealed to the right key, but said to be for another.
    auto for_other = answer();
    for_other.audience = other.public_key().thumbprint();
    EXPECT_EQ(said(seal(for_other)), "the answer is for another key");
}

TEST_F(Answers, AreTheHoldersOwn) {
    const auto text = payload();
    EXPECT_EQ(said(seal_json(text, country_.insurer)), "good");
    // Of another participant, also when it says the holder's name or takes its kid.
    EXPECT_EQ(said(seal_json(text, country_.relay)),
              "signed with a key that the directory does not list");
    const auto taken_kid = crypto::sign_jws(answer_type(Act::ask),
                                            {.key_id = kid_of(country_.insurer), .certificate = {}},
                                            as_bytes(text), country_.relay);
    EXPECT_EQ(said(crypto::encrypt_jwe(as_bytes(taken_kid), country_.seal_to.public_key())),
              "the answer's signature is wrong");
    auto of_other = answer();
    of_other.issuer = participant_id("relay");
    EXPECT_EQ(said(seal(of_other)), "the answer is another holder's");
    EXPECT_EQ(said(seal_json(text, country_.insurer, head_type)), "not an answer");
    EXPECT_NE(said(crypto::encrypt_jwe(as_bytes(text), country_.seal_to.public_key())), "good");
}

TEST_F(Answers, AreToThisOrderAndService) {
    auto other = answer();
    other.order = filled(8);
    EXPECT_EQ(said(seal(other)), "the answer is to another order");
    other = answer();
    other.service = service_id("claims");
    EXPECT_EQ(said(seal(other)), "the answer is of another service");
}

TEST_F(Answers, AreNotFromTheFuture) {
    const auto sealed = seal(answer());
    EXPECT_EQ(said(sealed, test_now - 60), "good");
    EXPECT_EQ(said(sealed, test_now - 61), "the answer is from the future");
    EXPECT_EQ(said(sealed, test_now + 86'400), "good");
}

TEST_F(Answers, HaveExactlyTheirMembers) {
    const auto full = valid(parse_json_object(payload()));
    const auto said_of = [&](const json::object& object) {
        return said(seal_json(json::serialize(object), country_.insurer));
    };
    ASSERT_EQ(said_of(full), "good");
    for (const auto& member : full) {
        auto changed = full;
        changed.erase(member.key());
        EXPECT_NE(said_of(changed), "good") << member.key();
        if (member.key() == "data") continue;  // any JSON
        changed[member.key()] = nullptr;
        EXPECT_NE(said_of(changed), "good") << member.key();
    }
    auto more = full;
    more["exp"] = test_now;
    EXPECT_EQ(said_of(more), "unknown member");
    auto dates = full;
    dates["iat"] = INT64_MAX;
    EXPECT_EQ(said_of(dates), "the answer is from the future");
    dates["iat"] = -1;
    EXPECT_NE(said_of(dates), "good");
}

TEST_F(Answers, AreRefusedWithAnyPartAltered) {
    const auto sealed = seal(answer());
    ASSERT_EQ(said(sealed), "good");
    for (std::size_t i = 0; i < sealed.size(); i += 7) {
        auto altered = sealed;
        altered[i] = altered[i] == 'A' ? 'B' : 'A';
        EXPECT_NE(said(altered), "good") << i;
    }
    EXPECT_NE(said(sealed.substr(0, sealed.size() - 1)), "good");
    EXPECT_NE(said(sealed + "A"), "good");
    EXPECT_NE(said(""), "good");
    EXPECT_NE(said(std::string(answer_bytes_max + 1, 'A')), "good");
}

TEST_F(Answers, OfTheirLargestDepthCanBeOpened) {
    auto deep = answer();
    deep.data = json::object();
    for (int depth = 1; depth < 31; ++depth)
        deep.data = json::object{{"in", std::move(*deep.data)}};
    EXPECT_EQ(said(seal(deep)), "good");
    deep.data = json::object{{"in", std::move(*deep.data)}};
    EXPECT_EQ(said(seal(deep)), "JSON is nested too deeply");
}

}  // namespace
}  // namespace mado::wire
