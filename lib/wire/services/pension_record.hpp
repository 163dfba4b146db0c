// What a pension holder's rows and items say of one person, read for the service `pension`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "benefit/national_fund.hpp"
#include "benefit/record.hpp"
#include "wire/services/catalogue.hpp"

namespace mado::wire {

enum class PensionBody { state, national_fund, employees_fund, federation };
std::string_view code(PensionBody body);

enum class PensionItemKind {
    category,    // 種別 of the national pension
    payment,     // what became of the months that a person pays for alone
    employment,  // 厚生年金, at one workplace
    pay,         // 標準報酬月額 there
    bonus,       // 標準賞与額
    share,       // the own share of the premium, where no table of the state says it
    membership,  // of a fund
    premium,     // of a fund, a month
    promise,     // of a fund: a pension in the future
    award,       // a pension that is paid
};

struct PensionItem {
    PensionItemKind kind = PensionItemKind::category;
    benefit::Month from{};
    std::optional<benefit::Month> to;  // the last one; nothing: goes on
    benefit::Category category = benefit::Category::none;
    benefit::Status status = benefit::Status::not_joined;
    benefit::Scheme scheme = benefit::Scheme::national;
    bool additional = false;
    bool fund = false;
    std::string workplace;
    std::int64_t yen = 0, earned_yen = 0, continued_yen = 0;
    int from_age = 0, claim_age = 0;
    std::optional<int> until_age;

    [[nodiscard]] bool covers(benefit::Month month) const {
        return from <= month && (!to || month <= *to);
    }
};

struct PensionRecord {
    PensionBody body = PensionBody::state;
    std::string name, office, telephone;
    Date birth{};
    std::optional<benefit::Sex> sex;
    bool resident = true, farmers_pension = false, fund_member = false;
    benefit::Month recorded_to{};  // later months have not come in yet
    UnixTime as_of = 0;
    std::vector<PensionItem> items;
};

// Bad: what the contract does not allow, although each column is of its kind.
Parsed<PensionRecord> read_pension_record(const Row& row, const std::vector<Row>& items);

// The state's: every month from the one in which 20 is attained, or the first that anything is
// known of, until `recorded_to`, or until nothing more is known of somebody of 60 and more.
Parsed<std::vector<benefit::InsuredMonth>> pension_months(const PensionRecord& record);

}  // namespace mado::wire
