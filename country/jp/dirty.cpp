#include "dirty.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <fstream>
#include <functional>
#include <set>

#include "base/file.hpp"
#include "base/json.hpp"
#include "calendar.hpp"
#include "matching/units.hpp"
#include "names.hpp"
#include "population.hpp"
#include "writings.hpp"

namespace mado::country {
namespace {

enum class Register { insurer, society, pension };

// As the resident registry knows somebody.
struct Resident {
    std::string name, kana, common_name;
    std::string former_name, former_kana;  // before a marriage
    Date birth;
    Sex sex = Sex::female;
    std::string address;   // 1-2-3
    std::string building;  // may be empty
    std::size_t household = 0;
    std::size_t namesake = SIZE_MAX;  // somebody else of that name
    std::size_t twin = SIZE_MAX;
    bool married_away = false;  // the society knows them by the name before
};

// A row of a register, or what an application says.
struct Written {
    std::string name, kana, birth, sex, address;
};

using Points = std::u32string;

Points points_of(const std::string& text) {
    auto points = matching::decode(text);
    if (!points) throw Failure("a name is no UTF-8");
    return std::move(*points);
}

std::pair<std::string, std::string> parts_of(const std::string& name) {
    const auto at = name.find(' ');
    if (at == std::string::npos) return {name, ""};
    return {name.substr(0, at), name.substr(at + 1)};
}

std::string text_of(Sex sex) {
    return sex == Sex::male ? "male" : "female";
}

// ---- the people ----

class People {
  public:
    People(const DirtyOptions& options, Random& random);
    [[nodiscard]] const std::vector<Resident>& all() const { return people_; }
    [[nodiscard]] const std::vector<std::vector<std::size_t>>& households() const {
        return households_;
    }
    // Names that are read alike.
    [[nodiscard]] const std::vector<std::string>& given_read(const std::string& kana) const {
        static const std::vector<std::string> none;
        const auto found = given_.find(kana);
        return found == given_.end() ? none : found->second;
    }

  private:
    void add(const Household& household, Random& random);
    void make_twins(Random& random);
    void name_after_parents(Random& random);
    void make_namesakes(Random& random);
    void make_former_namesakes(Random& random);
    std::size_t somebody(Random& random) const {
        return static_cast<std::size_t>(
            random.between(0, static_cast<std::int64_t>(people_.size()) - 1));
    }

