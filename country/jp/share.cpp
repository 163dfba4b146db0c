#include "share.hpp"

#include <algorithm>
#include <functional>

#include "calendar.hpp"

namespace mado::country {
namespace {

using std::chrono::August;
using std::chrono::October;
using std::chrono::year;

// The 2割 of 75 and more began on this day (一般Ⅱ, 一般Ⅰ).
constexpr Date second_tier_from = year{2022} / October / 1;
// Care: 2割 and 3割 began on these.
constexpr Date care_two_tenths_from = year{2015} / August / 1;
constexpr Date care_three_tenths_from = year{2018} / August / 1;

std::string_view class_below_70(Income income) {
    switch (income) {
        case Income::lowest:
        case Income::exempt:
            return "オ";
        case Income::general:
            return "エ";
        case Income::second_tier:
        case Income::middle:
            return "ウ";
        case Income::upper:
            return "イ";
        case Income::top:
            return "ア";
    }
    return "";
}

std::string_view class_from_70(Income income) {
    switch (income) {
        case Income::lowest:
            return "低所得Ⅰ";
        case Income::exempt:
            return "低所得Ⅱ";
        case Income::general:
        case Income::second_tier:
            return "一般";
        case Income::middle:
            return "現役並みⅠ";
        case Income::upper:
            return "現役並みⅡ";
        case Income::top:
            return "現役並みⅢ";
    }
    return "";
}

Income income_on(const HouseholdIncome& income, Date day) {
    return income.changed && day < *income.changed ? income.before : income.now;
}

void set_late_elderly(Span& span, Income income, Date day) {
    const bool two_tiers = day >= second_tier_from;
    span.limit_class = class_from_70(income);
    span.share_percent = 10;
    if (income >= Income::middle) {
        span.share_percent = 30;
    } else if (two_tiers && income == Income::second_tier) {
        span.share_percent = 20;
        span.limit_class = "一般Ⅱ";
    } else if (two_tiers && income == Income::general) {
        span.limit_class = "一般Ⅰ";
    }
}

void set_seventies(Span& span, Income income, bool insured) {
    // A dependant in the seventies of somebody below 70 pays 2割 whatever the latter earns.
    const bool high = insured && income >= Income::middle;
    span.share_percent = high ? 30 : 20;
    span.limit_class = class_from_70(insured ? income : std::min(income, Income::general));
}

// Cuts the time from…last at the edges, sets each piece, joins neighbours that are equal.
std::vector<Span> cut(Date from, std::optional<Date> last, std::vector<Date> edges,
                      const std::function<void(Span&, Date)>& set) {
    std::erase_if(edges, [&](Date edge) { return edge <= from || (last && edge > *last); });
    edges.push_back(from);
    std::ranges::sort(edges);
    std::vector<Span> spans;
    for (const Date edge : edges) {
        Span span{.from = edge, .last = last, .limit_class = {}};
        set(span, edge);
        if (!spans.empty()) {
            Span& previous = spans.back();
            if (previous.share_percent == span.share_percent &&
                previous.limit_class == span.limit_class && previous.special == span.special) {
                continue;
            }
            previous.last = plus_days(edge, -1);
        }
        spans.push_back(span);
    }
    return spans;
}

}  // namespace

std::vector<Span> medical_spans(const Coverage& coverage, Date birth, const HouseholdIncome& income,
                                Date known_until) {
    const Date school = plus_days(preschool_last(birth), 1);
    const Date seventy = seventy_share_from(birth);
    std::vector<Date> edges{school, seventy, second_tier_from};
    if (income.changed) edges.push_back(*income.changed);
    if (coverage.special_from) edges.push_back(*coverage.special_from);
    std::erase_if(edges, [&](Date edge) { return edge > known_until; });
    return cut(coverage.from, coverage.last, edges, [&](Span& span, Date day) {
        span.special = coverage.special_from && day >= *coverage.special_from;
        if (coverage.holder == Holder::late_elderly) {
            set_late_elderly(span, income_on(income, day), day);
        } else if (day >= seventy) {
            set_seventies(span, income_on(income, day), coverage.insured);
        } else {
            span.share_percent = day < school ? 20 : 30;
            span.limit_class = class_below_70(income.now);
        }
    });
}

std::vector<Span> care_spans(const Care& care, const HouseholdIncome& income) {
    std::vector<Date> edges{care_two_tenths_from, care_three_tenths_from};
    if (income.changed) edges.push_back(*income.changed);
    return cut(care.from, std::nullopt, edges, [&](Span& span, Date day) {
        const Income level = income_on(income, day);
        span.share_percent = 10;
        if (care.category == 2 || day < care_two_tenths_from) return;
        if (level >= Income::second_tier) span.share_percent = 20;
        if (level >= Income::middle && day >= care_three_tenths_from) span.share_percent = 30;
    });
}

}  // namespace mado::country
