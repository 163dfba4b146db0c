#include "base/clock.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "base/age.hpp"

namespace mado {
namespace {

TEST(Clock, KnowsTheCalendar) {
    for (const std::string_view day : {"2026-11-22", "2024-02-29", "2000-02-29", "1868-01-01",
                                       "2999-12-31", "1986-04-30", "1989-01-07"}) {
        EXPECT_EQ(to_text(parse_date(day).value()), day);
    }
    for (const std::string_view day :
         {"2026-02-29", "1900-02-29", "2100-02-29", "2026-04-31", "2026-00-10",
          "2026-13-01", "2026-01-00", "2026-01-32", "1867-12-31", "3000-01-01",
          "0000-00-00", "2026-1-1",   "20260101",   "2026/01/01", "2026-01-01 ",
          " 2026-01-1", "+026-01-01", "2026-0a-01", "",           "２０２６"}) {
        EXPECT_FALSE(parse_date(day)) << day;
    }
}

TEST(Clock, WritesRfc3339) {
    EXPECT_EQ(to_rfc3339(0), "1970-01-01T00:00:00Z");
    EXPECT_EQ(to_rfc3339(-1), "1969-12-31T23:59:59Z");
    EXPECT_EQ(to_rfc3339(951'827'696), "2000-02-29T12:34:56Z");
    EXPECT_EQ(to_rfc3339(1'795'342'500), "2026-11-22T10:15:00Z");
    EXPECT_EQ(to_rfc3339(4'102'444'800), "2100-01-01T00:00:00Z");
    EXPECT_EQ(to_rfc3339(INT64_MAX), "9998-12-31T23:59:59Z");
    EXPECT_EQ(to_rfc3339(INT64_MIN), "0001-01-01T00:00:00Z");
}

TEST(Clock, TheDayDependsOnTheZone) {
    constexpr std::int32_t japan = 9 * 3600;
    constexpr UnixTime new_year_in_japan = 1'767'193'200;  // 2025-12-31T15:00:00Z
    EXPECT_EQ(to_text(date_at(new_year_in_japan, japan)), "2026-01-01");
    EXPECT_EQ(to_text(date_at(new_year_in_japan - 1, japan)), "2025-12-31");
    EXPECT_EQ(to_text(date_at(new_year_in_japan, 0)), "2025-12-31");
    EXPECT_EQ(to_text(date_at(0, -1)), "1969-12-31");
    EXPECT_EQ(static_cast<int>(date_at(INT64_MAX, japan).year()), 9999);
}

TEST(Clock, ABirthdayIsThereEachYear) {
    const auto birth = parse_date("2012-02-29").value();
    EXPECT_EQ(to_text(birthday_in(birth, std::chrono::year(2027))), "2027-02-28");
    EXPECT_EQ(to_text(birthday_in(birth, std::chrono::year(2028))), "2028-02-29");
}

TEST(Clock, TimePasses) {
    EXPECT_GT(unix_now(), 1'700'000'000);
    const auto before = monotonic_us();
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    EXPECT_GE(monotonic_us() - before, 2000);
}

}  // namespace
}  // namespace mado
