// Time: seconds since 1970, UTC, and calendar dates. Decisions take time as a value; only main and
// the network edge read a clock.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace mado {

using UnixTime = std::int64_t;  // seconds since 1970-01-01T00:00:00Z
using Date = std::chrono::year_month_day;

UnixTime unix_now();
// Microseconds of a clock that never jumps: for measuring, not for telling the time.
std::int64_t monotonic_us();

// "2026-11-22", an existing day between 1868 and 2999.
Parsed<Date> parse_date(std::string_view text);
std::string to_text(Date date);
// The day it is at `time` in a zone `utc_offset_s` seconds east of Greenwich. Here and below times
// before the year 1 or after 9998 count as the first or last second of these.
Date date_at(UnixTime time, std::int32_t utc_offset_s);
// "2026-11-22T10:15:00Z"
std::string to_rfc3339(UnixTime time);

}  // namespace mado
