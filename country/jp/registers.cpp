#include "registers.hpp"

#include <fmt/format.h>

#include <map>
#include <utility>

#include "calendar.hpp"
#include "checkup_registers.hpp"
#include "db/db.hpp"
#include "holder_database.hpp"
#include "pension_registers.hpp"
#include "public_expense.hpp"
#include "resident_registers.hpp"

namespace mado::country {
namespace {

constexpr std::int64_t not_ended_ymd = 99991231;

// ---- 健保 ----

class SocietyRegister {
  public:
    SocietyRegister(const Place& place, const Written& written)
        : connection_(make_database(place, Holder::society)),
          receipts_(connection_, written.dates),
          letters_(connection_, written),
          checkups_(connection_, written) {
        connection_.prepare("insert into nightly_batch values ('register', :ended_at)")
            .bind("ended_at", yyyymmdd(written.dates.on) * 1'000'000 + 23000)
            .execute();
    }
    void add(const Person& person, const Coverage& coverage);
    void commit() { transaction_.commit(); }

  private:
    static std::optional<std::int64_t> lost_code(EndReason reason);

    db::Connection connection_;
    db::Transaction transaction_{connection_};
    db::Statement workplace_ =
        connection_.prepare("insert into workplace values (:symbol, :name) on conflict do nothing");
    db::Statement member_ = connection_.prepare(
        "insert into member values (:person_no, :symbol, :number, :branch, :name, :kana,"
        " :birth_ymd, :sex_code, :address, :plan_code, :acquired_ymd, :lost_ymd, :lost_code)");
    db::Statement dependant_ = connection_.prepare(
        "insert into dependant values (:person_no, :symbol, :number, :branch, :name, :kana,"
        " :birth_ymd, :sex_code, :address, :approved, :acquired_ymd, :lost_ymd, :lost_code)");
    db::Statement benefit_ = connection_.prepare(
        "insert into benefit values (:person_no, :from_ymd, :to_ymd, :paid_tenths, :limit_class)");
    SocietyReceipts receipts_;
    SocietyLetters letters_;
    SocietyCheckups checkups_;
    std::int64_t person_no_ = 0;
};

std::optional<std::int64_t> SocietyRegister::lost_code(EndReason reason) {
    switch (reason) {
        case EndReason::left_work:
            return 1;
        case EndReason::voluntary_ended:
            return 2;
        case EndReason::dependence_ended:
            return 3;
        case EndReason::turned_75:
            return 4;
        case EndReason::none:
        case EndReason::joined_other:
        case EndReason::welfare:
            return std::nullopt;
    }
    return std::nullopt;
}

void SocietyRegister::add(const Person& person, const Coverage& coverage) {
    ++person_no_;
    const auto name = coverage.voluntary ? "任意継続" : workplace_name(coverage.symbol);
    workplace_.bind("symbol", coverage.symbol).bind("name", name).execute();
    auto& row = coverage.insured ? member_ : dependant_;
    if (coverage.insured) {
        row.bind("plan_code", std::int64_t{coverage.voluntary ? 2 : 1});
    } else {
        row.bind("approved", std::int64_t{coverage.approved});
    }
    row.bind("person_no", person_no_)
        .bind("symbol", coverage.symbol)
        .bind("number", coverage.number)
        .bind("branch", coverage.branch)
        .bind("name", person.name)
        .bind("kana", person.kana)
        .bind("birth_ymd", yyyymmdd(person.birth))
        .bind("sex_code", std::int64_t{person.sex == Sex::male ? 1 : 2})
        .bind("address", person.residence.address)
        .bind("acquired_ymd", yyyymmdd(coverage.from))
        .bind("lost_ymd", coverage.last ? yyyymmdd(plus_days(*coverage.last, 1)) : not_ended_ymd)
        .bind("lost_code", lost_code(coverage.end))
        .execute();
    for (const auto& span : coverage.spans) {
        benefit_.bind("person_no", person_no_)
            .bind("from_ymd", yyyymmdd(span.from))
            .bind("to_ymd", span.last ? yyyymmdd(*span.last) : not_ended_ymd)
            .bind("paid_tenths", std::int64_t{span.share_percent / 10})
            .bind("limit_class", span.limit_class)
            .execute();
    }
    receipts_.add(person_no_, coverage);
    letters_.add(person_no_, coverage.notices);
    checkups_.add(person_no_, coverage);
}

// ---- 国保 ----

class CityRegister {
  public:
    CityRegister(const Place& place, const Written& written, Holder holder)
        : holder_(holder),
          connection_(make_database(place, holder)),
          receipts_(connection_, written.dates),
          letters_(connection_, written),
          checkups_(connection_, written) {
        connection_.prepare("insert into yakan_shori values ('資格異動', :shuryo)")
            .bind("shuryo", to_text(written.dates.on) + " 03:10:00")
            .execute();
    }
    void add(const Household& household);
    void commit() { transaction_.commit(); }

