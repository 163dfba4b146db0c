#include "benefit/national_fund.hpp"

#include <algorithm>
#include <utility>

#include "benefit/tables.hpp"

namespace mado::benefit {
namespace {

constexpr int months_at_60 = 60 * 12;
constexpr int months_at_65 = 65 * 12;
constexpr int units_max = 100;  // the cheapest unit and the cap allow fewer

// ---- premiums ----

// Monthly premiums of a first unit, by sex, and of a further unit of Ⅰ to Ⅴ; a further unit of A
// and B is half of a first one. The first row is for 20y0m, each next one for a year of age, from
// its month 1 to month 0: 20y1m to 21y0m. What comes after the last row is a gap: no source had it.
// Source: shihoshoshi-nenkin.tsknet.or.jp/kanyu/kakekin2018.html (all funds have one table).
struct PremiumRow {
    int a_male, a_female, b_male, b_female;
    std::array<int, 5> fixed_term;
};
constexpr std::array premiums{
    PremiumRow{7'020, 8'210, 6'180, 7'830, {2'515, 1'735, 2'705, 1'870, 970}},
    PremiumRow{7'260, 8'490, 6'400, 8'100, {2'600, 1'795, 2'800, 1'935, 1'005}},
    PremiumRow{7'520, 8'790, 6'620, 8'380, {2'690, 1'860, 2'900, 2'000, 1'040}},
    PremiumRow{7'780, 9'100, 6'860, 8'680, {2'785, 1'925, 3'000, 2'075, 1'075}},
    PremiumRow{8'070, 9'430, 7'110, 9'000, {2'885, 1'995, 3'110, 2'150, 1'115}},
    PremiumRow{8'370, 9'780, 7'380, 9'330, {2'990, 2'070, 3'225, 2'225, 1'155}},
    PremiumRow{8'680, 10'150, 7'660, 9'690, {3'105, 2'145, 3'345, 2'310, 1'200}},
    PremiumRow{9'020, 10'540, 7'960, 10'060, {3'225, 2'230, 3'475, 2'400, 1'245}},
    PremiumRow{9'380, 10'960, 8'280, 10'470, {3'350, 2'315, 3'610, 2'495, 1'295}},
    PremiumRow{9'760, 11'410, 8'630, 10'890, {3'490, 2'410, 3'755, 2'595, 1'345}},
    PremiumRow{10'170, 11'880, 8'990, 11'350, {3'635, 2'510, 3'915, 2'705, 1'405}},
    PremiumRow{10'610, 12'390, 9'380, 11'840, {3'790, 2'620, 4'085, 2'820, 1'465}},
};

const PremiumRow* find_premiums(int age_months) {
    const int after_20 = age_months - 20 * 12;
    if (after_20 < 0) return nullptr;
    const auto row = static_cast<std::size_t>((after_20 + 11) / 12);
    return row < premiums.size() ? &premiums[row] : nullptr;
}

std::optional<std::int64_t> first_premium_yen(FundType type, std::optional<Sex> sex,
                                              int age_months) {
    const PremiumRow* row = find_premiums(age_months);
    if (row == nullptr || !sex) return std::nullopt;
    const bool is_female = *sex == Sex::female;
    if (type == FundType::a) return is_female ? row->a_female : row->a_male;
    if (type == FundType::b) return is_female ? row->b_female : row->b_male;
    return std::nullopt;
}

bool is_lifelong(FundType type) {
    return type == FundType::a || type == FundType::b;
}

std::optional<std::int64_t> further_premium_yen(FundType type, std::optional<Sex> sex,
                                                int age_months) {
    if (is_lifelong(type)) {
        const auto first_yen = first_premium_yen(type, sex, age_months);
        if (!first_yen) return std::nullopt;
        return *first_yen / 2;
    }
    const PremiumRow* row = find_premiums(age_months);
    if (row == nullptr) return std::nullopt;
    const auto index = static_cast<std::size_t>(type) - static_cast<std::size_t>(FundType::i);
    return row->fixed_term.at(index);
}

// ---- pensions ----

// What a month between joining and the next birthday's month adds to a year's pension, from age 20
// on. Source: npfa.or.jp/check/addition_table.html.
struct Addition {
    int first_yen, further_yen;
};
constexpr std::array additions{
    Addition{676, 338},   Addition{688, 344},   Addition{704, 352}, Addition{720, 360},
    Addition{736, 368},   Addition{752, 376},   Addition{768, 384}, Addition{788, 394},
    Addition{808, 404},   Addition{828, 414},   Addition{848, 424}, Addition{872, 436},
    Addition{900, 450},   Addition{928, 464},   Addition{960, 480}, Addition{744, 248},
    Addition{771, 257},   Addition{801, 267},   Addition{834, 278}, Addition{867, 289},
    Addition{906, 302},   Addition{951, 317},   Addition{999, 333}, Addition{1'056, 352},
    Addition{1'116, 372}, Addition{792, 396},   Addition{848, 424}, Addition{910, 455},
    Addition{986, 493},   Addition{1'076, 538},
};

// A year's pension of a unit, by the age at joining: until 35y0m, 45y0m, 50y0m. After that it is by
// the months of membership, and no source had the figures. Source: tr.mufg.jp/kikin/kikin_kakekin.
struct Pension {
    int until_age_months;
    std::int64_t first_yen, further_yen;
};
constexpr std::array pensions{
    Pension{35 * 12, 240'000, 120'000},
    Pension{45 * 12, 180'000, 60'000},
    Pension{50 * 12, 120'000, 60'000},
};

// To a hundred yen, as the fund's table of additions says; that it is the nearest is from memory.
std::int64_t to_hundred(std::int64_t yen) {
    return (yen + 50) / 100 * 100;
}

struct OneUnit {
    std::int64_t first_yen, further_yen;
};
// Before rounding.
std::optional<OneUnit> pension_of_one(int age_months) {
    if (age_months < 20 * 12) return std::nullopt;
    const auto row = std::ranges::find_if(
        pensions, [age_months](const Pension& p) { return age_months <= p.until_age_months; });
    if (row == pensions.end()) return std::nullopt;
    OneUnit unit{row->first_yen, row->further_yen};
    const int month = age_months % 12;
    if (month > 0) {
        const Addition& addition = additions.at(static_cast<std::size_t>(age_months / 12 - 20));
        unit.first_yen += std::int64_t{12 - month} * addition.first_yen;
        unit.further_yen += std::int64_t{12 - month} * addition.further_yen;
    }
    return unit;
}

int months_of_premiums(int age_months) {
    return std::max(0, (age_months < months_at_60 ? months_at_60 : months_at_65) - age_months);
}

Unit unit_of(FundType type, int age_months, std::optional<std::int64_t> premium_yen,
             std::optional<std::int64_t> yearly_yen) {
    Unit unit;
    unit.premium_yen = premium_yen;
    if (premium_yen) unit.total_yen = *premium_yen * months_of_premiums(age_months);
    if (yearly_yen) {
        unit.yearly_yen = to_hundred(*yearly_yen);
        unit.monthly_yen = *unit.yearly_yen / 12;
    }
    switch (type) {
        case FundType::a:
        case FundType::b:
            break;
        case FundType::i:
            unit.until_age = 80;
            break;
        case FundType::ii:
            unit.until_age = 75;
            break;
        case FundType::iii:
            unit.from_age = 60;
            unit.until_age = 75;
            break;
        case FundType::iv:
            unit.from_age = 60;
            unit.until_age = 70;
            break;
        case FundType::v:
            unit.from_age = 60;
            unit.until_age = 65;
            break;
    }
    return unit;
}

bool is_exempt(Status status) {
    switch (status) {
        case Status::exempt_full:
        case Status::exempt_three_quarters:
        case Status::exempt_half:
        case Status::exempt_quarter:
        case Status::student:
        case Status::deferred:
            return true;
        case Status::paid:
        case Status::unpaid:
        case Status::maternity:
        case Status::childcare:
        case Status::employees:
        case Status::third:
        case Status::empty:
        case Status::not_joined:
            return false;
    }
    std::unreachable();
}

// ---- what the rules allow ----

// How many units of one type may be bought beside one first unit and nothing else.
std::optional<int> units_allowed(FundType first, FundType type, const Applicant& applicant,
                                 int age_months) {
    Choice choice{first, {}};
    int& units = choice.further_units.at(static_cast<std::size_t>(type));
    for (units = 1; units <= units_max; ++units) {
        const auto bought = buy(choice, applicant, age_months);
        if (bought) continue;
        if (bought.error() == Refused::no_table) return std::nullopt;
        break;
    }
    return units - 1;
}

Joining joining_at(const Applicant& applicant, int age_months) {
    Joining joining{age_months / 12, age_months, months_of_premiums(age_months), {}, {}, {}};
    joining.first_a = first_unit(FundType::a, applicant.sex, age_months);
    joining.first_b = first_unit(FundType::b, applicant.sex, age_months);
    for (const FundType type : fund_types) {
        if (!is_offered(type, age_months)) continue;
        Joining::Further further{type, {}, {}, {}};
        further.max_with_a = units_allowed(FundType::a, type, applicant, age_months);
        further.max_with_b = units_allowed(FundType::b, type, applicant, age_months);
        const int most =
            std::max({1, further.max_with_a.value_or(1), further.max_with_b.value_or(1)});
        for (int units = 1; units <= most; ++units) {
            further.units.push_back(further_units(type, applicant.sex, age_months, units));
        }
        joining.further.push_back(std::move(further));
    }
    return joining;
}

}  // namespace

std::string_view code(FundType type) {
    switch (type) {
        case FundType::a:
            return "A";
        case FundType::b:
            return "B";
        case FundType::i:
            return "I";
        case FundType::ii:
            return "II";
        case FundType::iii:
            return "III";
        case FundType::iv:
            return "IV";
        case FundType::v:
            return "V";
    }
    std::unreachable();
}

std::string_view code(WhyNot reason) {
    switch (reason) {
        case WhyNot::second_category:
            return "second-category";
        case WhyNot::third_category:
            return "third-category";
        case WhyNot::exempt:
            return "exempt";
        case WhyNot::farmers_pension:
            return "farmers-pension";
        case WhyNot::too_young:
            return "too-young";
        case WhyNot::too_old:
            return "too-old";
        case WhyNot::already_member:
            return "already-member";
        case WhyNot::receiving:
            return "receiving";
        case WhyNot::not_resident:
            return "not-resident";
        case WhyNot::not_insured:
            return "not-insured";
    }
    std::unreachable();
}

std::vector<WhyNot> why_not(const Applicant& applicant, Date today) {
    const int age = age_months(applicant.birth, month_of(today)) / 12;
    const bool is_voluntary = applicant.category == Category::voluntary;
    const bool is_too_old = age >= 65 || (age >= 60 && !is_voluntary);
    std::vector<WhyNot> reasons;
    const auto add_if = [&reasons](bool holds, WhyNot reason) {
        if (holds) reasons.push_back(reason);
    };
    add_if(applicant.category == Category::second, WhyNot::second_category);
    add_if(applicant.category == Category::third, WhyNot::third_category);
    add_if(is_exempt(applicant.status), WhyNot::exempt);
    add_if(applicant.farmers_pension, WhyNot::farmers_pension);
    add_if(age < 20, WhyNot::too_young);
    add_if(is_too_old, WhyNot::too_old);
    add_if(applicant.already_member, WhyNot::already_member);
    add_if(applicant.receiving, WhyNot::receiving);
    add_if(!applicant.resident && !is_voluntary, WhyNot::not_resident);
    add_if(applicant.category == Category::none && applicant.resident && age >= 20 && age < 60,
           WhyNot::not_insured);
    return reasons;
}

Unit first_unit(FundType type, std::optional<Sex> sex, int age_months) {
    const auto pension = is_lifelong(type) ? pension_of_one(age_months) : std::nullopt;
    return unit_of(type, age_months, first_premium_yen(type, sex, age_months),
                   pension.transform([](const OneUnit& unit) { return unit.first_yen; }));
}

Unit further_units(FundType type, std::optional<Sex> sex, int age_months, int units) {
    const auto times = [units](std::int64_t yen) { return yen * units; };
    const auto pension = is_offered(type, age_months) ? pension_of_one(age_months) : std::nullopt;
    return unit_of(
        type, age_months, further_premium_yen(type, sex, age_months).transform(times),
        pension.transform([units](const OneUnit& unit) { return unit.further_yen * units; }));
}

bool is_offered(FundType type, int age_months) {
    return age_months < months_at_60 || is_lifelong(type) || type == FundType::i;
}

std::expected<Bought, Refused> buy(const Choice& choice, const Applicant& applicant,
                                   int age_months) {
    const auto cap_yen = fund_cap_yen(month_at(applicant.birth, age_months));
    if (!cap_yen) return std::unexpected(Refused::no_table);
    Bought bought;
    const auto add = [&bought](const Unit& unit) {
        if (!unit.premium_yen || !unit.yearly_yen) return false;
        bought.premium_yen += *unit.premium_yen;
        bought.total_yen += *unit.total_yen;
        (unit.until_age ? bought.fixed_yearly_yen : bought.lifelong_yearly_yen) += *unit.yearly_yen;
        return true;
    };
    if (!add(first_unit(choice.first, applicant.sex, age_months))) {
        return std::unexpected(Refused::no_table);
    }
    for (const FundType type : fund_types) {
        const int units = choice.further_units.at(static_cast<std::size_t>(type));
        if (units > 0 && !add(further_units(type, applicant.sex, age_months, units))) {
            return std::unexpected(Refused::no_table);
        }
    }
    if (bought.premium_yen > *cap_yen) {
        return std::unexpected(Refused::above_cap);
    }
    if (bought.fixed_yearly_yen > bought.lifelong_yearly_yen) {
        return std::unexpected(Refused::fixed_above_lifelong);
    }
    return bought;
}

std::vector<Joining> joinings(const Applicant& applicant, Date today) {
    if (!why_not(applicant, today).empty()) return {};
    const int now = age_months(applicant.birth, month_of(today));
    const int end = now < months_at_60 ? months_at_60 : months_at_65;
    std::vector<Joining> joinings;
    for (int months = now; months < end; months = (months / 12 + 1) * 12) {
        joinings.push_back(joining_at(applicant, months));
    }
    return joinings;
}

}  // namespace mado::benefit
