#include "benefit/record.hpp"

#include <gtest/gtest.h>

#include "benefit/test_months.hpp"

namespace mado::benefit {
namespace {

const Date born = parse_date("1980-05-02").value();  // 20 in 2000-05, 60 in 2040-05

TEST(Record, CodesAreReadBack) {
    for (const char* code : {"first", "second", "third", "voluntary", "none"}) {
        EXPECT_EQ(mado::benefit::code(find_category(code).value()), code);
    }
    for (const char* code : {"paid", "unpaid", "exempt-full", "exempt-three-quarters",
                             "exempt-half", "exempt-quarter", "student", "deferred", "maternity",
                             "childcare", "employees", "third", "empty", "not-joined"}) {
        EXPECT_EQ(mado::benefit::code(find_status(code).value()), code);
    }
    for (const char* code : {"national", "employees", "employees-fund", "national-fund"}) {
        EXPECT_EQ(mado::benefit::code(find_scheme(code).value()), code);
    }
    EXPECT_FALSE(find_status("Paid"));
    EXPECT_FALSE(find_category(""));
    EXPECT_FALSE(find_scheme("national "));
}

TEST(Record, ChecksMonths) {
    auto months = months_of({{"2000-05", 3, Status::paid}});
    EXPECT_TRUE(check_months(months));
    EXPECT_TRUE(check_months({}));
    months[2].month = months[1].month;
    EXPECT_FALSE(check_months(months));
    months[2].month = month("2000-01");
    EXPECT_FALSE(check_months(months));
    months = months_of({{"2000-05", 1, Status::employees, pay_yen_max}});
    EXPECT_TRUE(check_months(months));
    months[0].pay_yen = pay_yen_max + 1;
    EXPECT_FALSE(check_months(months));
    months[0].pay_yen = -1;
    EXPECT_FALSE(check_months(months));
    months[0] = InsuredMonth{};
    EXPECT_FALSE(check_months(months));  // no month at all
    EXPECT_FALSE(check_months(months_of({{"1900-01", 1201, Status::paid}})));
    EXPECT_TRUE(check_months(months_of({{"1900-01", 1200, Status::paid}})));
}

TEST(Record, CountsWhatQualifies) {
    const auto months = months_of({{"2000-05", 1, Status::paid},
                                   {"2000-06", 1, Status::unpaid},
                                   {"2000-07", 1, Status::exempt_full},
                                   {"2000-08", 1, Status::exempt_three_quarters},
                                   {"2000-09", 1, Status::exempt_half},
                                   {"2000-10", 1, Status::exempt_quarter},
                                   {"2000-11", 1, Status::student},
                                   {"2000-12", 1, Status::deferred},
                                   {"2001-01", 1, Status::maternity},
                                   {"2001-02", 1, Status::childcare},
                                   {"2001-03", 1, Status::employees, 200'000},
                                   {"2001-04", 1, Status::third},
                                   {"2001-05", 1, Status::empty},
                                   {"2001-06", 1, Status::not_joined}});
    const Counted counted = count(born, months);
    EXPECT_EQ(counted.qualifying, 12);
    EXPECT_EQ(counted.paid, 5);  // paid, maternity, childcare, employees, third
    EXPECT_EQ(counted.employees, 1);
    EXPECT_EQ(counted.employees_20_59, 1);
    EXPECT_EQ(counted.exempt_before.full, 1);
    EXPECT_EQ(counted.exempt_before.quarter, 1);
    EXPECT_EQ(counted.exempt_since.full, 0);
    EXPECT_EQ(count(born, {}).qualifying, 0);
}

TEST(Record, EmployeesCountForTheBasicPensionFrom20To59Only) {
    // 18 to 21: 2000-05 is the month in which 20 is attained.
    const Counted early = count(born, months_of({{"1998-05", 36, Status::employees, 200'000}}));
    EXPECT_EQ(early.employees, 36);
    EXPECT_EQ(early.employees_20_59, 12);
    EXPECT_EQ(early.paid, 12);
    EXPECT_EQ(early.qualifying, 36);
    const Counted late = count(born, months_of({{"2040-04", 3, Status::employees, 200'000}}));
    EXPECT_EQ(late.employees_20_59, 1);
    EXPECT_EQ(late.qualifying, 3);
    // Born on the 1st: 20 is attained in the month before.
    const Counted first =
        count(day("1980-05-01"), months_of({{"2000-04", 1, Status::employees, 200'000}}));
    EXPECT_EQ(first.employees_20_59, 1);
}

TEST(Record, ExemptionsChangeWeightInApril2009) {
    const Counted counted = count(born, months_of({{"2009-03", 2, Status::exempt_half}}));
    EXPECT_EQ(counted.exempt_before.half, 1);
    EXPECT_EQ(counted.exempt_since.half, 1);
}

TEST(Record, UnpaidMonthsMayBePaidForTwoYears) {
    const auto until = [](std::string_view when, Status status) {
        return payable_until(months_of({{when, 1, status}})[0]);
    };
    // Due at the end of the next month.
    EXPECT_EQ(until("2024-09", Status::unpaid), day("2026-10-31"));
    EXPECT_EQ(until("2024-12", Status::unpaid), day("2027-01-31"));
    EXPECT_EQ(until("2022-01", Status::unpaid), day("2024-02-29"));
    EXPECT_EQ(until("2024-01", Status::unpaid), day("2026-02-28"));
    // 追納: 2016-08 until the end of 2026-08.
    EXPECT_EQ(until("2016-08", Status::exempt_full), day("2026-08-31"));
    EXPECT_EQ(until("2016-08", Status::student), day("2026-08-31"));
    EXPECT_EQ(until("2016-08", Status::exempt_quarter), day("2026-08-31"));
    EXPECT_EQ(until("2016-02", Status::deferred), day("2026-02-28"));
    for (const Status status : {Status::paid, Status::maternity, Status::childcare,
                                Status::employees, Status::third, Status::empty}) {
        EXPECT_EQ(until("2024-09", status), std::nullopt);
    }
}

TEST(Record, OwnPremiumsOfTheNationalPension) {
    const auto yen = [](std::string_view when, Status status) {
        return own_premium_yen(born, months_of({{when, 1, status}})[0]);
    };
    EXPECT_EQ(yen("2025-04", Status::paid), 17'510);
    // Fiscal year 2025 as published: 13,130, 8,760 and 4,380 yen.
    EXPECT_EQ(yen("2025-04", Status::exempt_quarter), 13'130);
    EXPECT_EQ(yen("2025-04", Status::exempt_half), 8'760);
    EXPECT_EQ(yen("2025-04", Status::exempt_three_quarters), 4'380);
    for (const Status status :
         {Status::exempt_full, Status::student, Status::deferred, Status::maternity,
          Status::childcare, Status::third, Status::unpaid, Status::empty, Status::not_joined}) {
        EXPECT_EQ(yen("2025-04", status), 0);
    }
    EXPECT_EQ(yen("2027-04", Status::paid), std::nullopt);
    auto additional = months_of({{"2025-04", 1, Status::paid, 0, true}})[0];
    EXPECT_EQ(own_premium_yen(born, additional), 17'910);
    additional.paid_yen = 17'000;  // what the holder wrote down, as with a discount
    EXPECT_EQ(own_premium_yen(born, additional), 17'000);
}

TEST(Record, OwnHalfOfTheEmployeesPension) {
    auto one = months_of({{"2026-04", 1, Status::employees, 200'000}})[0];
    EXPECT_EQ(own_premium_yen(born, one), 18'300);
    // As published for 18.182 %: half of it is 8,000.08 for 88,000 and 12,181.94 for 134,000.
    one = months_of({{"2016-10", 1, Status::employees, 88'000}})[0];
    EXPECT_EQ(own_premium_yen(born, one), 8'000);
    one.pay_yen = 134'000;
    EXPECT_EQ(own_premium_yen(born, one), 12'182);
    // Exactly 50 sen are dropped: half of 14.642 % of 150,000 is 10,981.5.
    one = months_of({{"2006-09", 1, Status::employees, 150'000}})[0];
    EXPECT_EQ(own_premium_yen(born, one), 10'981);
    one.bonus_yen = 300'000;
    EXPECT_EQ(own_premium_yen(born, one), 10'981 + 21'963);
    one.fund = true;
    EXPECT_EQ(own_premium_yen(born, one), std::nullopt);
    one.paid_yen = 9'000;
    EXPECT_EQ(own_premium_yen(born, one), 9'000);
    one = months_of({{"1990-04", 1, Status::employees, 150'000}})[0];
    EXPECT_EQ(own_premium_yen(born, one), std::nullopt);
}

TEST(Record, YearsOfPremiums) {
    const auto months = months_of({{"2024-10", 6, Status::paid},
                                   {"2025-04", 3, Status::employees, 200'000},
                                   {"2025-07", 9, Status::paid, 0, true},
                                   {"2026-04", 2, Status::unpaid},
                                   {"2026-06", 1, Status::third}});
    const auto years = yearly_premiums(born, months);
    ASSERT_EQ(years.size(), 3U);
    EXPECT_EQ(years[0].year, 2024);
    EXPECT_EQ(years[0].scheme, Scheme::national);
    EXPECT_EQ(years[0].yen, 6 * 16'980);
    EXPECT_EQ(years[0].months, 6);
    EXPECT_EQ(years[1].year, 2025);
    EXPECT_EQ(years[1].scheme, Scheme::national);
    EXPECT_EQ(years[1].yen, 9 * 17'910);
    EXPECT_EQ(years[2].scheme, Scheme::employees);
    EXPECT_EQ(years[2].yen, 3 * 18'300);
    // A year of 200,000 yen a month is 219,600 yen.
    const auto year =
        yearly_premiums(born, months_of({{"2025-04", 12, Status::employees, 200'000}}));
    EXPECT_EQ(year.at(0).yen, 219'600);
    const auto unknown =
        yearly_premiums(born, months_of({{"1990-04", 12, Status::employees, 200'000}}));
    EXPECT_EQ(unknown.at(0).yen, 0);
    EXPECT_EQ(unknown.at(0).months_unknown, 12);
    EXPECT_TRUE(yearly_premiums(born, {}).empty());
}

}  // namespace
}  // namespace mado::benefit
