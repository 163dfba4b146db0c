#include "generate.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <filesystem>
#include <fstream>
#include <utility>

#include "base/json.hpp"
#include "base/result.hpp"
#include "checkups.hpp"
#include "named_people.hpp"
#include "names.hpp"
#include "notices.hpp"
#include "numbering.hpp"
#include "population.hpp"
#include "public_expense.hpp"
#include "random.hpp"
#include "registers.hpp"
#include "treatments.hpp"

namespace mado::country {
namespace {

namespace fs = std::filesystem;

// That each municipality has left to give to newborns.
constexpr int free_numbers = 500;

json::object identifier(const Coverage& coverage) {
    json::object fields{{"insurer", holder_id(coverage.holder)}};
    if (!coverage.symbol.empty()) fields["symbol"] = coverage.symbol;
    fields["number"] = coverage.number;
    if (coverage.branch) fields["branch"] = *coverage.branch;
    return {{"scheme", "insured-number"},
            {"holder", holder_id(coverage.holder)},
            {"fields", std::move(fields)},
            {"state", coverage.last ? "former" : "current"}};
}

json::object identifier(const Care& care) {
    return {{"scheme", "care-insured-number"},
            {"holder", holder_id(care.holder)},
            {"fields", {{"insurer", holder_id(care.holder)}, {"number", care.number}}},
            {"state", "current"}};
}

json::object identifier(const PublicExpense& one) {
    return {{"scheme", "subsidy-number"},
            {"holder", holder_id(one.payer)},
            {"fields", {{"payer", holder_id(one.payer)}, {"number", one.number}}},
            {"state", "current"}};
}

// Pension holders are told no other number of a person, and no other holder theirs.
json::object identifier(std::string_view scheme, Holder holder, const std::string& number,
                        bool current) {
    return {{"scheme", scheme},
            {"holder", holder_id(holder)},
            {"fields", {{"number", number}}},
            {"state", current ? "current" : "former"}};
}

void add_identifiers(json::array& out, const Pension& pension) {
    out.push_back(identifier("basic-pension-number", Holder::state_pension, pension.number, true));
    if (const auto& fund = pension.national_fund) {
        out.push_back(identifier("npf-number", Holder::national_fund, fund->number, !fund->last));
    }
    if (const auto& invited = pension.invitation) {
        out.push_back(identifier("npf-number", Holder::national_fund, invited->number, true));
    }
    if (const auto& fund = pension.employees_fund) {
        out.push_back(
            identifier("employees-fund-number", Holder::employees_fund, fund->number, !fund->last));
    }
    if (const auto& federation = pension.federation) {
        out.push_back(identifier("pfa-number", Holder::federation, federation->number, true));
    }
}

// Who lives where: of ten drawn households three in B市, by a digit of their number. The insurer of
// a home's residents stays where they lived before (住所地特例).
void settle(Household& household, ResidentNumbers& numbers, bool named) {
    for (auto& person : household.people)
        person.residence.number = named ? numbers.named() : numbers.drawn();
    constexpr std::string_view a_city = "A市";
    constexpr std::size_t tenth = 9;
    const bool in_b = !named && household.people.front().residence.number[tenth] < '3';
    if (in_b && household.address.starts_with(a_city)) {
        household.address = "B市" + household.address.substr(a_city.size());
    }
    for (auto& person : household.people) {
        auto& residence = person.residence;
        const bool home = !person.home_address.empty();
        if (home || in_b) residence.municipality = Holder::residents_b;
        residence.address = home ? person.home_address : household.address;
        constexpr Date by_machine = std::chrono::year(1995) / 4 / 1;  // since when it is kept so
        if (person.birth >= by_machine) residence.from = person.birth;
    }
}

// Who lives in B市 is insured there, where it is the city that insures.
void insure_in_b(Household& household) {
    for (auto& person : household.people) {
        const bool home = !person.home_address.empty();
        if (home || person.residence.municipality != Holder::residents_b) continue;
        for (auto& coverage : person.coverage) {
            if (coverage.holder == Holder::city) coverage.holder = Holder::city_b;
        }
        if (person.care) person.care->holder = Holder::care_b;
    }
}

std::string surname_of(const Person& person) {
    return person.name.substr(0, person.name.find(' '));
}

// What a wife was called before she married, by her own number alone.
void name_before_marriage(Household& household, const Names& names) {
    for (auto& person : household.people) {
        const auto is_spouse = [&person](const Person& other) {
            return &other != &person && other.couple && surname_of(other) == surname_of(person);
        };
        const auto space = person.kana.find(' ');
        if (!person.couple || person.sex != Sex::female || space == std::string::npos ||
            std::ranges::none_of(household.people, is_spouse)) {
            continue;
        }
        Random random(std::stoull(person.health_care_number));
        const auto& before = names.surname(random);
        person.former_name = before.written + person.name.substr(person.name.find(' '));
        person.former_kana = before.kana + person.kana.substr(space);
    }
}

// What the issuing centre knows of a person: who they are and under which numbers, newest first.
// Nothing about how they are insured.
json::object known_to_issuer(const Person& person) {
    json::array identifiers;
    for (auto coverage = person.coverage.rbegin(); coverage != person.coverage.rend(); ++coverage) {
        auto one = identifier(*coverage);
        bool known = false;  // insured a second time under one number
        for (const auto& before : identifiers)
            known |= before.at("fields") == one["fields"];
        if (!known) identifiers.push_back(std::move(one));
    }
    if (person.care) identifiers.push_back(identifier(*person.care));
    for (const auto& one : person.public_expenses)
        identifiers.push_back(identifier(one));
    if (person.pension) add_identifiers(identifiers, *person.pension);
    json::object line;
    line["key"] = person.key ? json::value(*person.key) : json::value(nullptr);
    line["name"] = person.name;
    line["kana"] = person.kana;
    line["birth_date"] = to_text(person.birth);
    line["sex"] = person.sex == Sex::male ? "male" : "female";
    line["address"] = person.residence.address;
    line["resident"] = json::object{{"municipality", holder_id(person.residence.municipality)},
                                    {"number", person.residence.number}};
    line["health_care_number"] = person.health_care_number;
    line["issued"] = person.issued;
    line["card"] = person.card;
    line["identifiers"] = std::move(identifiers);
    return line;
}

void write_application(const std::string& folder, const Person& person) {
    const auto path = folder + "/" + *person.key + ".json";
    std::ofstream out(path, std::ios::binary);
    out << json::serialize(application(known_to_issuer(person))) << '\n';
    out.close();
    if (!out) throw Failure("cannot write " + path);
}

void check(const GenerateOptions& options) {
    if (options.people < people_min || options.people > people_max) {
        throw OperatorError("--people must be from 50 to 2000000");
    }
    if (fs::exists(options.out) && !(fs::is_directory(options.out) && fs::is_empty(options.out))) {
        throw OperatorError("the folder " + options.out +
                            " is not empty: remove it, or give another --out");
    }
}

void write_country(const GenerateOptions& options, const std::string& folder) {
    const auto named = read_named_people(options.country, options.on);
    std::vector<std::string> taken;
    for (const auto& household : named) {
        for (const auto& person : household.people)
            taken.push_back(person.health_care_number);
    }
    const Names names(options.country);
    Population population(names, {options.people, options.seed, options.on}, taken);
    const Treatments treatments(options.country);
    const Notices notices(options.country, options.on);
    const Checkups checkups(options.country);
    const UpToDate dates{.on = options.on,
                         .claims_to = treatments.last_month(),
                         .checkups_to = checkups.last_month()};
    Registers registers(folder + "/holders", options.country,
                        {dates, notices.forms(), checkups.items()});
    std::ofstream lines(folder + "/people.ndjson", std::ios::binary);
    const auto applications = folder + "/applications";
    fs::create_directories(applications);
    auto left = static_cast<std::size_t>(options.people);
    ResidentNumbers resident_numbers(options.seed);
    PublicExpenses public_expenses(options.on);
    const auto add = [&](Household household, bool is_named) {
        settle(household, resident_numbers, is_named);
        if (!is_named) name_before_marriage(household, names);
        for (auto& person : household.people) {
            treatments.draw(person);
            notices.draw(person);
            checkups.draw(person);
        }
        insure_in_b(household);
        public_expenses.grant(household, is_named);
        registers.add(household);
        for (const auto& person : household.people) {
            lines << json::serialize(known_to_issuer(person)) << '\n';
            if (person.key && !person.issued) write_application(applications, person);
        }
        left -= household.people.size();
    };
    for (const auto& household : named)
        add(household, /*is_named=*/true);
    while (left > 0)
        add(population.next(left), /*is_named=*/false);
    for (int i = 0; i < free_numbers; ++i) {
        const auto for_a = resident_numbers.free();
        registers.add_free(for_a, resident_numbers.free());
    }
    registers.commit();
    lines.close();
    if (!lines) throw Failure("cannot write " + folder + "/people.ndjson");
}

}  // namespace

json::object application(const json::object& known) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 3> roles{
        {{"insured-number", "medical"},
         {"basic-pension-number", "pension"},
         {"care-insured-number", "care"}}};
    json::array claims;
    const auto claim = [&claims](std::string_view role, std::string_view scheme,
                                 const json::value& fields) {
        claims.push_back(json::object{
            {"role", role}, {"number", json::object{{"scheme", scheme}, {"fields", fields}}}});
    };
    claim("resident", "resident-number", known.at("resident"));
    for (const auto& one : known.at("identifiers").as_array()) {
        for (const auto& [scheme, role] : roles) {
            if (one.at("scheme").as_string() == scheme &&
                one.at("state").as_string() == "current") {
                claim(role, scheme, one.at("fields"));
            }
        }
    }
    json::object person;
    for (const auto* name : {"name", "kana", "sex", "address", "birth_date"})
        person[name] = known.at(name);
    return {{"person", std::move(person)}, {"claims", std::move(claims)}, {"signing", true}};
}

void generate(const GenerateOptions& options) {
    check(options);
    auto target = fs::absolute(options.out).lexically_normal();
    if (!target.has_filename()) target = target.parent_path();  // "out/" means "out"
    auto unfinished = target;
    unfinished += ".unfinished";
    fs::remove_all(unfinished);
    fs::create_directories(unfinished / "holders");
    write_country(options, unfinished.string());
    fs::rename(unfinished, target);
}

}  // namespace mado::country
