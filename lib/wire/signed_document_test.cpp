// Whoever is given a decision's evidence finds whatever of it is another one's.
#include "wire/signed_document.hpp"

#include <array>
#include <boost/json.hpp>
#include <functional>

#include "crypto/digest.hpp"
#include "crypto/jwe.hpp"
#include "test_wire.hpp"

namespace mado::wire {
namespace {

constexpr std::string_view text = "登録簿の照合の決定\n…\n決定: 同じ人である";

crypto::CertificateRequest request_for(crypto::CertificateUse use) {
    return {.use = use,
            .common_name = "test",
            .not_before = test_now - 1'000,
            .not_after = test_now + 1'000};
}

// The clinic stands for the issuing centre.
class SignedDocuments : public testing::Test {
  protected:
    SignedDocuments() { directory_.card_authorities.push_back(authority_); }

    using MandateChange = std::function<void(Mandate&)>;
    using HeadChange = std::function<void(Head&)>;

    [[nodiscard]] std::string sealed(std::string_view plain) const {
        return crypto::encrypt_jwe(as_bytes(plain), sealing_key_.public_key());
    }
    [[nodiscard]] Hash key_of(std::string_view jwe) const {
        return valid(to_hash(valid(crypto::jwe_content_key(jwe, sealing_key_)).view()));
    }
    [[nodiscard]] std::string mandate_of(const std::string& payload,
                                         const MandateChange& change = nullptr) const {
        Mandate mandate{.audience = participant_id("relay"),
                        .organisation = participant_id("clinic-1"),
                        .kind = MandateKind::application,
                        .scope = {service_id(decision_service)},
                        .nonce = "the-nonce",
                        .issued_at = test_now,
                        .expires = test_now + consent_lifetime_s,
                        .stop = {},
                        .delegate = {},
                        .payload_hashes = {crypto::sha256(as_bytes(payload))}};
        if (change) change(mandate);
        return crypto::sign_jws(mandate_type, {.key_id = {}, .certificate = card_.thumbprint()},
                                as_bytes(mandate_payload(mandate)), card_key_);
    }
    [[nodiscard]] std::string head_of(const std::string& payload,
                                      const HeadChange& change = nullptr) const {
        auto head = country_.head();
        head.to = {.holder = participant_id("relay"), .kind = {}};
        head.service = service_id(decision_service);
        head.payload_hash = crypto::sha256(as_bytes(payload));
        if (change) change(head);
        return sign_head(head, kid_of(country_.clinic), country_.clinic);
    }
    struct AnswerOf {
        const crypto::PrivateKey& key;
        std::string issuer = "relay";
        UnixTime at = test_now + 1;
        std::string service = std::string(decision_service);
    };
    [[nodiscard]] std::string answer_to(const SignedDocument& what, const AnswerOf& of) const {
        const auto sealed_answer = seal_answer(
            {.issuer = participant_id(of.issuer),
             .audience = country_.seal_to.public_key().thumbprint(),
             .order = crypto::sha256(as_bytes(what.head)),
             .issued_at = of.at,
             .service = service_id(of.service),
             .as_of = of.at,
             .data = json::object{{"mandate", base64url(crypto::sha256(as_bytes(what.mandate)))}}},
            kid_of(of.key), of.key, country_.seal_to.public_key());
        return to_text(ByteView(valid(crypto::decrypt_jwe(sealed_answer, country_.seal_to))));
    }
    [[nodiscard]] SignedDocument good() const {
        SignedDocument out{.document = std::string(text),
                           .mandate = {},
                           .payload = sealed(text),
                           .certificate = base64url(card_.der()),
                           .head = {},
                           .answer = {}};
        out.mandate = mandate_of(out.payload);
        out.key = key_of(out.payload);
        out.head = head_of(out.payload);
        out.answer = answer_to(out, {.key = country_.relay});
        return out;
    }
    // "good", or at which step it does not hold, and why.
    [[nodiscard]] std::string judge(const SignedDocument& what) const {
        constexpr std::array<std::string_view, 4> steps{
            "document: ", "signature: ", "certificate: ", "answer: "};
        const auto proven = prove(what, directory_, test_now + 100);
        if (proven) return "good";
        return std::string(steps.at(static_cast<std::size_t>(proven.error().step))) +
               proven.error().why;
    }
    void expect_wrong(const SignedDocument& what, std::string_view step,
                      std::string_view part) const {
        const auto said = judge(what);
        EXPECT_TRUE(said.starts_with(step)) << said;
        EXPECT_NE(said.find(part), std::string::npos) << said;
    }

    TestCountry country_;
    Directory directory_ = country_.directory();
    crypto::PrivateKey sealing_key_ = crypto::PrivateKey::generate(crypto::KeyType::p256);
    crypto::PrivateKey authority_key_ = crypto::PrivateKey::generate(crypto::KeyType::p256);
    crypto::Certificate authority_ =
        crypto::self_signed(request_for(crypto::CertificateUse::authority), authority_key_);
    crypto::PrivateKey card_key_ = crypto::PrivateKey::generate(crypto::KeyType::p384);
    crypto::Certificate card_ = crypto::issue(request_for(crypto::CertificateUse::signing),
                                              card_key_.public_key(), authority_, authority_key_);
};

TEST_F(SignedDocuments, AreReadAsWritten) {
    const auto what = good();
    EXPECT_EQ(judge(what), "good");
    const auto again = valid(parse_signed_document(to_json(what)));
    EXPECT_EQ(judge(again), "good");
    EXPECT_EQ(to_json(again), to_json(what));
    EXPECT_FALSE(parse_signed_document(replaced(to_json(what), "\"head\"", "\"heads\"")));
    EXPECT_FALSE(parse_signed_document(replaced(to_json(what), "{\"", "{\"more\":1,\"")));
    EXPECT_FALSE(parse_signed_document("{}"));
    auto long_one = what;
    long_one.document = std::string(signed_document_bytes_max, 'a');
    EXPECT_FALSE(parse_signed_document(to_json(long_one)));
}

TEST_F(SignedDocuments, AnotherDocumentIsFound) {
    auto what = good();
    what.document = replaced(what.document, "同じ人", "別の人");
    expect_wrong(what, "document", "another one");
    what.payload = sealed(what.document);
    expect_wrong(what, "document", "something else");
    what.key = key_of(what.payload);
    expect_wrong(what, "document", "something else");
    what = good();
    what.key[0] ^= 1U;
    expect_wrong(what, "document", "does not open");
    what = good();
    what.mandate =
        mandate_of(what.payload, [](Mandate& one) { one.payload_hashes.push_back(filled(1)); });
    expect_wrong(what, "document", "something else");
}

TEST_F(SignedDocuments, AnotherMandateIsFound) {
    auto what = good();
    // Its words are altered, and the card has not signed them so.
    const auto parts = what.mandate;
    const auto first = parts.find('.');
    const auto second = parts.find('.', first + 1);
    const auto payload =
        to_text(ByteView(valid(parse_base64url(parts.substr(first + 1, second - first - 1)))));
    what.mandate = parts.substr(0, first + 1) +
                   base64url(as_bytes(replaced(payload, "the-nonce", "other-one"))) +
                   parts.substr(second);
    expect_wrong(what, "signature", "not by the key");
    what = good();
    card_key_ = crypto::PrivateKey::generate(crypto::KeyType::p384);
    what.mandate = mandate_of(what.payload);
    expect_wrong(what, "signature", "not by the key");
    what.mandate = parts.substr(0, second);
    EXPECT_TRUE(judge(what).starts_with("document: ")) << judge(what);
}

TEST_F(SignedDocuments, AnotherCertificateIsFound) {
    auto what = good();
    const auto other_key = crypto::PrivateKey::generate(crypto::KeyType::p384);
    const auto other = crypto::issue(request_for(crypto::CertificateUse::signing),
                                     other_key.public_key(), authority_, authority_key_);
    what.certificate = base64url(other.der());
    expect_wrong(what, "signature", "another certificate");
    what.certificate = "AAAA";
    EXPECT_TRUE(judge(what).starts_with("signature: ")) << judge(what);

    const auto with = [this](const crypto::Certificate& certificate) {
        card_ = certificate;
        return good();
    };
    expect_wrong(with(crypto::self_signed(request_for(crypto::CertificateUse::signing), card_key_)),
                 "certificate", "no card authority");
    const auto issued = [this](const crypto::CertificateRequest& asked) {
        return crypto::issue(asked, card_key_.public_key(), authority_, authority_key_);
    };
    expect_wrong(with(issued(request_for(crypto::CertificateUse::authentication))), "certificate",
                 "not one to sign with");
    auto dates = request_for(crypto::CertificateUse::signing);
    dates.not_after = test_now;
    expect_wrong(with(issued(dates)), "certificate", "did not count");
    dates = request_for(crypto::CertificateUse::signing);
    dates.not_before = test_now + 1;
    expect_wrong(with(issued(dates)), "certificate", "did not count");
}

TEST_F(SignedDocuments, AnotherAnswerIsFound) {
    const auto with = [this](const AnswerOf& of) {
        auto what = good();
        what.answer = answer_to(what, of);
        return what;
    };
    EXPECT_EQ(judge(with({.key = country_.relay})), "good");
    expect_wrong(with({.key = country_.insurer}), "answer", "does not list");
    expect_wrong(with({.key = country_.relay, .issuer = "06990014"}), "answer", "another holder's");
    expect_wrong(with({.key = country_.relay, .service = "signature"}), "answer",
                 "another service");
    expect_wrong(with({.key = country_.relay, .at = test_now - 61}), "answer", "another time");
    expect_wrong(with({.key = country_.relay, .at = test_now + 1'000}), "answer", "future");
    auto what = good();
    what.answer = good().answer;
    expect_wrong(what, "answer", "another order");
}

// Of one payload that two cards have signed the relay has judged one mandate.
TEST_F(SignedDocuments, AMandateThatTheRelayHasNotJudgedIsFound) {
    auto what = good();
    card_key_ = crypto::PrivateKey::generate(crypto::KeyType::p384);
    card_ = crypto::issue(request_for(crypto::CertificateUse::signing), card_key_.public_key(),
                          authority_, authority_key_);
    what.mandate = mandate_of(what.payload);
    what.certificate = base64url(card_.der());
    expect_wrong(what, "answer", "another mandate");
}

TEST_F(SignedDocuments, AnotherQuestionIsFound) {
    const auto with = [this](const HeadChange& change, const std::string& service = "decision") {
        auto what = good();
        what.head = head_of(what.payload, change);
        what.answer = answer_to(what, {.key = country_.relay, .service = service});
        return what;
    };
    EXPECT_EQ(judge(with(nullptr)), "good");
    const auto wrong = [&](const HeadChange& change, const std::string& service = "decision") {
        expect_wrong(with(change, service), "answer", "something else");
    };
    wrong([](Head& head) { head.payload_hash = filled(1); });
    wrong([](Head& head) { head.payload_hash = std::nullopt; });
    wrong([](Head& head) { head.to = {.holder = participant_id("06990014"), .kind = {}}; });
    wrong([](Head& head) { head.service = service_id("signature"); }, "signature");
    wrong([](Head& head) { head.service = service_id("entries"); }, "entries");
    auto what = good();
    what.head = sign_head(country_.head(), kid_of(country_.insurer), country_.insurer);
    expect_wrong(what, "answer", "not signed");
    // The relay was asked by somebody else than whom the card has signed for.
    what = good();
    what.mandate = mandate_of(what.payload,
                              [](Mandate& one) { one.organisation = participant_id("06990014"); });
    expect_wrong(what, "answer", "something else");
}

}  // namespace
}  // namespace mado::wire
