#include "wire/services/pension.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <map>

#include "benefit/working.hpp"
#include "wire/services/pension_record.hpp"

namespace mado::wire {
namespace {

using benefit::InsuredMonth;
using benefit::Month;
using benefit::Status;
using Kind = PensionItemKind;

constexpr std::array columns{
    Column{"number", ColumnKind::text, true},
    Column{"name", ColumnKind::text, true},
    Column{"kana", ColumnKind::text, false},
    Column{"birth_date", ColumnKind::date, true},
    Column{"sex", ColumnKind::text, false},
    Column{"body", ColumnKind::text, true},
    Column{"office", ColumnKind::text, true},
    Column{"telephone", ColumnKind::text, true},
    Column{"resident", ColumnKind::integer, false},
    Column{"farmers_pension", ColumnKind::integer, false},
    Column{"fund_member", ColumnKind::integer, false},
    Column{"recorded_to", ColumnKind::month, true},
    Column{"as_of", ColumnKind::integer, true},
};

constexpr std::array item_columns{
    Column{"number", ColumnKind::text, true},
    Column{"kind", ColumnKind::text, true},
    Column{"from", ColumnKind::month, true},
    Column{"to", ColumnKind::month, false},
    Column{"category", ColumnKind::text, false},
    Column{"status", ColumnKind::text, false},
    Column{"additional", ColumnKind::integer, false},
    Column{"scheme", ColumnKind::text, false},
    Column{"workplace", ColumnKind::text, false},
    Column{"fund", ColumnKind::integer, false},
    Column{"yen", ColumnKind::integer, false},
    Column{"earned_yen", ColumnKind::integer, false},
    Column{"continued_yen", ColumnKind::integer, false},
    Column{"from_age", ColumnKind::integer, false},
    Column{"until_age", ColumnKind::integer, false},
    Column{"claim_age", ColumnKind::integer, false},
};

constexpr int claim_age_first = 60;
constexpr int claim_age_last = 75;

json::value month_or_null(const std::optional<Month>& month) {
    return month ? json::value(month_text(*month / 1)) : json::value(nullptr);
}

json::value age_or_null(const std::optional<int>& age) {
    return age ? json::value(*age) : json::value(nullptr);
}

json::object part_json(const benefit::Part& part) {
    return {{"scheme", benefit::code(part.scheme)},
            {"yearly_yen", part.yearly_yen},
            {"monthly_yen", part.monthly_yen},
            {"from_age", part.from_age},
            {"until_age", age_or_null(part.until_age)}};
}

// --- what everybody has ---

json::array spans_of(const PensionRecord& record) {
    json::array out;
    for (const auto& item : record.items) {
        const bool employment = item.kind == Kind::employment;
        if (!employment && item.kind != Kind::category && item.kind != Kind::membership) continue;
        const auto scheme = employment                    ? benefit::Scheme::employees
                            : item.kind == Kind::category ? benefit::Scheme::national
                                                          : item.scheme;
        json::object span{{"scheme", benefit::code(scheme)},
                          {"from", month_text(item.from / 1)},
                          {"to", month_or_null(item.to)}};
        if (item.kind == Kind::category) span["category"] = benefit::code(item.category);
        if (!item.workplace.empty()) span["workplace"] = item.workplace;
        out.push_back(std::move(span));
    }
    return out;
}

// What is paid already. `since` is when the first of them began.
json::value receiving_of(const PensionRecord& record) {
    json::object out;
    json::array parts;
    for (const auto& item : record.items) {
        if (item.kind != Kind::award) continue;
        const auto from_age =
            item.claim_age > 0 ? item.claim_age : benefit::age_months(record.birth, item.from) / 12;
        auto part = part_json({.scheme = item.scheme,
                               .yearly_yen = item.yen,
                               .monthly_yen = benefit::monthly_yen(item.yen),
                               .from_age = from_age,
                               .until_age = item.until_age});
        part["since"] = month_text(item.from / 1);
        if (parts.empty()) out["since"] = part["since"];
        parts.push_back(std::move(part));
    }
    if (parts.empty()) return nullptr;
    out["parts"] = std::move(parts);
    return out;
}

// --- the state ---

json::object month_json(const PensionRecord& record, const InsuredMonth& month, Date today,
                        bool receiving) {
    json::object out{{"month", month_text(month.month / 1)},
                     {"category", benefit::code(month.category)},
                     {"status", benefit::code(month.status)}};
    if (month.pay_yen) out["pay_yen"] = *month.pay_yen;
    if (month.bonus_yen > 0) out["bonus_yen"] = month.bonus_yen;
    if (const auto paid = benefit::own_premium_yen(record.birth, month); paid && *paid > 0) {
        out["paid_yen"] = *paid;
    }
    if (month.additional) out["additional"] = true;
    if (month.fund) out["fund"] = true;
    // What was exempt can be paid later only until a pension begins (国民年金法94条).
    const auto last = benefit::payable_until(month);
    if (last && *last >= today && (month.status == Status::unpaid || !receiving)) {
        out["payable_until"] = to_text(*last);
    }
    return out;
}

json::array years_of(const PensionRecord& record, const std::vector<InsuredMonth>& months) {
    json::array out;
    for (const auto& one : benefit::yearly_premiums(record.birth, months)) {
        json::object year{
            {"year", one.year}, {"scheme", benefit::code(one.scheme)}, {"yen", one.yen}};
        if (one.months_unknown > 0) year["months_unknown"] = one.months_unknown;
        out.push_back(std::move(year));
    }
    return out;
}

json::array claims_json(const std::vector<benefit::Claim>& claims) {
    json::array out;
    for (const auto& claim : claims) {
        json::array parts;
        for (const auto& part : claim.parts)
            parts.push_back(part_json(part));
        out.push_back(json::object{{"age", claim.age}, {"parts", std::move(parts)}});
    }
    return out;
}

json::object expected_json(const benefit::Expected& expected) {
    json::array basis;
    for (const auto& one : expected.basis) {
        json::object assumption{{"code", benefit::code(one.code)}};
        if (one.value != 0) assumption["value"] = one.value;
        basis.push_back(std::move(assumption));
    }
    json::object out{{"basis", std::move(basis)},
                     {"counted_months", expected.counted_months},
                     {"counted_months_continued", expected.counted_months_continued},
                     {"needed_months", benefit::qualifying_months_needed},
                     {"qualifies", expected.qualifies}};
    if (expected.goes_on_as) out["goes_on_as"] = benefit::code(*expected.goes_on_as);
    out["so_far"] = claims_json(expected.so_far);
    out["continued"] = claims_json(expected.continued);
    return out;
}

void add_unknown(json::object& out, std::string_view why) {
    out["expected"] = nullptr;
    out["expected_unknown"] = why;
}

// --- 国民年金基金に加入した場合 ---

json::object unit_json(const benefit::Unit& unit) {
    const auto yen = [](const std::optional<std::int64_t>& amount) {
        return amount ? json::value(*amount) : json::value(nullptr);
    };
    return {{"premium_yen", yen(unit.premium_yen)},
            {"total_yen", yen(unit.total_yen)},
            {"yearly_yen", yen(unit.yearly_yen)},
            {"monthly_yen", yen(unit.monthly_yen)},
            {"from_age", unit.from_age},
            {"until_age", age_or_null(unit.until_age)}};
}

json::object joining_json(const benefit::Joining& joining) {
    json::object further;
    json::object max_with_a;
    json::object max_with_b;
    for (const auto& one : joining.further) {
        json::array units;
        for (const auto& unit : one.units)
            units.push_back(unit_json(unit));
        further[benefit::code(one.type)] = std::move(units);
        max_with_a[benefit::code(one.type)] = age_or_null(one.max_with_a);
        max_with_b[benefit::code(one.type)] = age_or_null(one.max_with_b);
    }
    json::object first{{"A", unit_json(joining.first_a)}, {"B", unit_json(joining.first_b)}};
    return {
        {"age", joining.age},
        {"months", joining.months},
        {"first", std::move(first)},
        {"further", std::move(further)},
        {"further_max", json::object{{"A", std::move(max_with_a)}, {"B", std::move(max_with_b)}}}};
}

// Of this month, of which nothing is recorded yet: the category is known, and how it is paid is as
// in the last month.
benefit::Applicant applicant_of(const PensionRecord& record,
                                const std::vector<InsuredMonth>& months, Date today,
                                bool receiving) {
    benefit::Applicant out{.birth = record.birth,
                           .sex = record.sex,
                           .resident = record.resident,
                           .farmers_pension = record.farmers_pension,
                           .already_member = record.fund_member,
                           .receiving = receiving};
    const auto now = benefit::month_of(today);
    for (const auto& item : record.items) {
        if (!item.covers(now)) continue;
        if (item.kind == Kind::category) out.category = item.category;
    }
    const bool as_before = !months.empty() && months.back().category == out.category;
    out.status = as_before ? months.back().status : Status::not_joined;
    return out;
}

json::object national_fund_of(const benefit::Applicant& applicant, Date today) {
    const auto reasons = benefit::why_not(applicant, today);
    if (!reasons.empty()) {
        json::array codes;
        for (const auto reason : reasons)
            codes.emplace_back(benefit::code(reason));
        return {{"possible", false}, {"reasons", std::move(codes)}};
    }
    json::array joining;
    for (const auto& one : benefit::joinings(applicant, today))
        joining.push_back(joining_json(one));
    return {{"possible", true},
            {"table_year", benefit::fund_premium_table_year},
            {"joining", std::move(joining)}};
}

// --- 働きながら受けとるとき ---

std::expected<std::int64_t, benefit::Unknown> awarded_by_pay(
    const PensionRecord& record, const std::vector<InsuredMonth>& months, Date today) {
    // Rows of one pension: what is left out of it (経過的加算) is left out once.
    std::int64_t paid_yen = 0;
    std::optional<int> claimed;
    const auto now = benefit::month_of(today);
    const int age = benefit::age_months(record.birth, now) / 12;
    for (const auto& item : record.items) {
        const bool running =
            (!item.to || *item.to >= now) && (!item.until_age || age < *item.until_age);
        if (item.kind != Kind::award || item.scheme != benefit::Scheme::employees || !running) {
            continue;
        }
        // Paid from the month after the claim.
        auto at = benefit::age_months(record.birth, benefit::plus_months(item.from, -1));
        if (item.claim_age > 0) at = std::clamp(at, item.claim_age * 12, item.claim_age * 12 + 11);
        claimed = std::min(claimed.value_or(at), at);
        paid_yen += item.yen;
    }
    if (!claimed) return 0;
    return benefit::stoppable_of_award(paid_yen, *claimed, record.birth, months, today);
}

void add_working(json::object& out, std::expected<std::int64_t, benefit::Unknown> yearly_yen,
                 Date today) {
    out["working"] = nullptr;
    if (!yearly_yen) {
        out["working_unknown"] = benefit::code(yearly_yen.error());
        return;
    }
    const auto working = benefit::working(*yearly_yen, today);
    if (!working) {
        out["working_unknown"] = benefit::code(working.error());
    } else if (*working) {
        out["working"] = json::object{{"pension_yen", (*working)->pension_yen},
                                      {"limit_yen", (*working)->limit_yen},
                                      {"free_until_yen", (*working)->free_until_yen},
                                      {"none_from_yen", (*working)->none_from_yen},
                                      {"fiscal_year", (*working)->fiscal_year}};
    }
}

Parsed<void> add_state(json::object& out, const PensionRecord& record, Date today) {
    const auto months = pension_months(record);
    if (!months) return std::unexpected(months.error());
    const bool receiving = !out.at("receiving").is_null();
    json::array list;
    for (const auto& month : *months)
        list.push_back(month_json(record, month, today, receiving));
    out["months"] = std::move(list);
    out["years"] = years_of(record, *months);
    if (receiving) {
        add_unknown(out, "receiving");
        add_working(out, awarded_by_pay(record, *months, today), today);
    } else if (const auto expected = benefit::expected_pension(record.birth, *months, today)) {
        out["expected"] = expected_json(*expected);
        add_working(out, expected->by_pay_continued_yen, today);
    } else {
        add_unknown(out, benefit::code(expected.error()));
        add_working(out, std::unexpected(expected.error()), today);
    }
    out["national_fund"] = national_fund_of(applicant_of(record, *months, today, receiving), today);
    return {};
}

// --- funds: their amounts are their own, and the same whenever they are claimed ---

json::array promised(const PensionRecord& record, Date today, bool continued) {
    json::array parts;
    for (const auto& item : record.items) {
        if (item.kind != Kind::promise) continue;
        const auto yearly = continued ? item.continued_yen : item.earned_yen;
        parts.push_back(part_json({.scheme = item.scheme,
                                   .yearly_yen = yearly,
                                   .monthly_yen = benefit::monthly_yen(yearly),
                                   .from_age = item.from_age,
                                   .until_age = item.until_age}));
    }
    json::array out;
    const int age = benefit::age_on(record.birth, today);
    for (int claim = std::max(age, claim_age_first); claim <= claim_age_last; ++claim)
        out.push_back(json::object{{"age", claim}, {"parts", parts}});
    return out;
}

json::array premiums_by_year(const PensionRecord& record) {
    std::map<std::pair<int, benefit::Scheme>, std::int64_t> sums;
    for (const auto& item : record.items) {
        if (item.kind != Kind::premium) continue;
        const auto to = std::min(item.to.value_or(record.recorded_to), record.recorded_to);
        for (auto month = item.from; month <= to; month += std::chrono::months(1))
            sums[{benefit::fiscal_year(month), item.scheme}] += item.yen;
    }
    json::array out;
    for (const auto& [key, yen] : sums) {
        out.push_back(
            json::object{{"year", key.first}, {"scheme", benefit::code(key.second)}, {"yen", yen}});
    }
    return out;
}

void add_fund(json::object& out, const PensionRecord& record, Date today) {
    out["years"] = premiums_by_year(record);
    if (!out.at("receiving").is_null()) return add_unknown(out, "receiving");
    // A fund may have people in its file to whom it only writes.
    if (record.items.empty()) return add_unknown(out, "not-joined");
    if (std::ranges::find(record.items, Kind::promise, &PensionItem::kind) == record.items.end()) {
        return add_unknown(out, "no-promise");
    }
    json::object expected{{"basis", json::array{json::object{{"code", "as-the-holder-says"}}}}};
    expected["so_far"] = promised(record, today, /*continued=*/false);
    expected["continued"] = promised(record, today, /*continued=*/true);
    out["expected"] = std::move(expected);
}

Parsed<ServiceAnswer> document_of(const ServiceQuestion& question, const Row& row,
                                  const std::vector<Row>& items) {
    const auto record = read_pension_record(row, items);
    if (!record) return std::unexpected(record.error());
    if (record->recorded_to > benefit::month_of(question.today)) {
        return bad("a month is recorded that has not come yet");
    }
    json::object out{{"body", code(record->body)},
                     {"name", record->name},
                     {"birth_date", to_text(record->birth)},
                     {"recorded_to", month_text(record->recorded_to / 1)}};
    out["office"] = json::object{{"name", record->office}, {"telephone", record->telephone}};
    out["spans"] = spans_of(*record);
    out["receiving"] = receiving_of(*record);
    if (record->body == PensionBody::state) {
        if (auto ok = add_state(out, *record, question.today); !ok)
            return std::unexpected(ok.error());
    } else {
        add_fund(out, *record, question.today);
    }
    return ServiceAnswer{
        .outcome = Outcome::answered, .data = std::move(out), .as_of = record->as_of};
}

Parsed<ServiceAnswer> answer(const ServiceQuestion& question, const std::vector<Row>& rows,
                             const std::vector<Row>& items) {
    // Who gives a birth date has no card, and nobody may ask for pensions without one.
    if (question.birth_date) return ServiceAnswer{.outcome = Outcome::no_match, .data = {}};
    // Each row has a number of its own.
    for (const auto& row : rows) {
        if (!is_asked_number(row, question)) continue;
        std::vector<Row> own;
        for (const auto& item : items) {
            if (item.text("number") == row.text("number")) own.push_back(item);
        }
        return document_of(question, row, own);
    }
    return ServiceAnswer{.outcome = Outcome::no_match, .data = {}};
}

constexpr Contract contract{.service = "pension",
                            .source = RowSource::database,
                            .needs_witnesses = true,
                            .rows = columns,
                            .items = item_columns,
                            .item_key = "number",
                            .parameters = {},
                            .complete = &complete_nothing,
                            .answer = &answer};

}  // namespace

const Contract& pension_contract() {
    return contract;
}

}  // namespace mado::wire
