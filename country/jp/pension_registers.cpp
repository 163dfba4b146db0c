#include "pension_registers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "benefit/tables.hpp"
#include "calendar.hpp"
#include "pension_letters.hpp"
#include "writings.hpp"

namespace mado::country {
namespace {

Date day_after(Date day) {
    return plus_days(day, 1);
}

// ---- 日本年金機構 ----

std::int64_t form_month(Date month) {
    return form_date(month) / 100;
}

std::int64_t form_lost(const std::optional<Date>& last) {
    return last ? form_date(day_after(*last)) : 0;
}

std::string written(const std::string& number) {
    return number.substr(0, 4) + "-" + number.substr(4);
}

std::int64_t category_code(Category category) {
    switch (category) {
        case Category::first:
            return 1;
        case Category::second:
            return 2;
        case Category::third:
            return 3;
        case Category::voluntary:
            return 4;
    }
    return 0;
}

std::string_view payment_code(Payment payment) {
    switch (payment) {
        case Payment::paid:
            return "01";
        case Payment::unpaid:
            return "02";
        case Payment::exempt_full:
            return "11";
        case Payment::exempt_three_quarters:
            return "12";
        case Payment::exempt_half:
            return "13";
        case Payment::exempt_quarter:
            return "14";
        case Payment::exempt_by_law:
            return "15";
        case Payment::student:
            return "21";
        case Payment::deferred:
            return "22";
        case Payment::maternity:
            return "31";
        case Payment::childcare:
            return "32";
        case Payment::empty:
            return "91";
    }
    return "";
}

struct Earned;

class StateRegister {
  public:
    StateRegister(const Place& place, const Written& written)
        : connection_(make_database(place, Holder::state_pension)),
          letters_(connection_, written),
          booked_to_(booked_to(written.dates.on)) {
        connection_.prepare("insert into shunou_zumi values (:month)")
            .bind("month", form_month(booked_to_))
            .execute();
        connection_.prepare("insert into shori values ('記録更新', :shuryo)")
            .bind("shuryo", form_date(written.dates.on) * 10'000 + 130)
            .execute();
    }
    void add(const Person& person, const Pension& pension);
    void commit() { transaction_.commit(); }

  private:
    void add_periods(const std::string& number, const Pension& pension);
    void add_work(const std::string& number, const Employment& work, Sex sex);
    void add_shares(const std::vector<Earned>& months);

    db::Connection connection_;
    db::Transaction transaction_{connection_};
    db::Statement person_ = connection_.prepare(
        "insert into hihokensha values (:number, :kana, :name, :birth, :sex, :address, :office)");
    db::Statement category_ = connection_.prepare(
        "insert into kokunen_shubetsu values (:number, :renban, :category, :from, :lost, :spouse)");
    db::Statement payment_ = connection_.prepare(
        "insert into kokunen_noufu values (:number, :from, :to, :kubun, :fuka)");
    db::Statement work_ = connection_.prepare(
        "insert into kounen values (:seiri, :number, :workplace, :kind, :from, :lost)");
    db::Statement pay_ =
        connection_.prepare("insert into hyojun_hoshu values (:seiri, :from, :thousand_yen)");
    db::Statement bonus_ =
        connection_.prepare("insert into hyojun_shoyo values (:seiri, :day, :thousand_yen)");
    db::Statement share_ =
        connection_.prepare("insert into honnin_futan values (:seiri, :from, :to, :yen)");
    db::Statement fund_ =
        connection_.prepare("insert into kikin_kanyu values (:number, :from, :lost)");
    db::Statement award_ = connection_.prepare(
        "insert into saitei values (:number, :kind, :since, :claim_age, :yearly_yen)");
    db::Statement old_ = connection_.prepare(
        "insert into mitogo values (:number, :kana, :birth, :workplace, :from, :lost)");
    StateLetters letters_;
    Date booked_to_;
    std::int64_t seiri_ = 0;
};

void StateRegister::add_periods(const std::string& number, const Pension& pension) {
    std::int64_t renban = 0;
    for (const auto& period : pension.categories) {
        category_.bind("number", number)
            .bind("renban", ++renban)
            .bind("category", category_code(period.category))
            .bind("from", form_date(period.from))
            .bind("lost", form_lost(period.last))
            .bind("spouse", period.category == Category::third && !pension.supporter.empty()
                                ? written(pension.supporter)
                                : "")
            .execute();
    }
    for (const auto& span : pension.payments) {
        const Date to = std::min(span.to.value_or(booked_to_), booked_to_);
        if (span.from > to) continue;
        payment_.bind("number", number)
            .bind("from", form_month(span.from))
            .bind("to", form_month(to))
            .bind("kubun", payment_code(span.payment))
            .bind("fuka", std::int64_t{span.additional})
            .execute();
    }
}

// What one month at this employer is insured for: its pay, and a bonus twice a year.
struct Earned {
    Date month;
    std::int64_t thousand_yen = 0;
    std::optional<Date> bonus_on;
    std::int64_t bonus_thousand_yen = 0;
};

std::vector<Earned> months_of(const Employment& work, Date booked) {
    const Date end = work.last ? day_after(*work.last) : day_after(plus_months(booked, 1));
    std::vector<Earned> out;
    // The month in which it ends is none of it.
    for (Date month = first_of_month(work.from); plus_months(month, 1) <= end;
         month = plus_months(month, 1)) {
        const auto pay =
            std::ranges::find_if(work.pay.rbegin(), work.pay.rend(),
                                 [month](const Pay& one) { return one.from <= month; });
        if (pay == work.pay.rend()) continue;
        Earned earned{.month = month, .thousand_yen = pay->thousand_yen, .bonus_on = {}};
        const auto of_year = static_cast<unsigned>(month.month());
        const Date day = plus_days(month, of_year == 6 ? 29 : 9);
        if ((of_year == 6 || of_year == 12) && pay->bonus_thousand_yen > 0 && day >= work.from) {
            earned.bonus_on = day;
            earned.bonus_thousand_yen = pay->bonus_thousand_yen;
        }
        out.push_back(earned);
    }
    return out;
}

// The own share is half of the rate less the fund's part, which differs from fund to fund
// (免除保険料率); this one is made up.
std::optional<std::int64_t> share_beside_fund(const Earned& earned) {
    constexpr int exempt_millionths = 38'000;
    const auto rate = benefit::employees_premium_millionths(
        std::chrono::year_month(earned.month.year(), earned.month.month()));
    if (!rate) return std::nullopt;
    return (earned.thousand_yen + earned.bonus_thousand_yen) * (*rate - exempt_millionths) / 2000;
}

void StateRegister::add_shares(const std::vector<Earned>& months) {
    std::optional<Date> from;
    std::optional<std::int64_t> yen;
    for (std::size_t i = 0; i <= months.size(); ++i) {
        const auto next = i < months.size() ? share_beside_fund(months[i]) : std::nullopt;
        if (i < months.size() && next == yen) continue;
        if (yen) {
            share_.bind("seiri", seiri_)
                .bind("from", form_month(*from))
                .bind("to", form_month(months[i - 1].month))
                .bind("yen", *yen)
                .execute();
        }
        if (i < months.size()) from = months[i].month;
        yen = next;
    }
}

void StateRegister::add_work(const std::string& number, const Employment& work, Sex sex) {
    work_.bind("seiri", ++seiri_)
        .bind("number", number)
        .bind("workplace", work.workplace)
        .bind("kind", std::int64_t{sex == Sex::male ? 1 : 2} + (work.fund ? 4 : 0))
        .bind("from", form_date(work.from))
        .bind("lost", form_lost(work.last))
        .execute();
    for (const auto& pay : work.pay) {
        pay_.bind("seiri", seiri_)
            .bind("from", form_month(pay.from))
            .bind("thousand_yen", pay.thousand_yen)
            .execute();
    }
    const auto months = months_of(work, booked_to_);
    for (const auto& month : months) {
        if (!month.bonus_on) continue;
        bonus_.bind("seiri", seiri_)
            .bind("day", form_date(*month.bonus_on))
            .bind("thousand_yen", month.bonus_thousand_yen)
            .execute();
    }
    if (work.fund) add_shares(months);
}

void StateRegister::add(const Person& person, const Pension& pension) {
    const auto number = written(pension.number);
    person_.bind("number", number)
        .bind("kana", person.kana)
        .bind("name", in_jis(person.name))
        .bind("birth", form_date(person.birth))
        .bind("sex", std::int64_t{person.sex == Sex::male ? 1 : 2})
        .bind("address", in_jis(registry_address(person.residence.address)))
        .bind("office", pension.office)
        .execute();
    add_periods(number, pension);
    for (const auto& work : pension.employments)
        add_work(number, work, person.sex);
    for (const auto& award : pension.awards) {
        award_.bind("number", number)
            .bind("kind", award.employees ? "老齢厚生" : "老齢基礎")
            .bind("since", form_month(award.since))
            .bind("claim_age", std::int64_t{award.claim_age})
            .bind("yearly_yen", award.yearly_yen)
            .execute();
    }
    if (const auto& fund = pension.national_fund) {
        fund_.bind("number", number)
            .bind("from", form_date(fund->from))
            .bind("lost", form_lost(fund->last))
            .execute();
    }
    for (const auto& old : pension.old_records) {
        old_.bind("number", written(old.number))
            .bind("kana", old.kana)
            .bind("birth", form_date(person.birth))
            .bind("workplace", old.workplace)
            .bind("from", form_date(old.from))
            .bind("lost", form_date(day_after(old.last)))
            .execute();
    }
    letters_.add(number, person.pension_notices);
}

// ---- 国民年金基金 ----

std::string letter_date(Date day) {
    const auto era = era_date(day);
    return fmt::format("{}{:02}.{:02}.{:02}",
                       "MTSHR"[static_cast<std::size_t>(era / 1'000'000 - 1)], era / 10'000 % 100,
                       era / 100 % 100, era % 100);
}

std::string letter_month(Date month) {
    return letter_date(month).substr(0, 6);
}

class NationalFundRegister {
  public:
    NationalFundRegister(const Place& place, const Written& written)
        : connection_(make_database(place, Holder::national_fund)),
          letters_(connection_, written,
                   {.holder = Holder::national_fund,
                    .letter = "insert into mail values (format('N-%07d', :id), :number, :sent,"
                              " :subject, :sender, :deadline, :amount, :procedure)",
                    .line = "insert into mail_line values (format('N-%07d', :id), :line, :text)",
                    .day = &letter_date}) {
        const Date on = written.dates.on;
        connection_.prepare("insert into closing values ('premiums', :month, :done)")
            .bind("month", letter_month(booked_to(on)))
            .bind("done", letter_date(plus_days(on, -1)) + " 21:10")
            .execute();
        connection_.prepare("insert into closing values ('mail', '', :done)")
            .bind("done", letter_date(plus_days(on, -1)) + " 17:40")
            .execute();
    }
    void add(const Person& person, const NationalFund& fund);
    void add(const Person& person, const FundInvitation& invitation);
    void commit() { transaction_.commit(); }