    std::vector<Resident> people_;
    std::vector<std::vector<std::size_t>> households_;
    std::map<std::string, std::vector<std::string>> given_;
};

bool per_mille(Random& random, int share) {
    return random.between(1, 1000) <= share;
}

People::People(const DirtyOptions& options, Random& random) {
    const Names names(options.country);
    Population population(names, {options.people, random.next(), options.on}, {});
    auto left = static_cast<std::size_t>(options.people);
    while (left > 0) {
        const auto household = population.next(left);
        left -= household.people.size();
        add(household, random);
    }
    make_twins(random);
    name_after_parents(random);
    make_namesakes(random);
    make_former_namesakes(random);
    std::map<std::string, std::set<std::string>> given;
    for (const auto& person : people_)
        given[parts_of(person.kana).second].insert(parts_of(person.name).second);
    for (const auto& [kana, written] : given)
        given_.emplace(kana, std::vector(written.begin(), written.end()));
}

// Half of the households live in A市, the others in two other cities, whose registries know nothing
// of each other.
std::string address_in_a_city(const std::string& address, Random& random) {
    constexpr std::string_view a_city = "A市";
    constexpr std::array<std::string_view, 2> others{"B市", "E市"};
    const auto choice = random.between(1, 100);
    if (choice <= 50 || !address.starts_with(a_city)) return address;
    return std::string(others[choice <= 80 ? 0 : 1]) + address.substr(a_city.size());
}

void People::add(const Household& household, Random& random) {
    const auto address = address_in_a_city(household.address, random);
    const auto building =
        random.chance(30) ? fmt::format("まどか荘{}", random.between(101, 909)) : std::string();
    households_.emplace_back();
    for (const auto& person : household.people) {
        households_.back().push_back(people_.size());
        people_.push_back({.name = person.name,
                           .kana = person.kana,
                           .common_name = person.common_name,
                           .former_name = {},
                           .former_kana = {},
                           .birth = person.birth,
                           .sex = person.sex,
                           .address = address,
                           .building = building,
                           .household = households_.size() - 1});
    }
}

void People::make_twins(Random& random) {
    for (const auto& household : households_) {
        if (household.size() < 4 || !random.chance(4)) continue;
        auto& first = people_[household[household.size() - 2]];
        auto& second = people_[household.back()];
        second.birth = first.birth;
        first.twin = household.back();
        second.twin = household[household.size() - 2];
    }
}

void People::name_after_parents(Random& random) {
    for (const auto& household : households_) {
        if (household.size() < 3 || !per_mille(random, 1)) continue;
        const auto& parent = people_[household.front()];
        auto& child = people_[household.back()];
        child.name = parent.name;
        child.kana = parent.kana;
        child.sex = parent.sex;
    }
}

void People::make_namesakes(Random& random) {
    const auto count = people_.size() / 1000 + 1;
    for (std::size_t i = 0; i < count; ++i) {
        const auto from = somebody(random);
        const auto to = somebody(random);
        auto& other = people_[to];
        const auto& one = people_[from];
        if (one.household == other.household || one.namesake != SIZE_MAX ||
            other.namesake != SIZE_MAX || other.twin != SIZE_MAX) {
            continue;
        }
        other.name = one.name;
        other.kana = one.kana;
        other.sex = one.sex;
        other.birth = one.birth;
        other.namesake = from;
        people_[from].namesake = to;
    }
}

// One has the name that the other had before she married.
void People::make_former_namesakes(Random& random) {
    const auto count = people_.size() / 2000 + 1;
    for (std::size_t i = 0; i < count; ++i) {
        const auto from = somebody(random);
        const auto to = somebody(random);
        auto& other = people_[to];
        const auto& one = people_[from];
        if (one.household == other.household || one.sex != Sex::female ||
            other.sex != Sex::female || one.namesake != SIZE_MAX || other.namesake != SIZE_MAX ||
            other.twin != SIZE_MAX || one.name == other.name) {
            continue;
        }
        other.birth = one.birth;
        other.former_name = one.name;
        other.former_kana = one.kana;
        other.married_away = true;
        other.namesake = from;
        people_[from].namesake = to;
    }
}

// ---- what is done to them ----

// Characters that are written for each other, of writing.json.
std::map<char32_t, Points> other_writings(const std::string& country) {
    const auto text = read_file(country + "/writing.json").value();
    const auto object =
        must(parse_json_object(text, {.text_bytes_max = 1024 * 1024, .values_max = 100'000}),
             "writing.json");
    std::map<char32_t, Points> out;
    for (const auto& row : object.at("variants").as_array()) {
        const auto one = points_of(std::string(row.at(0).as_string())).front();
        const auto other = points_of(std::string(row.at(1).as_string())).front();
        out[one].push_back(other);
        out[other].push_back(one);
    }
    return out;
}

class Spoiling {
  public:
    Spoiling(const People& people, const std::string& country, Date on, Random& random)
        : people_(people), writings_(other_writings(country)), on_(on), random_(random) {}

    // The row of a register, and what was done to it.
    Written row(const Resident& person, Register kind, std::set<std::string>& errors);

  private:
    void spoil_name(const Resident& person, Register kind, Written& row,
                    std::set<std::string>& errors);
    void spoil_kana(Register kind, Written& row, std::set<std::string>& errors);
    void spoil_address(const Resident& person, Written& row, std::set<std::string>& errors);
    bool swap_character(Written& row, const std::function<Points(char32_t)>& others);
    std::string notation(const std::string& address);
    const Resident& anybody() {
        const auto last = static_cast<std::int64_t>(people_.all().size()) - 1;
        return people_.all()[static_cast<std::size_t>(random_.between(0, last))];
    }
    // In a hundred thousand.
    bool happens(int rate) { return random_.between(1, 100'000) <= rate; }

    const People& people_;
    std::map<char32_t, Points> writings_;
    Date on_;
    Random& random_;
};

bool Spoiling::swap_character(Written& row, const std::function<Points(char32_t)>& others) {
    auto points = points_of(row.name);
    for (auto& point : points) {
        const auto choice = others(point);
        if (choice.empty()) continue;
        point = choice[static_cast<std::size_t>(
            random_.between(0, static_cast<std::int64_t>(choice.size()) - 1))];
        row.name = matching::encode(points);
        return true;
    }
    return false;
}

void Spoiling::spoil_name(const Resident& person, Register kind, Written& row,
                          std::set<std::string>& errors) {
    const int age = age_on(person.birth, on_);
    const int marriage = person.sex == Sex::female ? 2'000 : 100;
    if (kind == Register::society && person.married_away) {
        row.name = person.former_name;
        row.kana = person.former_kana;
        errors.insert("married");
    } else if (age >= 20 && age <= 60 && happens(marriage)) {
        const auto& other = anybody();
        row.name = parts_of(other.name).first + " " + parts_of(person.name).second;
        row.kana = parts_of(other.kana).first + " " + parts_of(person.kana).second;
        errors.insert("married");
    }
    if (!person.common_name.empty() && happens(50'000)) {
        row.name = person.common_name;
        errors.insert("common-name");
    }
    const auto& alike = people_.given_read(parts_of(row.kana).second);
    if (alike.size() > 1 && happens(300)) {
        const auto before = row.name;
        row.name = parts_of(row.name).first + " " +
                   alike[static_cast<std::size_t>(
                       random_.between(0, static_cast<std::int64_t>(alike.size()) - 1))];
        if (row.name != before) errors.insert("homophone");
    }
    const auto written = [this](char32_t point) {
        const auto found = writings_.find(point);
        return found == writings_.end() ? Points() : found->second;
    };
    if (happens(3'000) && swap_character(row, written)) errors.insert("variant-writing");
    const auto mistaken = [](char32_t point) {
        return point == U'斉' ? Points(U"斎") : point == U'斎' ? Points(U"斉") : Points();
    };
    if (happens(5'000) && swap_character(row, mistaken)) errors.insert("mistaken");
    if (kind == Register::insurer) {
        const auto jis = in_jis(row.name);
        if (jis != row.name) errors.insert("jis");
        row.name = jis;
    }
    if (kind != Register::pension && happens(10'000)) {
        std::erase(row.name, ' ');
        errors.insert("unparted");
    }
}

// Replaces one character of those in `from`, wherever one is; false: there is none.
bool replace_one(std::string& text, std::u32string_view from, std::u32string_view to,
                 Random& random) {
    auto points = points_of(text);
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < points.size(); ++i) {
        if (from.contains(points[i])) places.push_back(i);
    }
    if (places.empty()) return false;
    auto& point = points[places[static_cast<std::size_t>(
        random.between(0, static_cast<std::int64_t>(places.size()) - 1))]];
    point = to[from.find(point)];
    text = matching::encode(points);
    return true;
}

// A long vowel that is written with its sign: コウ, オオ.
bool lengthen(std::string& text) {
    constexpr std::u32string_view before = U"オコゴソゾトドノホボモヨロョユュ";
    auto points = points_of(text);
    for (std::size_t i = 1; i < points.size(); ++i) {
        if (before.contains(points[i - 1]) && (points[i] == U'ウ' || points[i] == U'オ')) {
            points[i] = U'ー';
            text = matching::encode(points);
            return true;
        }
    }
    return false;
}

void Spoiling::spoil_kana(Register kind, Written& row, std::set<std::string>& errors) {
    const bool pension = kind == Register::pension;
    if (happens(pension ? 10'000 : 300)) {
        const auto before = row.kana;
        row.kana = parts_of(row.kana).first + " " + parts_of(anybody().kana).second;
        if (row.kana != before) errors.insert("other-reading");
    }
    if (happens(pension ? 5'000 : 1'500) &&
        replace_one(row.kana, U"ガギグゲゴザジズゼゾダデドバビブベボ",
                    U"カキクケコサシスセソタテトハヒフヘホ", random_)) {
        errors.insert("voicing");
    }
    if (happens(pension ? 5'000 : 1'000) && lengthen(row.kana)) errors.insert("long-vowel");
    if (happens(pension ? 1'000 : 300) &&
        replace_one(row.kana, U"イエオジズ", U"ヰヱヲヂヅ", random_)) {
        errors.insert("old-kana");
    }
    if (pension && happens(30'000)) {
        bool any = false;
        while (replace_one(row.kana, U"ァィゥェォッャュョ", U"アイウエオツヤユヨ", random_))
            any = true;
        if (any) errors.insert("large-kana");
    }
    if (kind != Register::insurer) row.kana = half_width_kana(row.kana);
}

// 1-2-3 in one of five ways.
std::string Spoiling::notation(const std::string& address) {
    const auto choice = random_.between(1, 5);
    if (choice == 1) return registry_address(address);
    auto points = points_of(choice == 2 ? registry_address(address) : address);
    for (auto& point : points) {
        const bool digit = U'0' <= point && point <= U'9';
        if (choice <= 3 && digit) point += 0xFEE0;
        if (choice == 3 && point == U'-') point = U'－';
        if (choice == 4 && point == U'-') point = U'−';
    }
    return matching::encode(points);
}

void Spoiling::spoil_address(const Resident& person, Written& row, std::set<std::string>& errors) {
    constexpr std::string_view a_city = "A市";
    auto address = person.address;
    auto building = person.building;
    if (happens(8'000)) {
        const auto& other = anybody();
        address = other.address;
        building = other.building;
        if (address != person.address) errors.insert("moved");
    }
    if (happens(20'000) && address.contains("が丘")) {
        address.replace(address.find("が丘"), std::string_view("が").size(), "ヶ");
        errors.insert("ga");
    }
    address = notation(address);
    if (happens(3'000) && address.starts_with(a_city)) {  // it merged into A市
        address.replace(0, a_city.size(), "D村");
        errors.insert("old-municipality");
    }
    if (happens(25'000)) {
        address = (address.starts_with("D村") ? "九十九県九十九郡" : "九十九県") + address;
        errors.insert("prefecture");
    }
    if (!building.empty() && happens(30'000)) {
        building.clear();
        errors.insert("building");
    }
    row.address = address + (building.empty() ? "" : " " + building);
}

Written Spoiling::row(const Resident& person, Register kind, std::set<std::string>& errors) {
    Written row{.name = person.name,
                .kana = person.kana,
                .birth = to_text(person.birth),
                .sex = text_of(person.sex),
                .address = {}};
    spoil_name(person, kind, row, errors);
    spoil_kana(kind, row, errors);
    if (kind == Register::pension) row.name.clear();
    spoil_address(person, row, errors);
    if (kind == Register::society && happens(10'000)) {
        row.address.clear();
        errors.insert("no-address");
    }
    if (happens(50)) {
        const auto day = std::chrono::sys_days(person.birth) + std::chrono::days(10);
        row.birth = to_text(Date(day));
        errors.insert("birth-date");
    }
    if (happens(20)) {
        row.sex = text_of(person.sex == Sex::male ? Sex::female : Sex::male);
        errors.insert("sex");
    }
    return row;
}

// ---- the files ----

std::string number_of(std::size_t person) {
    return fmt::format("{:07}", person + 1);
}

std::ofstream create(const std::string& path) {
    std::ofstream out(path, std::ios::binary | std::ios::trunc);
    if (!out) throw Failure("cannot write " + path);
    return out;
}

void close(std::ofstream& out) {
    out.close();
    if (!out) throw Failure("cannot write a register");
}

std::string joined(const std::set<std::string>& errors) {
    std::string out;
    for (const auto& error : errors)
        out += (out.empty() ? "" : ",") + error;
    return out.empty() ? "none" : out;
}

// Which number an applicant gives, and whose row of the register it leads to.
class Numbers {
  public:
    Numbers(const People& people, Random& random) : people_(people), random_(random) {
        const auto& all = people.all();
        for (std::size_t i = 0; i < all.size(); ++i)
            row_of_.push_back(i);
        for (std::size_t i = 0; i < all.size(); ++i) {
            if (all[i].twin == SIZE_MAX || all[i].twin < i || !random.chance(5)) continue;
            std::swap(row_of_[i], row_of_[all[i].twin]);
        }
    }
    // The person who is described under the number.
    [[nodiscard]] std::size_t row_of(std::size_t number) const { return row_of_[number]; }
    std::string given(std::size_t person, std::set<std::string>& errors);

  private:
    std::string typed(std::string number);
    const People& people_;
    Random& random_;
    std::vector<std::size_t> row_of_;
};

std::string Numbers::typed(std::string number) {
    const auto at =
        static_cast<std::size_t>(random_.between(0, static_cast<std::int64_t>(number.size()) - 1));
    number[at] = static_cast<char>('0' + (number[at] - '0' + random_.between(1, 9)) % 10);
    return number;
}

std::string Numbers::given(std::size_t person, std::set<std::string>& errors) {
    const auto& who = people_.all()[person];
    const auto& family = people_.households()[who.household];
    if (who.namesake != SIZE_MAX && random_.between(1, 3) == 1) {
        errors.insert("namesake-number");
        return number_of(who.namesake);
    }
    if (family.size() > 1 && per_mille(random_, 5)) {
        const auto other = family[static_cast<std::size_t>(
            random_.between(0, static_cast<std::int64_t>(family.size()) - 1))];
        if (other != person) errors.insert("family-number");
        return number_of(other);
    }
    if (per_mille(random_, 3)) {
        errors.insert("typed-number");
        return typed(number_of(person));
    }
    return number_of(person);
}

// What the resident registries write, and with it an application. Each line with its city.
void write_registry(const People& people, const std::string& path) {
    auto out = create(path);
    for (const auto& person : people.all()) {
        const auto address = registry_address(person.address) +
                             (person.building.empty() ? "" : " " + person.building);
        out << person.address.substr(0, person.address.find("市")) << '\t' << person.name << '\t'
            << person.kana << '\t' << to_text(person.birth) << '\t' << text_of(person.sex) << '\t'
            << address << '\t' << person.former_name << '\t' << person.former_kana << '\n';
    }
    close(out);
}

}  // namespace

void write_dirty(const DirtyOptions& options) {
    Random random(options.seed);
    const People people(options, random);
    write_registry(people, options.folder + "/registry.tsv");
    auto applications = create(options.folder + "/applications.tsv");
    auto truth = create(options.truth);
    Spoiling spoiling(people, options.country, options.on, random);
    for (std::size_t kind = 0; kind < dirty_registers.size(); ++kind) {
        Numbers numbers(people, random);
        auto rows = create(fmt::format("{}/{}.tsv", options.folder, dirty_registers[kind]));
        std::vector<std::set<std::string>> done(people.all().size());
        for (std::size_t number = 0; number < people.all().size(); ++number) {
            const auto person = numbers.row_of(number);
            if (person != number) done[number].insert("twin-rows");
            const auto row =
                spoiling.row(people.all()[person], static_cast<Register>(kind), done[number]);
            rows << number_of(number) << '\t' << row.name << '\t' << row.kana << '\t' << row.birth
                 << '\t' << row.sex << '\t' << row.address << '\n';
        }
        close(rows);
        for (std::size_t person = 0; person < people.all().size(); ++person) {
            std::set<std::string> errors;
            const auto number = numbers.given(person, errors);
            const auto at = static_cast<std::size_t>(std::stoull(number)) - 1;
            const bool there = at < people.all().size();
            if (there) errors.insert(done[at].begin(), done[at].end());
            const bool own = there && numbers.row_of(at) == person;
            applications << person << '\t' << dirty_registers[kind] << '\t' << number << '\n';
            truth << (own ? "own" : there ? "other" : "nobody") << '\t' << joined(errors) << '\n';
        }
    }
    close(applications);
    close(truth);
}

}  // namespace mado::country
