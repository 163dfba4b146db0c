// What a card of another authority's proves, and what of it is nobody's word.
#include "existing.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <set>

#include "crypto/digest.hpp"
#include "crypto/jws.hpp"
#include "crypto/other_names.hpp"
#include "people.hpp"
#include "test_issuer.hpp"
#include "wire/mandate.hpp"
#include "wire/test_wire.hpp"

namespace mado::issuer {
namespace {

constexpr UnixTime begun = 1'795'312'800;
using Names = std::vector<crypto::OtherName>;

class ExistingTest : public ::testing::Test {
  protected:
    ExistingTest() { directory.card_authorities.push_back(authority); }

    static crypto::CertificateRequest request(crypto::CertificateUse use) {
        return {.use = use,
                .common_name = "test",
                .not_before = begun - 1'000,
                .not_after = begun + 1'000'000};
    }
    crypto::Certificate signing_card(const Names& names) const {
        return crypto::issue_with_names(request(crypto::CertificateUse::signing), names,
                                        key.public_key(), authority, authority_key);
    }
    // As JPKI's have them, of 厚労花子; without the one that is left out, and with another text.
    Names names_but(std::string_view without, const Names& others = {}) const {
        const std::string arc = "1.2.392.200149.8.5.5.";
        Names out;
        for (const auto& [number, text] :
             std::vector<std::pair<std::string, std::string>>{{"1", "厚労　花子"},
                                                              {"2", "00000"},
                                                              {"3", "2"},
                                                              {"4", "319860501"},
                                                              {"5", "九十九県A市本町1丁目2番3号"},
                                                              {"6", "0000000000000000"}}) {
            if (number != without) out.push_back({arc + number, text});
        }
        for (const auto& one : others)
            out.push_back({arc + one.oid, one.text});
        return out;
    }
    Parsed<CardWords> words(const Names& names) const { return card_words(signing_card(names)); }

    // ---- the log-in key ----
    wire::Mandate mandate() const {
        return {.audience = wire::participant_id("relay"),
                .organisation = organisation,
                .kind = wire::MandateKind::check,
                .scope = {wire::service_id(card_standing_service)},
                .nonce = "nonce-1",
                .issued_at = begun + 5,
                .expires = begun + 100,
                .stop = {}};
    }
    Possession signed_by(const crypto::PrivateKey& by, const crypto::Certificate& certificate,
                         const wire::Mandate& content) const {
        return {.mandate = crypto::sign_jws(wire::mandate_type,
                                            {.key_id = {}, .certificate = certificate.thumbprint()},
                                            as_bytes(wire::mandate_payload(content)), by),
                .certificate = base64url(certificate.der())};
    }
    crypto::Certificate card(crypto::CertificateUse use = crypto::CertificateUse::authentication,
                             const crypto::PrivateKey* of = nullptr) const {
        return crypto::issue(request(use), (of == nullptr ? key : *of).public_key(), authority,
                             authority_key);
    }
    std::optional<Fault> judged(const Possession& what, UnixTime now = begun + 10) const {
        const auto good = judge_possession(what, {.directory = directory,
                                                  .organisation = organisation,
                                                  .nonce = "nonce-1",
                                                  .begun = begun,
                                                  .now = now});
        return good ? std::nullopt : std::optional(good.error());
    }

