// A virtual card as other people's programs see it: pcscd, OpenSC, GnuTLS's p11tool, openssl.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <fmt/format.h>

#include <algorithm>

#include "card/open.hpp"
#include "card/pcsc.hpp"
#include "card/pkcs11.hpp"
#include "card/pkcs11_readers.hpp"
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
    explicit CardsTest(const chip::CardForm& form = {}) : card(form) {}
    // One for the program: libpcsclite looks once only where its pcscd is.
    static void SetUpTestSuite() {
        if (!stack) stack = std::make_unique<CardStack>();
    }
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
    auto channel = pcsc.connect(CardStack::reader_name(0)).value();
    ASSERT_NE(channel, nullptr);
    EXPECT_FALSE(pcsc.connect(CardStack::reader_name(0))) << "somebody else has it";
    EXPECT_FALSE(pcsc.connect(CardStack::reader_name(1))) << "no card there";
    auto opened = card::open_card(std::move(channel));
    ASSERT_TRUE(opened.has_value());
    auto& inserted = **opened;
    constexpr auto use = card::KeyUse::authentication;
    const auto certificate = inserted.authentication_certificate();
    ASSERT_TRUE(certificate.has_value());
    const auto signature = inserted.sign(use, chip::secret("1234"), as_bytes("a message"));
    ASSERT_TRUE(signature.has_value());
    EXPECT_TRUE(certificate->public_key().verify(as_bytes("a message"), *signature));
    EXPECT_TRUE(inserted.signing_certificate(chip::secret("ABC123")).has_value());

    EXPECT_EQ(inserted.sign(use, chip::secret("12345"), {}).error().error,
              card::CardError::pin_format);
    EXPECT_EQ(inserted.sign(use, chip::secret(""), {}).error().error, card::CardError::pin_format)
        << "this reader has no keypad";
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

// As Mado's programs go to cards that they do not know themselves.
TEST_F(CardsTest, OurWayThroughPkcs11) {
    const auto message = as_bytes("a message");
    {
        const card::Pkcs11 opensc{std::string(module)};
        const auto tokens = opensc.tokens().value();
        ASSERT_EQ(tokens.size(), 2U) << "one for each PIN";
        EXPECT_EQ(tokens[0].label, "JPKI (User Authentication PIN)");
        EXPECT_EQ(tokens[1].label, "JPKI (Digital Signature PIN)");
        EXPECT_TRUE(tokens[0].certificate.has_value());
        EXPECT_FALSE(tokens[1].certificate.has_value());
        for (const auto& token : tokens) {
            const auto inserted = opensc.open(token.slot).value();
            const auto certificate = inserted->authentication_certificate().value();
            EXPECT_TRUE(certificate.public_key().verify(
                message, inserted->sign(card::KeyUse::authentication, chip::secret("1234"), message)
                             .value()));
            const auto password = chip::secret("ABC123");
            const auto signing = inserted->signing_certificate(password).value();
            EXPECT_NE(signing.thumbprint(), certificate.thumbprint());
            EXPECT_TRUE(signing.public_key().verify(
                message, inserted->sign(card::KeyUse::signing, password, message).value()));
        }
        EXPECT_FALSE(card::Pcsc().connect(CardStack::reader_name(0))) << "OpenSC holds it";
    }
}

// OpenSC logs nobody out of a JPKI card, and leaves the card as it is at its end, unless it is
// configured otherwise.
TEST_F(CardsTest, OpenScIsToldToResetTheCard) {
    // Signs without a PIN, on what another program left.
    const auto signs = [] {
        card::Pcsc pcsc;
        const auto channel = pcsc.connect(CardStack::reader_name(0)).value();
        EXPECT_NE(channel, nullptr);
        const Bytes key_file{0x00, 0x17};
        const Bytes digest_info(51, 1);
        static_cast<void>(
            channel->transmit({.ins = 0xa4, .p1 = 0x02, .p2 = 0x0c, .data = key_file}));
        return channel
                   ->transmit(
                       {.cla = 0x80, .ins = 0x2a, .p2 = 0x80, .data = digest_info, .expected = 256})
                   ->status == card::status::ok;
    };
    const auto sign = [] {
        const card::Pkcs11 opensc{std::string(module)};
        const auto inserted = opensc.open(opensc.tokens().value().at(0).slot).value();
        EXPECT_TRUE(inserted->sign(card::KeyUse::authentication, chip::secret("1234"), {}));
    };
    sign();
    EXPECT_TRUE(signs());
    const std::string usual = ::getenv("OPENSC_CONF");
    replace_file(file("reset.conf"),
                 as_bytes("app default {\n  card_drivers = jpki;\n  reader_driver pcsc {\n    "
                          "disconnect_action = reset;\n  }\n}\n"));
    ::setenv("OPENSC_CONF", file("reset.conf").c_str(), 1);
    sign();
    ::setenv("OPENSC_CONF", usual.c_str(), 1);
    EXPECT_FALSE(signs());
}

