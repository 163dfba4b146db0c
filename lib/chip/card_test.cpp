// Cards as programs use them: lib/card against the chip, through commands.
#include <gtest/gtest.h>

#include "card/jpki.hpp"
#include "card/open.hpp"
#include "card/piv.hpp"
#include "crypto/jws.hpp"
#include "test_chip.hpp"
#include "test_keypad.hpp"

namespace mado::chip {
namespace {

using card::CardError;
using card::KeyUse;
using ChannelAnswer = std::expected<card::Response, card::ChannelError>;
constexpr CardForm piv{.kind = CardKind::piv};
constexpr auto auth = KeyUse::authentication;
constexpr auto signing = KeyUse::signing;

// A reader that the test goes on using.
struct Lent final : card::Channel {
    explicit Lent(card::Channel& to) : reader(to) {}
    ChannelAnswer transmit(const card::Command& command) override {
        return reader.transmit(command);
    }
    card::Channel& reader;
};
template <class T>
CardError error_of(const card::CardResult<T>& result) {
    EXPECT_FALSE(result.has_value());
    return result ? CardError::broken : result.error().error;
}

template <class Kind>
class CardTest : public testing::Test {
  protected:
    static constexpr bool is_piv = std::is_same_v<Kind, card::PivCard>;
    static CardForm form(bool has_pins = true) {
        return {.kind = is_piv ? CardKind::piv : CardKind::jpki, .has_pins = has_pins};
    }
    // Signs without a PIN, on what the card was left as.
    bool still_signs(std::uint8_t key) {
        const Bytes id{0x00, key};
        static_cast<void>(reader.transmit({.ins = 0xa4, .p1 = 0x02, .p2 = 0x0c, .data = id}));
        const Bytes info(51, 1);
        const auto signature =
            reader.transmit({.cla = 0x80, .ins = 0x2a, .p2 = 0x80, .data = info, .expected = 256});
        return signature->status == card::status::ok;
    }
    bool is_verified(KeyUse use) {
        if (!is_piv) return still_signs(use == auth ? 0x17 : 0x1a);
        const std::uint8_t reference = use == auth ? 0x80 : 0x99;
        return reader.transmit({.ins = 0x20, .p2 = reference})->status == card::status::ok;
    }

