// The next card as programs use it: lib/card against the chip, through commands.
#include <gtest/gtest.h>

#include "card/jpki.hpp"
#include "card/open.hpp"
#include "card/piv.hpp"
#include "crypto/jws.hpp"
#include "test_chip.hpp"

namespace mado::chip {
namespace {

using card::CardError;
using card::KeyUse;
constexpr CardForm piv{.kind = CardKind::piv};
constexpr auto auth = KeyUse::authentication;

std::unique_ptr<card::Card> insert(const TestCard& card) {
    return card::open_card(std::make_unique<Inserted>(card.path())).value();
}
// A reader that the test goes on using.
struct Lent final : card::Channel {
    explicit Lent(card::Channel& to) : reader(to) {}
    std::expected<card::Response, card::ChannelError> transmit(
        const card::Command& command) override {
        return reader.transmit(command);
    }
    card::Channel& reader;
};
template <class T>
CardError error_of(const card::CardResult<T>& result) {
    EXPECT_FALSE(result.has_value());
    return result ? CardError::broken : result.error().error;
}

TEST(PivCard, SignsWithBothKeys) {
    const TestCard file(piv);
    const auto card = insert(file);
    const auto message = as_bytes("a message");
    const auto certificate = card->authentication_certificate().value();
    EXPECT_EQ(certificate.public_key().jws_algorithm(), "ES256");
    const auto signature = card->sign(auth, secret("1234"), message).value();
    EXPECT_EQ(signature.size(), 64U);
    EXPECT_TRUE(certificate.public_key().verify(message, signature));
    const auto signing = card->signing_certificate(secret("ABC123")).value();
    EXPECT_EQ(signing.public_key().jws_algorithm(), "ES384");
    const auto signed_document = card->sign(KeyUse::signing, secret("ABC123"), message).value();
    EXPECT_EQ(signed_document.size(), 96U);
    EXPECT_TRUE(signing.public_key().verify(message, signed_document));
}

// What a mandate is: a JWS with the algorithm that is the card's key's own.
TEST(PivCard, SignsWhatAJwsNeeds) {
    const TestCard file(piv);
    const auto card = insert(file);
    const auto sign = [&card](KeyUse use, const Secret& pin, const crypto::Certificate& one) {
        const auto text =
            crypto::jws_signing_text("a+jws", {.key_id = {}, .certificate = one.thumbprint()},
                                     one.public_key().jws_algorithm(), as_bytes("{}"));
        return crypto::join_jws(text, card->sign(use, pin, as_bytes(text)).value());
    };
    const auto certificate = card->authentication_certificate().value();
    const auto mandate = crypto::parse_jws(sign(auth, secret("1234"), certificate)).value();
    EXPECT_EQ(mandate.algorithm, "ES256");
    EXPECT_TRUE(crypto::verify_jws(mandate, certificate.public_key()));
    const auto signing = card->signing_certificate(secret("ABC123")).value();
    const auto document =
        crypto::parse_jws(sign(KeyUse::signing, secret("ABC123"), signing)).value();
    EXPECT_EQ(document.algorithm, "ES384");
    EXPECT_TRUE(crypto::verify_jws(document, signing.public_key()));
}

TEST(PivCard, CountsWrongPins) {
    const TestCard file(piv);
    const auto card = insert(file);
    EXPECT_EQ(card->tries_left(auth).value(), 3);
    EXPECT_EQ(card->tries_left(KeyUse::signing).value(), 5);
    const auto wrong = card->sign(auth, secret("0000"), {});
    EXPECT_EQ(error_of(wrong), CardError::pin_wrong);
    EXPECT_EQ(wrong.error().tries_left, 2);
    EXPECT_EQ(error_of(card->sign(auth, secret("12345"), {})), CardError::pin_format);
    EXPECT_EQ(error_of(card->signing_certificate(secret("WRONG1"))), CardError::pin_wrong);
    EXPECT_EQ(error_of(card->sign(KeyUse::signing, secret("WRONG1"), {})), CardError::pin_wrong);
    EXPECT_EQ(card->tries_left(KeyUse::signing).value(), 3) << "one try for each";
    EXPECT_TRUE(card->sign(auth, secret("1234"), {}).has_value());
    EXPECT_EQ(card->tries_left(auth).value(), 3);
    for (int i = 0; i < 3; ++i)
        EXPECT_EQ(error_of(card->change_pin(auth, secret("0000"), secret("5678"))),
                  CardError::pin_wrong);
    EXPECT_EQ(error_of(card->sign(auth, secret("1234"), {})), CardError::pin_locked);
    EXPECT_EQ(card->tries_left(auth).value(), 0);
}

TEST(PivCard, ChangesItsPins) {
    const TestCard file(piv);
    const auto card = insert(file);
    EXPECT_EQ(error_of(card->change_pin(auth, secret("1234"), secret("56789"))),
              CardError::pin_format);
    EXPECT_TRUE(card->change_pin(auth, secret("1234"), secret("5678")).has_value());
    EXPECT_TRUE(card->sign(auth, secret("5678"), {}).has_value());
    const Secret longest = secret("ABCDEFGH12345678");
    EXPECT_TRUE(card->change_pin(KeyUse::signing, secret("ABC123"), longest).has_value());
    EXPECT_TRUE(card->sign(KeyUse::signing, longest, {}).has_value());
    EXPECT_EQ(error_of(card->sign(KeyUse::signing, secret("ABC123"), {})), CardError::pin_wrong);
}

// What one task verified is not verified for whoever comes next, also on the same connection.
TEST(PivCard, NobodyStaysVerified) {
    const TestCard file(piv);
    Inserted chip(file.path());
    card::PivCard card(std::make_unique<Lent>(chip));
    const auto question = [&chip](std::uint8_t reference) {
        return chip.transmit({.ins = 0x20, .p2 = reference})->status;
    };
    ASSERT_TRUE(card.sign(auth, secret("1234"), {}).has_value());
    EXPECT_EQ(question(0x80), card::status::tries_left + 3);
    ASSERT_TRUE(card.change_pin(auth, secret("1234"), secret("5678")).has_value());
    EXPECT_EQ(question(0x80), card::status::tries_left + 3);
    ASSERT_TRUE(card.signing_certificate(secret("ABC123")).has_value());
    EXPECT_EQ(question(0x99), card::status::tries_left + 5);
    ASSERT_TRUE(card.sign(KeyUse::signing, secret("ABC123"), {}).has_value());
    EXPECT_EQ(question(0x99), card::status::tries_left + 5);
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

TEST(OpenCard, FindsOutWhichItIs) {
    const TestCard today;
    const TestCard next(piv);
    EXPECT_NE(dynamic_cast<card::JpkiCard*>(insert(today).get()), nullptr);
    EXPECT_NE(dynamic_cast<card::PivCard*>(insert(next).get()), nullptr);
}

// Answers one thing to everything.
struct Answering final : card::Channel {
    explicit Answering(std::expected<card::Response, card::ChannelError> one)
        : answer(std::move(one)) {}
    std::expected<card::Response, card::ChannelError> transmit(const card::Command&) override {
        ++asked;
        return answer;
    }
    std::expected<card::Response, card::ChannelError> answer;
    int asked = 0;
};
CardError opened_as(std::expected<card::Response, card::ChannelError> answer) {
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

TEST(CardWithoutPins, SaysSo) {
    for (const auto kind : {CardKind::jpki, CardKind::piv}) {
        const CardForm form{.kind = kind, .has_pins = false};
        const TestCard file(form);
        const auto card = insert(file);
        EXPECT_TRUE(card->authentication_certificate().has_value());
        for (const auto use : {auth, KeyUse::signing}) {
            const auto pin = use == auth ? secret("1234") : secret("ABC123");
            EXPECT_EQ(error_of(card->tries_left(use)), CardError::no_pin);
            EXPECT_EQ(error_of(card->sign(use, pin, {})), CardError::no_pin);
            EXPECT_EQ(error_of(card->change_pin(use, pin, pin)), CardError::no_pin);
        }
        EXPECT_EQ(error_of(card->signing_certificate(secret("ABC123"))), CardError::no_pin);
    }
}

// Not even its issuer can give it one, also with a new key.
TEST(CardWithoutPins, StaysSo) {
    for (const auto kind : {CardKind::jpki, CardKind::piv}) {
        const TestCard file({.kind = kind, .has_pins = false});
        Inserted reader(file.path());
        auto issuer = card::Personaliser::begin(reader, file.issuer_key).value();
        EXPECT_EQ(issuer.set_pin(auth, secret("1234")).error(), card::IssueError::refused);
        EXPECT_EQ(issuer.set_pin(KeyUse::signing, secret("ABC123")).error(),
                  card::IssueError::refused);
        if (kind == CardKind::jpki) continue;  // a key on RSA takes its time
        ASSERT_TRUE(issuer.generate(auth, usual_key(kind, auth)).has_value());
        EXPECT_EQ(issuer.set_pin(auth, secret("1234")).error(), card::IssueError::refused);
    }
}

}  // namespace
}  // namespace mado::chip