TEST_F(CardsTest, WrongPinsThroughPkcs11) {
    const card::Pkcs11 opensc{std::string(module)};
    const auto inserted = opensc.open(opensc.tokens().value().at(0).slot).value();
    constexpr auto use = card::KeyUse::authentication;
    EXPECT_EQ(inserted->tries_left(use).value(), 2) << "at least; it has three";
    EXPECT_EQ(inserted->sign(use, chip::secret("12345"), {}).error().error,
              card::CardError::pin_format);
    EXPECT_EQ(inserted->sign(use, chip::secret(""), {}).error().error, card::CardError::pin_format);
    EXPECT_EQ(inserted->tries_left(use).value(), 2);
    const auto wrong = [&] { return inserted->sign(use, chip::secret("0000"), {}).error(); };
    EXPECT_EQ(wrong().error, card::CardError::pin_wrong);
    EXPECT_EQ(inserted->tries_left(use).value(), 1) << "it has two, and does not say it";
    EXPECT_EQ(inserted->tries_left(card::KeyUse::signing).value(), 2) << "a PIN of its own";
    EXPECT_TRUE(inserted->sign(use, chip::secret("1234"), {}).has_value());
    EXPECT_EQ(inserted->tries_left(use).value(), 2);
    EXPECT_EQ(inserted->change_pin(use, chip::secret("1234"), chip::secret("5678")).error().error,
              card::CardError::not_there);
    EXPECT_EQ(wrong().tries_left, 1);
    EXPECT_EQ(wrong().tries_left, 1);
    EXPECT_EQ(wrong().error, card::CardError::pin_wrong);
    EXPECT_EQ(inserted->sign(use, chip::secret("1234"), {}).error().error,
              card::CardError::pin_locked);
    EXPECT_EQ(inserted->tries_left(use).value(), 0);
}

TEST_F(CardsTest, APulledCardThroughPkcs11) {
    const card::Pkcs11 opensc{std::string(module)};
    const auto slot = opensc.tokens().value().at(0).slot;
    const auto inserted = opensc.open(slot).value();
    stack->remove();
    EXPECT_TRUE(opensc.tokens().value().empty());
    EXPECT_EQ(inserted->sign(card::KeyUse::authentication, chip::secret("1234"), {}).error().error,
              card::CardError::gone);
    EXPECT_EQ(opensc.open(slot).error().error, card::CardError::gone);
    stack->insert(card.path());
    EXPECT_TRUE(inserted->sign(card::KeyUse::authentication, chip::secret("1234"), {}).has_value());
}

// As the agent has it: somebody pulls the card, puts it back.
TEST_F(CardsTest, ReadersOfAModule) {
    card::Pkcs11Readers readers{std::string(module)};
    const auto first = readers.list().value();
    const auto of = [](const std::vector<card::Reader>& all) {
        const auto found = std::ranges::find(all, CardStack::reader_name(0), &card::Reader::name);
        return found == all.end() ? card::Reader{} : *found;
    };
    EXPECT_TRUE(of(first).has_card);
    const auto message = as_bytes("a message");
    {
        const auto inserted = readers.open(of(first).name).value();
        EXPECT_FALSE(inserted->takes_pin_at_reader());
        const auto signature =
            inserted->sign(card::KeyUse::authentication, chip::secret("1234"), message).value();
        EXPECT_TRUE(
            inserted->authentication_certificate().value().public_key().verify(message, signature));
    }
    stack->remove();
    const auto empty = readers.wait(first, std::chrono::milliseconds(10)).value();
    EXPECT_FALSE(of(empty).has_card);
    EXPECT_EQ(readers.open(of(first).name).error().error, card::CardError::gone);
    stack->insert(card.path());
    const auto again = of(readers.list().value());
    EXPECT_TRUE(again.has_card);
    EXPECT_NE(again.changes, of(first).changes) << "it is another insertion";
}

