#include "chip/issuing.hpp"

#include <gtest/gtest.h>

#include "test_chip.hpp"

namespace mado::chip {
namespace {

using card::IssueError;
using card::KeyUse;
using card::Personaliser;
namespace status = card::status;

class IssuingTest : public testing::Test {
  protected:
    void lose_power() {
        chip.reset();
        chip.emplace(card.path());
    }
    Personaliser begin() {
        auto made = Personaliser::begin(*chip, card.issuer_key);
        if (!made) throw Failure("the issuer was refused");
        return std::move(*made);
    }
    static crypto::Certificate certificate_for(const crypto::PublicKey& key) {
        return personalised().certify(key, "1234567891");
    }
    // What the file holds.
    Bytes stored_certificate() {
        chip.reset();
        Bytes out = CardFile(card.path()).content.authentication.certificate;
        chip.emplace(card.path());
        return out;
    }
    card::Status status_of(std::string_view command) {
        const auto bytes = parse_hex(command).value();
        return chip->transmit(card::parse_command(bytes).value())->status;
    }

    TestCard card;
    std::optional<Inserted> chip{std::in_place, card.path()};
};

TEST_F(IssuingTest, AnotherIssuerKeyIsCounted) {
    const Secret other{ByteView(crypto::random_hash())};
    for (int i = 0; i < 9; ++i)
        EXPECT_EQ(Personaliser::begin(*chip, other).error(), IssueError::not_ours);
    lose_power();
    begin();  // the right one sets the counter back
    for (int i = 0; i < 10; ++i)
        EXPECT_EQ(Personaliser::begin(*chip, other).error(), IssueError::not_ours);
    EXPECT_EQ(Personaliser::begin(*chip, card.issuer_key).error(), IssueError::blocked);
    lose_power();
    EXPECT_EQ(Personaliser::begin(*chip, card.issuer_key).error(), IssueError::blocked);
}

TEST_F(IssuingTest, NothingWithoutAuthentication) {
    EXPECT_EQ(status_of("00a4040c06f04d41444f01"), status::ok);
    for (const auto* command : {"00470001", "00a4020c02000a", "00b0000000", "00d600000130",
                                "00440000", "002c02010431323334"}) {
        EXPECT_EQ(status_of(command), status::not_verified) << command;
    }
    EXPECT_EQ(status_of("0082000020" + std::string(64, '0')), status::not_verified)
        << "no challenge";
    begin();
    EXPECT_EQ(status_of("00470003"), status::wrong_parameters);
    EXPECT_EQ(status_of("00a4040c06f04d41444f01"), status::ok);
    EXPECT_EQ(status_of("00470001"), status::not_verified) << "selected again";
}

TEST_F(IssuingTest, AChallengeServesOnce) {
    EXPECT_EQ(status_of("00a4040c06f04d41444f01"), status::ok);
    const auto challenge = chip->transmit({.ins = 0x84, .expected = 16})->data;
    const auto proof = hex(crypto::hmac_sha256(card.issuer_key.view(), {ByteView(challenge)}));
    EXPECT_EQ(status_of("0082000020" + proof), status::ok);
    EXPECT_EQ(status_of("0082000020" + proof), status::not_verified);
}

TEST_F(IssuingTest, UnlocksAPin) {
    const auto jpki = [this](std::string_view text) {
        EXPECT_EQ(status_of("00a4040c0ad392f000260100000001"), status::ok);
        EXPECT_EQ(status_of("00a4020c020018"), status::ok);
        return status_of("0020008004" + hex(as_bytes(text)));
    };
    for (int i = 0; i < 3; ++i)
        jpki("0000");
    EXPECT_EQ(jpki("1234"), status::blocked);
    auto issuer = begin();
    EXPECT_EQ(issuer.set_pin(KeyUse::authentication, secret("12345")).error(), IssueError::refused);
    EXPECT_EQ(issuer.set_pin(KeyUse::signing, secret("abc123")).error(), IssueError::refused);
    EXPECT_TRUE(issuer.set_pin(KeyUse::authentication, secret("5678")).has_value());
    lose_power();
    EXPECT_EQ(jpki("1234"), status::tries_left + 2);
    EXPECT_EQ(jpki("5678"), status::ok);
}

TEST_F(IssuingTest, ACertificateMustBeItsKeys) {
    auto issuer = begin();
    const auto before = stored_certificate();
    issuer = begin();
    const auto foreign = crypto::PrivateKey::generate(crypto::KeyType::rsa);
    EXPECT_EQ(issuer
                  .write_certificate(KeyUse::authentication, certificate_for(foreign.public_key()),
                                     personalised().authority)
                  .error(),
              IssueError::refused);
    EXPECT_EQ(stored_certificate(), before);
}

// Pulled after each piece: the old certificate or the new one, never half of one.
TEST_F(IssuingTest, AHalfWrittenCertificateIsNone) {
    const auto before = stored_certificate();
    const auto key = crypto::Certificate::from_der(before).value().public_key();
    const auto renewed = certificate_for(key).der();
    for (std::size_t pieces = 0; pieces <= (renewed.size() + 254) / 255; ++pieces) {
        begin();
        EXPECT_EQ(status_of("00a4020c02000a"), status::ok);
        for (std::size_t i = 0; i < pieces; ++i) {
            const auto piece = ByteView(renewed).subspan(
                i * 255, std::min<std::size_t>(255, renewed.size() - i * 255));
            const auto answer = chip->transmit({.ins = 0xd6,
                                                .p1 = static_cast<std::uint8_t>(i * 255 >> 8),
                                                .p2 = static_cast<std::uint8_t>(i * 255 & 0xff),
                                                .data = piece});
            ASSERT_EQ(answer->status, status::ok);
        }
        EXPECT_EQ(stored_certificate(), before) << pieces;
    }
    auto issuer = begin();
    EXPECT_TRUE(issuer
                    .write_certificate(KeyUse::authentication,
                                       crypto::Certificate::from_der(renewed).value(),
                                       personalised().authority)
                    .has_value());
    EXPECT_EQ(stored_certificate(), renewed);
}

TEST_F(IssuingTest, ANewKeyHasNoPinAndNoCertificate) {
    auto issuer = begin();
    ASSERT_TRUE(issuer.generate(KeyUse::authentication, crypto::KeyType::rsa).has_value());
    EXPECT_TRUE(stored_certificate().empty());
    EXPECT_EQ(status_of("00a4040c0ad392f000260100000001"), status::ok);
    EXPECT_EQ(status_of("00a4020c020018"), status::ok);
    EXPECT_EQ(status_of("00200080"), status::tries_left);
    EXPECT_EQ(status_of("002000800431323334"), status::blocked);
}

}  // namespace
}  // namespace mado::chip
