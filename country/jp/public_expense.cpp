#include "public_expense.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/check_digit.hpp"
#include "calendar.hpp"
#include "db/db.hpp"

namespace mado::country {
namespace {

// Until which 31 March the cities help: A市 until that after the 18th birthday, B市 until that
// after the 15th. The preschool years end with that after the sixth. Both ordinances are made up.
constexpr int years_after_preschool_a = 12;
constexpr int years_after_preschool_b = 9;

bool lives_in_b(const Person& person) {
    return person.residence.municipality == Holder::residents_b;
}

bool is_welfare(Holder payer) {
    return payer == Holder::welfare_a || payer == Holder::welfare_b;
}

const Coverage* insurance_on(const Person& person, Date day) {
    for (const auto& coverage : person.coverage) {
        if (coverage.from <= day && (!coverage.last || day <= *coverage.last)) return &coverage;
    }
    return nullptr;
}

// A: nothing is left to pay. B: nothing before school, a tenth from then on.
PublicExpense child_subsidy(const Person& person) {
    const bool b = lives_in_b(person);
    const Date school = plus_days(preschool_last(person.birth), 1);
    PublicExpense out{.payer = b ? Holder::children_b : Holder::children_a,
                      .number = {},
                      .from = std::max(person.birth, person.coverage.front().from),
                      .last = plus_years(preschool_last(person.birth),
                                         b ? years_after_preschool_b : years_after_preschool_a),
                      .spans = {}};
    const auto span = [&out](Date from, Date last, int percent) {
        if (from > last) return;
        out.spans.push_back({.from = std::max(from, out.from),
                             .last = last,
                             .share_percent = percent,
                             .limit_class = {}});
    };
    if (!b) {
        span(out.from, *out.last, 0);
    } else {
        span(out.from, plus_days(school, -1), 0);
        span(std::max(out.from, school), *out.last, 10);
    }
    return out;
}

// A household of B市 on welfare of which everybody is insured by an employer: who earns too little.
// 国保 and 後期 would have ended.
bool gets_welfare(const Household& household, Date on) {
    return household.income.now == Income::lowest &&
           std::ranges::all_of(household.people, [on](const Person& person) {
               const auto* insurance = insurance_on(person, on);
               return lives_in_b(person) && insurance != nullptr &&
                      insurance->holder == Holder::society;
           });
}

}  // namespace

std::string PublicExpenses::number(Holder payer, bool named) {
    constexpr std::int64_t first_drawn = 1'000;
    auto digits = named ? fmt::format("{:06}", ++named_[payer])
                        : fmt::format("{:06}", first_drawn + ++drawn_[payer]);
    digits.push_back(insurer_digit(digits));
    return digits;
}

void PublicExpenses::grant(Household& household, bool named) {
    const bool welfare = !named && gets_welfare(household, on_);
    for (auto& person : household.people) {
        auto& all = person.public_expenses;
        if (welfare) {
            const Date year = on_.year() / std::chrono::January / 1;
            all.push_back({.payer = Holder::welfare_b,
                           .number = {},
                           .from = std::max(year, insurance_on(person, on_)->from),
                           .last = std::nullopt,
                           .spans = {}});
        }
        // Whoever is on welfare, or insured nowhere, gets no subsidy.
        if (all.empty() && insurance_on(person, on_) != nullptr) {
            auto subsidy = child_subsidy(person);
            if (subsidy.last >= on_) all.push_back(std::move(subsidy));
        }
        for (auto& one : all) {
            if (one.number.empty()) one.number = number(one.payer, named);
        }
    }
}

namespace {

// ---- 子ども医療費助成 ----

class ChildRegister {
  public:
    ChildRegister(const Place& place, Date on, Holder holder)
        : connection_(make_database(place, holder)) {
        connection_.prepare("insert into 処理 values ('資格', :ended)")
            .bind("ended", to_text(on) + " 02:20:00")
            .execute();
    }
    void add(const Person& person, const PublicExpense& one);
    void commit() { transaction_.commit(); }

