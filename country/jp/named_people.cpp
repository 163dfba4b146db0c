#include "named_people.hpp"

#include <boost/json.hpp>
#include <utility>

#include "base/check_digit.hpp"
#include "base/file.hpp"
#include "base/json.hpp"
#include "calendar.hpp"
#include "careers.hpp"
#include "named_pensions.hpp"
#include "share.hpp"

namespace mado::country {
namespace {

constexpr std::size_t list_max = 100;

template <class T>
T choose(Members& in, std::string_view text,
         std::initializer_list<std::pair<std::string_view, T>> choices) {
    for (const auto& [name, value] : choices) {
        if (name == text) return value;
    }
    in.refuse("a word that is not among the choices");
    return choices.begin()->second;
}

Date required_date(Members& in, std::string_view name) {
    const auto date = in.optional_date(name);
    if (!date) in.refuse("a date is missing");
    return date.value_or(Date{});
}

const json::object& as_object(Members& in, const json::value& value) {
    static const json::object none;
    if (!value.is_object()) in.refuse("an element is no object");
    return value.is_object() ? value.get_object() : none;
}

// Hands an error of an inner object to the outer one.
void finish(Members& inner, Members& outer) {
    if (const auto ok = inner.finish(); !ok) outer.refuse(ok.error().why);
}

Coverage read_coverage(Members& outer, const json::value& value) {
    Members in(as_object(outer, value));
    Coverage coverage;
    coverage.holder = choose<Holder>(in, in.text("holder"),
                                     {{holder_id(Holder::society), Holder::society},
                                      {holder_id(Holder::city), Holder::city},
                                      {holder_id(Holder::late_elderly), Holder::late_elderly}});
    coverage.symbol = in.optional_text("symbol").value_or("");
    coverage.number = in.text("number");
    coverage.branch = in.optional_text("branch");
    coverage.insured =
        choose<bool>(in, in.text("relationship"), {{"insured", true}, {"dependent", false}});
    coverage.voluntary = in.optional_boolean("voluntary").value_or(false);
    coverage.from = required_date(in, "from");
    coverage.last = in.optional_date("to");
    coverage.special_from = in.optional_date("special_from");
    if (const auto reason = in.optional_text("end_reason")) {
        coverage.end = choose<EndReason>(in, *reason,
                                         {{"left-work", EndReason::left_work},
                                          {"dependence-ended", EndReason::dependence_ended},
                                          {"turned-75", EndReason::turned_75},
                                          {"welfare", EndReason::welfare}});
    }
    finish(in, outer);
    return coverage;
}

Care read_care(Members& outer, const json::object& object) {
    Members in(object);
    Care care;
    if (in.text("holder") != holder_id(Holder::care)) in.refuse("not the care insurer");
    care.number = in.text("number");
    care.from = required_date(in, "from");
    for (const auto& value : in.array("certified", list_max)) {
        Members one(as_object(in, value));
        care.certifications.push_back({.level = one.text("level"),
                                       .from = required_date(one, "from"),
                                       .last = required_date(one, "to")});
        finish(one, in);
    }
    finish(in, outer);
    return care;
}

// 医療扶助; what children get follows from the cities' ordinances.
PublicExpense read_welfare(Members& outer, const json::object& object) {
    Members in(object);
    PublicExpense welfare;
    welfare.payer = choose<Holder>(in, in.text("holder"),
                                   {{holder_id(Holder::welfare_a), Holder::welfare_a},
                                    {holder_id(Holder::welfare_b), Holder::welfare_b}});
    welfare.from = required_date(in, "from");
    finish(in, outer);
    return welfare;
}

NamedNotice read_notice(Members& outer, const json::value& value) {
    Members in(as_object(outer, value));
    NamedNotice notice{.name = in.text("notice"),
                       .day = required_date(in, "on"),
                       .deadline = in.optional_date("deadline"),
                       .amount_yen = in.optional_integer("amount_yen")};
    finish(in, outer);
    return notice;
}

NamedCheckup read_checkup(Members& outer, const json::value& value) {
    Members in(as_object(outer, value));
    NamedCheckup checkup{
        .day = required_date(in, "on"), .institution = in.text("institution"), .values = {}};
    for (const auto& [key, measured] : in.object("values")) {
        if (!measured.is_string())
            in.refuse("a measured value is no text");
        else
            checkup.values.emplace_back(key, measured.get_string());
    }
    finish(in, outer);
    return checkup;
}

Person read_person(Members& outer, const json::value& value, const HouseholdIncome& income,
                   Date known_until) {
    Members in(as_object(outer, value));
    Person person;
    person.key = in.optional_text("key");
    person.name = in.text("name");
    person.kana = in.text("kana");
    person.common_name = in.optional_text("common_name").value_or("");
    person.sex = choose<Sex>(in, in.text("sex"), {{"female", Sex::female}, {"male", Sex::male}});
    person.birth = required_date(in, "birth_date");
    person.health_care_number = in.text("health_care_number");
    if (!damm_valid(person.health_care_number)) in.refuse("a wrong check digit");
    person.issued = in.boolean("issued");
    person.card = in.optional_text("card").value_or("active");
    person.lives_elsewhere = in.optional_boolean("lives_elsewhere").value_or(false);
    person.home_address = in.optional_text("home_address").value_or("");
    person.insurer_address = in.optional_text("insurer_address").value_or("");
    for (const auto& one : in.array("coverage", list_max)) {
        person.coverage.push_back(read_coverage(in, one));
    }
    if (in.has("treatments")) {
        for (const auto& one : in.array("treatments", list_max)) {
            Members treatment(as_object(in, one));
            person.treatments.push_back(
                {.name = treatment.text("treatment"), .day = required_date(treatment, "on")});
            finish(treatment, in);
        }
    }
    if (in.has("notices")) {
        for (const auto& one : in.array("notices", list_max))
            person.named_notices.push_back(read_notice(in, one));
    }
    if (in.has("checkups")) {
        person.named_checkups.emplace();
        for (const auto& one : in.array("checkups", list_max))
            person.named_checkups->push_back(read_checkup(in, one));
    }
    if (const auto* care = in.optional_object("care")) person.care = read_care(in, *care);
    if (const auto* welfare = in.optional_object("welfare")) {
        person.public_expenses.push_back(read_welfare(in, *welfare));
    }
    if (const auto* pension = in.optional_object("pension")) {
        person.pension = read_pension(in, *pension);
    }
    finish(in, outer);
    if (!outer.good()) return person;  // half-read days are not worth a calculation
    for (auto& coverage : person.coverage) {
        coverage.spans = medical_spans(coverage, person.birth, income, known_until);
    }
    if (person.care) person.care->spans = care_spans(*person.care, income);
    return person;
}

Household read_household(Members& outer, const json::value& value, Date known_until) {
    Members in(as_object(outer, value));
    Household household;
    household.address = in.text("address");
    household.income.now = choose<Income>(in, in.text("income"),
                                          {{"lowest", Income::lowest},
                                           {"exempt", Income::exempt},
                                           {"general", Income::general},
                                           {"second-tier", Income::second_tier},
                                           {"middle", Income::middle}});
    for (const auto& one : in.array("people", list_max)) {
        household.people.push_back(read_person(in, one, household.income, known_until));
    }
    finish(in, outer);
    return household;
}

bool tells_of_later(const Person& person, Date on) {
    if (person.birth > on) return true;
    for (const auto& coverage : person.coverage) {
        if (coverage.from > on || (coverage.last && *coverage.last > on)) return true;
    }
    for (const auto& one : person.public_expenses) {
        if (one.from > on) return true;
    }
    return person.pension && !known_by(*person.pension, on);
}

}  // namespace

std::vector<Household> read_named_people(const std::string& country_folder, Date on) {
    const auto path = country_folder + "/people.json";
    const auto text = read_file(path);
    if (!text) throw OperatorError("the file " + path + " is missing: give --country country/jp");
    const auto object = parse_json_object(*text, {.depth_max = 12});
    if (!object) throw OperatorError(path + ": " + object.error().why);
    Members in(*object);
    std::vector<Household> households;
    for (const auto& value : in.array("households", list_max)) {
        households.push_back(read_household(in, value, plus_years(on, 1)));
    }
    if (const auto ok = in.finish(); !ok) throw OperatorError(path + ": " + ok.error().why);
    for (auto& household : households) {
        for (auto& person : household.people) {
            if (tells_of_later(person, on)) {
                throw OperatorError(path + " tells of days after --on " + to_text(on) +
                                    ": choose a later day");
            }
            if (person.pension) add_second_category(*person.pension, person.birth, on);
        }
    }
    return households;
}

}  // namespace mado::country