  private:
    using SetaiKey = std::pair<std::string, std::string>;
    std::int64_t setai_no(const Household& household, const Coverage& coverage,
                          std::map<SetaiKey, std::int64_t>& known);
    void add_kojin(const Person& person, const Coverage& coverage, std::int64_t setai_no);
    void add_shikaku(const Coverage& coverage, std::int64_t rireki);
    static std::int64_t jiyu(EndReason reason);
    static std::int64_t era_or_zero(std::optional<Date> day) { return day ? era_date(*day) : 0; }

    Holder holder_;  // which of the cities
    db::Connection connection_;
    db::Transaction transaction_{connection_};
    db::Statement setai_ =
        connection_.prepare("insert into setai values (:setai_no, :kigo, :bango, :jusho, :nushi)");
    db::Statement kojin_ = connection_.prepare(
        "insert into kojin values (:kojin_no, :setai_no, :edaban, :shimei, :shimei_kana, :tsusho,"
        " :seinengappi, :seibetsu)");
    db::Statement shikaku_ = connection_.prepare(
        "insert into shikaku values (:kojin_no, :rireki, :shutoku_bi, :soshitsu_bi,"
        " :soshitsu_jiyu)");
    db::Statement kyufu_ = connection_.prepare(
        "insert into kyufu values (:kojin_no, :rireki, :kaishi_bi, :shuryo_bi, :futan_wari,"
        " :gendo_kubun, :tokubetsu)");
    CityReceipts receipts_;
    CityLetters letters_;
    CityCheckups checkups_;
    std::int64_t last_setai_no_ = 0;
    std::int64_t kojin_no_ = 0;
};

std::int64_t CityRegister::jiyu(EndReason reason) {
    switch (reason) {
        case EndReason::none:
            return 0;
        case EndReason::welfare:
            return 2;
        case EndReason::turned_75:
            return 4;
        case EndReason::left_work:
        case EndReason::voluntary_ended:
        case EndReason::dependence_ended:
        case EndReason::joined_other:
            return 3;
    }
    return 0;
}

std::int64_t CityRegister::setai_no(const Household& household, const Coverage& coverage,
                                    std::map<SetaiKey, std::int64_t>& known) {
    const auto [at, is_new] = known.try_emplace({coverage.symbol, coverage.number}, 0);
    if (!is_new) return at->second;
    at->second = ++last_setai_no_;
    setai_.bind("setai_no", at->second)
        .bind("kigo", coverage.symbol)
        .bind("bango", coverage.number)
        .bind("jusho", household.address)
        .bind("nushi", household.people.front().name)
        .execute();
    return at->second;
}

void CityRegister::add_kojin(const Person& person, const Coverage& coverage,
                             std::int64_t setai_no) {
    kojin_.bind("kojin_no", ++kojin_no_)
        .bind("setai_no", setai_no)
        .bind("edaban", coverage.branch.value_or(""))
        .bind("shimei", person.name)
        .bind("shimei_kana", person.kana)
        .bind("tsusho", person.common_name)
        .bind("seinengappi", era_date(person.birth))
        .bind("seibetsu", person.sex == Sex::male ? "男" : "女")
        .execute();
}

void CityRegister::add_shikaku(const Coverage& coverage, std::int64_t rireki) {
    std::optional<Date> lost;
    if (coverage.last) lost = plus_days(*coverage.last, 1);
    shikaku_.bind("kojin_no", kojin_no_)
        .bind("rireki", rireki)
        .bind("shutoku_bi", era_date(coverage.from))
        .bind("soshitsu_bi", era_or_zero(lost))
        .bind("soshitsu_jiyu", jiyu(coverage.end))
        .execute();
    for (const auto& span : coverage.spans) {
        kyufu_.bind("kojin_no", kojin_no_)
            .bind("rireki", rireki)
            .bind("kaishi_bi", era_date(span.from))
            .bind("shuryo_bi", era_or_zero(span.last))
            .bind("futan_wari", std::int64_t{span.share_percent / 10})
            .bind("gendo_kubun", span.limit_class)
            .bind("tokubetsu", std::int64_t{span.special})
            .execute();
    }
}

void CityRegister::add(const Household& household) {
    std::map<SetaiKey, std::int64_t> known;
    for (const auto& person : household.people) {
        // Whoever comes back into the same household is the same 個人 with one more 資格.
        std::int64_t rireki = 0;
        for (const auto& coverage : person.coverage) {
            if (coverage.holder != holder_) continue;
            if (rireki == 0) add_kojin(person, coverage, setai_no(household, coverage, known));
            add_shikaku(coverage, ++rireki);
            receipts_.add(kojin_no_, coverage);
            letters_.add(kojin_no_, coverage.notices);
            checkups_.add(kojin_no_, coverage);
        }
    }
}

// ---- 後期高齢者 ----

std::string iso_or_open(std::optional<Date> day) {
    return day ? to_text(*day) : "9999-12-31";
}

class LateElderlyRegister {
  public:
    LateElderlyRegister(const Place& place, const Written& written)
        : connection_(make_database(place, Holder::late_elderly)),
          receipts_(connection_, written.dates),
          letters_(connection_, written),
          checkups_(connection_, written) {
        connection_.prepare("insert into 処理実績 values ('標準システム連携', :ended)")
            .bind("ended", to_text(plus_days(written.dates.on, -1)) + " 22:40:00")
            .execute();
    }
    void add(const Household& household, const Person& person, const Coverage& coverage);
    void commit() { transaction_.commit(); }

