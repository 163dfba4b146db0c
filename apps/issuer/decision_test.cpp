#include "decision.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "crypto/digest.hpp"
#include "crypto/jwe.hpp"
#include "crypto/x509.hpp"
#include "test_issuer.hpp"
#include "wire/mandate.hpp"
#include "wire/test_docs.hpp"

namespace mado::issuer {
namespace {

const wire::Schemes& schemes() {
    static const auto out = test_schemes();
    return out;
}

// The case of docs/protocols/issuer.md, by what happened to it.
CaseFile example_case() {
    const auto object = *parse_json_object(wire::read_example("issuer.md", "decision-case"));
    CaseFile file;
    file.number = text_at(object, "number");
    Applied applied{.person = *read_attributes(object.at("person").as_object()),
                    .claims = {},
                    .signing = false};
    for (const auto& value : object.at("claims").as_array()) {
        const auto& one = value.as_object();
        Claim claim;
        claim.role = *parse_role(text_at(one, "role"));
        claim.number = *read_number(one.at("number").as_object(), schemes());
        applied.claims.push_back(claim);
    }
    const auto happen = [&file](const Happening& what) {
        auto next = after(file.one, what, 100);
        ASSERT_TRUE(next);
        file.one = std::move(*next);
    };
    happen(Opened{{"1", "2", "3"}, {}, false});
    happen(applied);
    happen(Sent{{OrderKind::confirm, 0}});
    happen(Confirmed{0, "answer", 1, true});
    happen(Sent{{OrderKind::confirm, 1}});
    happen(WritesOtherwise{1, json::serialize(object.at("claims").at(1).at("writing"))});
    return file;
}

TEST(Decision, TheTextIsThatOfTheProtocol) {
    const auto file = example_case();
    const auto text = decision_document(file, {.claim = 1, .same_person = true}, schemes(), 100);
    ASSERT_TRUE(text);
    EXPECT_EQ(*text, wire::read_example("issuer.md", "decision"));
    const auto other = decision_document(file, {.claim = 1, .same_person = false}, schemes(), 100);
    EXPECT_TRUE(other->ends_with("決定: 別の人である"));
}

TEST(Decision, ThereIsSomethingToDecideOrNot) {
    auto file = example_case();
    const auto why = [&file](int claim) {
        return decision_document(file, {.claim = claim, .same_person = true}, schemes(), 100)
            .error();
    };
    EXPECT_EQ(why(0), Misfit::unexpected) << "this register writes the same";
    EXPECT_EQ(why(7), Misfit::unexpected);
    file.one = *after(file.one, Decided{1, true, "signed"}, 100);
    EXPECT_EQ(why(1), Misfit::unexpected) << "it is decided";
}

// As every order says that follows from it: whoever has the evidence shows which decision it was.
TEST(Decision, ItsNameIsTheHashOfWhatTheCardHasSigned) {
    const auto name = [](std::string_view evidence) { return decision_of(evidence); };
    const auto key = crypto::PrivateKey::generate(crypto::KeyType::p256);
    const SignedDecision what{.mandate = "a.b.c",
                              .payload = crypto::encrypt_jwe(as_bytes("text"), key.public_key()),
                              .certificate = "y"};
    const auto evidence = evidence_text(
        {.document = "text", .what = what, .head = "h", .answer = "a", .sealing_key = key});
    EXPECT_EQ(name(evidence), crypto::sha256(as_bytes("a.b.c")));
    for (const auto* unsigned_one : {"", "signed", "{}", R"({"mandate":""})", R"({"mandate":1})"})
        EXPECT_FALSE(name(unsigned_one)) << unsigned_one;
    auto file = example_case();
    file.one = *after(file.one, Decided{1, true, evidence}, 100);
    EXPECT_EQ(file.one.claims[1].decision, name(evidence));
    const OrderName order{OrderKind::confirm, 1};
    file.one = *after(file.one, Sent{order}, 101);
    const auto confirmed = *after(file.one, Confirmed{1, "answer", 2}, 102);
    EXPECT_EQ(confirmed.claims[1].decision, name(evidence)) << "asked again it is named again";
    const auto otherwise = *after(file.one, WritesOtherwise{1, "{}"}, 102);
    EXPECT_FALSE(otherwise.claims[1].decision) << "decided about another writing";
    EXPECT_FALSE(after(example_case().one, Decided{1, false, evidence}, 100)->claims[1].decision);
}

// Of several the newest; and whoever has an order's name of one gets that one.
TEST(Decision, EvidenceIsFoundByItsClaimOrItsName) {
    const auto evidence = [](std::string_view mandate) {
        return json::serialize(json::object{{"mandate", mandate}});
    };
    const std::vector<Line> lines{{1, "taro", Decided{1, true, evidence("a")}},
                                  {2, "taro", TakenOut{1}},
                                  {3, "taro", Decided{1, true, evidence("b")}},
                                  {4, "taro", Decided{2, false, evidence("c")}},
                                  {5, "taro", Decided{2, true, "unsigned"}}};
    EXPECT_EQ(evidence_in(lines, {.number = {}}), evidence("c"));
    EXPECT_EQ(evidence_in(lines, {.number = {}, .claim = 1}), evidence("b"));
    EXPECT_EQ(evidence_in(lines, {.number = {}, .decision = crypto::sha256(as_bytes("a"))}),
              evidence("a"));
    EXPECT_EQ(evidence_in(lines, {.number = {}, .claim = 0}), std::nullopt);
}

// What could not be shown to the clerk whole is not given out to be signed.
TEST(Decision, EveryCharacterOfItShows) {
    for (const auto* hidden : {"葛\u202e城", "葛\u2066城", "葛\n決定: 同じ人である"}) {
        auto file = example_case();
        file.one.person->name = hidden;
        EXPECT_EQ(
            decision_document(file, {.claim = 1, .same_person = true}, schemes(), 100).error(),
            Misfit::unexpected);
    }
    for (const auto& [written, shown] : {std::pair{"辻\U000E0101", "辻[U+E0101]"},
                                         {"辻\uFE00", "辻[U+FE00]"},
                                         {"辻\U000E01EF", "辻[U+E01EF]"},
                                         {"\uFE0F辻", "[U+FE0F]辻"}}) {
        auto file = example_case();
        file.one.person->name = written;
        const auto text =
            decision_document(file, {.claim = 1, .same_person = true}, schemes(), 100);
        EXPECT_NE(text->find(std::string("氏名、申請: ") + shown + "\n"), std::string::npos)
            << *text;
    }
}

// ---- what comes back ----

constexpr UnixTime begun = 1'795'312'800;

class SignedDecisionTest : public ::testing::Test {
  protected:
    SignedDecisionTest() { directory.card_authorities.push_back(authority); }

