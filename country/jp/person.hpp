// What the generator knows about the people of the demo country: the truth that the registers and
// the issuing centre each keep a part of. A Date of an end is the last day; none is "not ended".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "pension.hpp"

namespace mado::country {

enum class Holder {
    society,
    city,
    late_elderly,
    care,
    state_pension,
    national_fund,
    employees_fund,
    federation,
    residents_a,
    residents_b,
    city_b,
    care_b,
    children_a,
    children_b,
    welfare_a,
    welfare_b,
};

// The insurer number or name, which is also the name of its files in holders/.
constexpr std::string_view holder_id(Holder holder) {
    switch (holder) {
        case Holder::society:
            return "06990014";
        case Holder::city:
            return "990010";
        case Holder::late_elderly:
            return "39990015";
        case Holder::care:
            return "992016";
        case Holder::state_pension:
            return "nenkin";
        case Holder::national_fund:
            return "npf";
        case Holder::employees_fund:
            return "kikin-1";
        case Holder::federation:
            return "pfa";
        case Holder::residents_a:
            return "992011";
        case Holder::residents_b:
            return "992020";
        case Holder::city_b:
            return "990028";
        case Holder::care_b:
            return "992024";
        case Holder::children_a:
            return "88990015";
        case Holder::children_b:
            return "88990023";
        case Holder::welfare_a:
            return "12990016";
        case Holder::welfare_b:
            return "12990024";
    }
    return "";
}

// Whose .sql a holder's database is made by: where both cities have the same package, A市's.
constexpr Holder package_of(Holder holder) {
    if (holder == Holder::city_b) return Holder::city;
    if (holder == Holder::care_b) return Holder::care;
    if (holder == Holder::children_b) return Holder::children_a;
    if (holder == Holder::welfare_b) return Holder::welfare_a;
    return holder;
}

enum class Sex { female, male };

// 所得区分 of a household, from low to high. Below 70: オ オ エ ウ ウ イ ア; `second_tier` are
// those who pay 2割 from 75 on, `middle` and more are 現役並み.
enum class Income { lowest, exempt, general, second_tier, middle, upper, top };

struct HouseholdIncome {
    Income now = Income::general;
    // Shares and classes of the old are judged anew each 1 August.
    Income before = Income::general;
    std::optional<Date> changed;
};

enum class EndReason {
    none,
    left_work,
    voluntary_ended,
    dependence_ended,
    turned_75,
    joined_other,
    welfare,
};

// A time in which share and class stay the same.
struct Span {
    Date from;
    std::optional<Date> last;
    int share_percent = 30;
    std::string_view limit_class;
    bool special = false;  // 特別療養費
};

enum class ClaimKind { medical, dpc, dental, pharmacy };

struct Institution {
    std::string id;  // ten digits
    std::string name;
    ClaimKind kind = ClaimKind::medical;
};

struct ClaimItem {
    std::string code;  // nine digits: 診療行為, 調剤行為, 医薬品
    std::string name;
    std::int64_t points = 0;  // each time
    std::int64_t times = 1;
};

// レセプト: what one institution did for one person in one month.
struct Claim {
    Date month;  // its first day
    Institution institution;
    std::int64_t days = 1;
    bool withheld = false;  // items only after the doctor was asked
    std::vector<ClaimItem> items;
    std::int64_t points = 0;
    std::int64_t paid_yen = 0;  // by the person
};

// What a holder writes to many, with marks {amount} and {deadline} for what differs.
struct NoticeForm {
    std::string name;
    Holder holder = Holder::city;
    std::string subject, sender;
    std::string procedure;  // code of the procedure it leads to; may be empty
    std::vector<std::string> body;
};

// お知らせ: one of them, to one person.
struct Notice {
    std::size_t form = 0;  // of Notices::forms()
    Date sent;
    std::optional<Date> deadline;
    std::optional<std::int64_t> amount_yen;
};

// What is measured at a check-up, with the range that the insurers state for each sex.
struct CheckupItem {
    struct Range {
        std::optional<std::int64_t> low, high;  // without the point; both in the range
        std::string words;                      // empty: there is none
    };
    std::string key;
    std::string code;  // seventeen characters (JLAC10)
    std::string name, unit;
    int places = 0;
    bool only_specific = false;      // not at the check-up of those of 75 and more
    std::vector<std::string> words;  // of an item that is no number; the first is in the range
    Range women, men;

