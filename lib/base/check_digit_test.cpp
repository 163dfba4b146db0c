#include "base/check_digit.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "base/result.hpp"

namespace mado {
namespace {

std::string with_damm(std::string body) {
    body.push_back(damm_digit(body));
    return body;
}

TEST(Damm, KnownNumbers) {
    EXPECT_EQ(damm_digit("572"), '4');  // the example of the literature
    EXPECT_TRUE(damm_valid("5724"));
    EXPECT_FALSE(damm_valid("5727"));
    EXPECT_EQ(damm_digit(""), '0');
}

TEST(Damm, RefusesWhatIsNoNumber) {
    EXPECT_FALSE(damm_valid(""));
    EXPECT_FALSE(damm_valid("57 24"));
    EXPECT_FALSE(damm_valid("５７２４"));
    EXPECT_THROW(damm_digit("12a"), Failure);
}

// The check after any prefix is one of ten states, reached by one digit each. So all numbers of
// three digits before the check digit show every state with every slip that can follow it.
TEST(Damm, FindsEverySlipAndEverySwap) {
    for (int body = 0; body < 1000; ++body) {
        const auto number = with_damm(std::to_string(1000 + body).substr(1));
        ASSERT_TRUE(damm_valid(number));
        for (std::size_t at = 0; at < number.size(); ++at) {
            for (char digit = '0'; digit <= '9'; ++digit) {
                auto slip = number;
                slip[at] = digit;
                ASSERT_EQ(damm_valid(slip), slip == number) << slip;
            }
            if (at == 0) continue;
            auto swap = number;
            std::swap(swap[at - 1], swap[at]);
            ASSERT_EQ(damm_valid(swap), swap == number) << swap;
        }
    }
}

TEST(Damm, FindsThemInTwelveDigitsToo) {
    std::mt19937_64 random(20261122);
    for (int round = 0; round < 2000; ++round) {
        const auto number = with_damm(std::to_string(10'000'000'000 + random() % 90'000'000'000));
        ASSERT_EQ(number.size(), 12U);
        for (std::size_t at = 0; at < number.size(); ++at) {
            auto slip = number;
            slip[at] =
                static_cast<char>('0' + (slip[at] - '0' + 1 + static_cast<int>(random() % 9)) % 10);
            ASSERT_FALSE(damm_valid(slip)) << slip;
            if (at == 0 || number[at - 1] == number[at]) continue;
            auto swap = number;
            std::swap(swap[at - 1], swap[at]);
            ASSERT_FALSE(damm_valid(swap)) << swap;
        }
    }
}

TEST(Insurer, PublishedNumbers) {
    EXPECT_TRUE(insurer_valid("01130012"));  // 協会けんぽ 東京支部
    EXPECT_TRUE(insurer_valid("33120015"));  // 千葉県警察 共済組合
    EXPECT_FALSE(insurer_valid("01130013"));
    EXPECT_FALSE(insurer_valid("01310012"));
}

TEST(Insurer, ZerosOnTheLeftChangeNothing) {
    EXPECT_TRUE(insurer_valid("990010"));
    EXPECT_TRUE(insurer_valid("00990010"));
}

TEST(Insurer, FindsEverySlip) {
    for (int body = 0; body < 10000; ++body) {
        auto number = std::to_string(10000 + body).substr(1);
        number.push_back(insurer_digit(number));
        ASSERT_TRUE(insurer_valid(number));
        for (std::size_t at = 0; at < number.size(); ++at) {
            auto slip = number;
            slip[at] = static_cast<char>('0' + (slip[at] - '0' + 1) % 10);
            ASSERT_FALSE(insurer_valid(slip)) << slip;
        }
    }
}

TEST(Insurer, RefusesWhatIsNoNumber) {
    EXPECT_FALSE(insurer_valid(""));
    EXPECT_FALSE(insurer_valid("0"));
    EXPECT_FALSE(insurer_valid("0113001x"));
    EXPECT_THROW(insurer_digit("1-2"), Failure);
}

TEST(Municipality, PublishedCodes) {
    for (const auto* code : {"131016", "011002", "141003", "271004", "401307", "471003"})
        EXPECT_TRUE(municipality_valid(code)) << code;
    EXPECT_TRUE(municipality_valid("992011"));  // of the demo country
    EXPECT_TRUE(municipality_valid("992020"));
    EXPECT_FALSE(municipality_valid("131017"));
    EXPECT_FALSE(municipality_valid("0131016"));
    EXPECT_FALSE(municipality_valid("13101x"));
    EXPECT_FALSE(municipality_valid(""));
}

// The rule's worked number of twelve digits: 1 2 3 4 5 6 7 8 9 0 1 has 8.
TEST(Resident, TheIndividualNumbersRule) {
    EXPECT_TRUE(resident_valid("123456789018"));
    EXPECT_FALSE(resident_valid("123456789010"));
    EXPECT_FALSE(resident_valid("213456789018"));
    EXPECT_FALSE(resident_valid("1"));
    EXPECT_FALSE(resident_valid("12345678901x"));
}

TEST(Resident, OfTenDigits) {
    for (int body = 0; body < 10000; ++body) {
        auto number = "991200" + std::to_string(10000 + body).substr(1);
        number.push_back(resident_digit(number));
        ASSERT_TRUE(resident_valid(number));
        ASSERT_EQ(number.size(), 11U);
    }
}

}  // namespace
}  // namespace mado
