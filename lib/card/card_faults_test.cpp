// A card file on a disk that fails, at every call and in every way: a try that was told of is spent
// for good, whatever the disk does, and the right PIN's signature costs none.
#include <gtest/gtest.h>

#include "base/test_faults.hpp"
#include "card/software_card.hpp"

namespace mado::card {
namespace {

constexpr UnixTime now = 1'795'312'800;  // 2026-11-22T02:00:00Z

class CardFaults : public FaultTable<TestDisk> {
  protected:
    CardFaults() {
        const auto key = crypto::PrivateKey::generate(crypto::KeyType::p256);
        const auto certificate = crypto::self_signed({.use = crypto::CertificateUse::authentication,
                                                      .common_name = "card 1",
                                                      .not_before = now,
                                                      .not_after = now + 3600},
                                                     key);
        SoftwareCard::personalise(path, certificate, key, Secret(as_bytes("1234")));
        files.keep();
    }
    void put_back_files() override { files.put_back(); }
    void open_store() override {}
    void close_store() override {}

    enum class Told { signature, refused, failure };
    Told sign(std::string_view pin) {
        try {
            const auto card = SoftwareCard::open(path);
            const auto result =
                card->sign_authentication(Secret(as_bytes(pin)), as_bytes("message"));
            return result ? Told::signature : Told::refused;
        } catch (const std::exception&) {
            return Told::failure;
        }
    }
    [[nodiscard]] int tries_left() const { return SoftwareCard::open(path)->tries_left(); }

    TempFolder folder;
    const std::string path = folder.path("card");
    KeptFiles files{folder.path("."), {"card", "card.new", "card.lock"}};
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
}  // namespace mado::card
