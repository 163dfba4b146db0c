#include "checkups.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>

#include "base/file.hpp"
#include "calendar.hpp"

namespace mado::country {
namespace {

constexpr std::size_t list_max = 100;
constexpr int places_max = 3;
constexpr std::int64_t measured_max = 1'000'000;
// So that what somebody's check-up finds does not hang together with what they are treated for.
constexpr std::uint64_t own_draw = 0x6b656e7368696e;

void finish(Members& inner, Members& outer) {
    if (const auto ok = inner.finish(); !ok) outer.refuse(ok.error().why);
}

const json::object& object_of(Members& in, const json::value& value) {
    static const json::object none;
    if (!value.is_object()) in.refuse("an element is no object");
    return value.is_object() ? value.get_object() : none;
}

// "62.3" as 623 where the item has one place; so many digits stand behind the point, or it is none.
std::optional<std::int64_t> without_point(std::string_view text, int places) {
    std::string digits(text);
    const auto point = digits.find('.');
    const auto found = point == std::string::npos ? 0 : digits.size() - point - 1;
    if (found != static_cast<std::size_t>(places)) return std::nullopt;
    if (point != std::string::npos) digits.erase(point, 1);
    std::int64_t out = 0;
    const auto* last = digits.data() + digits.size();
    const auto [end, error] = std::from_chars(digits.data(), last, out);
    if (error != std::errc() || end != last || out < 0 || out > measured_max) return std::nullopt;
    return out;
}

CheckupItem::Range read_range(Members& in, std::string_view name, int places) {
    CheckupItem::Range out;
    if (!in.has(name)) return out;
    const auto texts = in.texts(name, 3);
    if (texts.size() != 3 || texts[2].empty()) {
        in.refuse("a range is not low, high and words");
        return out;
    }
    const auto bound = [&](const std::string& text) {
        auto value = text.empty() ? std::nullopt : without_point(text, places);
        if (!text.empty() && !value) in.refuse("a bound does not have the item's places");
        return value;
    };
    out.low = bound(texts[0]);
    out.high = bound(texts[1]);
    out.words = texts[2];
    return out;
}

bool is_outside(const CheckupItem& item, Sex sex, std::int64_t value) {
    const auto& range = item.range(sex);
    if (!item.words.empty()) return !range.words.empty() && value > 0;
    return (range.low && value < *range.low) || (range.high && value > *range.high);
}

Coverage* insured_on(Person& person, Date day) {
    for (auto& coverage : person.coverage) {
        for (const auto& span : coverage.spans) {
            if (span.from <= day && (!span.last || day <= *span.last)) return &coverage;
        }
    }
    return nullptr;
}

// How many of a hundred go in a year, from memory [M]: most employees, half of their dependants,
// four of ten at 国保, less from 75 on.
int went_percent(const Coverage& coverage) {
    if (coverage.holder == Holder::late_elderly) return 30;
    if (coverage.holder == Holder::city) return 38;
    return coverage.insured ? 88 : 48;
}

std::uint64_t number_of(const Person& person) {
    std::uint64_t number = 0;
    std::from_chars(person.health_care_number.data(),
                    person.health_care_number.data() + person.health_care_number.size(), number);
    return number;
}

struct Counted {
    bool sugar_syndrome = false, sugar = false, lipids = false, pressure = false;
    bool waist = false, bmi = false;
};

// 標準的な健診・保健指導プログラム（令和6年度版）第2編第2章, steps 1 and 2; the syndrome's own
// bound of sugar is 110 mg/dl (HbA1c 6.0) and from memory [M].
Counted count(const Risks& risks) {
    return {.sugar_syndrome = risks.glucose >= 110 || risks.hba1c_tenths >= 60,
            .sugar = risks.glucose >= 100 || risks.hba1c_tenths >= 56,
            .lipids = risks.triglyceride >= 150 || risks.hdl < 40,
            .pressure = risks.systolic >= 130 || risks.diastolic >= 85,
            .waist = risks.waist_mm >= (risks.sex == Sex::male ? 850 : 900),
            .bmi = risks.bmi_tenths >= 250};
}

}  // namespace

int metabolic_of(const Risks& risks) {
    const auto found = count(risks);
    if (!found.waist) return 3;
    const int risk_count = int{found.sugar_syndrome} + int{found.lipids} + int{found.pressure};
    if (risk_count == 0) return 3;
    return risk_count == 1 ? 2 : 1;
}

int guidance_of(const Risks& risks) {
    const auto found = count(risks);
    const int risk_count = int{found.sugar} + int{found.lipids} + int{found.pressure};
    if (risk_count == 0 || (!found.waist && !found.bmi)) return 3;
    const bool active = risk_count >= (found.waist ? 2 : 3);
    return active && risks.age < 65 ? 1 : 2;
}

std::string decimal(std::int64_t value, int places) {
    auto text = std::to_string(value);
    if (places == 0) return text;
    const auto needed = static_cast<std::size_t>(places) + 1;
    if (text.size() < needed) text.insert(0, needed - text.size(), '0');
    return text.insert(text.size() - static_cast<std::size_t>(places), ".");
}

// ---- the file ----

CheckupItem Checkups::read_item(Members& outer, const json::value& value) {
    Members in(object_of(outer, value));
    CheckupItem out{.key = in.text("key"),
                    .code = in.text("code"),
                    .name = in.text("name"),
                    .unit = in.optional_text("unit").value_or(""),
                    .places = static_cast<int>(in.integer("places", 0, places_max)),
                    .only_specific = in.optional_text("only").value_or("") == "specific",
                    .words = {},
                    .women = {},
                    .men = {}};
    if (in.has("words")) out.words = in.texts("words", list_max);
    out.women = read_range(in, "women", out.places);
    out.men = read_range(in, "men", out.places);
    if (out.code.size() != 17) in.refuse("an item's code does not have seventeen characters");
    finish(in, outer);
    return out;
}

Checkups::Checkups(const std::string& country_folder) {
    const auto path = country_folder + "/checkups.json";
    const auto text = read_file(path);
    if (!text) throw OperatorError("the file " + path + " is missing: give --country country/jp");
    const auto object = must(parse_json_object(*text), path);
    Members in(object);
    first_year_ = static_cast<int>(in.integer("first_year", 2008, 2100));
    const auto month = parse_date(in.text("last_month", 7) + "-01");
    if (!month) in.refuse("a month is not YYYY-MM");
    last_month_ = month.value_or(Date{});
    Members doctor(in.object("doctor"));
    doctor_within_ = doctor.text("within");
    doctor_outside_ = doctor.text("outside");
    finish(doctor, in);
    for (const auto& value : in.array("institutions", list_max)) {
        Members one(object_of(in, value));
        institutions_.push_back({.id = one.text("id", 10), .name = one.text("name")});
        finish(one, in);
    }
    for (const auto& value : in.array("items", list_max))
        items_.push_back(read_item(in, value));
    if (institutions_.empty()) in.refuse("there is no institution");
    if (const auto ok = in.finish(); !ok) throw OperatorError(path + ": " + ok.error().why);
}

std::size_t Checkups::item(std::string_view key) const {
    const auto found = std::ranges::find(items_, key, &CheckupItem::key);
    if (found == items_.end()) {
        throw OperatorError("checkups.json lacks the item " + std::string(key));
    }
    return static_cast<std::size_t>(found - items_.begin());
}

// ---- what is found ----

struct Checkups::Body {
    Sex sex;
    int age;
    std::int64_t height_mm, bmi_tenths, pressure, triglyceride, hdl, ldl, liver, sugar, blood;
};

// Plausible figures, made up; drawn around what the body is, a little more with each year of age.
std::vector<CheckupValue> Checkups::measure(Random& random, const Body& body,
                                            bool with_waist) const {
    std::vector<CheckupValue> out;
    const auto add = [&](std::string_view key, std::int64_t value) {
        const auto at = item(key);
        out.push_back(
            {.item = at, .value = value, .outside = is_outside(items_[at], body.sex, value)});
    };
    const bool man = body.sex == Sex::male;
    const auto bmi = body.bmi_tenths + random.between(-6, 6);
    const auto weight = (bmi * body.height_mm * body.height_mm + 500'000) / 1'000'000;
    add("height", body.height_mm);
    add("weight", weight);
    add("bmi", (weight * 1'000'000 + body.height_mm * body.height_mm / 2) /
                   (body.height_mm * body.height_mm));
    const auto waist = (man ? 830 : 790) + (bmi - 230) * 24 / 10 + random.between(-15, 15);
    if (with_waist) add("waist", waist);
    const auto systolic = body.pressure + (body.age - 40) / 2 + random.between(-6, 8);
    add("systolic", systolic);
    add("diastolic", systolic * 61 / 100 + random.between(-4, 5));
    add("triglyceride", std::max<std::int64_t>(35, body.triglyceride + random.between(-20, 25)));
    add("hdl", body.hdl + random.between(-4, 4));
    add("ldl", body.ldl + random.between(-10, 12));
    add("ast", body.liver + random.between(0, 6));
    add("alt", body.liver - 3 + random.between(0, 8));
    add("ggt", body.liver * (man ? 2 : 1) - 4 + random.between(0, 9));
    const auto sugar = body.sugar + (body.age - 40) / 6 + random.between(-4, 5);
    add("glucose", sugar);
    add("hba1c", 50 + std::max<std::int64_t>(0, sugar - 84) / 4 + random.between(0, 2));
    add("urine_sugar", sugar >= 150 ? 2 : 0);
    add("urine_protein", random.chance(3) ? random.between(1, 2) : 0);
    add("hemoglobin", body.blood + random.between(-4, 4));
    return out;
}

void Checkups::judge(const Person& person, Checkup& checkup) const {
    const auto of = [&](std::string_view key) {
        const auto found = std::ranges::find(checkup.values, item(key), &CheckupValue::item);
        return found == checkup.values.end() ? 0 : found->value;
    };
    const bool outside = std::ranges::any_of(checkup.values, &CheckupValue::outside);
    checkup.doctor = outside ? doctor_outside_ : doctor_within_;
    if (of("waist") == 0) return;
    const Risks risks{.sex = person.sex,
                      .age = age_on(person.birth, checkup.day),
                      .waist_mm = of("waist"),
                      .bmi_tenths = of("bmi"),
                      .systolic = of("systolic"),
                      .diastolic = of("diastolic"),
                      .triglyceride = of("triglyceride"),
                      .hdl = of("hdl"),
                      .glucose = of("glucose"),
                      .hba1c_tenths = of("hba1c")};
    checkup.metabolic = metabolic_of(risks);
    checkup.guidance = guidance_of(risks);
}

// 特定健康診査及び特定保健指導の実施に関する基準第1条: who is insured on 1 April and becomes 40 to
// 75 in that fiscal year, as long as they are not 75. Who lives in a home is left out.
void Checkups::draw_year(Random& random, Person& person, const Body& body, int year) const {
    const Date april = std::chrono::year(year) / 4 / 1;
    const Date day = plus_days(april, random.between(60, 240));
    const bool goes_to_centre = random.chance(60);
    const auto other = static_cast<std::size_t>(
        random.between(0, static_cast<std::int64_t>(institutions_.size()) - 1));
    const int percent = static_cast<int>(random.between(1, 100));
    auto of_year = body;
    of_year.age = age_on(person.birth, day);
    auto values = measure(random, of_year, true);
    if (plus_months(last_month_, 1) <= day) return;
    if (reached_on(person.birth, 40) > plus_days(plus_years(april, 1), -1)) return;
    auto* coverage = insured_on(person, day);
    const bool late = coverage != nullptr && coverage->holder == Holder::late_elderly;
    if (coverage == nullptr || percent > went_percent(*coverage)) return;
    if (!late && insured_on(person, april) != coverage) return;
    if (late)
        std::erase_if(values, [&](const auto& one) { return items_[one.item].only_specific; });
    Checkup checkup{.day = day,
                    .institution = institutions_[goes_to_centre ? 0 : other],
                    .values = std::move(values),
                    .metabolic = {},
                    .guidance = {},
                    .doctor = {}};
    judge(person, checkup);
    coverage->checkups.push_back(std::move(checkup));
}

void Checkups::add_named(Person& person) const {
    for (const auto& named : *person.named_checkups) {
        auto* coverage = insured_on(person, named.day);
        const auto at = std::ranges::find(institutions_, named.institution, &Institution::id);
        if (coverage == nullptr || at == institutions_.end() ||
            named.day >= plus_months(last_month_, 1)) {
            throw OperatorError("people.json names a check-up that fits no insurer or institution");
        }
        Checkup checkup{.day = named.day,
                        .institution = *at,
                        .values = {},
                        .metabolic = {},
                        .guidance = {},
                        .doctor = {}};
        for (const auto& [key, text] : named.values) {
            const auto& one = items_[item(key)];
            const auto word = std::ranges::find(one.words, text);
            const auto value = one.words.empty() ? without_point(text, one.places)
                                                 : std::optional(word - one.words.begin());
            if (!value || (!one.words.empty() && word == one.words.end())) {
                throw OperatorError("people.json has a measured value that is none of its item");
            }
            checkup.values.push_back({.item = item(key),
                                      .value = *value,
                                      .outside = is_outside(one, person.sex, *value)});
        }
        judge(person, checkup);
        coverage->checkups.push_back(std::move(checkup));
    }
}

void Checkups::draw(Person& person) const {
    if (person.named_checkups) return add_named(person);
    Random random(number_of(person) ^ own_draw);
    const bool man = person.sex == Sex::male;
    const bool never_goes = random.chance(12);
    const auto sum_of_two = [&random](std::int64_t each) {
        return random.between(0, each) + random.between(0, each);
    };
    const Body body{.sex = person.sex,
                    .age = 0,
                    .height_mm = (man ? 1560 : 1440) + sum_of_two(110),
                    .bmi_tenths = 188 + sum_of_two(45),
                    .pressure = 100 + sum_of_two(16),
                    .triglyceride = 50 + sum_of_two(50) + (random.chance(10) ? 90 : 0),
                    .hdl = (man ? 40 : 46) + sum_of_two(18),
                    .ldl = 82 + sum_of_two(32),
                    .liver = 15 + sum_of_two(7),
                    .sugar = 80 + sum_of_two(9) + (random.chance(6) ? 30 : 0),
                    .blood = (man ? 136 : 120) + sum_of_two(12)};
    if (never_goes || person.lives_elsewhere) return;
    const int last_year = static_cast<int>(last_month_.year());
    for (int year = first_year_; year <= last_year; ++year)
        draw_year(random, person, body, year);
}

}  // namespace mado::country