  private:
    db::Connection connection_;
    db::Transaction transaction_{connection_};
    db::Statement member_ = connection_.prepare(
        "insert into member values (:number, :name, :kana, :birth, :sex, :joined, :lost)");
    db::Statement unit_ = connection_.prepare(
        "insert into unit values (:number, :line, :type, :units, :from, :to, :premium, :earned,"
        " :continued)");
    db::Statement invited_ = connection_.prepare(
        "insert into invited values (:number, :name, :kana, :birth, :sex, :listed)");
    WholeLetters letters_;
};

std::string unit_type(const std::string& type) {
    constexpr std::array<const char*, 5> fixed{"I", "II", "III", "IV", "V"};
    for (std::size_t i = 0; i < fixed.size(); ++i) {
        if (type == fixed[i]) return std::to_string(i + 1);
    }
    return type;
}

void NationalFundRegister::add(const Person& person, const NationalFund& fund) {
    member_.bind("number", fund.number)
        .bind("name", person.name)
        .bind("kana", person.kana)
        .bind("birth", letter_date(person.birth))
        .bind("sex", person.sex == Sex::male ? "M" : "F")
        .bind("joined", letter_date(fund.from))
        .bind("lost", fund.last ? letter_date(day_after(*fund.last)) : "")
        .execute();
    std::int64_t line = 0;
    for (const auto& unit : fund.units) {
        unit_.bind("number", fund.number)
            .bind("line", ++line)
            .bind("type", unit_type(unit.type))
            .bind("units", unit.count)
            .bind("from", letter_month(unit.from))
            .bind("to", unit.to ? letter_month(*unit.to) : "")
            .bind("premium", unit.premium_yen)
            .bind("earned", unit.earned_yen)
            .bind("continued", unit.continued_yen)
            .execute();
    }
    letters_.add(fund.number, person.pension_notices);
}

void NationalFundRegister::add(const Person& person, const FundInvitation& invitation) {
    invited_.bind("number", invitation.number)
        .bind("name", person.name)
        .bind("kana", person.kana)
        .bind("birth", letter_date(person.birth))
        .bind("sex", person.sex == Sex::male ? "M" : "F")
        .bind("listed", letter_date(invitation.on))
        .execute();
    letters_.add(invitation.number, person.pension_notices);
}

// ---- 厚生年金基金 ----

std::string slashed(Date day) {
    auto text = to_text(day);
    std::replace(text.begin(), text.end(), '-', '/');
    return text;
}

class EmployeesFundRegister {
  public:
    EmployeesFundRegister(const Place& place, const Written& written)
        : connection_(make_database(place, Holder::employees_fund)),
          letters_(connection_, written,
                   {.holder = Holder::employees_fund,
                    .letter = "insert into お知らせ values (:id, :number, :sent, :subject, :sender,"
                              " :deadline, :amount, :procedure)",
                    .line = "insert into お知らせ本文 values (:id, :line, :text)",
                    .day = &slashed}) {
        const Date on = written.dates.on;
        connection_.prepare("insert into 月次処理 values (:month, :done)")
            .bind("month", slashed(booked_to(on)).substr(0, 7))
            .bind("done", slashed(plus_days(on, -1)) + " 18:05")
            .execute();
    }
    void add(const Person& person, const EmployeesFund& fund);
    void commit() { transaction_.commit(); }