    static crypto::CertificateRequest request(crypto::CertificateUse use) {
        return {.use = use,
                .common_name = "test",
                .not_before = begun - 1'000,
                .not_after = begun + 1'000'000};
    }
    crypto::Certificate card_of(const crypto::PrivateKey& of,
                                const crypto::CertificateRequest& asked) const {
        return crypto::issue(asked, of.public_key(), authority, authority_key);
    }
    std::string sealed(std::string_view plain) const {
        return crypto::encrypt_jwe(as_bytes(plain), sealing_key.public_key());
    }
    wire::Mandate mandate(const std::string& payload) const {
        return {.audience = directory.relay().id,
                .organisation = issuer,
                .kind = wire::MandateKind::application,
                .scope = {*wire::ServiceId::parse("decision")},
                .nonce = "the-nonce",
                .issued_at = begun + 20,
                .expires = begun + 20 + wire::consent_lifetime_s,
                .stop = {},
                .delegate = {},
                .payload_hashes = {crypto::sha256(as_bytes(payload))}};
    }
    static std::string signed_by(const crypto::PrivateKey& signer,
                                 const crypto::Certificate& certificate,
                                 const wire::Mandate& content) {
        return crypto::sign_jws(wire::mandate_type,
                                {.key_id = {}, .certificate = certificate.thumbprint()},
                                as_bytes(wire::mandate_payload(content)), signer);
    }
    SignedDecision decision(const wire::Mandate& content, const std::string& payload) const {
        return {.mandate = signed_by(key, card, content),
                .payload = payload,
                .certificate = base64url(card.der())};
    }
    std::string judge(const SignedDecision& what, UnixTime now = begun + 30) const {
        const auto good = judge_decision(what, {.directory = directory,
                                                .organisation = issuer,
                                                .sealing_key = sealing_key,
                                                .document = text,
                                                .nonce = "the-nonce",
                                                .begun = begun,
                                                .signing = card.thumbprint(),
                                                .now = now,
                                                .services = {"decision"}});
        return good ? "good" : std::string(to_text(good.error()));
    }
    // The mandate with one thing changed.
    template <class Change>
    std::string judge_with(Change change) const {
        const auto payload = sealed(text);
        auto content = mandate(payload);
        change(content);
        return judge(decision(content, payload));
    }

