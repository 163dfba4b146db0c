// A PIN typed at a reader with a keypad (chip/test_keypad.hpp).
#include <gtest/gtest.h>

#include "card/jpki.hpp"
#include "card/piv.hpp"
#include "chip/test_chip.hpp"
#include "chip/test_keypad.hpp"

namespace mado {
namespace {

using card::CardError;
using chip::Hand;
using chip::KeypadReader;
constexpr auto use = card::KeyUse::authentication;

template <class Kind>
class PinPadTest : public testing::Test {
  protected:
    static chip::CardForm form() {
        const bool is_piv = std::is_same_v<Kind, card::PivCard>;
        return {.kind = is_piv ? chip::CardKind::piv : chip::CardKind::jpki};
    }
    CardError sign_error() { return card.sign(use, none, {}).error().error; }

    const chip::TestCard file{form()};
    Hand hand;
    Kind card{std::make_unique<KeypadReader>(file.path(), hand)};
    const Secret none;
};
using Kinds = testing::Types<card::JpkiCard, card::PivCard>;
TYPED_TEST_SUITE(PinPadTest, Kinds);

TYPED_TEST(PinPadTest, SignsWithWhatWasTyped) {
    this->hand.digits = "1234";
    const auto message = as_bytes("a message");
    const auto signature = this->card.sign(use, this->none, message).value();
    EXPECT_TRUE(
        this->card.authentication_certificate().value().public_key().verify(message, signature));
}

TYPED_TEST(PinPadTest, WrongOnesCount) {
    this->hand.digits = "0000";
    for (const int left : {2, 1, 0}) {
        const auto wrong = this->card.sign(use, this->none, {});
        EXPECT_EQ(wrong.error().error, CardError::pin_wrong);
        EXPECT_EQ(wrong.error().tries_left, left);
    }
    this->hand.digits = "1234";
    EXPECT_EQ(this->sign_error(), CardError::pin_locked);
}

TYPED_TEST(PinPadTest, NothingTypedCountsNot) {
    this->hand.cancels = true;
    EXPECT_EQ(this->sign_error(), CardError::no_entry);
    this->hand = {.sleeps = true};
    EXPECT_EQ(this->sign_error(), CardError::no_entry);
    this->hand = {.digits = "12345"};
    EXPECT_EQ(this->sign_error(), CardError::pin_format);
    EXPECT_EQ(this->card.tries_left(use).value(), 3);
}

// It has letters, which a keypad has not; and a PIN is changed where it can be compared.
TYPED_TEST(PinPadTest, OnlyForTheAuthenticationKey) {
    this->hand.digits = "1234";
    EXPECT_EQ(this->card.sign(card::KeyUse::signing, this->none, {}).error().error,
              CardError::pin_format);
    EXPECT_EQ(this->card.signing_certificate(this->none).error().error, CardError::pin_format);
    EXPECT_EQ(this->card.change_pin(use, this->none, chip::secret("5678")).error().error,
              CardError::pin_format);
}

TYPED_TEST(PinPadTest, AReaderWithoutKeys) {
    const chip::TestCard other(this->form());
    TypeParam card(std::make_unique<chip::Inserted>(other.path()));
    EXPECT_EQ(card.sign(use, this->none, {}).error().error, CardError::pin_format);
    EXPECT_EQ(card.tries_left(use).value(), 3);
}

}  // namespace
}  // namespace mado
