#include "treatments.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>

#include "base/file.hpp"
#include "base/json.hpp"
#include "calendar.hpp"

namespace mado::country {
namespace {

constexpr std::size_t list_max = 200;
constexpr std::int64_t points_max = 1'000'000;
constexpr int last_visit_day = 25;

const json::object& object_of(Members& in, const json::value& value) {
    static const json::object none;
    if (!value.is_object()) in.refuse("an element is no object");
    return value.is_object() ? value.get_object() : none;
}

void finish(Members& inner, Members& outer) {
    if (const auto ok = inner.finish(); !ok) outer.refuse(ok.error().why);
}

Date month_of(Members& in, std::string_view name) {
    const auto date = parse_date(in.text(name, 7) + "-01");
    if (!date) in.refuse("a month is not YYYY-MM");
    return date.value_or(Date{});
}

ClaimKind kind_of(Members& in, std::string_view text) {
    if (text == "medical") return ClaimKind::medical;
    if (text == "dpc") return ClaimKind::dpc;
    if (text == "dental") return ClaimKind::dental;
    if (text != "pharmacy") in.refuse("an institution of an unknown kind");
    return ClaimKind::pharmacy;
}

// How often somebody of that age is treated in a month.
int treated_percent(int age) {
    if (age < 7) return 30;
    if (age < 40) return 15;
    if (age < 65) return 22;
    return age < 75 ? 40 : 55;
}

struct Insured {
    Coverage* coverage;
    const Span* span;
};

Insured insured_on(Person& person, Date day) {
    for (auto& coverage : person.coverage) {
        for (const auto& span : coverage.spans) {
            if (span.from <= day && (!span.last || day <= *span.last)) return {&coverage, &span};
        }
    }
    return {nullptr, nullptr};
}

}  // namespace

std::int64_t paid_yen(std::int64_t points, int share_percent) {
    return (points * share_percent + 50) / 100 * 10;
}

Treatments::Template Treatments::read_template(Members& outer, const json::value& value) {
    Members in(object_of(outer, value));
    Template out{.institutions = in.texts("institutions", list_max),
                 .days = in.integer("days", 1, 31),
                 .items = {}};
    if (out.institutions.empty()) in.refuse("a claim of no institution");
    for (const auto& one : in.array("items", list_max)) {
        Members item(object_of(in, one));
        out.items.push_back({.code = item.text("code", 9),
                             .name = item.text("name"),
                             .points = item.integer("points", 1, points_max),
                             .times = item.optional_integer("times", 1, 365).value_or(1)});
        finish(item, in);
    }
    finish(in, outer);
    return out;
}

Treatments::Treatment Treatments::read(Members& outer, const json::value& value) {
    Members in(object_of(outer, value));
    Treatment out{.name = in.text("name"),
                  .weight = static_cast<int>(in.integer("weight", 1, 1000)),
                  .months = {},
                  .withheld = in.optional_boolean("withheld").value_or(false),
                  .claims = {}};
    const auto& ages = in.array("ages", 2);
    if (ages.size() != 2 || !ages[0].is_int64() || !ages[1].is_int64()) {
        in.refuse("ages are not two numbers");
    } else {
        out.age_from = static_cast<int>(ages[0].get_int64());
        out.age_to = static_cast<int>(ages[1].get_int64());
    }
    if (in.has("months")) {
        for (const auto& month : in.array("months", 12)) {
            if (!month.is_int64()) in.refuse("a month is no number");
            out.months.push_back(month.is_int64() ? month.get_int64() : 0);
        }
    }
    for (const auto& one : in.array("claims", list_max))
        out.claims.push_back(read_template(in, one));
    finish(in, outer);
    return out;
}

Treatments::Treatments(const std::string& country_folder) {
    const auto path = country_folder + "/treatments.json";
    const auto text = read_file(path);
    if (!text) throw OperatorError("the file " + path + " is missing: give --country country/jp");
    const auto object = must(parse_json_object(*text, {.depth_max = 10}), path);
    Members in(object);
    first_month_ = month_of(in, "first_month");
    last_month_ = month_of(in, "last_month");
    for (const auto& value : in.array("institutions", list_max)) {
        Members one(object_of(in, value));
        institutions_.push_back({.id = one.text("id", 10),
                                 .name = one.text("name"),
                                 .kind = kind_of(one, one.text("kind"))});
        finish(one, in);
    }
    for (const auto& value : in.array("treatments", list_max))
        treatments_.push_back(read(in, value));
    for (const auto& treatment : treatments_) {
        for (const auto& claim : treatment.claims) {
            for (const auto& id : claim.institutions) {
                if (std::ranges::find(institutions_, id, &Institution::id) == institutions_.end()) {
                    in.refuse("a treatment at an unknown institution");
                }
            }
        }
    }
    if (const auto ok = in.finish(); !ok) throw OperatorError(path + ": " + ok.error().why);
}

const Treatments::Treatment* Treatments::choose(Random& random, int age, Date month) const {
    std::vector<const Treatment*> possible;
    std::vector<int> weights;
    const auto number = static_cast<std::int64_t>(static_cast<unsigned>(month.month()));
    for (const auto& one : treatments_) {
        const bool season =
            one.months.empty() || std::ranges::find(one.months, number) != one.months.end();
        if (!season || age < one.age_from || age > one.age_to) continue;
        possible.push_back(&one);
        weights.push_back(one.weight);
    }
    return possible.empty() ? nullptr : possible[random.pick(weights)];
}

// Nobody is treated for an insurer that does not insure them on that day, and who pays everything
// first (特別療養費) brings no claim.
void Treatments::treat(Person& person, const Treatment& treatment, Date day, Random& random) const {
    const auto [coverage, span] = insured_on(person, day);
    if (coverage == nullptr || span->special) return;
    for (const auto& one : treatment.claims) {
        const auto at = static_cast<std::size_t>(
            random.between(0, static_cast<std::int64_t>(one.institutions.size()) - 1));
        Claim claim{.month = first_of_month(day),
                    .institution =
                        *std::ranges::find(institutions_, one.institutions[at], &Institution::id),
                    .days = one.days,
                    .withheld = treatment.withheld,
                    .items = one.items};
        for (const auto& item : claim.items)
            claim.points += item.points * item.times;
        claim.paid_yen = paid_yen(claim.points, span->share_percent);
        coverage->claims.push_back(std::move(claim));
    }
}

void Treatments::draw(Person& person) const {
    std::uint64_t number = 0;
    std::from_chars(person.health_care_number.data(),
                    person.health_care_number.data() + person.health_care_number.size(), number);
    Random random(number);
    for (const auto& named : person.treatments) {
        const auto found = std::ranges::find(treatments_, named.name, &Treatment::name);
        if (found == treatments_.end() || named.day > plus_months(last_month_, 1)) {
            throw OperatorError("people.json names a treatment that treatments.json does not have");
        }
        treat(person, *found, named.day, random);
    }
    if (!person.treatments.empty()) return;
    for (Date month = first_month_; month <= last_month_; month = plus_months(month, 1)) {
        const Date day = plus_days(month, random.between(0, last_visit_day - 1));
        if (day < person.birth) continue;
        const int age = age_on(person.birth, day);
        if (!random.chance(treated_percent(age))) continue;
        if (const auto* treatment = choose(random, age, month)) {
            treat(person, *treatment, day, random);
        }
    }
}

}  // namespace mado::country
