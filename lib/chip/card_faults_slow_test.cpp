// A card file on a disk that fails, at every call and in every way: a try that was told of is spent
// for good, whatever the disk does, and the right PIN's signature costs none.
#include <gtest/gtest.h>

#include "base/test_faults.hpp"
#include "card/jpki.hpp"
#include "chip/pin.hpp"
#include "test_chip.hpp"

namespace mado::chip {
namespace {

class CardFaults : public FaultTable<TestDisk> {
  protected:
    CardFaults() { files.keep(); }
    void put_back_files() override { files.put_back(); }
    void open_store() override {}
    void close_store() override {}

    enum class Told { signature, refused, failure };
    Told sign(std::string_view pin) const {
        try {
            card::JpkiCard inserted(std::make_unique<Inserted>(card.path()));
            const auto result =
                inserted.sign(card::KeyUse::authentication, secret(pin), as_bytes("message"));
            return result ? Told::signature : Told::refused;
        } catch (const std::exception&) {
            return Told::failure;
        }
    }
    [[nodiscard]] int tries_left() const {
        return card::JpkiCard(std::make_unique<Inserted>(card.path()))
            .tries_left(card::KeyUse::authentication)
            .value();
    }

    static constexpr int pin_tries_max = authentication_rule.tries_max;
    const TestCard card;
    KeptFiles files{card.folder().path("."), {"card.json", "card.json.new", "card.json.lock"}};
};

TEST_P(CardFaults, OfTwoWrongPins) {
    run_table("two wrong PINs, " + GetParam().name, [this](std::int64_t n, std::uint64_t seed) {
        int told = 0;
        with_fault(n, seed, [this, &told] {
            for (const auto* pin : {"0000", "4321"}) {
                const auto answer = sign(pin);
                EXPECT_NE(answer, Told::signature);
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

TEST_P(CardFaults, OfTheRightPin) {
    ASSERT_EQ(sign("0000"), Told::refused);
    files.keep();
    run_table("the right PIN, " + GetParam().name, [this](std::int64_t n, std::uint64_t seed) {
        auto told = Told::failure;
        with_fault(n, seed, [this, &told] { told = sign("1234"); });
        EXPECT_NE(told, Told::refused);
        EXPECT_TRUE(told == Told::signature || fired);
        // Spent, not yet given back: what it was before, one less, or all of them.
        const int left = tries_left();
        EXPECT_TRUE(left == pin_tries_max || (told == Told::failure && left > 0)) << left;
        EXPECT_EQ(sign("1234"), Told::signature);
        EXPECT_EQ(tries_left(), pin_tries_max);
    });
}

INSTANTIATE_TEST_SUITE_P(Disk, CardFaults, every_fault(), fault_name);

}  // namespace
}  // namespace mado::chip