  private:
    db::Connection connection_;
    db::Transaction transaction_{connection_};
    db::Statement insured_ = connection_.prepare(
        "insert into 被保険者 values (:number, :name, :kana, :birth, :sex, :address, :elsewhere,"
        " :acquired, :lost, :reason)");
    db::Statement share_ =
        connection_.prepare("insert into 負担区分 values (:number, :first, :last, :share, :class)");
    LateElderlyReceipts receipts_;
    LateElderlyLetters letters_;
    LateElderlyCheckups checkups_;
};

void LateElderlyRegister::add(const Household& household, const Person& person,
                              const Coverage& coverage) {
    std::optional<Date> lost;
    if (coverage.last) lost = plus_days(*coverage.last, 1);
    insured_.bind("number", coverage.number)
        .bind("name", person.name)
        .bind("kana", person.kana)
        .bind("birth", to_text(person.birth))
        .bind("sex", person.sex == Sex::male ? "1" : "2")
        .bind("address",
              person.insurer_address.empty() ? household.address : person.insurer_address)
        .bind("elsewhere", std::int64_t{person.lives_elsewhere})
        .bind("acquired", to_text(coverage.from))
        .bind("lost", iso_or_open(lost))
        .bind("reason", coverage.end == EndReason::welfare ? "生活保護" : "")
        .execute();
    for (const auto& span : coverage.spans) {
        share_.bind("number", coverage.number)
            .bind("first", to_text(span.from))
            .bind("last", iso_or_open(span.last))
            .bind("share", fmt::format("{}割", span.share_percent / 10))
            .bind("class", span.limit_class)
            .execute();
    }
    receipts_.add(coverage);
    letters_.add(coverage);
    checkups_.add(coverage);
}

// ---- 介護 ----

class CareRegister {
  public:
    CareRegister(const Place& place, const Written& written, Holder holder)
        : connection_(make_database(place, holder)), letters_(connection_, written) {
        // 04:00 in Japan, nine hours east of Greenwich.
        const auto midnight = std::chrono::sys_seconds(std::chrono::sys_days(written.dates.on));
        connection_.prepare("insert into koshin values ('資格', :unix)")
            .bind("unix", std::int64_t{midnight.time_since_epoch().count()} - 5 * 3600)
            .execute();
    }
    void add(const Person& person, const Care& care);
    void commit() { transaction_.commit(); }

  private:
    static std::string day(Date date) { return std::to_string(yyyymmdd(date)); }

