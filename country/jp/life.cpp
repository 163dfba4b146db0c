#include "life.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "calendar.hpp"

namespace mado::country {
namespace {

using std::chrono::April;
using std::chrono::months;
using std::chrono::year;

// The insurers' registers begin here: with 後期高齢者医療, and with the preschool share of today.
constexpr Date registers_begin = year{2008} / April / 1;
constexpr int voluntary_years_max = 2;
// A newborn's filing is decided within about this time.
constexpr int approval_days = 21;

int works_percent(const Member& member, Date on) {
    const int age = age_on(member.person.birth, on);
    switch (member.role) {
        case Role::head:
            return age < 70 ? 72 : 45;
        case Role::spouse:
            return 45;
        case Role::child:
            return 0;
        case Role::parent:
            return 30;
    }
    return 0;
}

// A change of work: most on the first of a month, many of them on 1 April.
Date draw_change(Random& random, Date first, Date last) {
    const Date day = plus_days(
        first,
        random.between(0, (std::chrono::sys_days(last) - std::chrono::sys_days(first)).count()));
    const Date april = day.year() / April / 1;
    if (random.chance(30) && april >= first && april <= last) return april;
    const Date month = first_of_month(day);
    return random.chance(60) && month >= first ? month : day;
}

class Career {
  public:
    Career(Random& random, Numbering& numbering, Member& member)
        : random_(random), numbering_(numbering), member_(member) {}

    void draw(Date arrived, Date on) {
        member_.independent = random_.chance(20);
        const bool works = random_.chance(works_percent(member_, on));
        const bool changes = random_.chance(25);
        const Date birth = member_.person.birth;
        const Date retires =
            first_of_month(birthday(birth, static_cast<int>(random_.between(60, 70)))) + months(1);
        const Date first = plus_days(std::max(arrived, plus_years(on, -5)), 30);
        const Date last = plus_days(on, -20);
        const bool adult = member_.role != Role::child;
        if (adult && changes && first < last && last < retires) {
            const Date day = draw_change(random_, first, last);
            const bool worked = !works || random_.chance(50);
            if (worked) work(arrived, day, !works);
            if (works) work(day, retires, true);
        } else if (adult && works) {
            work(arrived, retires, true);
        }
    }

  private:
    void work(Date from, Date until, bool may_continue) {
        if (from >= until) return;
        member_.jobs.push_back({from, until, numbering_.employee(random_), false});
        if (!may_continue || !random_.chance(20)) return;
        // At most two years after 70, so nobody has a job from 75 on.
        member_.jobs.push_back(
            {until, plus_years(until, voluntary_years_max), numbering_.voluntary(), true});
    }

    Random& random_;
    Numbering& numbering_;
    Member& member_;
};

const Job* job_on(const Member& member, Date day) {
    for (const auto& job : member.jobs) {
        if (job.from <= day && day < job.until) return &job;
    }
    return nullptr;
}

// Whose dependant somebody without a job of their own is; nobody's when empty.
std::optional<std::size_t> supporter_on(const std::vector<Member>& members, std::size_t who,
                                        Date day) {
    if (members[who].independent && members[who].role != Role::child) return std::nullopt;
    for (std::size_t i = 0; i < members.size(); ++i) {
        const bool earner = members[i].role == Role::head || members[i].role == Role::spouse;
        if (i != who && earner && job_on(members[i], day) != nullptr) return i;
    }
    return std::nullopt;
}

// The one rule: where a member is insured on a day.
Coverage insured_on(const Life& life, const std::vector<Member>& members, std::size_t who,
                    Date day) {
    const auto& member = members[who];
    Coverage coverage;
    coverage.holder = Holder::society;
    coverage.from = day;
    if (birthday(member.person.birth, 75) <= day) {
        coverage.holder = Holder::late_elderly;
        coverage.number = member.late_elderly;
        return coverage;
    }
    const Job* job = job_on(member, day);
    const auto supporter = job == nullptr ? supporter_on(members, who, day) : std::nullopt;
    if (job == nullptr && !supporter) {
        coverage.holder = Holder::city;
        coverage.symbol = life.city.symbol;
        coverage.number = life.city.number;
        coverage.branch = fmt::format("{:02}", who + 1);
        return coverage;
    }
    std::size_t branch = 0;
    if (job == nullptr) {
        coverage.insured = false;
        branch = who < *supporter ? who + 1 : who;
        job = job_on(members[*supporter], day);
    }
    coverage.symbol = job->subscription.symbol;
    coverage.number = job->subscription.number;
    coverage.voluntary = job->voluntary;
    if (!life.without_branches) coverage.branch = fmt::format("{:02}", branch);
    return coverage;
}

bool same_insurance(const Coverage& a, const Coverage& b) {
    return a.holder == b.holder && a.symbol == b.symbol && a.number == b.number &&
           a.branch == b.branch;
}

EndReason why_ended(const Coverage& ended, const Coverage& next) {
    if (next.holder == Holder::late_elderly) return EndReason::turned_75;
    if (ended.holder == Holder::city) return EndReason::joined_other;
    if (!ended.insured) return EndReason::dependence_ended;
    return ended.voluntary ? EndReason::voluntary_ended : EndReason::left_work;
}

// All days on which somebody's insurance may change.
std::vector<Date> turning_points(const std::vector<Member>& members, Date first, Date on) {
    std::vector<Date> days{first};
    for (const auto& member : members) {
        days.push_back(birthday(member.person.birth, 75));
        for (const auto& job : member.jobs) {
            days.push_back(job.from);
            days.push_back(job.until);
        }
    }
    std::erase_if(days, [&](Date day) { return day < first || day > on; });
    std::ranges::sort(days);
    const auto repeated = std::ranges::unique(days);
    days.erase(repeated.begin(), repeated.end());
    return days;
}

}  // namespace

Life draw_life(Random& random, Numbering& numbering, std::vector<Member>& members, Date on) {
    Life life;
    Date earliest = registers_begin;
    bool twins = false;
    for (std::size_t i = 0; i < members.size(); ++i) {
        const auto& member = members[i];
        const bool couple = member.role == Role::head || member.role == Role::spouse;
        if (couple) earliest = std::max(earliest, birthday(member.person.birth, 20));
        if (i > 0 && member.person.birth == members[i - 1].person.birth) twins = true;
    }
    const Date latest = plus_days(on, -60);
    life.arrived = earliest;
    if (earliest < latest && !random.chance(30)) {
        const auto days = std::chrono::sys_days(latest) - std::chrono::sys_days(earliest);
        life.arrived = plus_days(earliest, random.between(0, days.count()));
    }
    life.without_branches = random.chance(twins ? 60 : 3);
    for (auto& member : members)
        Career(random, numbering, member).draw(life.arrived, on);
    return life;
}

std::vector<Coverage> coverage_of(const Life& life, const std::vector<Member>& members,
                                  std::size_t who, Date on) {
    const Date birth = members[who].person.birth;
    const Date first = std::max(life.arrived, birth);
    std::vector<Coverage> all;
    for (const Date day : turning_points(members, first, on)) {
        auto coverage = insured_on(life, members, who, day);
        if (!all.empty()) {
            if (same_insurance(all.back(), coverage)) continue;
            all.back().last = plus_days(day, -1);
            all.back().end = why_ended(all.back(), coverage);
        }
        const bool newborn = plus_days(birth, approval_days) > on;
        coverage.approved = coverage.insured || !newborn;
        all.push_back(std::move(coverage));
    }
    return all;
}

}  // namespace mado::country