// Two JPKI cards have one serial number to OpenSC, and nobody looked while there was none.
TEST_F(CardsTest, AnotherCardInTheReaderOfAModule) {
    const chip::TestCard other;
    {
        constexpr auto use = card::KeyUse::authentication;
        const auto key = [&] {
            const auto at_home = card::open_card(std::make_unique<chip::Inserted>(other.path()));
            return at_home.value()->authentication_certificate().value().public_key();
        }();
        chip::Inserted at_the_issuers(other.path());
        auto issuer = card::Personaliser::begin(at_the_issuers, other.issuer_key).value();
        const auto& maker = chip::personalised();
        ASSERT_TRUE(issuer.write_certificate(use, maker.certify(key, "2"), maker.authority));
    }
    card::Pkcs11Readers readers{std::string(module)};
    const auto first = readers.list().value();
    EXPECT_EQ(readers.list().value(), first);
    stack->remove();
    stack->insert(other.path());
    EXPECT_NE(readers.list().value(), first);
}

class PivCardsTest : public CardsTest {
  protected:
    PivCardsTest() : CardsTest({.kind = chip::CardKind::piv}) {}
};

TEST_F(PivCardsTest, OpenScSeesAnOrdinaryCard) {
    const auto objects = run_well("pkcs15-tool --dump");
    for (const auto* part : {"PIV AUTH key", "Certificate for PIV Authentication", "piv_II",
                             "Reference      : 128 (0x80)"}) {
        EXPECT_NE(objects.find(part), std::string::npos) << part << "\n" << objects;
    }
    // It is told nothing of the signing key: the certificate is closed to whoever has no password.
    EXPECT_EQ(objects.find("SIGN key"), std::string::npos) << objects;
    EXPECT_EQ(run_well("pkcs15-tool --list-certificates").find("ID             : 02"),
              std::string::npos);
    // It wants 6 digits for a new PIN: that is for Mado's own programs.
    const auto change = run("pkcs15-tool --change-pin --auth-id 01 --pin 1234 --new-pin 5678");
    EXPECT_NE(change.output.find("Invalid PIN length"), std::string::npos) << change.output;
    // As it comes, without our configuration.
    const auto as_it_comes = run_well("OPENSC_CONF=/dev/null pkcs15-tool --list-certificates");
    EXPECT_NE(as_it_comes.find("Certificate for PIV Authentication"), std::string::npos);
}

TEST_F(PivCardsTest, SignsWithTheAuthenticationKeyOnly) {
    crypto::write(file("message"), "a message");
    read_certificate("01", file("auth.pem"));
    run_well("openssl x509 -noout -pubkey -in " + file("auth.pem") + " > " + file("auth.pub"));
    const auto sign = [this](std::string_view id, std::string_view mechanism) {
        return pkcs11(
            fmt::format("--login --pin 1234 --sign --mechanism {} --id {} "
                        "--signature-format openssl --input-file {} --output-file {}",
                        mechanism, id, file("message"), file("signature")));
    };
    for (const auto* hash : {"1", "224", "256", "384", "512"}) {
        run_well(sign("01", fmt::format("ECDSA-SHA{}", hash)));
        run_well(fmt::format("openssl dgst -sha{} -verify {} -signature {} {}", hash,
                             file("auth.pub"), file("signature"), file("message")));
    }
    const auto refused = run(sign("02", "ECDSA-SHA384"));
    EXPECT_NE(refused.status, 0);
    EXPECT_NE(refused.output.find("Private key not found"), std::string::npos) << refused.output;
}

// A key on P-384 takes SHA-256 as well.
TEST_F(PivCardsTest, SignsShortDigestsWithALargeKey) {
    stack->remove();
    {
        chip::Inserted at_the_issuers(card.path());
        auto issuer = card::Personaliser::begin(at_the_issuers, card.issuer_key).value();
        constexpr auto use = card::KeyUse::authentication;
        const auto key = issuer.generate(use, crypto::KeyType::p384).value();
        const auto& maker = chip::personalised({.kind = chip::CardKind::piv});
        ASSERT_TRUE(issuer.write_certificate(use, maker.certify(key, "1"), maker.authority));
        ASSERT_TRUE(issuer.set_pin(use, chip::secret("1234")));
    }
    stack->insert(card.path());
    crypto::write(file("message"), "a message");
    read_certificate("01", file("auth.pem"));
    run_well("openssl x509 -noout -pubkey -in " + file("auth.pem") + " > " + file("auth.pub"));
    for (const auto* hash : {"1", "256", "384", "512"}) {
        run_well(
            pkcs11(fmt::format("--login --pin 1234 --sign --mechanism ECDSA-SHA{} --id 01 "
                               "--signature-format openssl --input-file {} --output-file {}",
                               hash, file("message"), file("signature"))));
        run_well(fmt::format("openssl dgst -sha{} -verify {} -signature {} {}", hash,
                             file("auth.pub"), file("signature"), file("message")));
    }
}

