#include "wire/services/catalogue.hpp"

#include <algorithm>
#include <array>

#include "wire/services/eligibility.hpp"

namespace mado::wire {
namespace {

const auto contracts = std::to_array<Contract>({eligibility_contract()});

bool fits(const Column& column, const Value& value) {
    if (std::holds_alternative<std::monostate>(value)) return !column.required;
    switch (column.kind) {
        case ColumnKind::text:
            return std::holds_alternative<std::string>(value);
        case ColumnKind::integer:
            return std::holds_alternative<std::int64_t>(value);
        case ColumnKind::date: {
            const auto* text = std::get_if<std::string>(&value);
            return text != nullptr && parse_date(*text).has_value();
        }
    }
    return false;
}

const Value* find(const Row& row, std::string_view column) {
    const auto found = row.values.find(column);
    return found == row.values.end() ? nullptr : &found->second;
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

const Contract* find_contract(std::string_view service) {
    const auto* found = std::ranges::find(contracts, service, &Contract::service);
    return found == contracts.end() ? nullptr : found;
}

Parsed<void> check_row(const Contract& contract, const Row& row) {
    for (const auto& column : contract.rows) {
        const auto* value = find(row, column.name);
        if (value == nullptr) {
            if (column.required) return bad("a required column is missing");
            continue;
        }
        if (!fits(column, *value)) return bad("a column has a value of the wrong kind");
    }
    return {};
}

}  // namespace mado::wire
