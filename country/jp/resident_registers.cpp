#include "resident_registers.hpp"

#include "calendar.hpp"
#include "db/db.hpp"
#include "writings.hpp"

namespace mado::country {
namespace {

// ---- A市 ----

class RegisterOfA {
  public:
    RegisterOfA(const Place& place, Date on)
        : connection_(make_database(place, Holder::residents_a)) {
        connection_.prepare("insert into 処理 values ('異動', :ended)")
            .bind("ended", to_text(on) + " 01:30:00")
            .execute();
    }
    void add(const Person& person, std::int64_t household);
    void add_free(const std::string& number) { free_.bind("number", number).execute(); }
    void commit() { transaction_.commit(); }

  private:
    db::Connection connection_;
    db::Transaction transaction_{connection_};
    db::Statement free_ =
        connection_.prepare("insert into 未使用番号 (住民票コード) values (:number)");
    db::Statement person_ = connection_.prepare(
        "insert into 住民 values (:number, :name, :kana, :common, :birth, :sex, :address,"
        " :household, :from, null, null)");
    db::Statement former_ =
        connection_.prepare("insert into 氏名履歴 values (:number, 1, :name, :kana)");
};

void RegisterOfA::add(const Person& person, std::int64_t household) {
    const auto& residence = person.residence;
    person_.bind("number", residence.number)
        .bind("name", person.name)
        .bind("kana", person.kana)
        .bind("common", person.common_name)
        .bind("birth", to_text(person.birth))
        .bind("sex", person.sex == Sex::male ? "1" : "2")
        .bind("address", registry_address(residence.address))
        .bind("household", household)
        .bind("from", residence.from ? std::optional(to_text(*residence.from)) : std::nullopt)
        .execute();
    if (person.former_name.empty()) return;
    former_.bind("number", residence.number)
        .bind("name", person.former_name)
        .bind("kana", person.former_kana)
        .execute();
}

// ---- B市 ----

class RegisterOfB {
  public:
    RegisterOfB(const Place& place, Date on)
        : connection_(make_database(place, Holder::residents_b)) {
        // 02:00 in Japan, nine hours east of Greenwich.
        const auto midnight = std::chrono::sys_seconds(std::chrono::sys_days(on));
        connection_.prepare("insert into batch values ('idou', :unix)")
            .bind("unix", std::int64_t{midnight.time_since_epoch().count()} - 7 * 3600)
            .execute();
    }
    void add(const Person& person, std::int64_t household);
    void add_free(const std::string& number) {
        free_.bind("number", with_hyphen(number)).execute();
    }
    void commit() { transaction_.commit(); }

  private:
    static std::string with_hyphen(const std::string& number) {
        return number.substr(0, 10) + "-" + number.substr(10);
    }

    db::Connection connection_;
    db::Transaction transaction_{connection_};
    db::Statement free_ = connection_.prepare("insert into bango_zaiko (code) values (:number)");
    db::Statement person_ = connection_.prepare(
        "insert into jumin values (:number, :household, :name, :kana, :common, :birth, :sex,"
        " :address, :from, 0, :former_name, :former_kana, '')");
};

void RegisterOfB::add(const Person& person, std::int64_t household) {
    const auto& residence = person.residence;
    person_.bind("number", with_hyphen(residence.number))
        .bind("household", household)
        .bind("name", person.name)
        .bind("kana", half_width_kana(person.kana))
        .bind("common", person.common_name)
        .bind("birth", era_date(person.birth))
        .bind("sex", person.sex == Sex::male ? "男" : "女")
        .bind("address", registry_address(residence.address))
        .bind("from", residence.from ? era_date(*residence.from) : std::int64_t{0})
        .bind("former_name", person.former_name)
        .bind("former_kana", half_width_kana(person.former_kana))
        .execute();
}

}  // namespace

struct ResidentRegisters::Databases {
    Databases(const Place& place, Date on) : a(place, on), b(place, on) {}
    RegisterOfA a;
    RegisterOfB b;
    std::int64_t household = 0;
};

ResidentRegisters::ResidentRegisters(const Place& place, Date on)
    : databases_(std::make_unique<Databases>(place, on)) {}

ResidentRegisters::~ResidentRegisters() = default;

void ResidentRegisters::add(const Household& household) {
    ++databases_->household;
    for (const auto& person : household.people) {
        if (person.residence.municipality == Holder::residents_a) {
            databases_->a.add(person, databases_->household);
        } else {
            databases_->b.add(person, databases_->household);
        }
    }
}

void ResidentRegisters::add_free(const std::string& for_a, const std::string& for_b) {
    databases_->a.add_free(for_a);
    databases_->b.add_free(for_b);
}

void ResidentRegisters::commit() {
    databases_->a.commit();
    databases_->b.commit();
}

}  // namespace mado::country