// OpenSC shows no counter of a PIV card. The card itself says it once it is logged out, which
// neither the end of a program nor another selection does.
TEST_F(PivCardsTest, WrongPinsCountDownAndLock) {
    const auto verify = [](std::string_view pin) {
        return run(fmt::format("pkcs15-tool --verify-pin --auth-id 01 --pin {}", pin)).status;
    };
    const auto tries = [] {
        return run_well(
            "opensc-tool --send-apdu 00:a4:04:00:05:a0:00:00:03:08:00 --send-apdu 00:20:ff:80 "
            "--send-apdu 00:20:00:80");
    };
    const auto expect_tries = [&tries](std::string_view sw2) {
        const auto said = tries();
        EXPECT_NE(said.find(fmt::format("SW1=0x63, SW2=0x{}", sw2)), std::string::npos) << said;
    };
    expect_tries("C3");
    EXPECT_NE(verify("0000"), 0);
    expect_tries("C2");
    EXPECT_EQ(verify("1234"), 0);
    expect_tries("C3");
    for (int i = 0; i < 3; ++i)
        EXPECT_NE(verify("0000"), 0);
    EXPECT_NE(verify("1234"), 0) << "locked";
    stack->remove();
    stack->insert(card.path());
    expect_tries("C0");
    EXPECT_NE(verify("1234"), 0) << "locked for good";
}

TEST_F(PivCardsTest, OurOwnWayThroughPcSc) {
    card::Pcsc pcsc;
    auto opened = pcsc.open(CardStack::reader_name(0));
    ASSERT_TRUE(opened.has_value());
    auto& inserted = **opened;
    const auto message = as_bytes("a message");
    const auto certificate = inserted.authentication_certificate().value();
    const auto signature =
        inserted.sign(card::KeyUse::authentication, chip::secret("1234"), message).value();
    EXPECT_TRUE(certificate.public_key().verify(message, signature));
    const auto signing = inserted.signing_certificate(chip::secret("ABC123")).value();
    const auto document =
        inserted.sign(card::KeyUse::signing, chip::secret("ABC123"), message).value();
    EXPECT_TRUE(signing.public_key().verify(message, document));
}

TEST_F(PivCardsTest, OurWayThroughPkcs11) {
    const card::Pkcs11 opensc{std::string(module)};
    const auto tokens = opensc.tokens().value();
    ASSERT_EQ(tokens.size(), 1U);
    const auto inserted = opensc.open(tokens[0].slot).value();
    const auto message = as_bytes("a message");
    const auto signature =
        inserted->sign(card::KeyUse::authentication, chip::secret("1234"), message).value();
    EXPECT_TRUE(
        inserted->authentication_certificate().value().public_key().verify(message, signature));
    EXPECT_EQ(inserted->sign(card::KeyUse::signing, chip::secret("1234"), message).error().error,
              card::CardError::not_there);
    EXPECT_EQ(inserted->sign(card::KeyUse::authentication, chip::secret("0000"), {}).error().error,
              card::CardError::pin_wrong);
}

class CardsWithoutPins : public CardsTest {
  protected:
    CardsWithoutPins() : CardsTest({.kind = chip::CardKind::piv, .has_pins = false}) {}
};

TEST_F(CardsWithoutPins, AreReadAndSignNothing) {
    read_certificate("01", file("auth.pem"));
    EXPECT_NE(run_well("openssl x509 -noout -subject -in " + file("auth.pem")).find("1234567890"),
              std::string::npos);
    EXPECT_NE(run("pkcs15-tool --verify-pin --auth-id 01 --pin 1234").status, 0);
    card::Pcsc pcsc;
    auto opened = pcsc.open(CardStack::reader_name(0));
    ASSERT_TRUE(opened.has_value());
    EXPECT_EQ((*opened)->tries_left(card::KeyUse::authentication).error().error,
              card::CardError::no_pin);
}

TEST_F(CardsTest, GnuTlsListsIt) {
    const auto tokens = run_well(fmt::format("p11tool --provider {} --list-tokens", module));
    EXPECT_NE(tokens.find("JPKI"), std::string::npos) << tokens;
}

}  // namespace
}  // namespace mado