  private:
    void add_promise(const EmployeesFund& fund, std::string_view kind, std::int64_t earned,
                     std::int64_t continued);

    db::Connection connection_;
    db::Transaction transaction_{connection_};
    db::Statement member_ = connection_.prepare(
        "insert into 加入員 values (:number, :name, :kana, :birth, :sex, :workplace, :from, "
        ":last)");
    db::Statement premium_ =
        connection_.prepare("insert into 掛金 values (:number, :from, :to, :premium)");
    db::Statement promise_ = connection_.prepare(
        "insert into 年金見込 values (:number, :kind, :earned, :continued, 65)");
    WholeLetters letters_;
};

void EmployeesFundRegister::add_promise(const EmployeesFund& fund, std::string_view kind,
                                        std::int64_t earned, std::int64_t continued) {
    promise_.bind("number", fund.number)
        .bind("kind", kind)
        .bind("earned", earned)
        .bind("continued", continued)
        .execute();
}

void EmployeesFundRegister::add(const Person& person, const EmployeesFund& fund) {
    std::optional<std::string> last;
    std::optional<std::string> last_month;
    if (fund.last) {
        last = slashed(*fund.last);
        // The month in which the day after the last day lies is no month of the fund any more.
        last_month = slashed(plus_months(first_of_month(day_after(*fund.last)), -1)).substr(0, 7);
    }
    member_.bind("number", fund.number)
        .bind("name", person.name)
        .bind("kana", person.kana)
        .bind("birth", slashed(person.birth))
        .bind("sex", person.sex == Sex::male ? "男" : "女")
        .bind("workplace", fund.workplace)
        .bind("from", slashed(fund.from))
        .bind("last", last)
        .execute();
    premium_.bind("number", fund.number)
        .bind("from", slashed(fund.from).substr(0, 7))
        .bind("to", last_month)
        .bind("premium", fund.premium_yen)
        .execute();
    add_promise(fund, "基本", fund.basic_earned_yen, fund.basic_continued_yen);
    if (fund.extra_continued_yen > 0) {
        add_promise(fund, "加算", fund.extra_earned_yen, fund.extra_continued_yen);
    }
    letters_.add(fund.number, person.pension_notices);
}

// ---- 企業年金連合会 ----

std::int64_t year_of(Date day) {
    return static_cast<int>(day.year());
}

std::int64_t month_of(Date day) {
    return static_cast<unsigned>(day.month());
}

class FederationRegister {
  public:
    FederationRegister(const Place& place, const Written& written)
        : connection_(make_database(place, Holder::federation)),
          letters_(connection_, written,
                   {.holder = Holder::federation,
                    .letter = "insert into letter values (:id, :number, substr(:sent, 1, 4) + 0,"
                              " substr(:sent, 6, 2) + 0, substr(:sent, 9) + 0, :subject, :sender,"
                              " :deadline, :amount, :procedure)",
                    .line = "insert into letter_line values (:id, :line, :text)",
                    .day = &to_text}) {
        // 02:30 and 03:00 in Japan, nine hours east of Greenwich.
        const auto midnight = std::chrono::sys_seconds(std::chrono::sys_days(written.dates.on));
        const std::int64_t unix = midnight.time_since_epoch().count();
        connection_.prepare("insert into run values ('records', :records), ('letters', :letters)")
            .bind("records", unix - 6 * 3600 - 1800)
            .bind("letters", unix - 6 * 3600)
            .execute();
    }
    void add(const Person& person, const Federation& federation);
    void commit() { transaction_.commit(); }

