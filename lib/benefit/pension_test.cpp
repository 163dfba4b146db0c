#include "benefit/pension.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "benefit/test_months.hpp"

namespace mado::benefit {
namespace {

const Date born = parse_date("1980-05-02").value();
const Date now = parse_date("2026-11-26").value();

Counted paid(int months) {
    Counted counted;
    counted.paid = months;
    return counted;
}

std::int64_t basic(const Counted& counted, int year) {
    return basic_pension_yen(counted, born, year).value();
}

TEST(BasicPension, WorkedExamplesOfFiscalYear2025) {
    EXPECT_EQ(basic(paid(480), 2025), 831'700);
    EXPECT_EQ(basic(paid(360), 2025), 623'775);
    Counted counted = paid(420);
    counted.exempt_since.full = 60;
    EXPECT_EQ(basic(counted, 2025), 779'719);  // 779,718.75
    counted = paid(288);
    counted.exempt_since.half = 192;
    EXPECT_EQ(basic(counted, 2025), 748'530);
    EXPECT_EQ(basic(paid(0), 2025), 0);
    EXPECT_EQ(basic(paid(500), 2025), 831'700);
}

TEST(BasicPension, EachKindOfExemptionHasItsWeight) {
    const auto weight = [](int Counted::Exempt::* kind, bool is_since) {
        Counted counted;
        (is_since ? counted.exempt_since : counted.exempt_before).*kind = 240;
        return basic(counted, 2026);
    };
    // Half of 847,300 yen, by the weight.
    EXPECT_EQ(weight(&Counted::Exempt::quarter, true), 370'694);          // 7/8
    EXPECT_EQ(weight(&Counted::Exempt::half, true), 317'738);             // 6/8
    EXPECT_EQ(weight(&Counted::Exempt::three_quarters, true), 264'781);   // 5/8
    EXPECT_EQ(weight(&Counted::Exempt::full, true), 211'825);             // 4/8
    EXPECT_EQ(weight(&Counted::Exempt::quarter, false), 353'042);         // 5/6
    EXPECT_EQ(weight(&Counted::Exempt::half, false), 282'433);            // 2/3
    EXPECT_EQ(weight(&Counted::Exempt::three_quarters, false), 211'825);  // 1/2
    EXPECT_EQ(weight(&Counted::Exempt::full, false), 141'217);            // 1/3
}

// Worked examples of media.finasee.jp/articles/-/14713: 96 exempt months before 2009-04, and then
// 60 voluntary ones more than there is room for.
TEST(BasicPension, ExemptMonthsBeyond480CountWithoutTheStatesPart) {
    Counted counted = paid(384);
    counted.exempt_before.full = 96;
    EXPECT_EQ(basic(counted, 2024), 707'200);
    counted.paid = 444;
    EXPECT_EQ(basic(counted, 2024), 775'200);
    // 400 paid, room for 80: 80 × 5/8 + 20 × 1/8 = 52.5.
    counted = paid(400);
    counted.exempt_since.three_quarters = 100;
    EXPECT_EQ(basic(counted, 2026), 798'757);  // by 452.5 months: 798,756.8
    // The better kind takes the room first: 460 + 20 × 7/8, nothing for the others.
    counted = paid(460);
    counted.exempt_since.quarter = 20;
    counted.exempt_since.full = 20;
    EXPECT_EQ(basic(counted, 2026), 842'887);  // by 477.5 months
    // Of one kind the later months: 460 + 10 × 6/8 + 10 × 2/3 + 10 × 1/3.
    counted = paid(460);
    counted.exempt_since.half = 10;
    counted.exempt_before.half = 20;
    EXPECT_EQ(basic(counted, 2026), 842'887);
    // And never more than the full pension.
    counted = paid(470);
    counted.exempt_since.quarter = 60;
    EXPECT_EQ(basic(counted, 2026), 847'300);
}

TEST(BasicPension, OfAnOlderPersonAndOfNone) {
    EXPECT_EQ(basic_pension_yen(paid(480), day("1956-04-01"), 2026).value(), 844'900);
    EXPECT_EQ(basic_pension_yen(paid(480), day("1941-04-02"), 2026).value(), 844'900);
    EXPECT_EQ(basic_pension_yen(paid(480), day("1941-04-01"), 2026).error(),
              Unknown::born_too_early);
    EXPECT_EQ(basic_pension_yen(paid(480), born, 2027).error(), Unknown::no_table);
}

TEST(AdditionalPension, TwoHundredYenAMonth) {
    Counted counted = paid(480);
    counted.additional = 480;
    EXPECT_EQ(additional_pension_yen(counted), 96'000);
    EXPECT_EQ(additional_pension_yen(paid(480)), 0);
}

TEST(EmployeesPension, ByPayAndMonths) {
    // 300,000 × 5.481/1000 × 480 and 280,000 × 7.125/1000 × 150.
    auto sums = pay_sums(months_of({{"2003-04", 480, Status::employees, 300'000}})).value();
    EXPECT_EQ(proportional_yen(sums, born).value(), 789'264);
    sums = pay_sums(months_of({{"1990-10", 150, Status::employees, 280'000}})).value();
    EXPECT_EQ(sums.since_yen, 0);
    EXPECT_EQ(proportional_yen(sums, born).value(), 299'250);
    // One month on each side.
    sums = pay_sums(months_of({{"2003-03", 2, Status::employees, 200'000}})).value();
    EXPECT_EQ(sums.before_yen, 200'000);
    EXPECT_EQ(sums.since_yen, 200'000);
    EXPECT_EQ(proportional_yen(sums, born).value(), 2'521);  // 1,425 + 1,096.2
    EXPECT_EQ(proportional_yen(PaySums{}, born).value(), 0);
    EXPECT_EQ(proportional_yen(sums, day("1946-04-01")).error(), Unknown::born_too_early);
}

TEST(EmployeesPension, BonusesCountSinceApril2003) {
    auto months = months_of({{"2003-03", 2, Status::employees, 200'000}});
    months[0].bonus_yen = months[1].bonus_yen = 500'000;
    const auto sums = pay_sums(months).value();
    EXPECT_EQ(sums.before_yen, 200'000);
    EXPECT_EQ(sums.since_yen, 700'000);
}

TEST(EmployeesPension, AFundPaysForItsMonths) {
    auto months = months_of({{"2003-04", 24, Status::employees, 300'000}});
    for (std::size_t i = 0; i < 12; ++i)
        months[i].fund = true;
    const auto sums = pay_sums(months).value();
    EXPECT_EQ(proportional_yen(sums, born).value(), 19'732);  // 19,731.6
    EXPECT_EQ(substituted_yen(sums, born).value(), 19'732);
    EXPECT_EQ(substituted_yen(PaySums{}, born).value(), 0);
    months[3].pay_yen.reset();
    EXPECT_EQ(pay_sums(months).error(), Unknown::pay_missing);
}

TEST(TransitionalAmount, WorkedExampleOfFiscalYear2018) {
    Counted counted;
    counted.employees = 72;
    counted.employees_20_59 = 60;
    // 1,625 × 72 − 779,300 × 60/480 = 117,000 − 97,412.5
    EXPECT_EQ(transitional_yen(counted, born, 2018).value(), 19'587);
}

TEST(TransitionalAmount, HasLimits) {
    Counted counted;
    EXPECT_EQ(transitional_yen(counted, born, 2026).value(), 0);
    counted.employees = 480;
    counted.employees_20_59 = 480;
    EXPECT_EQ(transitional_yen(counted, born, 2026).value(), 380);  // 1,766 × 480 − 847,300
    counted.employees = 540;                                        // until 65
    EXPECT_EQ(transitional_yen(counted, born, 2026).value(), 380);
    counted.employees = 100;
    EXPECT_EQ(transitional_yen(counted, born, 2026).value(), 0);  // never negative
    EXPECT_EQ(transitional_yen(counted, born, 2014).error(), Unknown::no_table);
    EXPECT_EQ(transitional_yen(counted, day("1946-04-01"), 2026).error(), Unknown::born_too_early);
}

TEST(Claims, EarlyAndLate) {
    const std::map<int, int> permille{{60, 760},  {61, 808},  {62, 856},  {63, 904},
                                      {64, 952},  {65, 1000}, {66, 1084}, {67, 1168},
                                      {68, 1252}, {69, 1336}, {70, 1420}, {75, 1840}};
    for (const auto& [age, expected] : permille) {
        EXPECT_EQ(claim_permille(born, age * 12), expected) << age;
    }
    EXPECT_EQ(claim_permille(born, 64 * 12 + 11), 996);
    EXPECT_EQ(claim_permille(born, 60 * 12 - 1), std::nullopt);
    EXPECT_EQ(claim_permille(born, 75 * 12 + 1), std::nullopt);
    EXPECT_EQ(claim_permille(born, 65 * 12 + 1), std::nullopt);
    EXPECT_EQ(claim_permille(born, 65 * 12 + 11), std::nullopt);
    // Half a percent a month for who was born before 1962-04-02.
    EXPECT_EQ(claim_permille(day("1962-04-01"), 60 * 12), 700);
    EXPECT_EQ(claim_permille(day("1962-04-02"), 60 * 12), 760);
    // Until 70 only for who was born before 1952-04-02.
    EXPECT_EQ(claim_permille(day("1952-04-01"), 70 * 12), 1420);
    EXPECT_EQ(claim_permille(day("1952-04-01"), 70 * 12 + 1), std::nullopt);
    EXPECT_EQ(claim_permille(day("1952-04-02"), 75 * 12), 1840);
}

TEST(Claims, AmountsAreRoundedToTheYen) {
    EXPECT_EQ(claimed_yen(831'700, 760), 632'092);
    EXPECT_EQ(claimed_yen(831'700, 856), 711'935);   // 711,935.2
    EXPECT_EQ(claimed_yen(831'700, 1084), 901'563);  // 901,562.8
    EXPECT_EQ(claimed_yen(831'700, 1420), 1'181'014);
    EXPECT_EQ(claimed_yen(831'700, 1840), 1'530'328);
    EXPECT_EQ(claimed_yen(500, 1001), 501);  // 500.5
    EXPECT_EQ(monthly_yen(831'700), 69'308);
    EXPECT_EQ(monthly_yen(847'300), 70'608);
    EXPECT_EQ(monthly_yen(11), 0);
}

// ---- all together ----

const Part* part_of(const std::vector<Claim>& claims, int age, Scheme scheme) {
    const auto claim = std::ranges::find(claims, age, &Claim::age);
    if (claim == claims.end()) return nullptr;
    const auto part = std::ranges::find(claim->parts, scheme, &Part::scheme);
    return part == claim->parts.end() ? nullptr : &*part;
}

std::optional<std::int64_t> basis_value(const Expected& expected, Assumption code) {
    const auto basis = std::ranges::find(expected.basis, code, &Basis::code);
    if (basis == expected.basis.end()) return std::nullopt;
    return basis->value;
}

// A student, then employed, since September in the first category: 40 years old.
std::vector<InsuredMonth> left_in_august() {
    return months_of({{"2006-05", 35, Status::student},
                      {"2009-04", 209, Status::employees, 300'000},
                      {"2026-09", 1, Status::paid},
                      {"2026-10", 1, Status::unpaid}});  // due on 30 November
}

TEST(ExpectedPension, SoFarAndContinued) {
    const Date birth = day("1986-05-02");
    const Expected expected = expected_pension(birth, left_in_august(), now).value();
    EXPECT_EQ(expected.counted_months, 245);
    EXPECT_TRUE(expected.qualifies);
    ASSERT_EQ(expected.so_far.size(), 16U);
    EXPECT_EQ(expected.so_far.front().age, 60);
    EXPECT_EQ(expected.so_far.back().age, 75);

    const Part* national = part_of(expected.so_far, 65, Scheme::national);
    ASSERT_NE(national, nullptr);
    EXPECT_EQ(national->yearly_yen, 370'694);  // 847,300 × 210/480
    EXPECT_EQ(national->monthly_yen, 30'891);
    EXPECT_EQ(national->from_age, 65);
    EXPECT_FALSE(national->until_age);
    const Part* employees = part_of(expected.so_far, 65, Scheme::employees);
    ASSERT_NE(employees, nullptr);
    // 300,000 × 209 × 5.481/1000 = 343,658.7, and 1,766 × 209 − 847,300 × 209/480 = 165.4.
    EXPECT_EQ(employees->yearly_yen, 343'659 + 369'094 - 368'929);
    EXPECT_EQ(part_of(expected.so_far, 60, Scheme::national)->yearly_yen, 281'727);  // 760/1000
    EXPECT_EQ(part_of(expected.so_far, 60, Scheme::national)->from_age, 60);

    // It goes on as in September, the last month that says how, until 2046-04: 236 months more.
    EXPECT_EQ(expected.goes_on_as, Status::paid);
    EXPECT_EQ(expected.counted_months_continued, 480);
    EXPECT_EQ(part_of(expected.continued, 65, Scheme::national)->yearly_yen,
              (847'300 * 445 + 240) / 480);
    EXPECT_EQ(part_of(expected.continued, 65, Scheme::employees)->yearly_yen,
              employees->yearly_yen);
    EXPECT_EQ(basis_value(expected, Assumption::table_year), 2026);
    EXPECT_EQ(basis_value(expected, Assumption::goes_on_until), 60);
    EXPECT_EQ(basis_value(expected, Assumption::pay_as_now), std::nullopt);
    EXPECT_TRUE(basis_value(expected, Assumption::pay_not_revalued));
    EXPECT_FALSE(basis_value(expected, Assumption::special_not_counted));
}

TEST(ExpectedPension, AnUnpaidMonthThatWasDueGoesOn) {
    auto months = left_in_august();
    months[months.size() - 2].status = Status::unpaid;  // September was due on 31 October
    const Expected expected = expected_pension(day("1986-05-02"), months, now).value();
    EXPECT_EQ(expected.goes_on_as, Status::unpaid);
    // On the very day on which October is due it still does not say anything.
    EXPECT_EQ(expected_pension(day("1986-05-02"), left_in_august(), day("2026-11-30"))->goes_on_as,
              Status::paid);
    EXPECT_EQ(expected_pension(day("1986-05-02"), left_in_august(), day("2026-12-01"))->goes_on_as,
              Status::unpaid);
    EXPECT_EQ(part_of(expected.continued, 65, Scheme::national)->yearly_yen,
              part_of(expected.so_far, 65, Scheme::national)->yearly_yen);
}

TEST(ExpectedPension, AnEmployeeGoesOnWithPayAndBonuses) {
    auto months = months_of({{"2009-04", 211, Status::employees, 300'000}});  // to 2026-10
    for (InsuredMonth& one : months) {
        const bool is_bonus_month =
            one.month.month() == std::chrono::June || one.month.month() == std::chrono::December;
        if (one.month >= month("2025-11") && is_bonus_month) one.bonus_yen = 500'000;
    }
    const Date birth = day("1986-05-02");
    const Expected expected = expected_pension(birth, months, now).value();
    EXPECT_EQ(expected.goes_on_as, Status::employees);
    EXPECT_EQ(basis_value(expected, Assumption::pay_as_now), 300'000);
    EXPECT_EQ(basis_value(expected, Assumption::bonus_as_now), 1'000'000);
    // To 2046-04: 234 months more, in which 20 Decembers and 19 Junes.
    const std::int64_t sum_yen = 300'000LL * (211 + 234) + 500'000LL * (2 + 20 + 19);
    const std::int64_t proportional = (sum_yen * 5481 + 500'000) / 1'000'000;
    const std::int64_t transitional = 1766 * 445 - (847'300 * 445 * 2 + 480) / 960;
    EXPECT_EQ(part_of(expected.continued, 65, Scheme::employees)->yearly_yen,
              proportional + transitional);
}

// 国民年金法附則5条: from 60 on who wants to may pay, until 65 or 480 months.
TEST(ExpectedPension, AVoluntaryMemberGoesOnUntil65) {
    const Date birth = day("1963-05-02");  // 63 years and 6 months
    auto months = months_of({{"1990-05", 396, Status::paid}, {"2023-05", 42, Status::paid}});
    for (InsuredMonth& one : months) {
        if (one.month >= month("2023-05")) one.category = Category::voluntary;
    }
    Expected expected = expected_pension(birth, months, now).value();
    EXPECT_EQ(expected.counted_months, 438);
    EXPECT_EQ(expected.goes_on_as, Status::paid);
    // To 2028-04, the month before 65: 18 months more.
    EXPECT_EQ(basis_value(expected, Assumption::goes_on_until), 65);
    EXPECT_EQ(expected.counted_months_continued, 456);
    EXPECT_EQ(part_of(expected.continued, 65, Scheme::national)->yearly_yen, 804'935);  // × 456/480
    EXPECT_EQ(part_of(expected.so_far, 65, Scheme::national)->yearly_yen, 773'161);     // × 438/480
    // Who claims at 64 has paid until then: 444 months, 48 thousandths less.
    EXPECT_EQ(part_of(expected.continued, 64, Scheme::national)->yearly_yen, 746'133);
    // And who claims now has no more than now.
    EXPECT_EQ(part_of(expected.continued, 63, Scheme::national)->yearly_yen,
              part_of(expected.so_far, 63, Scheme::national)->yearly_yen);

    // 475 months: five more, and it is full.
    const auto more = months_of({{"1987-04", 37, Status::paid}});
    months.insert(months.begin(), more.begin(), more.end());
    expected = expected_pension(birth, months, now).value();
    EXPECT_EQ(expected.counted_months_continued, 480);
    EXPECT_EQ(basis_value(expected, Assumption::goes_on_until), 63);
    EXPECT_EQ(part_of(expected.continued, 65, Scheme::national)->yearly_yen, 847'300);
}

TEST(ExpectedPension, NeedsTenYears) {
    const Date birth = day("1986-05-02");
    auto months = months_of({{"2016-11", 119, Status::paid}, {"2026-10", 1, Status::unpaid}});
    Expected expected = expected_pension(birth, months, now).value();
    EXPECT_EQ(expected.counted_months, 119);
    EXPECT_FALSE(expected.qualifies);
    EXPECT_TRUE(expected.so_far.empty());
    EXPECT_EQ(expected.continued.size(), 16U);
    // One month abroad, which counts for this only.
    months = months_of({{"2016-10", 1, Status::empty}, {"2016-11", 119, Status::paid}});
    expected = expected_pension(birth, months, now).value();
    EXPECT_TRUE(expected.qualifies);
    EXPECT_EQ(part_of(expected.so_far, 65, Scheme::national)->yearly_yen,
              (847'300 * 119 * 2 + 480) / 960);
    // Nothing is known: nothing goes on.
    expected = expected_pension(birth, {}, now).value();
    EXPECT_EQ(expected.counted_months_continued, 0);
    EXPECT_EQ(expected.goes_on_as, std::nullopt);
    EXPECT_TRUE(expected.continued.empty());
}

TEST(ExpectedPension, LeavesOutAgesThatAreOver) {
    // 67 years and 8 months: a claim in this very month.
    const auto months = months_of({{"1979-03", 480, Status::paid}});
    Expected expected = expected_pension(day("1959-03-02"), months, now).value();
    EXPECT_EQ(expected.so_far.front().age, 67);
    EXPECT_EQ(expected.so_far.front().age_months, 67 * 12 + 8);
    EXPECT_EQ(part_of(expected.so_far, 67, Scheme::national)->yearly_yen, 1'037'095);  // 1,224
    EXPECT_EQ(expected.so_far.at(1).age_months, 68 * 12);
    EXPECT_EQ(expected.goes_on_as, std::nullopt);
    // 65 years and 3 months: a claim is one at 65.
    expected = expected_pension(day("1961-08-02"), months, now).value();
    EXPECT_EQ(expected.so_far.front().age_months, 65 * 12);
    EXPECT_EQ(part_of(expected.so_far, 65, Scheme::national)->yearly_yen, 847'300);
    // 62 years and 6 months, early.
    expected = expected_pension(day("1964-05-02"), months, now).value();
    EXPECT_EQ(expected.so_far.front().age_months, 62 * 12 + 6);
    EXPECT_EQ(part_of(expected.so_far, 62, Scheme::national)->yearly_yen, 745'624);  // 880/1000
    // Older than the last age at which it grows.
    expected = expected_pension(day("1951-06-02"), months, now).value();
    ASSERT_EQ(expected.so_far.size(), 1U);
    EXPECT_EQ(expected.so_far[0].age, 70);
    EXPECT_EQ(part_of(expected.so_far, 70, Scheme::national)->yearly_yen, 1'199'758);
}

TEST(ExpectedPension, BornOnThe1stIsSixtyAMonthEarlier) {
    const auto months = months_of({{"2006-04", 246, Status::paid}});  // to 2026-09
    const Expected expected = expected_pension(day("1986-05-01"), months, now).value();
    // The last month is 2046-03.
    EXPECT_EQ(expected.counted_months_continued, 480);
    EXPECT_EQ(part_of(expected.continued, 65, Scheme::national)->yearly_yen, 847'300);
}

TEST(ExpectedPension, TheAdditionalPensionIsClaimedWithTheBasicOne) {
    const auto months = months_of({{"1979-05", 480, Status::paid, 0, true}});
    const Expected expected = expected_pension(day("1959-05-02"), months, now).value();
    EXPECT_EQ(part_of(expected.so_far, 70, Scheme::national)->yearly_yen,
              (847'300 + 96'000) * 142 / 100);
    EXPECT_EQ(part_of(expected.so_far, 70, Scheme::employees), nullptr);
}

TEST(ExpectedPension, SaysWhatIsNotKnown) {
    auto months = months_of({{"2006-05", 240, Status::employees, 300'000}});
    const Date birth = day("1986-05-02");
    EXPECT_EQ(expected_pension(birth, months, day("2027-04-01")).error(), Unknown::no_table);
    EXPECT_EQ(expected_pension(day("1946-04-01"), months, now).error(), Unknown::born_too_early);
    months[7].pay_yen.reset();
    EXPECT_EQ(expected_pension(birth, months, now).error(), Unknown::pay_missing);
    EXPECT_EQ(code(Unknown::born_too_early), "born-too-early");
    months = months_of({{"1985-05", 240, Status::employees, 300'000}});
    const Expected expected = expected_pension(day("1965-05-02"), months, now).value();
    EXPECT_TRUE(basis_value(expected, Assumption::special_not_counted));
}

}  // namespace
}  // namespace mado::benefit
