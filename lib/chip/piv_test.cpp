#include "chip/piv.hpp"

#include <gtest/gtest.h>
#include <openssl/evp.h>

#include "card/tlv.hpp"
#include "test_chip.hpp"

namespace mado::chip {
namespace {

using card::Status;
namespace status = card::status;

Bytes apdu(std::string_view hex_text) {
    return parse_hex(hex_text).value();
}
// As a reader sends it: filled up with FF.
std::string filled(std::string_view text, std::size_t bytes) {
    Bytes out = to_bytes(text);
    out.resize(bytes, 0xff);
    return hex(out);
}

constexpr std::string_view select_piv = "00a4040009a0000003080000100000";
constexpr std::string_view pin = "80";
constexpr std::string_view password = "99";

class PivTest : public testing::Test {
  protected:
    explicit PivTest(const CardForm& form = {.kind = CardKind::piv}) : card(form) {}

    card::Response send(std::string_view hex_text) {
        return card::parse_response(chip->transmit(apdu(hex_text))).value();
    }
    Status status_of(std::string_view hex_text) { return send(hex_text).status; }
    void select() { ASSERT_EQ(status_of(select_piv), status::ok); }
    static std::size_t bytes_of(std::string_view reference) { return reference == pin ? 8 : 16; }
    Status verify(std::string_view reference, std::string_view text) {
        const auto bytes = bytes_of(reference);
        return status_of("002000" + std::string(reference) + (bytes == 8 ? "08" : "10") +
                         filled(text, bytes));
    }
    Status change(std::string_view reference, std::string_view old_text,
                  std::string_view new_text) {
        const auto bytes = bytes_of(reference);
        return status_of("002400" + std::string(reference) + (bytes == 8 ? "10" : "20") +
                         filled(old_text, bytes) + filled(new_text, bytes));
    }
    Status question(std::string_view reference) {
        return status_of("002000" + std::string(reference));
    }
    // The whole of a data object, however many answers it takes.
    card::Response get(std::string_view tag) {
        auto out = send("00cb3fff05" + std::string("5c03") + std::string(tag) + "00");
        while ((out.status & 0xff00) == status::more_bytes) {
            const auto next = send("00c0000000");
            append(out.data, next.data);
            out.status = next.status;
        }
        return out;
    }
    static std::string to_sign(std::string_view algorithm, std::string_view key, ByteView digest) {
        Bytes wanted = card::tlv(0x82, {});
        card::append_tlv(wanted, 0x81, digest);
        const auto data = card::tlv(0x7c, wanted);
        return "0087" + std::string(algorithm) + std::string(key) +
               hex(Bytes{static_cast<std::uint8_t>(data.size())}) + hex(data) + "00";
    }
    card::Response authenticate() {
        return send(to_sign("11", "9a", crypto::sha256(as_bytes("message"))));
    }
    card::Response sign() { return send(to_sign("14", "9c", crypto::sha384(as_bytes("message")))); }
    static crypto::Certificate certificate_in(const card::Response& object) {
        auto content = card::only_tlv(object.data, 0x53).value();
        const auto der = card::take_tlv(content).value();
        EXPECT_EQ(der.tag, 0x70);
        EXPECT_EQ(hex(content), "710100fe00");
        return crypto::Certificate::from_der(der.value).value();
    }
    static Bytes signature_in(const card::Response& answer, crypto::KeyType type) {
        const auto content = card::only_tlv(answer.data, 0x7c).value();
        return crypto::ecdsa_from_der(card::only_tlv(content, 0x82).value(), type).value();
    }
    void lose_power() {
        chip.reset();
        chip.emplace(card.path());
        select();
    }

