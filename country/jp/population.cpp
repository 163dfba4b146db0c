#include "population.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "calendar.hpp"
#include "careers.hpp"
#include "life.hpp"
#include "share.hpp"

namespace mado::country {
namespace {

enum class Kind {
    young_single,
    single,
    old_single,
    couple,
    family,
    old_couple,
    three_generations,
    lone_parent,
    foreigner,
};
constexpr std::array<int, 9> kind_weights{14, 10, 13, 10, 24, 14, 5, 6, 4};

// By Income: the young, and those of 65 and more.
constexpr std::array<int, 7> young_income_weights{5, 8, 40, 17, 20, 8, 2};
constexpr std::array<int, 7> old_income_weights{16, 18, 42, 16, 5, 2, 1};

// The members of one household, first without what follows from their lives.
class Drawing {
  public:
    Drawing(Random& random, const Names& names, Date on)
        : random_(random), names_(names), on_(on) {}

    std::vector<Member> members(Kind kind);

  private:
    Date born_at_age(std::int64_t age) {
        // Any day on which somebody is born who has this age today.
        const Date first = plus_days(plus_years(on_, -static_cast<int>(age) - 1), 1);
        return plus_days(first, random_.between(0, 364));
    }
    std::int64_t age(const Member& member) const { return age_on(member.person.birth, on_); }
    Sex any_sex() { return random_.chance(50) ? Sex::female : Sex::male; }

    Member& add(Role role, Sex sex, std::int64_t age_first, std::int64_t age_last) {
        Member member;
        member.role = role;
        member.person.sex = sex;
        member.person.birth = born_at_age(random_.between(age_first, age_last));
        members_.push_back(std::move(member));
        return members_.back();
    }
    void add_couple(std::int64_t age_first, std::int64_t age_last) {
        const auto head = age(add(Role::head, Sex::male, age_first, age_last));
        add(Role::spouse, Sex::female, std::max<std::int64_t>(20, head - 6), head + 2);
        if (random_.chance(25)) std::swap(members_[0].person, members_[1].person);
    }
    void add_children(std::int64_t count) {
        auto mother = age(members_.back());
        for (const auto& member : members_)
            mother = std::min(mother, age(member));
        for (std::int64_t i = 0; i < count; ++i) {
            const auto youngest_first = std::max<std::int64_t>(0, mother - 42);
            const auto oldest = std::clamp<std::int64_t>(mother - 20, youngest_first, 21);
            add(Role::child, any_sex(), youngest_first, oldest);
        }
        if (count >= 2 && random_.chance(5)) {
            members_.back().person.birth = members_[members_.size() - 2].person.birth;
        }
    }
    void give_names();