    const TestCard file{form()};
    Inserted reader{file.path()};
    Kind card{std::make_unique<Lent>(reader)};
};
using Kinds = testing::Types<card::JpkiCard, card::PivCard>;
TYPED_TEST_SUITE(CardTest, Kinds);

TYPED_TEST(CardTest, SignsWithBothKeys) {
    auto& card = this->card;
    const auto message = as_bytes("a message");
    const auto certificate = card.authentication_certificate().value();
    EXPECT_EQ(certificate.public_key().jws_algorithm(), this->is_piv ? "ES256" : "RS256");
    const auto signature = card.sign(auth, secret("1234"), message).value();
    EXPECT_EQ(signature.size(), this->is_piv ? 64U : 256U);
    EXPECT_TRUE(certificate.public_key().verify(message, signature));
    const auto of_documents = card.signing_certificate(secret("ABC123")).value();
    EXPECT_EQ(of_documents.public_key().jws_algorithm(), this->is_piv ? "ES384" : "RS256");
    const auto document = card.sign(signing, secret("ABC123"), message).value();
    EXPECT_EQ(document.size(), this->is_piv ? 96U : 256U);
    EXPECT_TRUE(of_documents.public_key().verify(message, document));
}

// What a mandate is: a JWS with the algorithm that is the card's key's own.
TYPED_TEST(CardTest, SignsWhatAJwsNeeds) {
    auto& card = this->card;
    const auto sign = [&card](KeyUse use, const Secret& pin, const crypto::Certificate& one) {
        const auto text =
            crypto::jws_signing_text("a+jws", {.key_id = {}, .certificate = one.thumbprint()},
                                     one.public_key().jws_algorithm(), as_bytes("{}"));
        return crypto::join_jws(text, card.sign(use, pin, as_bytes(text)).value());
    };
    const auto certificate = card.authentication_certificate().value();
    const auto mandate = crypto::parse_jws(sign(auth, secret("1234"), certificate)).value();
    EXPECT_TRUE(crypto::verify_jws(mandate, certificate.public_key()));
    const auto of_documents = card.signing_certificate(secret("ABC123")).value();
    const auto document = crypto::parse_jws(sign(signing, secret("ABC123"), of_documents)).value();
    EXPECT_TRUE(crypto::verify_jws(document, of_documents.public_key()));
}

TYPED_TEST(CardTest, CountsWrongPins) {
    auto& card = this->card;
    EXPECT_EQ(card.tries_left(auth).value(), 3);
    EXPECT_EQ(card.tries_left(signing).value(), 5);
    const auto wrong = card.sign(auth, secret("0000"), {});
    EXPECT_EQ(error_of(wrong), CardError::pin_wrong);
    EXPECT_EQ(wrong.error().tries_left, 2);
    EXPECT_EQ(error_of(card.sign(auth, secret("12345"), {})), CardError::pin_format);
    EXPECT_EQ(error_of(card.signing_certificate(secret("WRONG1"))), CardError::pin_wrong);
    EXPECT_EQ(error_of(card.sign(signing, secret("WRONG1"), {})), CardError::pin_wrong);
    EXPECT_EQ(card.tries_left(signing).value(), 3) << "one try for each";
    EXPECT_TRUE(card.sign(auth, secret("1234"), {}).has_value());
    EXPECT_EQ(card.tries_left(auth).value(), 3);
    for (int i = 0; i < 3; ++i)
        EXPECT_EQ(error_of(card.change_pin(auth, secret("0000"), secret("5678"))),
                  CardError::pin_wrong);
    EXPECT_EQ(error_of(card.sign(auth, secret("1234"), {})), CardError::pin_locked);
    EXPECT_EQ(card.tries_left(auth).value(), 0);
}

TYPED_TEST(CardTest, ChangesItsPins) {
    auto& card = this->card;
    EXPECT_EQ(error_of(card.change_pin(auth, secret("1234"), secret("56789"))),
              CardError::pin_format);
    EXPECT_TRUE(card.change_pin(auth, secret("1234"), secret("5678")).has_value());
    EXPECT_TRUE(card.sign(auth, secret("5678"), {}).has_value());
    const Secret longest = secret("ABCDEFGH12345678");
    EXPECT_TRUE(card.change_pin(signing, secret("ABC123"), longest).has_value());
    EXPECT_TRUE(card.sign(signing, longest, {}).has_value());
    EXPECT_EQ(error_of(card.sign(signing, secret("ABC123"), {})), CardError::pin_wrong);
}

// What one task verified is not verified for whoever comes next, also on the same connection.
TYPED_TEST(CardTest, NobodyStaysVerified) {
    auto& card = this->card;
    ASSERT_TRUE(card.sign(auth, secret("1234"), {}).has_value());
    EXPECT_FALSE(this->is_verified(auth));
    ASSERT_TRUE(card.change_pin(auth, secret("1234"), secret("5678")).has_value());
    EXPECT_FALSE(this->is_verified(auth));
    ASSERT_TRUE(card.signing_certificate(secret("ABC123")).has_value());
    EXPECT_FALSE(this->is_verified(signing));
    ASSERT_TRUE(card.sign(signing, secret("ABC123"), {}).has_value());
    EXPECT_FALSE(this->is_verified(signing));
}

// A PIN typed at a reader with a keypad (test_keypad.hpp).
template <class Kind>
class KeypadTest : public CardTest<Kind> {
  protected:
    CardError sign_error() { return error_of(at_keypad.sign(auth, none, {})); }