  private:
    db::Connection connection_;
    db::Transaction transaction_{connection_};
    db::Statement child_ = connection_.prepare(
        "insert into 受給者 values (:number, :name, :kana, :birth, :sex, :address, :from, :last)");
    db::Statement share_ =
        connection_.prepare("insert into 自己負担 values (:number, :from, :last, :tenths)");
};

void ChildRegister::add(const Person& person, const PublicExpense& one) {
    child_.bind("number", one.number)
        .bind("name", person.name)
        .bind("kana", person.kana)
        .bind("birth", to_text(person.birth))
        .bind("sex", person.sex == Sex::male ? "1" : "2")
        .bind("address", person.residence.address)
        .bind("from", to_text(one.from))
        .bind("last", to_text(*one.last))
        .execute();
    for (const auto& span : one.spans) {
        share_.bind("number", one.number)
            .bind("from", to_text(span.from))
            .bind("last", to_text(*span.last))
            .bind("tenths", std::int64_t{span.share_percent / 10})
            .execute();
    }
}

// ---- 医療扶助 ----

class WelfareRegister {
  public:
    WelfareRegister(const Place& place, Date on, Holder holder)
        : connection_(make_database(place, holder)) {
        // 05:00 in Japan, nine hours east of Greenwich, the day before.
        const auto midnight = std::chrono::sys_seconds(std::chrono::sys_days(on));
        connection_.prepare("insert into koshin values ('資格', :unix)")
            .bind("unix", std::int64_t{midnight.time_since_epoch().count()} - 4 * 3600)
            .execute();
    }
    void open_case(const Household& household, Date from);
    void add(const Person& person, const PublicExpense& one);
    void commit() { transaction_.commit(); }

  private:
    db::Connection connection_;
    db::Transaction transaction_{connection_};
    db::Statement case_ =
        connection_.prepare("insert into case_daicho values (:no, :address, :from)");
    db::Statement person_ = connection_.prepare(
        "insert into hi_hogosha values (:number, :no, :name, :kana, :birth, :sex, :from, :last,"
        " :beside)");
    std::int64_t case_no_ = 0;
};

void WelfareRegister::open_case(const Household& household, Date from) {
    case_.bind("no", ++case_no_)
        .bind("address", household.address)
        .bind("from", yyyymmdd(from))
        .execute();
}

void WelfareRegister::add(const Person& person, const PublicExpense& one) {
    person_.bind("number", one.number)
        .bind("no", case_no_)
        .bind("name", person.name)
        .bind("kana", person.kana)
        .bind("birth", yyyymmdd(person.birth))
        .bind("sex", person.sex == Sex::male ? "男" : "女")
        .bind("from", yyyymmdd(one.from))
        .bind("last", one.last ? yyyymmdd(*one.last) : std::int64_t{0})
        .bind("beside", std::int64_t{insurance_on(person, one.from) != nullptr})
        .execute();
}

}  // namespace

struct PublicExpenseRegisters::Databases {
    Databases(const Place& place, Date on)
        : children_a(place, on, Holder::children_a),
          children_b(place, on, Holder::children_b),
          welfare_a(place, on, Holder::welfare_a),
          welfare_b(place, on, Holder::welfare_b) {}
    ChildRegister children_a, children_b;
    WelfareRegister welfare_a, welfare_b;
};

PublicExpenseRegisters::PublicExpenseRegisters(const Place& place, Date on)
    : databases_(std::make_unique<Databases>(place, on)) {}

PublicExpenseRegisters::~PublicExpenseRegisters() = default;

void PublicExpenseRegisters::add(const Household& household) {
    bool opened = false;
    for (const auto& person : household.people) {
        for (const auto& one : person.public_expenses) {
            if (!is_welfare(one.payer)) {
                const bool b = one.payer == Holder::children_b;
                (b ? databases_->children_b : databases_->children_a).add(person, one);
                continue;
            }
            const bool b = one.payer == Holder::welfare_b;
            auto& welfare = b ? databases_->welfare_b : databases_->welfare_a;
            if (!std::exchange(opened, true)) welfare.open_case(household, one.from);
            welfare.add(person, one);
        }
    }
}

void PublicExpenseRegisters::commit() {
    databases_->children_a.commit();
    databases_->children_b.commit();
    databases_->welfare_a.commit();
    databases_->welfare_b.commit();
}

}  // namespace mado::country
