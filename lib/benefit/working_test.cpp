#include "benefit/working.hpp"

#include <gtest/gtest.h>

#include "benefit/tables.hpp"
#include "benefit/test_months.hpp"

namespace mado::benefit {
namespace {

const Date today = day("2026-11-26");

std::int64_t paid_yen(std::int64_t pension_yen, std::int64_t pay_yen, std::string_view in) {
    return pension_yen - stopped_yen(pension_yen, pay_yen, working_limit_yen(month(in)).value());
}

// 36万 of pay, 120万 of bonuses a year, a pension of 10万 (president.jp/articles/-/109708,
// srgoto.com): what is paid of it in both fiscal years.
TEST(Working, WorkedExampleOfFiscalYears2025And2026) {
    const std::int64_t pay_yen = 360'000 + 1'200'000 / 12;
    EXPECT_EQ(paid_yen(100'000, pay_yen, "2026-03"), 75'000);
    EXPECT_EQ(paid_yen(100'000, pay_yen, "2026-04"), 100'000);
}

TEST(Working, HalfOfWhatIsAboveAtMostAll) {
    EXPECT_EQ(stopped_yen(120'000, 530'000, 650'000), 0);
    EXPECT_EQ(stopped_yen(120'000, 530'002, 650'000), 1);
    EXPECT_EQ(stopped_yen(120'000, 769'999, 650'000), 119'999);
    EXPECT_EQ(stopped_yen(120'000, 770'000, 650'000), 120'000);
    EXPECT_EQ(stopped_yen(120'000, 5'000'000, 650'000), 120'000);
    EXPECT_EQ(stopped_yen(0, 5'000'000, 650'000), 0);
}

TEST(Working, TheBoundsAreWhereItBeginsAndEnds) {
    const auto found = working(1'200'000, today).value().value();
    EXPECT_EQ(found.pension_yen, 100'000);
    EXPECT_EQ(found.limit_yen, 650'000);
    EXPECT_EQ(found.fiscal_year, 2026);
    EXPECT_EQ(found.free_until_yen, 550'000);
    EXPECT_EQ(found.none_from_yen, 750'000);
    EXPECT_EQ(stopped_yen(found.pension_yen, found.free_until_yen, found.limit_yen), 0);
    EXPECT_GT(stopped_yen(found.pension_yen, found.free_until_yen + 2, found.limit_yen), 0);
    EXPECT_LT(stopped_yen(found.pension_yen, found.none_from_yen - 1, found.limit_yen),
              found.pension_yen);
    EXPECT_EQ(stopped_yen(found.pension_yen, found.none_from_yen, found.limit_yen),
              found.pension_yen);
    EXPECT_EQ(working(1'200'000, day("2026-03-31")).value().value().limit_yen, 510'000);
}

TEST(Working, OfNoPensionAndOfAYearWithoutALimit) {
    EXPECT_EQ(working(0, today).value(), std::nullopt);
    EXPECT_EQ(working(1'200'000, day("2027-04-01")).error(), Unknown::no_table);
}

// 経過的加算 is never stopped, and what deferral adds neither (46条1項; 昭和60年改正法附則62条1項).
TEST(Working, OfAnAwardOnlyWhatPayEarned) {
    const Date birth = day("1960-06-15");
    // 66 months before 20 and after 59 count for the fixed part only: 1,761 and 844,900 are not for
    // somebody born in 1960; 1,766 × 120 − 847,300 × 60 ÷ 480 is.
    const auto months = months_of({{"1979-06", 12, Status::employees, 100'000},
                                   {"1980-06", 60, Status::employees, 200'000},
                                   {"2020-06", 48, Status::employees, 300'000}});
    const std::int64_t transitional = transitional_yen(count(birth, months), birth, 2026).value();
    ASSERT_EQ(transitional, 1'766 * 120 - 105'913);
    const auto of = [&](std::int64_t yen, int claimed) {
        return stoppable_of_award(yen, claimed, birth, months, today).value();
    };
    EXPECT_EQ(of(600'000, 65 * 12), 600'000 - transitional);
    EXPECT_EQ(of(852'000, 70 * 12), 600'000 - transitional) << "42 % more for five years";
    // 6 % less for a year: an early claim lowers both parts for good.
    EXPECT_EQ(of(564'000, 64 * 12), 564'000 - (transitional * 940 + 500) / 1000);
    EXPECT_EQ(of(1, 65 * 12), 0) << "never negative";
    EXPECT_EQ(stoppable_of_award(600'000, 780, day("1946-04-01"), months, today).error(),
              Unknown::born_too_early);
}

}  // namespace
}  // namespace mado::benefit