    const TestCard other{this->form()};
    Hand hand;
    Kind at_keypad{std::make_unique<KeypadReader>(other.path(), hand)};
    const Secret none;
};
TYPED_TEST_SUITE(KeypadTest, Kinds);

TYPED_TEST(KeypadTest, SignsWithWhatWasTyped) {
    EXPECT_TRUE(this->at_keypad.takes_pin_at_reader());
    this->hand.digits = "1234";
    const auto message = as_bytes("a message");
    const auto signature = this->at_keypad.sign(auth, this->none, message).value();
    EXPECT_TRUE(this->at_keypad.authentication_certificate().value().public_key().verify(
        message, signature));
}

TYPED_TEST(KeypadTest, WrongOnesCount) {
    this->hand.digits = "0000";
    for (const int left : {2, 1, 0}) {
        const auto wrong = this->at_keypad.sign(auth, this->none, {});
        EXPECT_EQ(error_of(wrong), CardError::pin_wrong);
        EXPECT_EQ(wrong.error().tries_left, left);
    }
    this->hand.digits = "1234";
    EXPECT_EQ(this->sign_error(), CardError::pin_locked);
}

TYPED_TEST(KeypadTest, NothingTypedCountsNot) {
    this->hand.cancels = true;
    EXPECT_EQ(this->sign_error(), CardError::no_entry);
    this->hand = {.sleeps = true};
    EXPECT_EQ(this->sign_error(), CardError::no_entry);
    this->hand = {.digits = "12345"};
    EXPECT_EQ(this->sign_error(), CardError::pin_format);
    EXPECT_EQ(this->at_keypad.tries_left(auth).value(), 3);
}

// The password has letters, which a keypad has not; and a PIN is changed where it can be compared.
TYPED_TEST(KeypadTest, OnlyForTheAuthenticationKey) {
    auto& card = this->at_keypad;
    this->hand.digits = "1234";
    EXPECT_EQ(error_of(card.sign(signing, this->none, {})), CardError::pin_format);
    EXPECT_EQ(error_of(card.signing_certificate(this->none)), CardError::pin_format);
    EXPECT_EQ(error_of(card.change_pin(auth, this->none, secret("5678"))), CardError::pin_format);
}

TYPED_TEST(KeypadTest, AReaderWithoutKeys) {
    EXPECT_FALSE(this->card.takes_pin_at_reader());
    EXPECT_EQ(error_of(this->card.sign(auth, this->none, {})), CardError::pin_format);
    EXPECT_EQ(this->card.tries_left(auth).value(), 3);
}

template <class Kind>
class WithoutPins : public CardTest<Kind> {
  protected:
    const TestCard plain{this->form(false)};
    Inserted other_reader{plain.path()};
    Kind without{std::make_unique<Lent>(other_reader)};
};
TYPED_TEST_SUITE(WithoutPins, Kinds);

TYPED_TEST(WithoutPins, SaysSo) {
    auto& card = this->without;
    EXPECT_TRUE(card.authentication_certificate().has_value());
    for (const auto use : {auth, signing}) {
        const auto pin = use == auth ? secret("1234") : secret("ABC123");
        EXPECT_EQ(error_of(card.tries_left(use)), CardError::no_pin);
        EXPECT_EQ(error_of(card.sign(use, pin, {})), CardError::no_pin);
        EXPECT_EQ(error_of(card.change_pin(use, pin, pin)), CardError::no_pin);
    }
    EXPECT_EQ(error_of(card.signing_certificate(secret("ABC123"))), CardError::no_pin);
}

// Not even its issuer can give it one, also with a new key.
TYPED_TEST(WithoutPins, StaysSo) {
    auto issuer = card::Personaliser::begin(this->other_reader, this->plain.issuer_key).value();
    EXPECT_EQ(issuer.set_pin(auth, secret("1234")).error(), card::IssueError::refused);
    EXPECT_EQ(issuer.set_pin(signing, secret("ABC123")).error(), card::IssueError::refused);
    if (!this->is_piv) return;  // a key on RSA takes its time
    ASSERT_TRUE(issuer.generate(auth, crypto::KeyType::p256).has_value());
    EXPECT_EQ(issuer.set_pin(auth, secret("1234")).error(), card::IssueError::refused);
}

TEST(PivCard, EitherCurveForEitherKey) {
    const TestCard file(piv);
    Inserted reader(file.path());
    auto issuer = card::Personaliser::begin(reader, file.issuer_key).value();
    for (const auto type : {crypto::KeyType::rsa, crypto::KeyType::ed25519})
        EXPECT_EQ(issuer.generate(auth, type).error(), card::IssueError::refused);
    const auto& maker = personalised(piv);
    const auto key = issuer.generate(auth, crypto::KeyType::p384).value();
    EXPECT_EQ(key.type(), crypto::KeyType::p384);
    const auto other = crypto::PrivateKey::generate(crypto::KeyType::p384).public_key();
    EXPECT_EQ(issuer.write_certificate(auth, maker.certify(other, "1"), maker.authority).error(),
              card::IssueError::refused)
        << "another key's";
    ASSERT_TRUE(issuer.write_certificate(auth, maker.certify(key, "1"), maker.authority));
    ASSERT_TRUE(issuer.set_pin(auth, secret("1234")));
    card::PivCard card(std::make_unique<Lent>(reader));
    const auto signature = card.sign(auth, secret("1234"), as_bytes("m")).value();
    EXPECT_TRUE(key.verify(as_bytes("m"), signature));
}

// A PIV card of others: without Mado's password, and whatever else a test has it differ in.
struct Foreign final : card::Channel {
    explicit Foreign(const std::string& card) : ours(card) {}
    ChannelAnswer transmit(const card::Command& command) override {
        constexpr std::uint8_t verify = 0x20;
        const bool of_pin = command.ins == verify || command.ins == 0x24;
        const bool just_verified = std::exchange(verified, false);
        if (of_pin && command.p2 == 0x99) return refused(card::status::no_reference);
        if (command.ins == verify && command.p1 != 0 && !logs_out) {
            return refused(card::status::wrong_parameters);
        }
        if (command.ins == 0x87 && always && !just_verified) {
            return refused(card::status::not_verified);
        }
        auto answer = ours.transmit(command);
        verified = command.ins == verify && !command.data.empty();
        const Bytes end{0x71, 0x01, 0x00, 0xfe, 0x00};
        const auto found = std::ranges::search(answer->data, end);
        if (packed && !found.empty()) found[2] = 0x01;
        return answer;
    }
    static ChannelAnswer refused(card::Status why) { return card::Response{{}, why}; }