    [[nodiscard]] const Range& range(Sex sex) const { return sex == Sex::female ? women : men; }
};

struct CheckupValue {
    std::size_t item = 0;    // of Checkups::items()
    std::int64_t value = 0;  // without the point; of an item in words, which of them
    bool outside = false;    // of the range
};

// 健診: one of them.
struct Checkup {
    Date day;
    Institution institution;
    std::vector<CheckupValue> values;
    std::optional<std::int64_t> metabolic, guidance;  // national codes; none from 75 on
    std::string doctor;
};

struct Coverage {
    Holder holder = Holder::city;
    std::string symbol;  // may be empty
    std::string number;
    std::optional<std::string> branch;
    bool insured = true;     // else a dependant
    bool voluntary = false;  // 任意継続
    bool approved = true;    // a dependant whose filing is decided
    Date from;
    std::optional<Date> last;
    EndReason end = EndReason::none;
    std::optional<Date> special_from;
    std::vector<Span> spans;
    std::vector<Claim> claims;      // oldest first
    std::vector<Notice> notices;    // oldest first
    std::vector<Checkup> checkups;  // oldest first
};

// Of a named person: what people.json says.
struct NamedTreatment {
    std::string name;
    Date day;
};

struct NamedNotice {
    std::string name;
    Date day;
    std::optional<Date> deadline;
    std::optional<std::int64_t> amount_yen;
};

struct NamedCheckup {
    Date day;
    std::string institution;                                  // its id
    std::vector<std::pair<std::string, std::string>> values;  // key of the item, "62.3"
};

// In the resident registry of the municipality where the person lives.
struct Residence {
    Holder municipality = Holder::residents_a;
    std::string number;  // 住民票コード
    std::string address;
    std::optional<Date> from;  // none: before the register was kept by machine
};

struct Certification {
    std::string level;  // 要介護状態区分コード
    Date from;
    Date last;
};

struct Care {
    Holder holder = Holder::care;
    std::string number;
    int category = 1;  // 1号, 2号
    Date from;
    std::vector<Span> spans;
    std::vector<Certification> certifications;
    std::vector<Notice> notices;  // oldest first
};

// 公費負担: pays what an insurer leaves to the person, or everything where there is none.
struct PublicExpense {
    Holder payer = Holder::children_a;
    std::string number;  // 受給者番号: six digits and their check digit
    Date from;
    std::optional<Date> last;
    std::vector<Span> spans;  // of a subsidy; welfare leaves nothing to pay
};

struct Person {
    std::optional<std::string> key;
    std::string name;
    std::string kana;
    std::string common_name;               // 通称, may be empty
    std::string former_name, former_kana;  // before a marriage; may be empty
    Sex sex = Sex::female;
    Date birth;
    std::string health_care_number;
    bool issued = true;
    std::string card = "active";   // or "revoked", "expired": the state of an issued card
    bool lives_elsewhere = false;  // 住所地特例
    // Of whoever lives elsewhere: the home's address, and what its insurer still has of it.
    std::string home_address, insurer_address;
    Residence residence;
    std::vector<Coverage> coverage;  // oldest first
    std::optional<Care> care;
    std::vector<PublicExpense> public_expenses;
    bool couple = false;  // one of the two who head the household; told of drawn people only
    std::optional<Pension> pension;
    std::vector<Notice> pension_notices;                      // of all pension holders
    std::vector<NamedTreatment> treatments;                   // none: drawn by chance
    std::vector<NamedNotice> named_notices;                   // none: drawn by chance
    std::optional<std::vector<NamedCheckup>> named_checkups;  // none: drawn by chance
};

// An employer of the society, by the 記号 of its employees.
inline std::string workplace_name(const std::string& symbol) {
    return "まどか電機グループ 第" + symbol + "事業所";
}

struct Household {
    std::string address;
    HouseholdIncome income;
    std::vector<Person> people;
};

}  // namespace mado::country
