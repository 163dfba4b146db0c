#include "base/clock.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace mado {
namespace {

// Two or four ASCII digits; -1 when there is anything else.
int digits(std::string_view text) {
    int value = 0;
    for (const char c : text) {
        if (c < '0' || c > '9') return -1;
        value = value * 10 + (c - '0');
    }
    return value;
}

// The nearest time between the years 1 and 9998. Times come from messages too, and arithmetic on
// one near the ends of 64 bits would overflow.
UnixTime printable(UnixTime time) {
    constexpr UnixTime first = -62'135'596'800;  // 0001-01-01T00:00:00Z
    constexpr UnixTime last = 253'370'764'799;   // 9998-12-31T23:59:59Z
    return std::clamp(time, first, last);
}

}  // namespace

UnixTime unix_now() {
    using namespace std::chrono;
    return duration_cast<seconds>(system_clock::now().time_since_epoch()).count();
}

std::int64_t monotonic_us() {
    using namespace std::chrono;
    return duration_cast<microseconds>(steady_clock::now().time_since_epoch()).count();
}

Parsed<Date> parse_date(std::string_view text) {
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') return bad("date is not YYYY-MM-DD");
    const int year = digits(text.substr(0, 4));
    const int month = digits(text.substr(5, 2));
    const int day = digits(text.substr(8, 2));
    if (year < 1868 || year > 2999 || month < 0 || day < 0) return bad("date is not YYYY-MM-DD");
    const Date date{std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(month)},
                    std::chrono::day{static_cast<unsigned>(day)}};
    if (!date.ok()) return bad("no such day");
    return date;
}

std::string to_text(Date date) {
    return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

Date date_at(UnixTime time, std::int32_t utc_offset_s) {
    using namespace std::chrono;
    const sys_seconds local{seconds{printable(time) + utc_offset_s}};
    return Date{floor<days>(local)};
}

std::string to_rfc3339(UnixTime time) {
    using namespace std::chrono;
    const sys_seconds point{seconds{printable(time)}};
    const auto day = floor<days>(point);
    const hh_mm_ss<seconds> clock{point - day};
    return fmt::format("{}T{:02}:{:02}:{:02}Z", to_text(Date{day}), clock.hours().count(),
                       clock.minutes().count(), clock.seconds().count());
}

}  // namespace mado