    Inserted ours;
    bool logs_out = true;  // SP 800-73-4; not those before it
    bool always = false;   // the PIN policy of YubiKey
    bool packed = false;   // its certificates, with gzip
    bool verified = false;
};
class ForeignPivCard : public testing::Test {
  protected:
    const TestCard file{piv};
    Foreign foreign{file.path()};
    card::PivCard card{std::make_unique<Lent>(foreign)};
};

TEST_F(ForeignPivCard, HasNoSigningKeyOfOurs) {
    EXPECT_TRUE(card.sign(auth, secret("1234"), {}).has_value());
    EXPECT_EQ(error_of(card.tries_left(signing)), CardError::not_there);
    EXPECT_EQ(error_of(card.sign(signing, secret("ABC123"), {})), CardError::not_there);
    EXPECT_EQ(error_of(card.signing_certificate(secret("ABC123"))), CardError::not_there);
    EXPECT_EQ(error_of(card.change_pin(signing, secret("ABC123"), secret("ABC124"))),
              CardError::not_there);
}

TEST_F(ForeignPivCard, WantsItsPinRightBeforeTheSignature) {
    foreign.always = true;
    const auto key = card.authentication_certificate().value().public_key();
    const auto signature = card.sign(auth, secret("1234"), as_bytes("m")).value();
    EXPECT_TRUE(key.verify(as_bytes("m"), signature));
}

TEST_F(ForeignPivCard, IsNotToldToLogOut) {
    foreign.logs_out = false;
    EXPECT_EQ(card.tries_left(auth).value(), 3);
    EXPECT_TRUE(card.sign(auth, secret("1234"), {}).has_value());
    EXPECT_EQ(card.tries_left(auth).value(), 2) << "it says only that it is verified";
    EXPECT_EQ(error_of(card.sign(auth, secret("0000"), {})), CardError::pin_wrong);
    EXPECT_EQ(card.tries_left(auth).value(), 2) << "it says how many";
}

TEST_F(ForeignPivCard, HasPackedCertificates) {
    foreign.packed = true;
    EXPECT_EQ(error_of(card.authentication_certificate()), CardError::not_there);
    EXPECT_EQ(error_of(card.sign(auth, secret("0000"), {})), CardError::not_there);
    EXPECT_EQ(card.tries_left(auth).value(), 3) << "no try is spent where nothing can be signed";
}

TEST(OpenCard, FindsOutWhichItIs) {
    const TestCard today;
    const TestCard next(piv);
    const auto insert = [](const TestCard& file) {
        return card::open_card(std::make_unique<Inserted>(file.path())).value();
    };
    EXPECT_NE(dynamic_cast<card::JpkiCard*>(insert(today).get()), nullptr);
    EXPECT_NE(dynamic_cast<card::PivCard*>(insert(next).get()), nullptr);
}

// Answers one thing to everything.
struct Answering final : card::Channel {
    explicit Answering(ChannelAnswer one) : answer(std::move(one)) {}
    ChannelAnswer transmit(const card::Command&) override { return answer; }
    ChannelAnswer answer;
};
CardError opened_as(ChannelAnswer answer) {
    return error_of(card::open_card(std::make_unique<Answering>(std::move(answer))));
}

TEST(OpenCard, WhatIsNoCardOfOurs) {
    EXPECT_EQ(opened_as(card::Response{{}, card::status::not_found}), CardError::not_there);
    EXPECT_EQ(opened_as(card::Response{{}, card::status::unknown_class}), CardError::not_there);
    EXPECT_EQ(opened_as(std::unexpected(card::ChannelError::removed)), CardError::gone);
    EXPECT_EQ(opened_as(std::unexpected(card::ChannelError::garbled)), CardError::broken);
    // Always more to come, and never anything; or without end.
    EXPECT_EQ(opened_as(card::Response{{}, card::status::more_bytes}), CardError::broken);
    EXPECT_EQ(opened_as(card::Response{Bytes(256), card::status::more_bytes}), CardError::broken);
}

}  // namespace
}  // namespace mado::chip