    const crypto::PrivateKey authority_key = crypto::PrivateKey::generate(crypto::KeyType::p256);
    const crypto::Certificate authority =
        crypto::self_signed(request(crypto::CertificateUse::authority), authority_key);
    const crypto::PrivateKey key = crypto::PrivateKey::generate(crypto::KeyType::p256);
    const wire::ParticipantId organisation = wire::participant_id("issuer");
    wire::Directory directory = test_directory();
    const wire::Schemes schemes = test_schemes();
};

TEST_F(ExistingTest, TheFourAttributesAreReadAsJpkiWritesThem) {
    const auto read = words(names_but(""));
    ASSERT_TRUE(read) << read.error().why;
    EXPECT_EQ(read->name, "厚労　花子");
    EXPECT_EQ(read->sex, "female");
    EXPECT_EQ(to_text(read->birth_date), "1986-05-01");
    EXPECT_EQ(read->address, "九十九県A市本町1丁目2番3号");
    EXPECT_FALSE(read->name_is_replaced || read->address_is_replaced);
    for (const auto* without : {"1", "3", "4", "5"})
        EXPECT_FALSE(words(names_but(without))) << without;
    EXPECT_TRUE(words(names_but("2"))) << "nothing is in the place of anything";
    for (const auto* wrong : {"19860501", "919860501", "319861301", "319860000", "3198605011"})
        EXPECT_FALSE(words(names_but("4", {{"4", wrong}}))) << wrong;
    for (const auto* wrong : {"0", "4", "male", ""})
        EXPECT_FALSE(words(names_but("3", {{"3", wrong}}))) << wrong;
    EXPECT_FALSE(words(names_but("", {{"1", "別人"}}))) << "two names";
    EXPECT_FALSE(words({})) << "as mado-ca's, which has other identifiers";
}

TEST_F(ExistingTest, WhatDiffersGoesToAClerkAndAnotherPersonDoesNot) {
    const auto person = test_application(schemes).person;
    const auto card = *words(names_but(""));
    EXPECT_EQ(words_differing(person, card), "") << "a wide blank is the same";
    auto other = card;
    other.name = "厚勞　花子";
    auto writing = words_differing(person, other);
    ASSERT_TRUE(writing);
    const auto object = *parse_json_object(*writing);
    const auto& attributes = object.at("attributes").as_object();
    EXPECT_EQ(attributes.size(), 1U);
    EXPECT_EQ(text_at(attributes.at("name").as_object(), "writing"), "厚勞　花子");
    other = card;
    other.address = "九十九県B市港町1番";
    EXPECT_NE(words_differing(person, other)->find("address"), std::string::npos);
    other = card;
    other.name_is_replaced = true;
    EXPECT_NE(words_differing(person, other)->find("name"), std::string::npos)
        << "the same letters, of which one stands for another";
    other = card;
    other.sex = "unknown";
    EXPECT_EQ(words_differing(person, other), "");
    other.sex = "male";
    EXPECT_FALSE(words_differing(person, other));
    other = card;
    other.birth_date = *parse_date("1986-05-02");
    EXPECT_FALSE(words_differing(person, other));
}

TEST_F(ExistingTest, TheLogInKeyIsThere) {
    EXPECT_EQ(judged(signed_by(key, card(), mandate())), std::nullopt);
    EXPECT_EQ(judged({.mandate = "x", .certificate = base64url(card().der())}), Fault::malformed);
    EXPECT_EQ(judged({.mandate = signed_by(key, card(), mandate()).mandate, .certificate = "AAAA"}),
              Fault::malformed);
    const auto changed = [&](const auto& change) {
        auto content = mandate();
        change(content);
        return judged(signed_by(key, card(), content));
    };
    EXPECT_EQ(changed([](auto& one) { one.nonce = "another"; }), Fault::other_nonce);
    EXPECT_EQ(changed([](auto& one) { one.organisation = wire::participant_id("portal"); }),
              Fault::other_kind);
    EXPECT_EQ(changed([](auto& one) { one.scope = {wire::service_id("eligibility")}; }),
              Fault::other_kind);
    EXPECT_EQ(changed([](auto& one) { one.issued_at -= 1'000; }), Fault::old);
    EXPECT_EQ(judged(signed_by(key, card(), mandate()), begun + 100), Fault::old);
}

// Somebody else's certificate is public; its key is not.
TEST_F(ExistingTest, NobodyRegistersSomebodyElsesCertificate) {
    const auto thief = crypto::PrivateKey::generate(crypto::KeyType::p256);
    EXPECT_EQ(judged(signed_by(thief, card(), mandate())), Fault::signature);
    auto swapped =
        signed_by(thief, card(crypto::CertificateUse::authentication, &thief), mandate());
    swapped.certificate = base64url(card().der());
    EXPECT_EQ(judged(swapped), Fault::other_card);
    EXPECT_EQ(judged(signed_by(key, card(crypto::CertificateUse::signing), mandate())),
              Fault::certificate);
    const auto elsewhere_key = crypto::PrivateKey::generate(crypto::KeyType::p256);
    const auto elsewhere =
        crypto::self_signed(request(crypto::CertificateUse::authority), elsewhere_key);
    const auto foreign = crypto::issue(request(crypto::CertificateUse::authentication),
                                       key.public_key(), elsewhere, elsewhere_key);
    EXPECT_EQ(judged(signed_by(key, foreign, mandate())), Fault::certificate);
    EXPECT_EQ(judged(signed_by(key, card(), mandate()), begun + 2'000'000), Fault::old);
}

// ---- the case ----

class ExistingCaseTest : public ExistingTest {
  protected:
    ExistingCaseTest() {
        file.number = "100000000009";
        happen(Opened{.numbers = {"1", "2", "3"}, .kind = Kind::existing});
        happen(test_application(schemes));
    }
    void happen(const Happening& what, std::string_view clerk = "") {
        auto next = after(file.one, what, 100, clerk);
        ASSERT_TRUE(next) << to_text(next.error());
        file.one = std::move(*next);
    }
    Requested requested(std::string writing = {}) const {
        return {.application = "signed",
                .certificates = {{Use::authentication, base64url(card().der())},
                                 {Use::signing, base64url(signing_card(names_but("")).der())}},
                .writing = std::move(writing)};
    }
    void order(OrderName name, const Happening& answer, std::string_view clerk = "") {
        happen(Sent{name}, clerk);
        happen(answer, clerk);
    }
    void register_card() {
        happen(requested());
        for (int claim = 0; claim < 2; ++claim)
            order({OrderKind::confirm, claim}, Confirmed{claim, "answer", 1, true});
        order(link_order, Done{link_order});
        EXPECT_TRUE(is_to_do(file.one, Step::hand_over)) << "nothing is written into the chip";
        happen(HandedOver{"123456789012"});
        order(activate_order, Done{activate_order});
        order({OrderKind::tell, 1}, Done{{OrderKind::tell, 1}});
        ASSERT_TRUE(has_ended(file.one));
    }
    // Another case of the same person's, with that card.
    std::vector<Case> exchanged(const Requested& card) {
        std::vector<Case> out{file.one};
        file.number = "200000000008";
        file.one = *after(Case{}, *opened_for(*person_of(out), {.kind = Kind::exchange}), 200);
        EXPECT_FALSE(is_to_do(file.one, Step::apply)) << "it is known who they are";
        happen(card, "sato");
        order({OrderKind::confirm, 0}, Confirmed{0, "answer", 1, true});
        EXPECT_TRUE(is_to_do(file.one, Step::approve));
        EXPECT_EQ(after(file.one, Approved{}, 300, "sato").error(), Misfit::same_hand);
        happen(Approved{}, "suzuki");
        order(activate_order, Done{activate_order});
        out.push_back(file.one);
        return out;
    }
    static std::vector<Standing> standings(const std::vector<Case>& cases) {
        std::vector<Standing> out;
        for (const auto& issued : person_of(cases)->issued)
            out.push_back(issued.standing);
        return out;
    }
    CaseFile file;
};

// Renewed at its own authority: both certificates are others, and the ones before end with that.
TEST_F(ExistingCaseTest, TheNextOneTakesThePlaceOfTheOneBefore) {
    register_card();
    const auto number = file.one.numbers.health_care;
    const auto cases = exchanged(requested());
    EXPECT_TRUE(has_ended(file.one))
        << "the relay has ended the ones before, and nobody else hears";
    EXPECT_EQ(file.one.numbers.health_care, number);
    EXPECT_EQ(standings(cases), (std::vector{Standing::revoked, Standing::revoked, Standing::active,
                                             Standing::active}));
}

// A signing certificate alone is new, in the same chip.
TEST_F(ExistingCaseTest, TheCertificateToLogInWithMayStay) {
    register_card();
    auto next = requested();
    next.certificates[Use::authentication] = file.one.certificates.at(Use::authentication);
    const auto cases = exchanged(next);
    EXPECT_TRUE(has_ended(file.one));
    EXPECT_EQ(standings(cases),
              (std::vector{Standing::active, Standing::revoked, Standing::active}));
}

TEST_F(ExistingCaseTest, TheDocumentSaysThatTheOneBeforeEnds) {
    register_card();
    file.one = *after(Case{}, *opened_for(*person_of({file.one}), {.kind = Kind::exchange}), 200);
    const auto text = existing_document(file, card(), "issuer");
    ASSERT_TRUE(text) << to_text(text.error());
    EXPECT_NE(text->find("氏名: 厚労 花子"), std::string::npos) << *text;
    EXPECT_TRUE(text->ends_with("\nこれまでに登録したカード: 使えなくする")) << *text;
    const auto before = base64url(card().der());
    file.one.before.push_back({.use = Use::authentication, .certificate = before, .foreign = true});
    const auto stays = crypto::Certificate::from_der(parse_base64url(before).value()).value();
    EXPECT_TRUE(existing_document(file, stays, "issuer")
                    ->ends_with("\nこれまでに登録した署名用電子証明書: 使えなくする"));
}

TEST_F(ExistingCaseTest, TheDocumentSaysWhoAndWhichCard) {
    const auto authentication = card();
    const auto text = existing_document(file, authentication, "issuer");
    ASSERT_TRUE(text);
    EXPECT_EQ(*text,
              "持っているカードの登録の申込み\n受付番号: 100000000009\n宛先: issuer\n"
              "氏名: 厚労 花子\n読み: コウロウ ハナコ\n生年月日: 1986-05-01\n性別: 女\n"
              "住所: 九十九県A市本町1丁目2番3号\n番号: resident-number 992011 12345678901\n"
              "番号: insured-number 06990014 12 777 01\n利用者証明用電子証明書: " +
                  hex(authentication.serial()) + "\n署名用電子証明書: この書類に署名したもの");
    happen(requested());
    EXPECT_EQ(existing_document(file, authentication, "issuer").error(), Misfit::too_early);
}

// Never silently: nothing is asked of anybody before a clerk has looked.
TEST_F(ExistingCaseTest, WhatTheCardWritesOtherwiseIsDecided) {
    const auto writing =
        *words_differing(file.one.person.value(), {.name = "厚勞 花子",
                                                   .sex = "female",
                                                   .address = file.one.person->address,
                                                   .birth_date = file.one.person->birth_date});
    happen(requested(writing));
    ASSERT_EQ(todo(file.one).size(), 1U);
    EXPECT_EQ(todo(file.one).front().step, Step::settle);
    EXPECT_EQ(todo(file.one).front().claim, card_place);
    const Choice choice{.claim = card_place, .same_person = true};
    const auto text = decision_document(file, choice, schemes, 100);
    ASSERT_TRUE(text);
    EXPECT_EQ(text->find("電子証明書の記載の照合の決定\n受付番号: 100000000009\n"), 0U);
    EXPECT_TRUE(
        text->ends_with("\n氏名、申請: 厚労 花子\n氏名、電子証明書: 厚勞 花子\n決定: 同じ人である"))
        << *text;
    auto refused = file;
    refused.one = *after(file.one, Decided{card_place, false, "signed"}, 100);
    EXPECT_TRUE(is_to_do(refused.one, Step::sign)) << "with another card";
    EXPECT_TRUE(refused.one.certificates.empty());
    happen(Decided{card_place, true, "signed"});
    EXPECT_TRUE(is_to_do(file.one, Step::confirm));
    EXPECT_FALSE(after(file.one, Decided{card_place, false, "signed"}, 100)) << "it was decided";
}

// From the end of the case on it is a card like others, of which only the relay is told anything.
TEST_F(ExistingCaseTest, IsStoppedReplacedAndEndedAtTheRelayAlone) {
    register_card();
    const auto person = person_of({file.one});
    ASSERT_TRUE(person);
    ASSERT_EQ(person->issued.size(), 2U);
    EXPECT_TRUE(person->issued[0].card.foreign && person->issued[1].card.foreign);

    const auto orders = [](const Case& one) {
        std::set<OrderKind> out;
        for (const auto& what : todo(one))
            if (what.order) out.insert(what.order->kind);
        return out;
    };
    const auto begun_with = [&](const Asked& asked) {
        return *after(Case{}, *opened_for(*person, asked), 200);
    };
    EXPECT_EQ(orders(begun_with({.kind = Kind::stop, .reason = "lost"})),
              std::set{OrderKind::stop});
    EXPECT_EQ(orders(begun_with({.kind = Kind::end, .reason = "returned"})),
              std::set{OrderKind::revoke_card});
    const auto next = begun_with({.kind = Kind::replacement, .reason = "damaged"});
    EXPECT_EQ(orders(next), std::set{OrderKind::confirm}) << "for the signing certificate";
    EXPECT_TRUE(
        is_to_do(begun_with({.kind = Kind::replacement, .reason = "damaged", .signing = false}),
                 Step::approve))
        << "then keys, in a card of this centre's";
    for (const auto kind : {Kind::unlock, Kind::renewal}) {
        const auto opened =
            opened_for(*person, {.kind = kind, .uses = {Use::authentication, Use::signing}});
        EXPECT_EQ(opened.error(), Misfit::no_card) << to_text(kind) << ": its authority does that";
    }
    // Who moves has the signing certificate ended here; a new one this centre does not write.
    auto change = begun_with({.kind = Kind::change});
    auto moved = test_application(schemes);
    moved.claims.resize(1);
    change = *after(change, moved, 300);
    EXPECT_FALSE(change.signing);
}

TEST(CardStandings, AreOfTheCertificatesThatWereAskedAbout) {
    const std::vector<Hash> hashes{wire::filled(1), wire::filled(2)};
    const auto read = [&](std::string_view first, std::string_view second, bool registered,
                          std::size_t count = 2, const std::set<Hash>& own = {}) {
        json::array cards;
        for (std::size_t i = 0; i < count; ++i) {
            cards.push_back(json::object{{"certificate", base64url(hashes[i])},
                                         {"standing", i == 0 ? first : second},
                                         {"registered", registered && i == 1}});
        }
        return read_card_standing({{"cards", std::move(cards)}}, hashes, own);
    };
    EXPECT_EQ(read("good", "good", false), CardStanding::good);
    EXPECT_EQ(read("good", "unknown", false), CardStanding::unknown);
    EXPECT_EQ(read("stopped", "unknown", false), CardStanding::stopped);
    EXPECT_EQ(read("expired", "good", false), CardStanding::stopped);
    EXPECT_EQ(read("good", "good", true), CardStanding::registered);
    EXPECT_EQ(read("good", "of a later version", false), CardStanding::unknown);
    EXPECT_FALSE(read("good", "good", false, 1));
    EXPECT_EQ(read("good", "good", true, 2, {hashes[1]}), CardStanding::good) << "the person's own";
    EXPECT_EQ(read("good", "good", true, 2, {hashes[0]}), CardStanding::registered);
    EXPECT_EQ(read("good", "stopped", true, 2, {hashes[1]}), CardStanding::stopped);
    EXPECT_FALSE(read_card_standing({}, hashes));
}

}  // namespace
}  // namespace mado::issuer
