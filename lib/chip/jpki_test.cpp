#include "chip/jpki.hpp"

#include <gtest/gtest.h>

#include "test_chip.hpp"

namespace mado::chip {
namespace {

using card::Status;
namespace status = card::status;

Bytes apdu(std::string_view hex_text) {
    return parse_hex(hex_text).value();
}

class JpkiTest : public testing::Test {
  protected:
    explicit JpkiTest(const CardForm& form = {}) : card(form) {}

    card::Response send(std::string_view hex_text) {
        return card::parse_response(chip->transmit(apdu(hex_text))).value();
    }
    Status status_of(std::string_view hex_text) { return send(hex_text).status; }
    void select() { ASSERT_EQ(status_of("00a4040c0ad392f000260100000001"), status::ok); }
    void select_file(std::string_view id) {
        ASSERT_EQ(status_of("00a4020c02" + std::string(id)), status::ok);
    }
    Status verify(std::string_view file, std::string_view text) {
        select_file(file);
        return card::parse_response(
                   chip->transmit(
                       card::command_bytes({.ins = 0x20, .p2 = 0x80, .data = as_bytes(text)})
                           .view()))
            .value()
            .status;
    }
    int tries(std::string_view file) {
        select_file(file);
        const auto answer = status_of("00200080");
        EXPECT_EQ(answer & 0xfff0, status::tries_left);
        return answer & 0x0f;
    }
    Bytes read_file(std::string_view id) {
        select_file(id);
        Bytes out;
        for (;;) {
            const std::array<std::uint8_t, 5> command{0x00, 0xb0,
                                                      static_cast<std::uint8_t>(out.size() >> 8),
                                                      static_cast<std::uint8_t>(out.size()), 0x00};
            const auto piece = card::parse_response(chip->transmit(command)).value();
            if (piece.status == status::wrong_offset) return out;
            EXPECT_EQ(piece.status, status::ok);
            append(out, piece.data);
            if (piece.status != status::ok || piece.data.size() < 256) return out;
        }
    }
    // A DigestInfo of SHA-256 (RFC 8017 section 9.2, note 1) as the driver sends it.
    card::Response sign(std::string_view key_file, std::string_view message) {
        select_file(key_file);
        Bytes info = apdu("3031300d060960864801650304020105000420");
        append(info, crypto::sha256(as_bytes(message)));
        return card::parse_response(
                   chip->transmit(
                       card::command_bytes(
                           {.cla = 0x80, .ins = 0x2a, .p2 = 0x80, .data = info, .expected = 256})
                           .view()))
            .value();
    }
    // The power goes, and comes back.
    void lose_power() {
        chip.reset();
        chip.emplace(card.path());
        select();
    }