    Random& random_;
    const Names& names_;
    Date on_;
    std::vector<Member> members_;
};

std::vector<Member> Drawing::members(Kind kind) {
    switch (kind) {
        case Kind::young_single:
            add(Role::head, any_sex(), 20, 39);
            break;
        case Kind::single:
            add(Role::head, any_sex(), 40, 64);
            break;
        case Kind::old_single:
            add(Role::head, random_.chance(70) ? Sex::female : Sex::male, 65, 99);
            break;
        case Kind::couple:
            add_couple(25, 64);
            break;
        case Kind::family:
            add_couple(27, 55);
            add_children(random_.between(1, 3));
            break;
        case Kind::old_couple:
            add_couple(65, 92);
            break;
        case Kind::three_generations: {
            add_couple(30, 55);
            add_children(random_.between(1, 2));
            const auto head = age(members_.front());
            add(Role::parent, Sex::female, head + 22, head + 36);
            if (random_.chance(50)) add(Role::parent, Sex::male, head + 23, head + 40);
            break;
        }
        case Kind::lone_parent:
            add(Role::head, random_.chance(85) ? Sex::female : Sex::male, 25, 52);
            add_children(random_.between(1, 2));
            break;
        case Kind::foreigner: {
            const auto& name = names_.foreign(random_);
            auto& person = add(Role::head, name.sex, 20, 58).person;
            person.name = name.name.written;
            person.kana = name.name.kana;
            person.common_name = name.common_name;
            break;
        }
    }
    if (kind != Kind::foreigner) give_names();
    return std::move(members_);
}

void Drawing::give_names() {
    const auto& family = names_.surname(random_);
    for (std::size_t i = 0; i < members_.size(); ++i) {
        auto& person = members_[i].person;
        // A family does not give one name twice; a few draws are enough for one of five members.
        for (int draw = 0; draw < 20; ++draw) {
            const auto& given = names_.given(random_, person.sex, person.birth);
            person.name = family.written + " " + given.written;
            person.kana = family.kana + " " + given.kana;
            const auto before = members_.begin() + static_cast<std::ptrdiff_t>(i);
            if (std::none_of(members_.begin(), before, [&](const Member& other) {
                    return other.person.name == person.name;
                })) {
                break;
            }
        }
    }
}

HouseholdIncome draw_income(Random& random, bool old, Date on) {
    const auto draw = [&] {
        return static_cast<Income>(random.pick(old ? old_income_weights : young_income_weights));
    };
    HouseholdIncome income;
    income.now = draw();
    income.before = income.now;
    if (random.chance(20)) {
        const Date august = on.year() / std::chrono::August / 1;
        income.changed = august <= on ? august : plus_years(august, -1);
        income.before = draw();
    }
    return income;
}

// The chance in percent that somebody of this age is certified for long-term care.
int certified_percent(int age) {
    if (age < 40) return 0;
    if (age < 65) return 1;
    if (age < 75) return 4;
    return age < 85 ? 18 : 55;
}

void certify(Random& random, Care& care, Date on) {
    constexpr std::array<const char*, 7> levels{"12", "13", "21", "22", "23", "24", "25"};
    constexpr std::array<int, 7> weights{14, 14, 21, 17, 13, 12, 9};
    constexpr std::array<int, 4> terms_months{6, 12, 24, 36};
    using std::chrono::months;
    const auto level = random.pick(weights);
    const int term = terms_months[static_cast<std::size_t>(random.between(0, 3))];
    const Date usual = first_of_month(on) - months(random.between(0, term - 1));
    const Date from = std::max(usual, care.from);
    const Date last = plus_days(usual + months(term), -1);
    const Date before = usual - months(12);
    // A renewal usually finds somebody one step worse.
    if (before >= care.from && random.chance(50)) {
        care.certifications.push_back(
            {levels[level == 0 ? 0 : level - 1], before, plus_days(from, -1)});
    }
    care.certifications.push_back({levels[level], from, last});
}

std::optional<Care> draw_care(Random& random, Numbering& numbering, Date birth, Date arrived,
                              Date on) {
    // 第1号 from the day before the 65th birthday, the day on which 65 years are completed.
    const Date first = std::max(reached_on(birth, 65), arrived);
    const bool certified = random.chance(certified_percent(age_on(birth, on)));
    const bool old = first <= on;
    if (!old && !certified) return std::nullopt;
    Care care;
    care.number = numbering.care();
    care.category = old ? 1 : 2;
    care.from = old ? first : std::max(reached_on(birth, 40), arrived);
    if (certified) certify(random, care, on);
    // 第2号 have a number only since they were first certified.
    if (!old) care.from = care.certifications.front().from;
    return care;
}

}  // namespace

Population::Population(const Names& names, const PopulationOptions& options,
                       std::vector<std::string> taken)
    : names_(names),
      options_(options),
      random_(options.seed),
      health_care_numbers_(random_),
      taken_(std::move(taken)),
      numbering_(options.people) {}

std::string Population::health_care_number() {
    auto number = health_care_numbers_.next();
    while (std::ranges::find(taken_, number) != taken_.end())
        number = health_care_numbers_.next();
    return number;
}

Household Population::next(std::size_t people_max) {
    const Date on = options_.on;
    const auto kind = static_cast<Kind>(random_.pick(kind_weights));
    auto members = Drawing(random_, names_, on).members(kind);
    if (members.size() > people_max) members.resize(people_max);

    Household household;
    household.income = draw_income(random_, age_on(members.front().person.birth, on) >= 65, on);
    // From 75 on the old are judged by what they have themselves, also in their children's home.
    const auto parents_income = draw_income(random_, true, on);
    const auto income_of = [&](const Member& member) -> const HouseholdIncome& {
        return member.role == Role::parent ? parents_income : household.income;
    };
    const auto& town = names_.town(random_);
    household.address = fmt::format("A市{}{}-{}-{}", town.name, random_.between(1, 9),
                                    random_.between(1, 30), random_.between(1, 20));
    Life life = draw_life(random_, numbering_, members, on);
    life.city = numbering_.city_household(town.symbol);
    for (auto& member : members) {
        auto& person = member.person;
        person.health_care_number = health_care_number();
        person.issued = random_.chance(90);
        if (birthday(person.birth, 75) <= on) member.late_elderly = numbering_.late_elderly();
        person.care = draw_care(random_, numbering_, person.birth, life.arrived, on);
        if (person.care) person.care->spans = care_spans(*person.care, income_of(member));
    }
    for (std::size_t i = 0; i < members.size(); ++i) {
        auto& person = members[i].person;
        person.coverage = coverage_of(life, members, i, on);
        for (auto& coverage : person.coverage) {
            coverage.spans =
                medical_spans(coverage, person.birth, income_of(members[i]), plus_years(on, 1));
        }
    }
    for (auto& member : members) {
        member.person.couple = member.role == Role::head || member.role == Role::spouse;
        household.people.push_back(std::move(member.person));
    }
    draw_pensions(household, numbering_, on);
    return household;
}

}  // namespace mado::country
