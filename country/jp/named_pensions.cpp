#include "named_pensions.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <utility>

#include "base/clock.hpp"

namespace mado::country {
namespace {

constexpr std::size_t list_max = 100;
constexpr std::int64_t yen_max = 10'000'000;
constexpr std::int64_t thousand_yen_max = 10'000;

constexpr std::array<std::pair<std::string_view, Payment>, 12> payments{{
    {"paid", Payment::paid},
    {"unpaid", Payment::unpaid},
    {"exempt-full", Payment::exempt_full},
    {"exempt-three-quarters", Payment::exempt_three_quarters},
    {"exempt-half", Payment::exempt_half},
    {"exempt-quarter", Payment::exempt_quarter},
    {"exempt-by-law", Payment::exempt_by_law},
    {"student", Payment::student},
    {"deferred", Payment::deferred},
    {"maternity", Payment::maternity},
    {"childcare", Payment::childcare},
    {"empty", Payment::empty},
}};
// 第2号 follows from the employments.
constexpr std::array<std::pair<std::string_view, Category>, 3> categories{
    {{"first", Category::first}, {"third", Category::third}, {"voluntary", Category::voluntary}}};
constexpr std::array<std::pair<std::string_view, bool>, 2> award_kinds{
    {{"basic", false}, {"employees", true}}};

template <class T, std::size_t n>
T choose(Members& in, std::string_view name,
         const std::array<std::pair<std::string_view, T>, n>& choices) {
    const auto text = in.text(name);
    for (const auto& [word, value] : choices) {
        if (word == text) return value;
    }
    in.refuse("a word that is not among the choices");
    return choices.front().second;
}

Date day(Members& in, std::string_view name) {
    const auto date = in.optional_date(name);
    if (!date) in.refuse("a date is missing");
    return date.value_or(Date{});
}

std::optional<Date> optional_month(Members& in, std::string_view name) {
    const auto text = in.optional_text(name, 7);
    if (!text) return std::nullopt;
    const auto date = parse_date(*text + "-01");
    if (!date) in.refuse("a month is not YYYY-MM");
    return date.value_or(Date{});
}

Date month(Members& in, std::string_view name) {
    const auto date = optional_month(in, name);
    if (!date) in.refuse("a month is missing");
    return date.value_or(Date{});
}

// Reads the objects of a list that may be missing.
template <class Read>
auto list_of(Members& in, std::string_view name, Read read) {
    std::vector<decltype(read(in))> out;
    if (!in.has(name)) return out;
    for (const auto& value : in.array(name, list_max)) {
        if (!value.is_object()) {
            in.refuse("an element is no object");
            break;
        }
        Members one(value.get_object());
        out.push_back(read(one));
        if (const auto ok = one.finish(); !ok) in.refuse(ok.error().why);
    }
    return out;
}

template <class Read>
auto object_of(Members& in, std::string_view name, Read read) {
    std::optional<decltype(read(in))> out;
    if (const auto* object = in.optional_object(name)) {
        Members one(*object);
        out = read(one);
        if (const auto ok = one.finish(); !ok) in.refuse(ok.error().why);
    }
    return out;
}

CategoryPeriod read_category(Members& in) {
    return {.category = choose(in, "category", categories),
            .from = day(in, "from"),
            .last = in.optional_date("to")};
}

PaymentSpan read_payment(Members& in) {
    return {.payment = choose(in, "payment", payments),
            .from = month(in, "from"),
            .to = optional_month(in, "to"),
            .additional = in.optional_boolean("additional").value_or(false)};
}

// [month, thousand yen, a bonus's thousand yen twice a year].
std::vector<Pay> read_pay(Members& in) {
    std::vector<Pay> out;
    for (const auto& value : in.array("pay", list_max)) {
        const auto* row = value.if_array();
        const auto amount = [&in, row](std::size_t i) -> std::int64_t {
            const auto* number = row->size() > i ? (*row)[i].if_int64() : nullptr;
            if (number == nullptr) return 0;
            if (*number < 1 || *number > thousand_yen_max) in.refuse("pay is out of bounds");
            return *number;
        };
        const bool has_month =
            row != nullptr && row->size() <= 3 && !row->empty() && row->front().is_string();
        const auto from =
            has_month ? parse_date(std::string(row->front().get_string()) + "-01") : bad("");
        if (!from || amount(1) == 0) {
            in.refuse("a pay is not a month, its amount and perhaps a bonus");
            return out;
        }
        out.push_back({.from = *from, .thousand_yen = amount(1), .bonus_thousand_yen = amount(2)});
    }
    return out;
}

Employment read_work(Members& in) {
    return {.workplace = in.text("workplace"),
            .fund = in.optional_boolean("fund").value_or(false),
            .from = day(in, "from"),
            .last = in.optional_date("to"),
            .pay = read_pay(in)};
}

Award read_award(Members& in) {
    return {.employees = choose(in, "kind", award_kinds),
            .since = month(in, "since"),
            .claim_age = static_cast<int>(in.integer("claim_age", 60, 75)),
            .yearly_yen = in.integer("yearly_yen", 1, yen_max)};
}

OldRecord read_old(Members& in) {
    return {.number = in.text("number", 10),
            .kana = in.text("kana"),
            .workplace = in.text("workplace"),
            .from = day(in, "from"),
            .last = day(in, "to")};
}

FundUnit read_unit(Members& in) {
    return {.type = in.text("type", 3),
            .count = in.integer("count", 1, 20),
            .from = month(in, "from"),
            .to = optional_month(in, "to"),
            .premium_yen = in.integer("premium_yen", 1, yen_max),
            .earned_yen = in.integer("earned_yen", 0, yen_max),
            .continued_yen = in.integer("continued_yen", 0, yen_max)};
}

NationalFund read_national_fund(Members& in) {
    return {.number = in.text("number", 10),
            .from = day(in, "from"),
            .last = in.optional_date("to"),
            .units = list_of(in, "units", read_unit)};
}

FundInvitation read_invitation(Members& in) {
    return {.number = in.text("number", 10), .on = day(in, "on")};
}

EmployeesFund read_employees_fund(Members& in) {
    return {
        .number = in.text("number", 7),
        .workplace = in.text("workplace"),
        .from = day(in, "from"),
        .last = in.optional_date("to"),
        .premium_yen = in.integer("premium_yen", 1, yen_max),
        .basic_earned_yen = in.integer("basic_earned_yen", 1, yen_max),
        .basic_continued_yen = in.integer("basic_continued_yen", 1, yen_max),
        .extra_earned_yen = in.optional_integer("extra_earned_yen", 0, yen_max).value_or(0),
        .extra_continued_yen = in.optional_integer("extra_continued_yen", 0, yen_max).value_or(0)};
}

Federation read_federation(Members& in) {
    return {.number = in.text("number", 11),
            .from = month(in, "from"),
            .to = month(in, "to"),
            .yearly_yen = in.integer("yearly_yen", 1, yen_max),
            .paid_since = optional_month(in, "paid_since")};
}

}  // namespace

Pension read_pension(Members& outer, const json::object& object) {
    Members in(object);
    Pension pension{.number = in.text("number", 10),
                    .office = in.text("office", 4),
                    .supporter = in.optional_text("supporter", 10).value_or(""),
                    .categories = list_of(in, "categories", read_category),
                    .payments = list_of(in, "payments", read_payment),
                    .employments = list_of(in, "work", read_work),
                    .awards = list_of(in, "awards", read_award),
                    .old_records = list_of(in, "old_records", read_old),
                    .national_fund = object_of(in, "national_fund", read_national_fund),
                    .invitation = object_of(in, "invitation", read_invitation),
                    .employees_fund = object_of(in, "employees_fund", read_employees_fund),
                    .federation = object_of(in, "federation", read_federation)};
    if (pension.number.size() != 10) in.refuse("a basic pension number has not ten digits");
    if (pension.national_fund && pension.invitation) in.refuse("a member who is invited");
    for (const auto& work : pension.employments) {
        if (work.pay.empty()) in.refuse("an employment without pay");
    }
    if (const auto ok = in.finish(); !ok) outer.refuse(ok.error().why);
    return pension;
}

bool known_by(const Pension& pension, Date on) {
    const auto known = [on](const auto& period) {
        return period.from <= on && (!period.last || *period.last <= on);
    };
    return (!pension.invitation || pension.invitation->on <= on) &&
           std::ranges::all_of(pension.categories, known) &&
           std::ranges::all_of(pension.employments, known) &&
           std::ranges::all_of(pension.awards,
                               [on](const Award& award) { return award.since <= on; });
}

}  // namespace mado::country
