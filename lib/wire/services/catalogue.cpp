#include "wire/services/catalogue.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <set>

#include "wire/head.hpp"
#include "wire/number.hpp"
#include "wire/services/certificates.hpp"
#include "wire/services/checkups.hpp"
#include "wire/services/claims.hpp"
#include "wire/services/eligibility.hpp"
#include "wire/services/evidence.hpp"
#include "wire/services/existence.hpp"
#include "wire/services/health_number.hpp"
#include "wire/services/newborn.hpp"
#include "wire/services/notices.hpp"
#include "wire/services/pension.hpp"
#include "wire/services/resident_changed.hpp"
#include "wire/services/staff_looks.hpp"
#include "wire/to_relay.hpp"

namespace mado::wire {
namespace {

const auto contracts = std::to_array<Contract>(
    {eligibility_contract(), claims_contract(), checkups_contract(), pension_contract(),
     evidence_contract(), existence_contract(), notices_contract(), notice_contract(),
     health_number_contract(), card_delivered_contract(), certificate_contract(),
     certificate_status_contract(), certificates_contract(), dependant_contract(),
     dependants_contract(), birth_contract(), staff_looks_contract(), resident_changed_contract()});

// Nothing in a document but a paragraph is longer, so that a requester can have limits of its own.
constexpr std::size_t text_bytes_max = 256;
constexpr std::size_t record_id_bytes_max = 40;

bool fits(const Column& column, const Value& value) {
    if (std::holds_alternative<std::monostate>(value)) return !column.required;
    const auto* text = std::get_if<std::string>(&value);
    // SQLite takes any bytes for a text; a document of others than UTF-8 is no JSON.
    const auto bytes_max = column.kind == ColumnKind::paragraph ? paragraph_bytes_max
                           : column.kind == ColumnKind::proof   ? proof_bytes_max
                                                                : text_bytes_max;
    if (text != nullptr && (text->size() > bytes_max || !is_utf8(*text))) return false;
    switch (column.kind) {
        case ColumnKind::text:
        case ColumnKind::paragraph:
        case ColumnKind::proof:
            return text != nullptr;
        case ColumnKind::integer:
            return std::holds_alternative<std::int64_t>(value);
        case ColumnKind::date:
            return text != nullptr && parse_date(*text).has_value();
        case ColumnKind::month:
            return text != nullptr && parse_month(*text).has_value();
        case ColumnKind::record_id:
            return text != nullptr && is_record_id(*text);
    }
    return false;
}

// Decimal, without leading zeros, at most the largest tree.
bool is_log_index(std::string_view text) {
    constexpr std::size_t digits_max = 15;
    return !text.empty() && text.size() <= digits_max && (text == "0" || text.front() != '0') &&
           std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

bool fits(ParameterKind kind, std::string_view value) {
    switch (kind) {
        case ParameterKind::date:
            return parse_date(value).has_value();
        case ParameterKind::month:
            return parse_month(value).has_value();
        case ParameterKind::log_index:
            return is_log_index(value);
        case ParameterKind::record_id:
            return is_record_id(value);
        case ParameterKind::entry:
            return parse_hash(value).has_value();
    }
    return false;
}

const Value* find(const Row& row, std::string_view column) {
    const auto found = row.values.find(column);
    return found == row.values.end() ? nullptr : &found->second;
}

Value value_of(const Row& row, std::string_view column) {
    const auto* value = find(row, column);
    return value == nullptr ? Value{} : *value;
}

Parsed<void> check_items(const Contract& contract, const std::vector<Row>& rows,
                         const std::vector<Row>& items) {
    std::set<std::string, std::less<>> keys;
    for (const auto& row : rows) {
        auto key = row.text(contract.item_key);
        if (key && !keys.insert(std::move(*key)).second) return bad("two rows have one key");
    }
    for (const auto& item : items) {
        const auto key = item.text(contract.item_key);
        if (!key || !keys.contains(*key)) return bad("an item belongs to none of the rows");
    }
    return {};
}

// How many people the rows are about, not how many periods of one. A register tells people apart by
// branch, or, where it has none, by name.
std::size_t people_in(const std::vector<Row>& rows) {
    std::set<std::string> people;
    for (const auto& row : rows) {
        const auto branch = row.text("branch").value_or("");
        people.insert(branch.empty() ? "name " + row.text("name").value_or("")
                                     : "branch " + branch);
    }
    return people.size();
}

}  // namespace

std::optional<std::string> Row::text(std::string_view column) const {
    const auto* value = find(*this, column);
    const auto* text = value == nullptr ? nullptr : std::get_if<std::string>(value);
    return text == nullptr ? std::nullopt : std::optional(*text);
}

std::optional<std::int64_t> Row::integer(std::string_view column) const {
    const auto* value = find(*this, column);
    const auto* number = value == nullptr ? nullptr : std::get_if<std::int64_t>(value);
    return number == nullptr ? std::nullopt : std::optional(*number);
}

std::optional<Date> Row::date(std::string_view column) const {
    const auto value = text(column);
    if (!value) return std::nullopt;
    auto date = parse_date(*value);
    return date ? std::optional(*date) : std::nullopt;
}

std::span<const Contract> all_contracts() {
    return contracts;
}

const Contract* find_contract(std::string_view service) {
    const auto* found = std::ranges::find(contracts, service, &Contract::service);
    return found == contracts.end() ? nullptr : found;
}

Parsed<ParameterValues> read_parameters(const Contract& contract,
                                        const std::map<std::string, std::string>& asked,
                                        Date today) {
    ParameterValues values;
    for (const auto& [name, value] : asked) {
        const auto known = std::ranges::find(contract.parameters, name, &Parameter::name);
        if (known == contract.parameters.end()) return bad("a parameter that the service lacks");
        if (!fits(known->kind, value)) return bad("a parameter of the wrong kind");
        values.emplace(name, value);
    }
    if (auto ok = contract.complete(values, today); !ok) return std::unexpected(ok.error());
    return values;
}

Parsed<Row> read_payload(const Contract& contract, std::string_view text) {
    auto object = parse_json_object(text, {.text_bytes_max = request_bytes_max,
                                           .depth_max = 1,
                                           .values_max = contract.payload.size() + 1});
    if (!object) return std::unexpected(object.error());
    Row row;
    for (const auto& member : *object) {
        const auto& value = member.value();
        const std::string name(member.key());
        if (std::ranges::find(contract.payload, name, &Column::name) == contract.payload.end()) {
            return bad("a payload's member that the service lacks");
        }
        if (value.is_string()) {
            row.values.emplace(name, std::string(value.get_string()));
        } else if (value.is_int64()) {
            row.values.emplace(name, value.get_int64());
        } else {
            return bad("a payload's member of the wrong kind");
        }
    }
    if (auto ok = check_row(contract.payload, row); !ok) return std::unexpected(ok.error());
    return row;
}

Act act_of(const ServiceId& service) {
    if (const auto* contract = find_contract(service.text())) return contract->act;
    const auto* own = find_relay_service(service.text());
    return own == nullptr ? Act::ask : own->act;
}

std::int64_t lifetime_s_max(const ServiceId& service) {
    return act_of(service) == Act::tell ? tell_lifetime_s : ask_lifetime_s;
}

Parsed<void> check_row(std::span<const Column> columns, const Row& row) {
    for (const auto& column : columns) {
        const auto* value = find(row, column.name);
        if (value == nullptr) {
            if (column.required) return bad("a required column is missing");
            continue;
        }
        if (!fits(column, *value)) return bad("a column has a value of the wrong kind");
    }
    return {};
}

Parsed<ServiceAnswer> make_answer(const Contract& contract, const ServiceQuestion& question,
                                  const std::vector<Row>& rows, const std::vector<Row>& items) {
    if (!contract.item_key.empty()) {
        if (auto ok = check_items(contract, rows, items); !ok) return std::unexpected(ok.error());
    }
    auto answer = contract.answer(question, rows, items);
    if (answer && json::serialize(*answer->data).size() > document_bytes_max) {
        return bad("the document is too long");
    }
    return answer;
}

// A SELECT may match more loosely than the relay's index does (a number column that drops leading
// zeros, a collation without case). Such a row is not the number that was asked for: the person
// would not see the access.
bool is_asked_number(const Row& row, const ServiceQuestion& question) {
    const auto same = [&row, &question](std::string_view field) {
        const auto asked = question.number.find(field);
        return normalise(row.text(field).value_or("")) ==
               (asked == question.number.end() ? "" : asked->second);
    };
    const bool any_branch = !question.number.contains("branch");
    return same("symbol") && same("number") && (any_branch || same("branch"));
}

std::string branch_found(const std::vector<Row>& rows, const ServiceQuestion& question) {
    if (rows.empty() || question.number.contains("branch")) return {};
    return normalise(rows.front().text("branch").value_or("")).value_or("");
}

UnixTime newest_as_of(const std::vector<Row>& rows) {
    UnixTime out = 0;
    for (const auto& row : rows)
        out = std::max<UnixTime>(out, *row.integer("as_of"));
    return out;
}

std::expected<std::vector<Row>, Outcome> rows_asked_for(const ServiceQuestion& question,
                                                        const std::vector<Row>& rows) {
    std::vector<Row> fitting;
    for (const auto& row : rows) {
        if (!is_asked_number(row, question)) continue;
        // A wrong birth date is the same answer as an unknown number: nobody can probe for one.
        if (question.birth_date && row.date("birth_date") != question.birth_date) continue;
        fitting.push_back(row);
    }
    if (fitting.empty()) return std::unexpected(Outcome::no_match);
    if (people_in(fitting) > 1) return std::unexpected(Outcome::several_match);
    return fitting;
}

std::expected<std::vector<Row>, Outcome> rows_of_one_person(const ServiceQuestion& question,
                                                            const std::vector<Row>& rows) {
    if (question.birth_date) return std::unexpected(Outcome::no_match);
    return rows_asked_for(question, rows);
}

Parsed<ServiceAnswer> accept_of_one_person(const ServiceQuestion& question,
                                           const std::vector<Row>& rows, const std::vector<Row>&) {
    const auto fitting = rows_of_one_person(question, rows);
    if (!fitting) return ServiceAnswer{.outcome = fitting.error(), .data = {}};
    return ServiceAnswer{
        .outcome = Outcome::answered, .data = json::object(), .as_of = newest_as_of(*fitting)};
}

std::vector<const Row*> newest_first(const std::vector<Row>& rows, ListColumns columns) {
    std::vector<const Row*> out;
    for (const auto& row : rows) {
        if (value_of(row, columns.key) != Value{}) out.push_back(&row);
    }
    std::ranges::sort(out, [&columns](const Row* a, const Row* b) {
        const auto a_time = value_of(*a, columns.time);
        const auto b_time = value_of(*b, columns.time);
        return a_time == b_time ? a < b : a_time > b_time;
    });
    return out;
}

Parsed<void> complete_nothing(ParameterValues&, Date) {
    return {};
}

Parsed<void> complete_months(ParameterValues& values, Date today, MonthSpan span) {
    const auto year_month = [](Date day) { return day.year() / day.month(); };
    values.try_emplace("to", month_text(today));
    const auto to = parse_month(values["to"]);
    if (!to) return std::unexpected(to.error());
    const auto first = year_month(*to) - std::chrono::months(span.standard - 1);
    values.try_emplace("from", month_text(first / 1));
    const auto from = parse_month(values["from"]);
    if (!from) return std::unexpected(from.error());
    const auto months = (year_month(*to) - year_month(*from)).count();
    if (months < 0 || months >= span.max) return bad("the months asked do not follow each other");
    return {};
}

bool is_record_id(std::string_view text) {
    return !text.empty() && text.size() <= record_id_bytes_max &&
           std::ranges::all_of(text, [](char c) {
               return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                      c == '-';
           });
}

Parsed<Date> parse_month(std::string_view text) {
    if (text.size() != 7) return bad("month is not YYYY-MM");
    auto first = parse_date(std::string(text) + "-01");
    if (!first) return bad("month is not YYYY-MM");
    return *first;
}

std::string month_text(Date day) {
    return to_text(day).substr(0, 7);
}

}  // namespace mado::wire
