// A card file on a disk that fails, at every call and in every way: a try that was told of is spent
// for good, whatever the disk does, and the right PIN's signature costs none.
#include <gtest/gtest.h>

#include "base/test_faults.hpp"
#include "card/open.hpp"
#include "chip/pin.hpp"
#include "test_chip.hpp"

namespace mado::chip {
namespace {

class CardFaults : public FaultTable<TestDisk> {
  protected:
    explicit CardFaults(CardKind kind = CardKind::jpki) : card({.kind = kind}) { files.keep(); }
    void put_back_files() override { files.put_back(); }
    void open_store() override {}
    void close_store() override {}

    enum class Told { done, refused, failure };
    Told sign(std::string_view pin) const {
        try {
            const auto result =
                insert()->sign(card::KeyUse::authentication, secret(pin), as_bytes("message"));
            return result ? Told::done : Told::refused;
        } catch (const std::exception&) {
            return Told::failure;
        }
    }
    Told change(std::string_view pin, std::string_view new_pin) const {
        try {
            const auto result =
                insert()->change_pin(card::KeyUse::authentication, secret(pin), secret(new_pin));
            return result ? Told::done : Told::refused;
        } catch (const std::exception&) {
            return Told::failure;
        }
    }
    [[nodiscard]] int tries_left() const {
        return insert()->tries_left(card::KeyUse::authentication).value();
    }
    [[nodiscard]] std::unique_ptr<card::Card> insert() const {
        return card::open_card(std::make_unique<Inserted>(card.path())).value();
    }

    void of_two_wrong_pins();
    void of_the_right_pin();
    void of_a_changed_pin();

    static constexpr int pin_tries_max = authentication_rule.tries_max;
    const TestCard card;
    KeptFiles files{card.folder().path("."), {"card.json", "card.json.new", "card.json.lock"}};
};

void CardFaults::of_two_wrong_pins() {
    run_table("two wrong PINs, " + GetParam().name, [this](std::int64_t n, std::uint64_t seed) {
        int told = 0;
        with_fault(n, seed, [this, &told] {
            for (const auto* pin : {"0000", "4321"}) {
                const auto answer = sign(pin);
                EXPECT_NE(answer, Told::done);
                if (answer == Told::refused) ++told;
            }
        });
        lose_power_if_killed();
        EXPECT_LE(tries_left(), pin_tries_max - told);
        EXPECT_GE(tries_left(), pin_tries_max - 2);
        // The tries that are left, and no more: also when the power fails between them.
        for (int left = tries_left(); left > 0; --left) {
            EXPECT_EQ(sign("9999"), Told::refused);
            ++told;
            disk.cut_power();
            disk.start_again(Unsynced::lost);
            EXPECT_EQ(tries_left(), left - 1);
        }
        EXPECT_LE(told, pin_tries_max);
        EXPECT_EQ(sign("1234"), Told::refused);
    });
}

void CardFaults::of_the_right_pin() {
    ASSERT_EQ(sign("0000"), Told::refused);
    files.keep();
    run_table("the right PIN, " + GetParam().name, [this](std::int64_t n, std::uint64_t seed) {
        auto told = Told::failure;
        with_fault(n, seed, [this, &told] { told = sign("1234"); });
        EXPECT_NE(told, Told::refused);
        EXPECT_TRUE(told == Told::done || fired);
        // Spent, not yet given back: what it was before, one less, or all of them.
        const int left = tries_left();
        EXPECT_TRUE(left == pin_tries_max || (told == Told::failure && left > 0)) << left;
        EXPECT_EQ(sign("1234"), Told::done);
        EXPECT_EQ(tries_left(), pin_tries_max);
    });
}

// The new PIN or the old one, whole, and with a try left.
void CardFaults::of_a_changed_pin() {
    run_table("another PIN, " + GetParam().name, [this](std::int64_t n, std::uint64_t seed) {
        auto told = Told::failure;
        with_fault(n, seed, [this, &told] { told = change("1234", "5678"); });
        EXPECT_NE(told, Told::refused);
        lose_power_if_killed();
        const bool is_new = sign("5678") == Told::done;
        EXPECT_TRUE(is_new || told == Told::failure);
        EXPECT_TRUE(is_new || sign("1234") == Told::done);
        EXPECT_EQ(tries_left(), pin_tries_max);
        EXPECT_EQ(sign(is_new ? "1234" : "5678"), Told::refused);
    });
}

TEST_P(CardFaults, OfTwoWrongPins) {
    of_two_wrong_pins();
}
TEST_P(CardFaults, OfTheRightPin) {
    of_the_right_pin();
}
TEST_P(CardFaults, OfAChangedPin) {
    of_a_changed_pin();
}

class PivFaults : public CardFaults {
  protected:
    PivFaults() : CardFaults(CardKind::piv) {}
};
TEST_P(PivFaults, OfTwoWrongPins) {
    of_two_wrong_pins();
}
TEST_P(PivFaults, OfTheRightPin) {
    of_the_right_pin();
}
TEST_P(PivFaults, OfAChangedPin) {
    of_a_changed_pin();
}

INSTANTIATE_TEST_SUITE_P(Disk, CardFaults, every_fault(), fault_name);
INSTANTIATE_TEST_SUITE_P(Disk, PivFaults, every_fault(), fault_name);

}  // namespace
}  // namespace mado::chip
