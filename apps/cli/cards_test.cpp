// What the card commands say and answer, of cards that are in no reader.
#include "cards.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "base/file.hpp"
#include "base/program.hpp"
#include "card_office.hpp"
#include "chip/test_chip.hpp"

namespace mado::cli {
namespace {

// Stands in for the keyboard.
class Typed {
  public:
    Typed(const std::string& path, std::string_view text) {
        replace_file(path, as_bytes(text));
        const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
        ::dup2(file, STDIN_FILENO);
        ::close(file);
    }
    ~Typed() {
        ::dup2(usual_, STDIN_FILENO);
        ::close(usual_);
    }
    Typed(const Typed&) = delete;
    Typed& operator=(const Typed&) = delete;

  private:
    int usual_ = ::dup(STDIN_FILENO);
};

class CardCommandsTest : public testing::Test {
  protected:
    CardCommandsTest() {
        std::filesystem::create_directories(places.keys() + "/cards");
        std::filesystem::copy_file(card.path(), places.card("hanako"));
    }
    // As run_program(); what it said is in `said`.
    template <class Command>
    int run(Command command, const CardOptions& options) {
        testing::internal::CaptureStderr();
        testing::internal::CaptureStdout();
        int status = status_operator;
        std::string why;
        try {
            status = command(places, options);
        } catch (const OperatorError& error) {
            why = error.what();
        }
        said =
            testing::internal::GetCapturedStderr() + testing::internal::GetCapturedStdout() + why;
        return status;
    }
    [[nodiscard]] bool says(std::string_view text) const {
        return said.find(text) != std::string::npos;
    }
    int tries(card::KeyUse use = card::KeyUse::authentication) {
        return hold_card(places, "hanako").value()->tries_left(use).value();
    }

    TempFolder folder;
    Places places{.root = folder.path("country"), .programs = {}};
    chip::TestCard card{{.kind = chip::CardKind::piv}};
    std::string said;
};

TEST_F(CardCommandsTest, ShowsACard) {
    EXPECT_EQ(run(show_card, {.name = "hanako"}), 0);
    EXPECT_TRUE(says("3 tries left")) << said;
    EXPECT_EQ(hold_card(places, "nobody").error().error, card::CardError::gone);
    EXPECT_EQ(run(show_card, {.name = "nobody"}), 3);
    EXPECT_TRUE(says("./mado card list")) << said;
}

TEST_F(CardCommandsTest, ACardWithoutCertificateIsNoSuccess) {
    const Secret key{ByteView(crypto::random_hash())};
    chip::CardFile::create(places.card("empty"), key, {.kind = chip::CardKind::piv});
    EXPECT_EQ(run(show_card, {.name = "empty"}), 3);
    EXPECT_TRUE(says("take another card")) << said;
}

TEST_F(CardCommandsTest, ChangesAPin) {
    EXPECT_EQ(run(change_pin, {.name = "hanako", .pin = "1234", .new_pin = "5678"}), 0);
    EXPECT_EQ(run(change_pin, {.name = "hanako", .pin = "1234", .new_pin = "5678"}), 3);
    EXPECT_TRUE(says("is wrong. Tries left: 2")) << said;
    EXPECT_EQ(
        run(change_pin, {.name = "hanako", .pin = "ABC123", .new_pin = "DEF456", .signing = true}),
        0);
}

// It was not wrong: what cannot be one costs no try.
TEST_F(CardCommandsTest, WhatCannotBeAPin) {
    EXPECT_EQ(run(change_pin, {.name = "hanako", .pin = "1234", .new_pin = "567"}), 2);
    EXPECT_TRUE(says("a PIN has 4 digits")) << said;
    EXPECT_TRUE(says("no try is spent")) << said;
    EXPECT_FALSE(says("wrong")) << said;
    EXPECT_EQ(
        run(change_pin, {.name = "hanako", .pin = "ABC123", .new_pin = "abc", .signing = true}), 2);
    EXPECT_TRUE(says("6 to 16 capital letters")) << said;
    EXPECT_EQ(tries(), 3);
}

// Nobody sees what they type.
TEST_F(CardCommandsTest, ANewPinIsTypedTwice) {
    const Typed typed(folder.path("typed"), "1234\n5678\n5679\n1234\n5678\n5678\n");
    EXPECT_EQ(run(change_pin, {.name = "hanako"}), 2);
    EXPECT_TRUE(says("not the same")) << said;
    EXPECT_EQ(run(change_pin, {.name = "hanako"}), 0) << said;
    EXPECT_EQ(run(change_pin, {.name = "hanako", .pin = "5678", .new_pin = "1234"}), 0);
}

TEST_F(CardCommandsTest, ALockedCardSaysWhoUnlocksIt) {
    for (int left = 2; left >= 0; --left)
        EXPECT_EQ(run(change_pin, {.name = "hanako", .pin = "0000", .new_pin = "5678"}), 3);
    EXPECT_EQ(run(change_pin, {.name = "hanako", .pin = "1234", .new_pin = "5678"}), 3);
    EXPECT_TRUE(says("is locked")) << said;
    EXPECT_TRUE(says("--kind unlock --uses authentication")) << said;
}

TEST_F(CardCommandsTest, ABlankCardIsTheCentres) {
    std::filesystem::create_directories(places.keys_of("issuer"));
    replace_file(places.keys_of("issuer") + "/cards.key", crypto::random_bytes(32), 0600);
    EXPECT_EQ(run(make_blank, {.name = "new", .rsa = true}), 0) << said;
    {
        chip::Inserted reader(places.card("new"));
        const auto issuer = card::Personaliser::begin(
            reader, [this](const card::ChipFacts& chip) { return card_issuer_key(places, chip); });
        ASSERT_TRUE(issuer);
        EXPECT_EQ(issuer->chip().signing, crypto::KeyType::rsa);
        EXPECT_FALSE(issuer->chip().has_authentication_certificate);
    }
    EXPECT_EQ(run(make_blank, {.name = "new"}), 2) << "it is there already";
    for (const auto* name : {"a/b", card_in_reader})
        EXPECT_EQ(run(make_blank, {.name = name}), 2);
}

}  // namespace
}  // namespace mado::cli
