#include "careers.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "benefit/national_fund.hpp"
#include "calendar.hpp"
#include "random.hpp"

namespace mado::country {
namespace {

using std::chrono::April;
using std::chrono::July;
using std::chrono::year;

constexpr Date national_begins = year{1961} / April / 1;
constexpr Date third_begins = year{1986} / April / 1;
constexpr Date students_must_join = year{1991} / April / 1;
constexpr Date students_may_defer = year{2000} / April / 1;
constexpr Date many_exemptions_begin = year{2006} / July / 1;

// 企業年金連合会 pays for the funds that these left early; fewer years than these are early [M].
constexpr std::int64_t madoka_fund = 9901;
constexpr std::int64_t printers_fund = 9917;
constexpr int fund_years_min = 15;

// Employers of the society whose employees are in its 厚生年金基金.
bool in_fund(const std::string& symbol) {
    return symbol == "101" || symbol == "102";
}

struct Segment {
    enum class Kind { student, work, first, third };
    Kind kind = Kind::first;
    Date from;
    Date until;  // the first day without it
    std::string workplace;
    bool fund = false;
};

constexpr std::array<const char*, 8> employers{
    "かすみ電子株式会社", "株式会社みなと商事", "東西無線株式会社", "丸三建材株式会社",
    "九十九運輸株式会社", "株式会社花園食品",   "白波縫製株式会社", "つばき印刷株式会社"};

Date next_april(Date day) {
    const Date april = day.year() / April / 1;
    return april >= day ? april : plus_years(april, 1);
}

// 標準報酬月額 in thousand yen, of the grades of 厚生年金保険法20条 those from 134 to 590 (its
// table in research.rubygems.info, 2000-10 to 2016-09); what was paid long ago was less.
constexpr std::array<std::int64_t, 24> grades{134, 142, 150, 160, 170, 180, 190, 200,
                                              220, 240, 260, 280, 300, 320, 340, 360,
                                              380, 410, 440, 470, 500, 530, 560, 590};
constexpr std::int64_t grade_min = 88;

std::int64_t pay_of(std::size_t grade, Date month) {
    const int then = static_cast<int>(month.year());
    const int percent = then < 1970 ? 25 : then < 1980 ? 50 : then < 1990 ? 75 : 100;
    if (percent == 100) return grades[grade];
    return std::max(grade_min, grades[grade] * percent / 200 * 2);
}

std::int64_t months_between(Date from, Date to) {
    return (std::chrono::year_month(to.year(), to.month()) -
            std::chrono::year_month(from.year(), from.month()))
        .count();
}

class WorkingLife {
  public:
    WorkingLife(const Person& person, Random& random, Numbering& numbering, Date on)
        : person_(person),
          random_(random),
          numbering_(numbering),
          on_(on),
          twenty_(reached_on(person.birth, 20)),
          sixty_(reached_on(person.birth, 60)),
          arrived_(person.coverage.front().from) {}

    Pension draw() {
        pension_.number = numbering_.basic_pension();
        pension_.office = random_.chance(60) ? "9901" : "9902";
        const bool foreign = person_.name.front() >= 'A' && person_.name.front() <= 'Z';
        if (!foreign) before_arrival();
        since_arrival();
        for (const auto& segment : segments_)
            apply(segment);
        add_second_category(pension_, person_.birth, on_);
        join_national_fund();
        retire();
        invite();
        return std::move(pension_);
    }

  private:
    void add(Segment segment) {
        if (segment.from >= segment.until) return;
        if (!segments_.empty()) {
            auto& last = segments_.back();
            if (last.kind == segment.kind && last.workplace == segment.workplace &&
                last.until == segment.from) {
                last.until = segment.until;
                return;
            }
        }
        segments_.push_back(std::move(segment));
    }
    void work_elsewhere(Date from, Date until);
    void before_arrival();
    void since_arrival();
    void apply(const Segment& segment);
    void employ(const Segment& segment);
    void join_fund(const Employment& work, const std::string& workplace);
    void pay_alone(const Segment& segment);
    void pay(Payment payment, Date from, Date to);
    void join_national_fund();
    void retire();
    void invite();

