// A virtual card as other people's programs see it: pcscd, OpenSC, GnuTLS's p11tool, openssl.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include "card/jpki.hpp"
#include "card/pcsc.hpp"
#include "card_stack.hpp"
#include "chip/test_chip.hpp"
#include "crypto/test_command.hpp"

namespace mado {
namespace {

using crypto::run;
using crypto::run_well;

constexpr std::string_view module = "/usr/lib/x86_64-linux-gnu/opensc-pkcs11.so";

class CardsTest : public testing::Test {
  protected:
    static void SetUpTestSuite() { stack = std::make_unique<CardStack>(); }
    static void TearDownTestSuite() { stack.reset(); }
    void SetUp() override { stack->insert(card.path()); }
    void TearDown() override {
        stack->remove();
        if (HasFailure()) std::cerr << stack->log();
    }
    std::string file(const std::string& name) const { return stack->folder().path(name); }

    // The certificate of that object, as OpenSC reads it, in a PEM file.
    void read_certificate(std::string_view id, const std::string& pem,
                          const std::string& more = {}) {
        run_well(fmt::format("pkcs15-tool --read-certificate {} {} --output {}", id, more, pem));
    }
    static std::string pkcs11(const std::string& words) {
        return fmt::format("pkcs11-tool --module {} {}", module, words);
    }

    static std::unique_ptr<CardStack> stack;
    chip::TestCard card;
};
std::unique_ptr<CardStack> CardsTest::stack;

TEST_F(CardsTest, OpenScSeesAnOrdinaryCard) {
    const auto objects = run_well("pkcs15-tool --dump");
    for (const auto* part :
         {"PKCS#15 Card [JPKI]", "User Authentication PIN", "Digital Signature PIN",
          "User Authentication"
          " Certificate",
          "Tries left     : 3", "Tries left     : 5"}) {
        EXPECT_NE(objects.find(part), std::string::npos) << part << "\n" << objects;
    }
    read_certificate("01", file("auth.pem"));
    EXPECT_NE(run_well("openssl x509 -noout -subject -in " + file("auth.pem")).find("1234567890"),
              std::string::npos);
}

TEST_F(CardsTest, SignsWithBothKeys) {
    crypto::write(file("message"), "a message");
    struct Key {
        std::string id, pin, certificate_options;
    };
    for (const auto& key :
         {Key{"01", "1234", ""}, Key{"02", "ABC123", "--verify-pin --auth-id 02 --pin ABC123"}}) {
        read_certificate(key.id, file(key.id + ".pem"), key.certificate_options);
        run_well("openssl x509 -noout -pubkey -in " + file(key.id + ".pem") + " > " +
                 file(key.id + ".pub"));
        const auto slot = key.id == "01" ? "0" : "1";
        run_well(
            pkcs11(fmt::format("--slot-index {} --login --pin {} --sign --mechanism "
                               "SHA256-RSA-PKCS --id {} --input-file {} --output-file {}",
                               slot, key.pin, key.id, file("message"), file(key.id + ".sig"))));
        run_well(fmt::format("openssl dgst -sha256 -verify {} -signature {} {}",
                             file(key.id + ".pub"), file(key.id + ".sig"), file("message")));
    }
}

TEST_F(CardsTest, WrongPinsCountDownAndLock) {
    const auto verify = [](std::string_view pin) {
        return run(fmt::format("pkcs15-tool --verify-pin --auth-id 01 --pin {}", pin));
    };
    EXPECT_EQ(verify("1234").status, 0);
    EXPECT_NE(verify("0000").status, 0);
    EXPECT_NE(run_well("pkcs15-tool --list-pins").find("Tries left     : 2"), std::string::npos);
    EXPECT_NE(verify("0000").status, 0);
    EXPECT_NE(verify("0000").status, 0);
    EXPECT_NE(run_well("pkcs15-tool --list-pins").find("Tries left     : 0"), std::string::npos);
    EXPECT_NE(verify("1234").status, 0) << "locked";
    stack->remove();
    stack->insert(card.path());
    EXPECT_NE(verify("1234").status, 0) << "locked for good";

    // The issuer unlocks it.
    stack->remove();
    {
        chip::Inserted at_the_issuers(card.path());
        auto issuer = card::Personaliser::begin(at_the_issuers, card.issuer_key);
        ASSERT_TRUE(issuer.has_value());
        ASSERT_TRUE(issuer->set_pin(card::KeyUse::authentication, chip::secret("5678")));
    }
    stack->insert(card.path());
    EXPECT_EQ(verify("5678").status, 0);
}

TEST_F(CardsTest, TwoCardsInTwoReaders) {
    const chip::TestCard other;
    stack->insert(other.path(), 1);
    EXPECT_EQ(card::Pcsc().list()->size(), 2U);
    EXPECT_NE(run_well("pkcs15-tool --reader 1 --list-pins").find("Tries left     : 3"),
              std::string::npos);
    stack->remove(1);
}

// As Mado's own programs go to a card, for themselves alone.
TEST_F(CardsTest, OurOwnWayThroughPcSc) {
    card::Pcsc pcsc;
    auto channel = pcsc.connect(CardStack::reader_name(0));
    ASSERT_NE(channel, nullptr);
    EXPECT_EQ(pcsc.connect(CardStack::reader_name(0)), nullptr) << "somebody else has it";
    EXPECT_EQ(pcsc.connect(CardStack::reader_name(1)), nullptr) << "no card there";
    card::JpkiCard inserted(std::move(channel));
    constexpr auto use = card::KeyUse::authentication;
    const auto certificate = inserted.authentication_certificate();
    ASSERT_TRUE(certificate.has_value());
    const auto signature = inserted.sign(use, chip::secret("1234"), as_bytes("a message"));
    ASSERT_TRUE(signature.has_value());
    EXPECT_TRUE(certificate->public_key().verify(as_bytes("a message"), *signature));
    EXPECT_TRUE(inserted.signing_certificate(chip::secret("ABC123")).has_value());

    EXPECT_EQ(inserted.sign(use, chip::secret("12345"), {}).error().error,
              card::CardError::pin_format);
    const auto wrong = inserted.sign(use, chip::secret("0000"), {});
    EXPECT_EQ(wrong.error().error, card::CardError::pin_wrong);
    EXPECT_EQ(wrong.error().tries_left, 2);
    EXPECT_EQ(inserted.tries_left(use).value(), 2);
    EXPECT_TRUE(inserted.change_pin(use, chip::secret("1234"), chip::secret("5678")).has_value());
    EXPECT_TRUE(inserted.sign(use, chip::secret("5678"), {}).has_value());
    stack->remove();
    EXPECT_EQ(inserted.tries_left(use).error().error, card::CardError::gone);
    stack->insert(card.path());
}

TEST_F(CardsTest, GnuTlsListsIt) {
    const auto tokens = run_well(fmt::format("p11tool --provider {} --list-tokens", module));
    EXPECT_NE(tokens.find("JPKI"), std::string::npos) << tokens;
}

}  // namespace
}  // namespace mado
