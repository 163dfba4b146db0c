#include "benefit/tables.hpp"

#include <algorithm>
#include <array>

namespace mado::benefit {
namespace {

constexpr Month ym(int year, unsigned month) {
    return std::chrono::year{year} / std::chrono::month{month};
}
// The last month of a row that holds until somebody changes the law.
constexpr Month open_end = ym(9999, 12);

template <class Row, std::size_t count>
const Row* find(const std::array<Row, count>& table, Month month) {
    const auto row = std::ranges::find_if(
        table, [month](const Row& r) { return r.from <= month && month <= r.until; });
    return row == table.end() ? nullptr : &*row;
}

// ---- the basic pension in full, a year ----

// 国民年金法27条: 780,900 yen by the rate of revision, in thousandths, to the next hundred. In
// fiscal year 2014 a special level was paid instead, which has no rate here; 2013 had two amounts,
// and there is no row for it and before. Who was born before 1956-04-02 was revised by prices in
// 2023, when prices rose less than wages, and keeps that. Sources: 2014 mon-ey.jp/sp/insurance
// (000552), hairdiary.info; 2016 manetatsu.com (2016-08-03); 2018 inadakenji.com; 2021, 2022
// financial-field.com/pension/entry-135793 and entry-139581; 2023 mixisunny.com; 2024
// saison-am.co.jp; 2025, both, yamazakipan-nenkinkikin.jp; 2026, both, with the rates of 2025 and
// 2026, sharoucchee.com/?p=5334 and ameblo.jp/tomofullmoon/page-2. From memory: 2015, 2017, 2019,
// 2020, the older's of 2023 and 2024, the other rates. A test sees that one rate makes both the
// amount and the unit.
struct BasicRow {
    int year;
    std::int64_t yen;
    int rate_permille;
    std::int64_t older_yen;
    int older_rate_permille;
};
constexpr Date younger_since{std::chrono::year{1956}, std::chrono::April, std::chrono::day{2}};
constexpr std::array basic_pension{
    BasicRow{2014, 772'800, 0, 772'800, 0},       BasicRow{2015, 780'100, 999, 780'100, 999},
    BasicRow{2016, 780'100, 999, 780'100, 999},   BasicRow{2017, 779'300, 998, 779'300, 998},
    BasicRow{2018, 779'300, 998, 779'300, 998},   BasicRow{2019, 780'100, 999, 780'100, 999},
    BasicRow{2020, 781'700, 1001, 781'700, 1001}, BasicRow{2021, 780'900, 1000, 780'900, 1000},
    BasicRow{2022, 777'800, 996, 777'800, 996},   BasicRow{2023, 795'000, 1018, 792'600, 1015},
    BasicRow{2024, 816'000, 1045, 813'700, 1042}, BasicRow{2025, 831'700, 1065, 829'300, 1062},
    BasicRow{2026, 847'300, 1085, 844'900, 1082},
};

const BasicRow* find_basic(int fiscal_year) {
    const auto row = std::ranges::find(basic_pension, fiscal_year, &BasicRow::year);
    return row == basic_pension.end() ? nullptr : &*row;
}

// ---- the premium of the national pension, a month ----

// Sources: 1961-04 to 2004 kokuminnenkin.net/article-7/2 and money.snowsystem.net; 2005 to 2010
// also pension-credit.com/change; 2008 to 2022 city.agano.niigata.jp; 2010 to 2019 with the rates
// 5kunen.com; 2023, 2024 hrm-group.jp; 2025 city.hashimoto.lg.jp; 2026 city.nanyo.yamagata.jp.
struct PremiumRow {
    Month from, until;
    std::int64_t yen;
    std::int64_t yen_from_35;
};
constexpr PremiumRow premium(Month from, Month until, std::int64_t yen) {
    return {from, until, yen, yen};
}
constexpr PremiumRow premium_of_year(int year, std::int64_t yen) {
    return premium(ym(year, 4), ym(year + 1, 3), yen);
}
constexpr std::array national_premium{
    PremiumRow{ym(1961, 4), ym(1966, 12), 100, 150},
    PremiumRow{ym(1967, 1), ym(1968, 12), 200, 250},
    PremiumRow{ym(1969, 1), ym(1970, 6), 250, 300},
    premium(ym(1970, 7), ym(1972, 6), 450),
    premium(ym(1972, 7), ym(1973, 12), 550),
    premium(ym(1974, 1), ym(1974, 12), 900),
    premium(ym(1975, 1), ym(1976, 3), 1'100),
    premium_of_year(1976, 1'400),
    premium_of_year(1977, 2'200),
    premium_of_year(1978, 2'730),
    premium_of_year(1979, 3'300),
    premium_of_year(1980, 3'770),
    premium_of_year(1981, 4'500),
    premium_of_year(1982, 5'220),
    premium_of_year(1983, 5'830),
    premium_of_year(1984, 6'220),
    premium_of_year(1985, 6'740),
    premium_of_year(1986, 7'100),
    premium_of_year(1987, 7'400),
    premium_of_year(1988, 7'700),
    premium_of_year(1989, 8'000),
    premium_of_year(1990, 8'400),
    premium_of_year(1991, 9'000),
    premium_of_year(1992, 9'700),
    premium_of_year(1993, 10'500),
    premium_of_year(1994, 11'100),
    premium_of_year(1995, 11'700),
    premium_of_year(1996, 12'300),
    premium_of_year(1997, 12'800),
    premium(ym(1998, 4), ym(2005, 3), 13'300),
    premium_of_year(2005, 13'580),
    premium_of_year(2006, 13'860),
    premium_of_year(2007, 14'100),
    premium_of_year(2008, 14'410),
    premium_of_year(2009, 14'660),
    premium_of_year(2010, 15'100),
    premium_of_year(2011, 15'020),
    premium_of_year(2012, 14'980),
    premium_of_year(2013, 15'040),
    premium_of_year(2014, 15'250),
    premium_of_year(2015, 15'590),
    premium_of_year(2016, 16'260),
    premium_of_year(2017, 16'490),
    premium_of_year(2018, 16'340),
    premium_of_year(2019, 16'410),
    premium_of_year(2020, 16'540),
    premium_of_year(2021, 16'610),
    premium_of_year(2022, 16'590),
    premium_of_year(2023, 16'520),
    premium_of_year(2024, 16'980),
    premium_of_year(2025, 17'510),
    premium_of_year(2026, 17'920),
};

// ---- the employees' pension: rate of the premium, grades of pay ----

// Sources: 2004-10 on 平成16年法律104号 (jahis.law.nagoya-u.ac.jp/lawdb/l/416a0104) and
// blt-saving.com/post-0077; 2003-04 sr-mizokami.com/nenkiniyou0027; 1996-10 from memory. Earlier
// rates differed between men and women; they are a gap.
struct RateRow {
    Month from, until;
    int millionths;
};
constexpr std::array employees_premium{
    RateRow{ym(1996, 10), ym(2003, 3), 173'500}, RateRow{ym(2003, 4), ym(2004, 9), 135'800},
    RateRow{ym(2004, 10), ym(2005, 8), 139'340}, RateRow{ym(2005, 9), ym(2006, 8), 142'880},
    RateRow{ym(2006, 9), ym(2007, 8), 146'420},  RateRow{ym(2007, 9), ym(2008, 8), 149'960},
    RateRow{ym(2008, 9), ym(2009, 8), 153'500},  RateRow{ym(2009, 9), ym(2010, 8), 157'040},
    RateRow{ym(2010, 9), ym(2011, 8), 160'580},  RateRow{ym(2011, 9), ym(2012, 8), 164'120},
    RateRow{ym(2012, 9), ym(2013, 8), 167'660},  RateRow{ym(2013, 9), ym(2014, 8), 171'200},
    RateRow{ym(2014, 9), ym(2015, 8), 174'740},  RateRow{ym(2015, 9), ym(2016, 8), 178'280},
    RateRow{ym(2016, 9), ym(2017, 8), 181'820},  RateRow{ym(2017, 9), open_end, 183'000},
};

// ---- 国民年金基金 ----

struct YenRow {
    Month from, until;
    std::int64_t yen;
};
// 国民年金基金令: 68,000 yen tr.mufg.jp/kikin, from 1991-04 from memory; 75,000 yen
// 令和7年政令442号 by fpeo.co.jp/?p=15976 and mt-tax.com/tax-news-133
// (kaiketsu-j.com/evaluation/20099).
constexpr std::array fund_cap{YenRow{ym(1991, 4), ym(2026, 11), 68'000},
                              YenRow{ym(2026, 12), open_end, 75'000}};

// ---- 在職老齢年金 ----

// 支給停止調整額, 厚生年金保険法46条3項; one for every age since 2022-04. Sources: 2024 and 2025
// ourskoiso.hatenablog.com (2025-03-02); 2025 and 2026 president.jp/articles/-/109708; 2026
// sr-kplanning.com/?p=1167, which cites nenkin.go.jp/tokusetsu/zairoukaisei.html.
constexpr std::array working_limit{YenRow{ym(2024, 4), ym(2025, 3), 500'000},
                                   YenRow{ym(2025, 4), ym(2026, 3), 510'000},
                                   YenRow{ym(2026, 4), ym(2027, 3), 650'000}};

}  // namespace

std::optional<std::int64_t> full_basic_pension_yen(int fiscal_year, Date birth) {
    const BasicRow* row = find_basic(fiscal_year);
    if (row == nullptr) return std::nullopt;
    return birth < younger_since ? row->older_yen : row->yen;
}

std::optional<std::int64_t> fixed_unit_yen(int fiscal_year, Date birth) {
    const BasicRow* row = find_basic(fiscal_year);
    if (row == nullptr || row->rate_permille == 0) return std::nullopt;
    const int rate = birth < younger_since ? row->older_rate_permille : row->rate_permille;
    // 昭和60年改正法附則59条2項: 1,628 yen by the rate, fractions from 50 sen up.
    return (std::int64_t{1628} * rate + 500) / 1000;
}

std::optional<std::int64_t> national_premium_yen(Month month, Date birth) {
    const PremiumRow* row = find(national_premium, month);
    if (row == nullptr) return std::nullopt;
    return age_months(birth, month) < 35 * 12 ? row->yen : row->yen_from_35;
}

std::optional<int> employees_premium_millionths(Month month) {
    const RateRow* row = find(employees_premium, month);
    if (row == nullptr) return std::nullopt;
    return row->millionths;
}

std::optional<std::int64_t> fund_cap_yen(Month month) {
    const YenRow* row = find(fund_cap, month);
    if (row == nullptr) return std::nullopt;
    return row->yen;
}

std::optional<std::int64_t> working_limit_yen(Month month) {
    const YenRow* row = find(working_limit, month);
    if (row == nullptr) return std::nullopt;
    return row->yen;
}

std::vector<std::string_view> tables_run_out(Date today) {
    const Month month = month_of(today);
    std::vector<std::string_view> names;
    if (find_basic(fiscal_year(today)) == nullptr) names.emplace_back("basic_pension");
    if (find(national_premium, month) == nullptr) names.emplace_back("national_premium");
    if (find(employees_premium, month) == nullptr) names.emplace_back("employees_premium");
    if (find(fund_cap, month) == nullptr) names.emplace_back("fund_cap");
    if (find(working_limit, month) == nullptr) names.emplace_back("working_limit");
    return names;
}

}  // namespace mado::benefit