    [[nodiscard]] Date tomorrow() const { return plus_days(on_, 1); }
    // The month before the one in which it ends; nothing while it goes on.
    [[nodiscard]] std::optional<Date> last_day(Date until) const {
        return until > on_ ? std::nullopt : std::optional(plus_days(until, -1));
    }

    const Person& person_;
    Random& random_;
    Numbering& numbering_;
    Date on_, twenty_, sixty_, arrived_;
    std::vector<Segment> segments_;
    Pension pension_;
};

void WorkingLife::work_elsewhere(Date from, Date until) {
    const auto employer = [this] {
        return std::string(employers[static_cast<std::size_t>(
            random_.between(0, static_cast<std::int64_t>(employers.size()) - 1))]);
    };
    const Date middle = next_april(plus_years(from, static_cast<int>(random_.between(1, 12))));
    const bool two = middle < until && random_.chance(50);
    // Funds were many until 2014.
    const bool fund = two && middle < year{2014} / April / 1 && from >= year{1975} / April / 1 &&
                      random_.chance(15);
    add({Segment::Kind::work, from, two ? middle : until, employer(), fund});
    if (two) add({Segment::Kind::work, middle, until, employer(), false});
}

void WorkingLife::before_arrival() {
    const bool studied = random_.chance(50);
    const Date left_school = next_april(birthday(person_.birth, studied ? 22 : 18));
    const Date school_ends = std::min(left_school, arrived_);
    if (twenty_ < school_ends) add({Segment::Kind::student, twenty_, school_ends, "", false});
    const Date from = std::max(left_school, birthday(person_.birth, 18));
    if (from >= arrived_) return;
    if (!random_.chance(80)) {
        add({Segment::Kind::first, std::max(from, twenty_), arrived_, "", false});
        return;
    }
    // Many women left work when they married, and depended on a husband who was employed.
    const bool married = person_.couple && person_.sex == Sex::female && random_.chance(45);
    const Date wedding =
        next_april(birthday(person_.birth, static_cast<int>(random_.between(24, 31))));
    if (!married || wedding >= arrived_) {
        work_elsewhere(from, std::min(arrived_, reached_on(person_.birth, 65)));
        return;
    }
    work_elsewhere(from, wedding);
    add({Segment::Kind::third, wedding, arrived_, "", false});
}

void WorkingLife::since_arrival() {
    for (const auto& coverage : person_.coverage) {
        const Date until = coverage.last ? plus_days(*coverage.last, 1) : tomorrow();
        Segment segment{Segment::Kind::first, coverage.from, until, "", false};
        const bool society = coverage.holder == Holder::society && !coverage.voluntary;
        if (society && coverage.insured) {
            segment.kind = Segment::Kind::work;
            segment.workplace = workplace_name(coverage.symbol);
            segment.fund = in_fund(coverage.symbol);
        } else if (society && person_.couple) {
            segment.kind = Segment::Kind::third;
        }
        add(std::move(segment));
    }
}

void WorkingLife::pay(Payment payment, Date from, Date to) {
    if (from > to) return;
    const bool goes_on = to >= first_of_month(on_);
    pension_.payments.push_back({.payment = payment,
                                 .from = from,
                                 .to = goes_on ? std::nullopt : std::optional(to),
                                 .additional = false});
}

// Months of the first category: paid, or one of the ways not to pay that there were then.
void WorkingLife::pay_alone(const Segment& segment) {
    const Date from = first_of_month(segment.from);
    const Date to =
        segment.until > on_ ? first_of_month(on_) : plus_months(first_of_month(segment.until), -1);
    if (segment.kind == Segment::Kind::student) {
        const Date join = std::max(from, students_must_join);
        pay(Payment::empty, from, std::min(to, plus_months(students_must_join, -1)));
        const bool defers = random_.chance(70);
        const Date deferred = std::max(join, students_may_defer);
        pay(Payment::paid, join, std::min(to, defers ? plus_months(students_may_defer, -1) : to));
        if (defers) pay(Payment::student, deferred, to);
        return;
    }
    constexpr std::array<int, 5> habits{70, 12, 8, 5, 5};
    const Date july = [&] {
        const Date of_year = std::max(from, many_exemptions_begin);
        const Date first = of_year.year() / July / 1;
        return first >= of_year ? first : plus_years(first, 1);
    }();
    const Date change = plus_months(july, 12 * static_cast<int>(random_.between(0, 3)));
    const Date before_change = std::min(to, plus_months(change, -1));
    switch (random_.pick(habits)) {
        case 1:  // pays now and then: what has no row is not paid
            pay(Payment::paid, from, std::min(to, plus_months(from, 40)));
            break;
        case 2:
            pay(Payment::paid, from, before_change);
            pay(Payment::exempt_full, std::max(from, change), to);
            break;
        case 3:
            pay(Payment::paid, from, before_change);
            pay(Payment::exempt_half, std::max(from, change), to);
            break;
        case 4: {
            const bool young = birthday(person_.birth, 30) > std::max(from, change);
            pay(Payment::paid, from, before_change);
            pay(young ? Payment::deferred : Payment::exempt_quarter, std::max(from, change), to);
            break;
        }
        default:  // open set
            pay(Payment::paid, from, to);
    }
}

void WorkingLife::join_fund(const Employment& work, const std::string& workplace) {
    const Date from = first_of_month(work.from);
    const Date last = work.last ? *work.last : on_;
    std::int64_t sum_thousand_yen = 0;
    std::int64_t months = 0;
    Date to = from;
    for (Date month = from; month <= last && plus_months(month, 1) <= plus_days(last, 1);
         month = plus_months(month, 1)) {
        auto pay = std::ranges::find_if(work.pay.rbegin(), work.pay.rend(),
                                        [month](const Pay& one) { return one.from <= month; });
        sum_thousand_yen += pay->thousand_yen + pay->bonus_thousand_yen / 6;
        ++months;
        to = month;
    }
    if (months == 0) return;
    // Five hundredths more than the part in the state's place (厚生年金保険法132条).
    const auto yearly = [](std::int64_t thousand_yen) {
        return thousand_yen * 5481 / 1000 * 105 / 100;
    };
    const bool early = work.last && months < 12 * fund_years_min;
    const bool madoka = workplace.starts_with("まどか");
    if (early || !madoka) {
        if (pension_.federation) return;  // one is enough for a drawn life
        pension_.federation = {
            .number = numbering_.federation(madoka ? madoka_fund : printers_fund),
            .from = from,
            .to = to,
            .yearly_yen = std::max<std::int64_t>(1, yearly(sum_thousand_yen)),
            .paid_since = std::nullopt};
        return;
    }
    const Date end = std::max(to, plus_months(first_of_month(sixty_), -1));
    const auto now = work.pay.back();
    const auto left = months_between(to, end);
    const auto more = work.last ? 0 : left * (now.thousand_yen + now.bonus_thousand_yen / 6);
    pension_.employees_fund = {
        .number = numbering_.employees_fund(),
        .workplace = workplace,
        .from = work.from,
        .last = work.last,
        .premium_yen = now.thousand_yen * 20,  // 20 thousandths of the pay
        .basic_earned_yen = yearly(sum_thousand_yen),
        .basic_continued_yen = yearly(sum_thousand_yen + more),
    };
}

void WorkingLife::employ(const Segment& segment) {
    const Date until = std::min(segment.until, reached_on(person_.birth, 70));
    if (segment.from >= until) return;
    Employment work{.workplace = segment.workplace,
                    .fund = segment.fund,
                    .from = segment.from,
                    .last = last_day(until),
                    .pay = {}};
    auto grade =
        static_cast<std::size_t>(random_.between(5, 10)) +
        static_cast<std::size_t>(std::clamp(age_on(person_.birth, segment.from) - 20, 0, 30) / 6);
    const bool bonuses = random_.chance(75);
    Date month = first_of_month(segment.from);
    while (month < until && month <= on_) {
        const auto thousand_yen = pay_of(std::min(grade, grades.size() - 1), month);
        work.pay.push_back({.from = month,
                            .thousand_yen = thousand_yen,
                            .bonus_thousand_yen = bonuses ? thousand_yen * 2 : 0});
        // Pay is judged anew each September.
        const Date later = plus_years(month, static_cast<int>(random_.between(3, 5)));
        month = later.year() / std::chrono::September / 1;
        grade += static_cast<std::size_t>(random_.between(0, 2));
    }
    if (work.fund) join_fund(work, segment.workplace);
    pension_.employments.push_back(std::move(work));
}

void WorkingLife::apply(const Segment& segment) {
    Segment cut = segment;
    switch (segment.kind) {
        case Segment::Kind::work:
            employ(segment);
            return;
        case Segment::Kind::third: {
            // Before 1986 the spouse of an employee need not join.
            cut.from = std::max({cut.from, twenty_, national_begins});
            const Date join = std::max(cut.from, third_begins);
            cut.until = std::min(cut.until, sixty_);
            pay(Payment::empty, first_of_month(cut.from),
                plus_months(first_of_month(std::min(cut.until, join)), -1));
            if (join >= cut.until) return;
            pension_.categories.push_back(
                {.category = Category::third, .from = join, .last = last_day(cut.until)});
            return;
        }
        case Segment::Kind::first:
        case Segment::Kind::student: {
            cut.from = std::max({cut.from, twenty_, national_begins});
            cut.until = std::min(cut.until, sixty_);
            if (cut.from >= cut.until) return;
            pay_alone(cut);
            if (cut.kind == Segment::Kind::student) {
                cut.from = std::max(cut.from, students_must_join);
            }
            if (cut.from >= cut.until) return;
            pension_.categories.push_back(
                {.category = Category::first, .from = cut.from, .last = last_day(cut.until)});
            return;
        }
    }
}

// Some of those who pay for themselves, and have, joined the fund in the month of a birthday of
// which the premium is known.
void WorkingLife::join_national_fund() {
    const auto first =
        std::ranges::find(pension_.categories, Category::first, &CategoryPeriod::category);
    if (first == pension_.categories.end() || !random_.chance(20)) return;
    const int age = std::max(24, age_on(person_.birth, first->from) + 1);
    const Date joined = first_of_month(reached_on(person_.birth, age));
    const Date last = first->last.value_or(on_);
    const auto paid = std::ranges::any_of(pension_.payments, [joined](const PaymentSpan& span) {
        return span.payment == Payment::paid && span.from <= joined &&
               (!span.to || plus_months(joined, 12) <= *span.to);
    });
    if (!paid || joined <= first->from || plus_months(joined, 12) > last) return;
    const auto sex = person_.sex == Sex::male ? benefit::Sex::male : benefit::Sex::female;
    const auto unit = benefit::first_unit(benefit::FundType::a, sex, age * 12);
    if (!unit.premium_yen || !unit.yearly_yen) return;
    const auto all = months_between(joined, first_of_month(sixty_));
    const auto to =
        first->last ? std::optional(plus_months(first_of_month(*first->last), -1)) : std::nullopt;
    const auto months = months_between(joined, to.value_or(plus_months(first_of_month(on_), -2)));
    const auto earned = *unit.yearly_yen * (months + 1) / all / 100 * 100;
    pension_.national_fund = {.number = numbering_.national_fund(),
                              .from = joined,
                              .last = first->last,
                              .units = {{.type = "A",
                                         .count = 1,
                                         .from = joined,
                                         .to = to,
                                         .premium_yen = *unit.premium_yen,
                                         .earned_yen = earned,
                                         .continued_yen = to ? earned : *unit.yearly_yen}}};
}

// ---- what is paid already ----

// Awards of drawn people are plausible and nothing to compare rules with: one full amount for
// everybody, no revaluation, none of the old laws' exceptions.
void WorkingLife::retire() {
    constexpr std::array<int, 3> ages{65, 60, 70};
    constexpr std::array<int, 3> weights{86, 11, 3};
    constexpr std::array<std::int64_t, 3> permille{1000, 760, 1420};
    constexpr std::int64_t full_basic_yen = 844'900;  // FY2026, born before 1956-04-02
    const auto choice = random_.pick(weights);
    const Date claimed = reached_on(person_.birth, ages[choice]);
    const Date since = plus_months(first_of_month(claimed), 1);
    if (since > on_) return;
    std::int64_t months = 0;
    std::int64_t sum_thousand_yen = 0;
    for (const auto& period : pension_.categories) {
        const Date from = std::max(period.from, twenty_);
        const Date to = std::min(period.last.value_or(on_), sixty_);
        if (from < to && period.category != Category::first) months += months_between(from, to);
    }
    for (const auto& span : pension_.payments) {
        const Date to = std::min(span.to.value_or(first_of_month(on_)), first_of_month(sixty_));
        if (span.from <= to && span.payment == Payment::paid)
            months += months_between(span.from, to) + 1;
    }
    for (const auto& work : pension_.employments) {
        const Date end = std::min(work.last.value_or(on_), claimed);
        for (std::size_t i = 0; i < work.pay.size(); ++i) {
            const Date until = i + 1 < work.pay.size() ? work.pay[i + 1].from : end;
            const auto count = months_between(work.pay[i].from, std::min(until, end));
            if (count > 0) sum_thousand_yen += count * work.pay[i].thousand_yen;
        }
    }
    if (months < 120) return;
    const auto add = [&](bool employees, std::int64_t yearly_yen) {
        if (yearly_yen <= 0) return;
        pension_.awards.push_back({.employees = employees,
                                   .since = since,
                                   .claim_age = ages[choice],
                                   .yearly_yen = yearly_yen * permille[choice] / 1000});
    };
    add(false, full_basic_yen * std::min<std::int64_t>(months, 480) / 480);
    add(true, sum_thousand_yen * 7125 / 1000);
    if (pension_.federation) pension_.federation->paid_since = since;
}

// Each 25 May the fund writes to some of those who paid for themselves on 1 April, and might join.
// That it has their names and addresses is from memory [M].
void WorkingLife::invite() {
    Date mailing = on_.year() / std::chrono::May / 25;
    if (mailing >= on_) mailing = plus_years(mailing, -1);
    const Date listed = mailing.year() / April / 1;
    const bool pays_alone = !pension_.categories.empty() && !pension_.payments.empty() &&
                            pension_.categories.back().category == Category::first &&
                            pension_.categories.back().from <= listed &&
                            !pension_.categories.back().last &&
                            pension_.payments.back().payment == Payment::paid;
    if (!pays_alone || pension_.national_fund || age_on(person_.birth, on_) >= 58) return;
    if (random_.chance(60))
        pension_.invitation = {.number = numbering_.national_fund(), .on = mailing};
}

std::uint64_t seed_of(const Person& person) {
    constexpr std::uint64_t other_than_treatments = 0x70656e73696f6e;
    std::uint64_t number = 0;
    std::from_chars(person.health_care_number.data(),
                    person.health_care_number.data() + person.health_care_number.size(), number);
    return number ^ other_than_treatments;
}

}  // namespace

void add_second_category(Pension& pension, Date birth, Date on) {
    const Date end = reached_on(birth, 65);
    std::vector<CategoryPeriod> periods;
    auto employments = pension.employments;
    std::ranges::sort(employments, {}, &Employment::from);
    for (const auto& work : employments) {
        if (work.from >= end) continue;
        auto last = work.last;
        if (end <= on || last >= end) last = std::min(last.value_or(on), plus_days(end, -1));
        auto* before = periods.empty() ? nullptr : &periods.back();
        if (before != nullptr && (!before->last || work.from <= plus_days(*before->last, 1))) {
            // Employed by two at once, or by one after the other: one period.
            before->last =
                before->last && last ? std::optional(std::max(*before->last, *last)) : std::nullopt;
        } else {
            periods.push_back({.category = Category::second, .from = work.from, .last = last});
        }
    }
    for (auto& period : periods)
        pension.categories.push_back(period);
    std::ranges::sort(pension.categories, {}, &CategoryPeriod::from);
}

void draw_pensions(Household& household, Numbering& numbering, Date on) {
    for (auto& person : household.people) {
        if (reached_on(person.birth, 20) > on) continue;
        Random random(seed_of(person));
        person.pension = WorkingLife(person, random, numbering, on).draw();
    }
    for (auto& person : household.people) {
        if (!person.pension || !person.couple) continue;
        for (const auto& other : household.people) {
            if (&other == &person || !other.couple || !other.pension) continue;
            person.pension->supporter = other.pension->number;
        }
    }
}

}  // namespace mado::country