    TestCard card;
    std::optional<Chip> chip{std::in_place, card.path()};
};

// SP 800-73-4 part 2 section 3.1.1, with the lengths and bytes of its table 3.
TEST_F(PivTest, IsSelectedByItsName) {
    const std::string properties = "61114f0600001000010079074f05a000000308";
    for (const auto* name : {"0ba000000308000010000100", "09a00000030800001000", "05a000000308"})
        EXPECT_EQ(hex(send("00a40400" + std::string(name) + "00").data), properties) << name;
    EXPECT_EQ(send("00a4040c05a000000308").data.size(), 0U) << "nothing was asked for";
    EXPECT_EQ(status_of("00a404000ba00000030800001000020000"), status::not_found);
    EXPECT_EQ(status_of("00a404000ad392f00026010000000100"), status::not_found) << "another card";
}

TEST_F(PivTest, WhatEverybodyMayRead) {
    select();
    const auto certificate = certificate_in(get("5fc105"));
    EXPECT_EQ(certificate.public_key().type(), crypto::KeyType::p256);
    EXPECT_EQ(hex(send("00cb3fff035c017e00").data), "7e124f0ba0000003080000100001005f2f024000");
    const auto holder = get("5fc102");
    EXPECT_EQ(holder.status, status::ok);
    EXPECT_TRUE(hex(holder.data).starts_with("533b3019d4e739da739ced39ce739d"));
    EXPECT_TRUE(as_text(holder.data).find("20300317") != std::string_view::npos)
        << "its certificate's last day: " << hex(holder.data);
    for (const auto* tag : {"5fc101", "5fc107", "5fc10b", "5fc10c", "000000"})
        EXPECT_EQ(get(tag).status, status::not_found) << tag;
}

TEST_F(PivTest, SignsWithItsCertificatesKey) {
    select();
    EXPECT_EQ(verify(pin, "1234"), status::ok);
    const auto key = certificate_in(get("5fc105")).public_key();
    for (int i = 0; i < 2; ++i) {
        const auto signature = signature_in(authenticate(), crypto::KeyType::p256);
        EXPECT_TRUE(key.verify(as_bytes("message"), signature));
        EXPECT_FALSE(key.verify(as_bytes("another"), signature));
    }
    EXPECT_EQ(verify(password, "ABC123"), status::ok);
    const auto signing_key = certificate_in(get("5fc10a")).public_key();
    EXPECT_EQ(verify(password, "ABC123"), status::ok);
    EXPECT_TRUE(
        signing_key.verify(as_bytes("message"), signature_in(sign(), crypto::KeyType::p384)));
}

TEST_F(PivTest, EachKeyNeedsItsOwnPin) {
    select();
    EXPECT_EQ(authenticate().status, status::not_verified);
    EXPECT_EQ(sign().status, status::not_verified);
    EXPECT_EQ(verify(pin, "1234"), status::ok);
    EXPECT_EQ(sign().status, status::not_verified);
    lose_power();
    EXPECT_EQ(verify(password, "ABC123"), status::ok);
    EXPECT_EQ(authenticate().status, status::not_verified);
}

// "PIN ALWAYS": right before each use, and whatever comes between counts.
TEST_F(PivTest, TheSigningKeyWantsItsPasswordEachTime) {
    select();
    EXPECT_EQ(verify(password, "ABC123"), status::ok);
    EXPECT_EQ(sign().status, status::ok);
    EXPECT_EQ(sign().status, status::not_verified) << "used up";
    for (const auto* between :
         {"00cb3fff035c017e00", "00200080", "00c0000000", "80ff0000",
          "00a4040009a0000003080000100000", "00a4040002ffff00", "00a404ff0100", "00"}) {
        EXPECT_EQ(verify(password, "ABC123"), status::ok);
        send(between);
        EXPECT_EQ(sign().status, status::not_verified) << between;
    }
}

TEST_F(PivTest, TheSigningCertificateNeedsThePassword) {
    select();
    EXPECT_EQ(get("5fc10a").status, status::not_verified);
    EXPECT_EQ(verify(pin, "1234"), status::ok);
    EXPECT_EQ(get("5fc10a").status, status::not_verified);
    EXPECT_EQ(verify(password, "ABC123"), status::ok);
    EXPECT_EQ(get("5fc10a").status, status::ok);
    EXPECT_EQ(verify(password, "WRONG1"), status::tries_left + 4);
    EXPECT_EQ(get("5fc10a").status, status::not_verified) << "a wrong one closes it again";
}

// Part 2 section 3.1.1: selecting it again changes no security status; section 3.2.1: P1 FF does.
TEST_F(PivTest, WhatLogsOut) {
    select();
    EXPECT_EQ(verify(pin, "1234"), status::ok);
    select();
    EXPECT_EQ(status_of("00a4040002ffff00"), status::not_found);
    EXPECT_EQ(question(pin), status::ok) << "verification is not needed";
    EXPECT_EQ(authenticate().status, status::ok);
    EXPECT_EQ(status_of("0020ff80"), status::ok);
    EXPECT_EQ(question(pin), status::tries_left + 3);
    EXPECT_EQ(authenticate().status, status::not_verified);

    EXPECT_EQ(verify(pin, "1234"), status::ok);
    EXPECT_EQ(verify(password, "ABC123"), status::ok);
    EXPECT_EQ(status_of("0020ff99"), status::ok);
    EXPECT_EQ(get("5fc10a").status, status::not_verified);
    EXPECT_EQ(authenticate().status, status::ok) << "the other one's own";

    EXPECT_EQ(status_of("00a4040c06f04d41444f01"), status::ok);
    select();
    EXPECT_EQ(authenticate().status, status::not_verified) << "another application was selected";
    EXPECT_EQ(verify(pin, "1234"), status::ok);
    chip->reset();
    select();
    EXPECT_EQ(authenticate().status, status::not_verified);
}

TEST_F(PivTest, ThreeWrongPinsLock) {
    select();
    EXPECT_EQ(question(pin), status::tries_left + 3);
    EXPECT_EQ(verify(pin, "0000"), status::tries_left + 2);
    EXPECT_EQ(verify(pin, "1234"), status::ok);
    for (int left = 2; left >= 0; --left)
        EXPECT_EQ(verify(pin, "0000"), status::tries_left + left);
    EXPECT_EQ(verify(pin, "1234"), status::blocked);
    EXPECT_EQ(change(pin, "1234", "5678"), status::blocked);
    EXPECT_EQ(question(pin), status::tries_left);
    EXPECT_EQ(authenticate().status, status::not_verified);
    EXPECT_EQ(question(password), status::tries_left + 5) << "the other PIN's are its own";
    for (int left = 4; left >= 0; --left)
        EXPECT_EQ(verify(password, "WRONG1"), status::tries_left + left);
    EXPECT_EQ(verify(password, "ABC123"), status::blocked);
}

// SP 800-73-4 part 2 sections 3.2.1 and 3.2.2: the counter is looked at first.
TEST_F(PivTest, ALockedPinSaysSoToWhateverIsSent) {
    select();
    for (int i = 0; i < 3; ++i)
        verify(pin, "0000");
    for (const auto* text : {"", "123", "12a4"}) {
        EXPECT_EQ(verify(pin, text), status::blocked) << text;
        EXPECT_EQ(change(pin, text, text), status::blocked) << text;
    }
    EXPECT_EQ(status_of("002000800431323334"), status::blocked);
    EXPECT_EQ(status_of("00240080"), status::blocked);
    EXPECT_EQ(verify(password, "abc123"), status::wrong_data) << "the other one is not locked";
}

// As yubico-piv-tool sends them over T=1.
TEST_F(PivTest, ALeBehindAPinAsksForNothing) {
    select();
    EXPECT_EQ(status_of("0020008000"), status::tries_left + 3);
    EXPECT_EQ(status_of("002000800830303030ffffffff00"), status::tries_left + 2);
    EXPECT_EQ(status_of("002000800831323334ffffffff00"), status::ok);
    EXPECT_EQ(status_of("0020008000"), status::ok);
    EXPECT_EQ(status_of("0020ff8000"), status::ok);
    EXPECT_EQ(status_of("0020008000"), status::tries_left + 3);
    EXPECT_EQ(status_of("002400801031323334ffffffff35363738ffffffff00"), status::ok);
    EXPECT_EQ(verify(pin, "5678"), status::ok);
}

TEST_F(PivTest, TriesOutliveThePower) {
    select();
    EXPECT_EQ(verify(pin, "0000"), status::tries_left + 2);
    EXPECT_EQ(change(pin, "0001", "5678"), status::tries_left + 1);
    EXPECT_EQ(verify(password, "WRONG1"), status::tries_left + 4);
    lose_power();
    EXPECT_EQ(question(pin), status::tries_left + 1);
    EXPECT_EQ(question(password), status::tries_left + 4);
    EXPECT_EQ(verify(pin, "1234"), status::ok);
    lose_power();
    EXPECT_EQ(question(pin), status::tries_left + 3);
}

TEST_F(PivTest, ThePinIsChanged) {
    select();
    for (const auto* text : {"", "123", "12345", "12a4", "12345678"}) {
        EXPECT_EQ(change(pin, "1234", text), status::wrong_data) << text;
        EXPECT_EQ(change(pin, text, "5678"), status::wrong_data) << text;
    }
    EXPECT_EQ(question(pin), status::tries_left + 3) << "no try was spent";
    EXPECT_EQ(change(pin, "1234", "5678"), status::ok);
    EXPECT_EQ(question(pin), status::ok) << "it is verified (part 2 section 3.2.2)";
    EXPECT_EQ(change(password, "ABC123", "abc123"), status::wrong_data);
    EXPECT_EQ(change(password, "ABC123", "ABCDEFGH12345678"), status::ok);
    EXPECT_EQ(sign().status, status::not_verified) << "changing it is not giving it";
    lose_power();
    EXPECT_EQ(verify(pin, "1234"), status::tries_left + 2);
    EXPECT_EQ(verify(pin, "5678"), status::ok);
    EXPECT_EQ(verify(password, "ABCDEFGH12345678"), status::ok);
}

TEST_F(PivTest, ATextThatCannotBeAPinCostsNoTry) {
    select();
    for (const auto* text : {"", "123", "12345", "123456", "12 4", "12345678"})
        EXPECT_EQ(verify(pin, text), status::wrong_data) << text;
    for (const auto* text : {"ABC12", "abc123", "ABC 123"})
        EXPECT_EQ(verify(password, text), status::wrong_data) << text;
    EXPECT_EQ(status_of("0020008008ff31323334ffffff"), status::wrong_data);
    EXPECT_EQ(question(pin), status::tries_left + 3);
    EXPECT_EQ(question(password), status::tries_left + 5);
}

struct Case {
    std::string_view command;
    Status answer;
};
constexpr Case refused_commands[] = {
    {"00", status::wrong_length},
    {"00cb3f", status::wrong_length},
    {"00cb3fff055c035fc105", status::more_bytes},  // no Le: all of it waits
    {"00cb3fff", status::wrong_data},
    {"00cb3fff00", status::wrong_data},
    {"00cb3fff025c0000", status::wrong_data},
    {"00cb3fff045c035fc100", status::wrong_data},
    {"00cb3fff055d035fc10500", status::wrong_data},
    {"00cb3fff065c035fc1050000", status::wrong_data},
    {"00cb3fff065c045fc1050100", status::wrong_data},
    {"00cb3f00055c035fc10500", status::wrong_parameters},
    {"00cb0000055c035fc10500", status::wrong_parameters},
    {"00c0000000", status::not_now},
    {"00c00000", status::wrong_length},
    {"00c0000001aa00", status::wrong_length},
    {"00c0010000", status::wrong_parameters},
    {"00200081", status::no_reference},
    {"00200000", status::no_reference},
    {"0020009a", status::no_reference},
    {"00200180", status::wrong_parameters},
    {"0020ff81", status::no_reference},
    {"0020ff800831323334ffffffff", status::wrong_data},
    {"002000800431323334", status::wrong_data},
    {"002000800931323334ffffffffff", status::wrong_data},
    {"0020009908414243313233ffff", status::wrong_data},
    {"002400800831323334ffffffff", status::wrong_data},
    {"00240080", status::wrong_data},
    {"0024018008"
     "35363738ffffffff",
     status::wrong_parameters},
    {"00240081", status::no_reference},
    {"0087119a", status::not_verified},
    {"0087149a", status::wrong_parameters},
    {"0087119c", status::wrong_parameters},
    {"0087009a", status::wrong_parameters},
    {"0087079a", status::wrong_parameters},
    {"0087119b", status::wrong_parameters},
    {"0087119d", status::wrong_parameters},
    {"0087119e", status::wrong_parameters},
    {"00470001", status::unknown_instruction},
    {"002c0080", status::not_supported},
    {"002c00801031323334ffffffff35363738ffffffff", status::not_supported},
    {"00db3fff", status::unknown_instruction},
    {"00a4020c020017", status::wrong_parameters},
    {"00a4000c023f00", status::wrong_parameters},
    {"00b0000000", status::unknown_instruction},
    {"10cb3fff055c035fc10500", status::unknown_class},
    {"80cb3fff055c035fc10500", status::unknown_class},
    {"0ccb3fff055c035fc10500", status::unknown_class},
};

TEST_F(PivTest, WhatACardAnswersToWhatItDoesNotTake) {
    EXPECT_EQ(status_of("00cb3fff055c035fc10500"), status::no_file_selected);
    EXPECT_EQ(status_of("00200080"), status::no_file_selected);
    for (const auto& one : refused_commands) {
        lose_power();
        EXPECT_EQ(status_of(one.command), one.answer) << one.command;
    }
    EXPECT_EQ(question(pin), status::tries_left + 3);
    EXPECT_EQ(question(password), status::tries_left + 5);
}

// A number as an ECDSA signature has it, of so many bytes.
Bytes scalar(ByteView number, std::size_t bytes) {
    Bytes out(bytes);
    std::ranges::copy(number, out.end() - static_cast<std::ptrdiff_t>(number.size()));
    return out;
}

bool verifies(const crypto::PublicKey& key, ByteView signature, ByteView digest) {
    EVP_PKEY_CTX* context = EVP_PKEY_CTX_new(key.handle(), nullptr);
    const bool good = EVP_PKEY_verify_init(context) == 1 &&
                      EVP_PKEY_verify(context, signature.data(), signature.size(), digest.data(),
                                      digest.size()) == 1;
    EVP_PKEY_CTX_free(context);
    return good;
}

// Of a short digest ECDSA takes its number, of a long one the bits that fit (FIPS 186-4 section
// 6.4): to another program, which knows that one only, it is as if those had been signed.
TEST_F(PivTest, SignsDigestsOfOtherHashes) {
    select();
    EXPECT_EQ(verify(pin, "1234"), status::ok);
    const auto key = certificate_in(get("5fc105")).public_key();
    for (const std::size_t size : {20U, 28U, 32U, 48U, 64U}) {
        const Bytes digest(size, 0x5a);
        const auto answer = send(to_sign("11", "9a", digest));
        ASSERT_EQ(answer.status, status::ok) << size;
        const auto der = card::only_tlv(card::only_tlv(answer.data, 0x7c).value(), 0x82).value();
        const auto number = size < 32 ? scalar(digest, 32) : Bytes(32, 0x5a);
        EXPECT_TRUE(verifies(key, der, number)) << size;
        EXPECT_FALSE(verifies(key, der, Bytes(32, 0x5b))) << size;
    }
    EXPECT_EQ(verify(password, "ABC123"), status::ok);
    EXPECT_EQ(send(to_sign("14", "9c", Bytes(32, 0x5a))).status, status::ok);
}

TEST_F(PivTest, WhatIsNotToBeSigned) {
    select();
    EXPECT_EQ(verify(pin, "1234"), status::ok);
    for (const std::size_t size : {0U, 1U, 19U, 31U, 33U, 63U, 65U})
        EXPECT_EQ(status_of(to_sign("11", "9a", Bytes(size, 0x5a))), status::wrong_data) << size;
    const auto digest = hex(crypto::sha256(as_bytes("message")));
    for (const auto& data : {"7c248120" + digest + "8200",  // the other order is as good
                             "7c248200" + std::string("8120") + digest}) {
        EXPECT_EQ(status_of("0087119a26" + data + "00"), status::ok) << data;
    }
    for (const auto& data :
         {"7c228120" + digest, "7c2482008520" + digest, "7c2582010081" + ("20" + digest),
          "7c24820081" + ("21" + digest), "7d248200" + ("8120" + digest), "248200" + digest,
          "7c248200" + ("8120" + digest) + "00", std::string("7c00")}) {
        const auto size = hex(Bytes{static_cast<std::uint8_t>(data.size() / 2)});
        EXPECT_EQ(status_of("0087119a" + size + data + "00"), status::wrong_data) << data;
    }
}

// Part 2 section 3.1.2 and ISO/IEC 7816-4 section 5.3.4.
TEST_F(PivTest, ALongAnswerComesInPieces) {
    select();
    const auto whole = get("5fc105").data;
    ASSERT_GT(whole.size(), 256U);
    const auto waiting = [&whole](std::size_t given) {
        const auto left = whole.size() - given;
        return left == 0 ? status::ok : status::more_bytes + (left < 256 ? left : 0);
    };
    auto piece = send("00cb3fff055c035fc10500");
    EXPECT_EQ(piece.data.size(), 256U);
    EXPECT_EQ(piece.status, waiting(256));
    auto again = piece.data;
    for (std::size_t expected = 16; again.size() < whole.size(); expected *= 2) {
        piece = send("00c00000" + hex(Bytes{static_cast<std::uint8_t>(expected)}));
        EXPECT_EQ(piece.data.size(), std::min(expected, whole.size() - again.size()));
        append(again, piece.data);
        ASSERT_EQ(piece.status, waiting(again.size()));
    }
    EXPECT_EQ(again, whole);
    EXPECT_EQ(status_of("00c0000000"), status::not_now) << "there is no more";
    // Any other command forgets it.
    for (const auto* between : {"00200080", "00ff0000", "00a4040005a00000030800"}) {
        send("00cb3fff055c035fc10500");
        send(between);
        EXPECT_EQ(status_of("00c0000000"), status::not_now) << between;
    }
    send("00cb3fff055c035fc10500");
    chip->reset();
    select();
    EXPECT_EQ(status_of("00c0000000"), status::not_now);
}

class PivWithoutPins : public PivTest {
  protected:
    PivWithoutPins() : PivTest({.kind = CardKind::piv, .has_pins = false}) {}
};

// For the counter only: what everybody may read, and nothing else.
TEST_F(PivWithoutPins, SignsNothing) {
    select();
    EXPECT_EQ(certificate_in(get("5fc105")).public_key().type(), crypto::KeyType::p256);
    EXPECT_EQ(status_of("00cb3fff035c017e00"), status::not_found) << "it says which PINs there are";
    for (const auto reference : {pin, password}) {
        const auto* text = reference == pin ? "1234" : "ABC123";
        EXPECT_EQ(question(reference), status::no_reference);
        EXPECT_EQ(verify(reference, text), status::no_reference);
        EXPECT_EQ(change(reference, text, text), status::no_reference);
        EXPECT_EQ(status_of("0020ff" + std::string(reference)), status::no_reference);
    }
    EXPECT_EQ(authenticate().status, status::not_verified);
    EXPECT_EQ(sign().status, status::not_verified);
    EXPECT_EQ(get("5fc10a").status, status::not_verified);
}

TEST_F(PivTest, HasAnAnswerToResetOfItsOwn) {
    const auto atr = chip->atr();
    EXPECT_EQ(hex(atr), "3b88018031c1544d41444faa");
    std::uint8_t check = 0;  // ISO/IEC 7816-3 section 8.2.5: all after TS, with TCK, is zero
    for (const auto byte : atr.subspan(1))
        check ^= byte;
    EXPECT_EQ(check, 0);
}

}  // namespace
}  // namespace mado::chip