    db::Connection connection_;
    db::Transaction transaction_{connection_};
    db::Statement insured_ = connection_.prepare(
        "insert into hihokensha values (:number, :kubun, :shimei, :kana, :seinengappi, :seibetsu,"
        " :jusho, :tokurei, :kaishi, '')");
    db::Statement certified_ =
        connection_.prepare("insert into nintei values (:number, :kaishi, :shuryo, :kaigodo)");
    db::Statement share_ =
        connection_.prepare("insert into futan_wariai values (:number, :kaishi, :shuryo, :wari)");
    CareLetters letters_;
};

void CareRegister::add(const Person& person, const Care& care) {
    insured_.bind("number", care.number)
        .bind("kubun", std::int64_t{care.category})
        .bind("shimei", person.name)
        .bind("kana", person.kana)
        .bind("seinengappi", day(person.birth))
        .bind("seibetsu", person.sex == Sex::male ? "M" : "F")
        .bind("jusho", person.residence.address)
        .bind("tokurei", std::int64_t{person.lives_elsewhere})
        .bind("kaishi", day(care.from))
        .execute();
    for (const auto& certification : care.certifications) {
        certified_.bind("number", care.number)
            .bind("kaishi", day(certification.from))
            .bind("shuryo", day(certification.last))
            .bind("kaigodo", certification.level)
            .execute();
    }
    for (const auto& span : care.spans) {
        share_.bind("number", care.number)
            .bind("kaishi", day(span.from))
            .bind("shuryo", span.last ? day(*span.last) : "")
            .bind("wari", std::int64_t{span.share_percent / 10})
            .execute();
    }
    letters_.add(care);
}

}  // namespace

namespace {

std::string in_b(const std::string& text) {
    constexpr std::string_view a_city = "A市";
    constexpr std::string_view b_city = "B市";
    std::string out;
    std::size_t start = 0;
    for (auto at = text.find(a_city); at != text.npos; at = text.find(a_city, start)) {
        out.append(text, start, at - start).append(b_city);
        start = at + a_city.size();
    }
    return out.append(text, start);
}

// B市 writes what A市 writes, in its own name.
std::vector<NoticeForm> forms_of_b(std::vector<NoticeForm> forms) {
    for (auto& form : forms) {
        form.subject = in_b(form.subject);
        form.sender = in_b(form.sender);
        for (auto& paragraph : form.body)
            paragraph = in_b(paragraph);
    }
    return forms;
}

}  // namespace

struct Registers::Databases {
    Databases(const Place& place, const Written& written)
        : b_forms(forms_of_b(written.forms)),
          written_in_b{written.dates, b_forms, written.items},
          society(place, written),
          city(place, written, Holder::city),
          city_b(place, written_in_b, Holder::city_b),
          late_elderly(place, written),
          care(place, written, Holder::care),
          care_b(place, written_in_b, Holder::care_b),
          pensions(place, written),
          residents(place, written.dates.on),
          public_expenses(place, written.dates.on) {}
    std::vector<NoticeForm> b_forms;
    Written written_in_b;
    SocietyRegister society;
    CityRegister city, city_b;
    LateElderlyRegister late_elderly;
    CareRegister care, care_b;
    PensionRegisters pensions;
    ResidentRegisters residents;
    PublicExpenseRegisters public_expenses;
};

Registers::Registers(const std::string& folder, const std::string& country_folder,
                     const Written& written)
    : databases_(std::make_unique<Databases>(Place{folder, country_folder}, written)) {}

Registers::~Registers() = default;

void Registers::add(const Household& household) {
    databases_->city.add(household);
    databases_->city_b.add(household);
    databases_->residents.add(household);
    databases_->public_expenses.add(household);
    for (const auto& person : household.people) {
        for (const auto& coverage : person.coverage) {
            if (coverage.holder == Holder::society) databases_->society.add(person, coverage);
            if (coverage.holder == Holder::late_elderly) {
                databases_->late_elderly.add(household, person, coverage);
            }
        }
        if (person.care) {
            const bool b = person.care->holder == Holder::care_b;
            (b ? databases_->care_b : databases_->care).add(person, *person.care);
        }
        if (person.pension) databases_->pensions.add(person, *person.pension);
    }
}

void Registers::add_free(const std::string& for_a, const std::string& for_b) {
    databases_->residents.add_free(for_a, for_b);
}

void Registers::commit() {
    databases_->society.commit();
    databases_->city.commit();
    databases_->city_b.commit();
    databases_->late_elderly.commit();
    databases_->care.commit();
    databases_->care_b.commit();
    databases_->pensions.commit();
    databases_->residents.commit();
    databases_->public_expenses.commit();
}

}  // namespace mado::country