    const std::string text = "登録簿の照合の決定\n…\n決定: 同じ人である";
    const wire::ParticipantId issuer = *wire::ParticipantId::parse("issuer");
    wire::Directory directory = test_directory();
    crypto::PrivateKey authority_key = crypto::PrivateKey::generate(crypto::KeyType::p256);
    crypto::Certificate authority =
        crypto::self_signed(request(crypto::CertificateUse::authority), authority_key);
    crypto::PrivateKey key = crypto::PrivateKey::generate(crypto::KeyType::p384);
    crypto::Certificate card = card_of(key, request(crypto::CertificateUse::signing));
    crypto::PrivateKey sealing_key = crypto::PrivateKey::generate(crypto::KeyType::p256);
};

TEST_F(SignedDecisionTest, IsWhatTheClerksCardSigned) {
    const auto payload = sealed(text);
    EXPECT_EQ(judge(decision(mandate(payload), payload)), "good");
}

TEST_F(SignedDecisionTest, SaysAnotherText) {
    const auto payload = sealed("決定: 別の人である");
    EXPECT_EQ(judge(decision(mandate(payload), payload)), "other_text");
    const auto own = sealed(text);
    EXPECT_EQ(judge(decision(mandate(payload), own)), "other_text") << "not what was signed";
    const auto longer = sealed(text + "\n");
    EXPECT_EQ(judge(decision(mandate(longer), longer)), "other_text") << "to the byte";
    const auto elsewhere = crypto::encrypt_jwe(as_bytes(text), authority_key.public_key());
    EXPECT_EQ(judge(decision(mandate(elsewhere), elsewhere)), "other_text") << "not sealed to us";
    EXPECT_EQ(judge_with([](auto& content) { content.payload_hashes.push_back(Hash{}); }),
              "other_text")
        << "something else was signed with it";
}

TEST_F(SignedDecisionTest, IsForAnotherDecisionOrPurpose) {
    EXPECT_EQ(judge_with([](auto& content) { content.nonce = "another"; }), "other_nonce");
    EXPECT_EQ(judge_with([](auto& content) {
                  content.organisation = *wire::ParticipantId::parse("portal");
              }),
              "other_kind");
    EXPECT_EQ(
        judge_with([](auto& content) { content.audience = *wire::ParticipantId::parse("ca"); }),
        "other_kind");
    EXPECT_EQ(
        judge_with([](auto& content) { content.scope = {*wire::ServiceId::parse("question")}; }),
        "other_kind");
    EXPECT_EQ(judge_with([](auto& content) {
                  content.kind = wire::MandateKind::consent;
                  content.payload_hashes.clear();
              }),
              "other_kind");
}

TEST_F(SignedDecisionTest, IsOldOrOfTheFuture) {
    EXPECT_EQ(judge_with([](auto& content) { content.issued_at = begun - 61; }), "old");
    EXPECT_EQ(judge_with([](auto& content) { content.issued_at = begun + 91; }), "old");
    EXPECT_EQ(judge_with([](auto& content) { content.expires = begun + 30; }), "old");
    const auto payload = sealed(text);
    EXPECT_EQ(judge(decision(mandate(payload), payload), begun + 1'000'001), "old");
}

TEST_F(SignedDecisionTest, IsSignedByAnotherCard) {
    const auto payload = sealed(text);
    const auto good = decision(mandate(payload), payload);
    const auto other_key = crypto::PrivateKey::generate(crypto::KeyType::p384);
    const auto other_card = card_of(other_key, request(crypto::CertificateUse::signing));
    auto what = good;
    what.mandate = signed_by(other_key, other_card, mandate(payload));
    what.certificate = base64url(other_card.der());
    EXPECT_EQ(judge(what), "other_card") << "a good card, and not this clerk's";
    what.certificate = good.certificate;
    EXPECT_EQ(judge(what), "other_card") << "the mandate names another";
    what.mandate = signed_by(other_key, card, mandate(payload));
    EXPECT_EQ(judge(what), "signature");
    what = good;
    what.mandate.back() = what.mandate.back() == 'A' ? 'B' : 'A';
    EXPECT_NE(judge(what), "good");
    what = good;
    what.certificate = "AAAA";
    EXPECT_EQ(judge(what), "malformed");
    what = good;
    what.mandate = "a.b.c";
    EXPECT_EQ(judge(what), "malformed");
}

TEST_F(SignedDecisionTest, TheCertificateIsNotOneToSignWith) {
    const auto payload = sealed(text);
    const auto with = [&](const crypto::Certificate& certificate) {
        card = certificate;
        return judge(decision(mandate(payload), payload));
    };
    EXPECT_EQ(with(card_of(key, request(crypto::CertificateUse::authentication))), "certificate");
    auto over = request(crypto::CertificateUse::signing);
    over.not_after = begun + 30;
    EXPECT_EQ(with(card_of(key, over)), "certificate");
    const auto self = crypto::self_signed(request(crypto::CertificateUse::signing), key);
    EXPECT_EQ(with(self), "certificate") << "of no authority";
}

}  // namespace
}  // namespace mado::issuer