  private:
    db::Connection connection_;
    db::Transaction transaction_{connection_};
    db::Statement leaver_ = connection_.prepare(
        "insert into leaver values (:number, :fund, :name, :kana, :birth_year, :birth_month,"
        " :birth_day, :sex, :from_year, :from_month, :to_year, :to_month, :yearly_yen, 65, "
        ":paid_year,"
        " :paid_month)");
    WholeLetters letters_;
};

void FederationRegister::add(const Person& person, const Federation& federation) {
    leaver_.bind("number", federation.number)
        .bind("fund", std::int64_t{std::stoi(federation.number.substr(0, 4))})
        .bind("name", person.name)
        .bind("kana", person.kana)
        .bind("birth_year", year_of(person.birth))
        .bind("birth_month", month_of(person.birth))
        .bind("birth_day", std::int64_t{static_cast<unsigned>(person.birth.day())})
        .bind("sex", std::int64_t{person.sex == Sex::male ? 1 : 2})
        .bind("from_year", year_of(federation.from))
        .bind("from_month", month_of(federation.from))
        .bind("to_year", year_of(federation.to))
        .bind("to_month", month_of(federation.to))
        .bind("yearly_yen", federation.yearly_yen)
        .bind("paid_year", federation.paid_since ? year_of(*federation.paid_since) : 0)
        .bind("paid_month", federation.paid_since ? month_of(*federation.paid_since) : 0)
        .execute();
    letters_.add(federation.number, person.pension_notices);
}

}  // namespace

Date booked_to(Date on) {
    return plus_months(first_of_month(on), -2);
}

struct PensionRegisters::Databases {
    Databases(const Place& place, const Written& written)
        : state(place, written),
          national_fund(place, written),
          employees_fund(place, written),
          federation(place, written) {}
    StateRegister state;
    NationalFundRegister national_fund;
    EmployeesFundRegister employees_fund;
    FederationRegister federation;
};

PensionRegisters::PensionRegisters(const Place& place, const Written& written)
    : databases_(std::make_unique<Databases>(place, written)) {}

PensionRegisters::~PensionRegisters() = default;

void PensionRegisters::add(const Person& person, const Pension& pension) {
    databases_->state.add(person, pension);
    if (pension.national_fund) databases_->national_fund.add(person, *pension.national_fund);
    if (pension.invitation) databases_->national_fund.add(person, *pension.invitation);
    if (pension.employees_fund) databases_->employees_fund.add(person, *pension.employees_fund);
    if (pension.federation) databases_->federation.add(person, *pension.federation);
}

void PensionRegisters::commit() {
    databases_->state.commit();
    databases_->national_fund.commit();
    databases_->employees_fund.commit();
    databases_->federation.commit();
}

}  // namespace mado::country