    TestCard card;
    std::optional<Chip> chip{std::in_place, card.path()};
};

constexpr std::string_view pin_file = "0018";
constexpr std::string_view password_file = "001b";
constexpr std::string_view key_file = "0017";
constexpr std::string_view signing_key_file = "001a";

TEST_F(JpkiTest, SignsWithItsCertificatesKey) {
    select();
    const auto certificate = crypto::Certificate::from_der(read_file("000a")).value();
    EXPECT_TRUE(certificate.issued_by(crypto::Certificate::from_der(read_file("000b")).value()));
    EXPECT_EQ(verify(pin_file, "1234"), status::ok);
    const auto signature = sign(key_file, "message");
    ASSERT_EQ(signature.status, status::ok);
    EXPECT_TRUE(certificate.public_key().verify(as_bytes("message"), signature.data));
    EXPECT_FALSE(certificate.public_key().verify(as_bytes("another"), signature.data));
}

TEST_F(JpkiTest, TokenInformation) {
    select();
    const auto token = read_file("0006");
    EXPECT_EQ(token.size(), 32U);
    EXPECT_TRUE(as_text(token).starts_with("JPKIAPICCTOKEN"));
}

TEST_F(JpkiTest, EachKeyNeedsItsOwnPin) {
    select();
    EXPECT_EQ(sign(key_file, "m").status, status::not_verified);
    EXPECT_EQ(verify(pin_file, "1234"), status::ok);
    EXPECT_EQ(sign(signing_key_file, "m").status, status::not_verified);
    EXPECT_EQ(verify(password_file, "ABC123"), status::ok);
    EXPECT_EQ(sign(signing_key_file, "m").status, status::ok);
    EXPECT_EQ(sign(key_file, "m").status, status::ok);
    EXPECT_EQ(status_of("00a4040c06a00000030800"), status::not_found);
    EXPECT_EQ(sign(key_file, "m").status, status::ok) << "what is not there changes nothing";
    select();  // as a driver logs out
    EXPECT_EQ(sign(key_file, "m").status, status::not_verified);
    EXPECT_EQ(sign(signing_key_file, "m").status, status::not_verified);
}

TEST_F(JpkiTest, TheSigningCertificateNeedsThePassword) {
    select();
    select_file("0001");
    EXPECT_EQ(status_of("00b0000000"), status::not_verified);
    EXPECT_EQ(verify(pin_file, "1234"), status::ok);
    select_file("0001");
    EXPECT_EQ(status_of("00b0000000"), status::not_verified);
    EXPECT_EQ(verify(password_file, "ABC123"), status::ok);
    EXPECT_TRUE(crypto::Certificate::from_der(read_file("0001")).has_value());
    EXPECT_EQ(verify(password_file, "WRONG1"), status::tries_left + 4);
    select_file("0001");
    EXPECT_EQ(status_of("00b0000000"), status::not_verified) << "a wrong one closes it again";
}

TEST_F(JpkiTest, ThreeWrongPinsLock) {
    select();
    EXPECT_EQ(tries(pin_file), 3);
    EXPECT_EQ(verify(pin_file, "0000"), status::tries_left + 2);
    EXPECT_EQ(verify(pin_file, "1234"), status::ok);
    EXPECT_EQ(tries(pin_file), 3) << "also when verified";
    for (int left = 2; left >= 0; --left)
        EXPECT_EQ(verify(pin_file, "0000"), status::tries_left + left);
    EXPECT_EQ(verify(pin_file, "1234"), status::blocked);
    EXPECT_EQ(tries(pin_file), 0);
    EXPECT_EQ(sign(key_file, "m").status, status::not_verified);
    EXPECT_EQ(tries(password_file), 5) << "the other PIN's are its own";
}

TEST_F(JpkiTest, TriesOutliveThePower) {
    select();
    EXPECT_EQ(verify(pin_file, "0000"), status::tries_left + 2);
    EXPECT_EQ(verify(password_file, "WRONG1"), status::tries_left + 4);
    lose_power();
    EXPECT_EQ(tries(pin_file), 2);
    EXPECT_EQ(tries(password_file), 4);
    EXPECT_EQ(verify(pin_file, "1234"), status::ok);
    lose_power();
    EXPECT_EQ(tries(pin_file), 3);
    EXPECT_EQ(sign(key_file, "m").status, status::not_verified);
}

TEST_F(JpkiTest, ATextOfAnotherLengthCostsNoTry) {
    select();
    for (const auto* text : {"123", "12345", "1234567890123456"})
        EXPECT_EQ(verify(pin_file, text), status::wrong_length);
    for (const auto* text : {"ABC12", "ABCDEFGHIJ1234567"})
        EXPECT_EQ(verify(password_file, text), status::wrong_length);
    EXPECT_EQ(tries(pin_file), 3);
    EXPECT_EQ(tries(password_file), 5);
    EXPECT_EQ(verify(pin_file, "12ab"), status::tries_left + 2) << "it is not looked at";
}

// As programs send it over T=1.
TEST_F(JpkiTest, ALeBehindAPinAsksForNothing) {
    select();
    select_file(pin_file);
    EXPECT_EQ(status_of("0020008000"), status::tries_left + 3);
    EXPECT_EQ(status_of("00200080043030303000"), status::tries_left + 2);
    EXPECT_EQ(status_of("00200080043132333400"), status::ok);
    EXPECT_EQ(sign(key_file, "m").status, status::ok);
}

TEST_F(JpkiTest, ThePinIsChanged) {
    select();
    select_file(pin_file);
    EXPECT_EQ(status_of("0024018004"
                        "35363738"),
              status::not_verified);
    EXPECT_EQ(verify(pin_file, "1234"), status::ok);
    EXPECT_EQ(status_of("0024018003"
                        "353637"),
              status::wrong_data);
    EXPECT_EQ(status_of("0024018004"
                        "3536373a"),
              status::wrong_data);
    EXPECT_EQ(status_of("0024018004"
                        "35363738"),
              status::ok);
    lose_power();
    EXPECT_EQ(verify(pin_file, "1234"), status::tries_left + 2);
    EXPECT_EQ(verify(pin_file, "5678"), status::ok);
    EXPECT_EQ(verify(password_file, "ABC123"), status::ok);
    EXPECT_EQ(status_of("0024018006"
                        "616263313233"),
              status::wrong_data)
        << "small letters";
}

// After the application was selected and, where there is one, the file.
struct Case {
    std::string_view file;
    std::string_view command;
    Status answer;
};
constexpr Case refused_commands[] = {
    {"", "00", status::wrong_length},
    {"", "00a402", status::wrong_length},
    {"", "00b00000", status::wrong_length},
    {"", "00a4020c", status::wrong_length},
    {"", "00a4020c0200", status::wrong_length},
    {"", "00a4020c0300170000", status::wrong_length},
    {"", "00a4020c020099", status::not_found},
    {"", "00a4000c023f00", status::wrong_parameters},
    {"", "00a4020002000a", status::wrong_parameters},
    {"", "00a4040c06a00000030800", status::not_found},
    {"", "00b0000000", status::no_file_selected},
    {"", "00200080", status::no_file_selected},
    {"",
     "0020008004"
     "31323334",
     status::no_file_selected},
    {"",
     "0024018004"
     "35363738",
     status::no_file_selected},
    {"",
     "802a00800130"
     "00",
     status::no_file_selected},
    {"", "00c0000000", status::unknown_instruction},
    {"",
     "00840000"
     "08",
     status::unknown_instruction},
    {"", "00ca006600", status::unknown_instruction},
    {"", "80a4020c02000a", status::unknown_instruction},
    {"", "90a4020c02000a", status::unknown_class},
    {"", "0ca4020c02000a", status::unknown_class},
    {"000a",
     "00b0000000"
     "00",
     status::wrong_length},
    {"000a", "00b07fff00", status::wrong_offset},
    {"000a", "00b0810000", status::wrong_parameters},
    {"000a", "00200080", status::wrong_file_kind},
    {"000a",
     "802a00800130"
     "00",
     status::wrong_file_kind},
    {"0017", "00b0000000", status::wrong_file_kind},
    {"0018", "00b0000000", status::wrong_file_kind},
    {"001a", "00b0000000", status::wrong_file_kind},
    {"001b", "00b0000000", status::wrong_file_kind},
    {"0018",
     "0020008104"
     "31323334",
     status::wrong_parameters},
    {"0018",
     "0020018004"
     "31323334",
     status::wrong_parameters},
    {"0018",
     "0024008004"
     "31323334",
     status::wrong_parameters},
    {"0017",
     "802a9e9a0130"
     "00",
     status::wrong_parameters},
};

TEST_F(JpkiTest, WhatACardAnswersToWhatItDoesNotTake) {
    for (const auto& one : refused_commands) {
        select();
        if (!one.file.empty()) select_file(one.file);
        EXPECT_EQ(status_of(one.command), one.answer) << one.command;
    }
    EXPECT_EQ(tries(pin_file), 3);
}

TEST_F(JpkiTest, TooMuchToSign) {
    select();
    EXPECT_EQ(verify(pin_file, "1234"), status::ok);
    select_file(key_file);
    const auto of_size = [this](std::size_t size, std::size_t expected) {
        const Bytes data(size, 0x30);
        return card::parse_response(chip->transmit(card::command_bytes({.cla = 0x80,
                                                                        .ins = 0x2a,
                                                                        .p2 = 0x80,
                                                                        .data = data,
                                                                        .expected = expected})
                                                       .view()))
            .value();
    };
    EXPECT_EQ(of_size(245, 256).data.size(), 256U);
    EXPECT_EQ(of_size(246, 256).status, status::wrong_length);
    EXPECT_EQ(of_size(51, 0).status, status::wrong_length);
    EXPECT_EQ(of_size(51, 255).status, status::wrong_length);
    EXPECT_EQ(of_size(0, 256).status, status::wrong_length);
}

class JpkiWithoutPins : public JpkiTest {
  protected:
    JpkiWithoutPins() : JpkiTest({.kind = CardKind::jpki, .has_pins = false}) {}
};

// For the counter only: what everybody may read, and nothing else.
TEST_F(JpkiWithoutPins, SignsNothing) {
    select();
    EXPECT_TRUE(crypto::Certificate::from_der(read_file("000a")).has_value());
    for (const auto file : {pin_file, password_file}) {
        const auto* text = file == pin_file ? "1234" : "ABC123";
        EXPECT_EQ(verify(file, text), status::no_reference);
        EXPECT_EQ(status_of("00200080"), status::no_reference);
        EXPECT_EQ(status_of("0024018006"
                            "414243313233"),
                  status::no_reference);
    }
    EXPECT_EQ(sign(key_file, "m").status, status::not_verified);
    EXPECT_EQ(sign(signing_key_file, "m").status, status::not_verified);
    select_file("0001");
    EXPECT_EQ(status_of("00b0000000"), status::not_verified);
}

// One card is in one reader; whoever comes second waits a little for the first.
TEST_F(JpkiTest, IsInOneReaderAtATime) {
    EXPECT_THROW(Chip{card.path()}, OperatorError);
}

}  // namespace
}  // namespace mado::chip
